import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { diagnosticCodes } from '../../../daemon/definitions/codes.ts';
import { parseBatch } from '../../../daemon/definitions/batch.ts';
import { parseDocument } from '../../../daemon/definitions/document.ts';
import { parsePipeline } from '../../../daemon/definitions/pipeline.ts';
import { validate } from '../../../daemon/definitions/validate.ts';
import { checkKinds } from '../../../daemon/protocol/files/checks.ts';
import { connectionTypes } from '../../../daemon/protocol/files/connections.ts';
import { projectFileSchema } from '../../../daemon/protocol/files/project.ts';
import { readCases } from './cases.ts';

const text = await readFile(new URL('../../../docs/files.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, body = '']) =>
  parseDocument('docs', body),
);

describe('docs/files.md', () => {
  it('has examples without a mistake', () => {
    const [project, pipeline, batch, template, ...rest] = examples;
    expect(rest).toEqual([]);
    expect(validate(project!, projectFileSchema).diagnostics).toEqual([]);
    expect(parsePipeline(pipeline!).diagnostics).toEqual([]);
    expect(parseBatch(batch!).diagnostics).toEqual([]);
    expect(parseBatch(template!, { isCheckOnly: true }).diagnostics).toEqual([]);
    expect(parseBatch(template!, { parameters: { domain: 'Retail' } }).batch?.items).toHaveLength(1);
  });

  it('names every check, connection type and code', () => {
    for (const word of [...checkKinds, ...connectionTypes, ...Object.keys(diagnosticCodes)]) {
      expect(text).toContain(`\`${word}\``);
    }
  });

  it('shows messages as they are', async () => {
    const files = ['syntax.txt', 'project.txt', 'pipeline.txt', 'batch.txt'];
    const told = (await Promise.all(files.map(readCases)))
      .flat()
      .map(({ expected }) => expected.replace(/-\d+:\d+ \w+ \w+:/g, '').replaceAll('\n    ', ' — '));
    const shown = /```text\n([\s\S]*?)```/.exec(text)?.[1]?.trim().split('\n') ?? [];
    expect(shown.length).toBeGreaterThan(5);
    for (const line of shown) expect(told.join('\n')).toContain(line);
  });
});
