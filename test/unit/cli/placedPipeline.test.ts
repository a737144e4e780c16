import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planBatch } from '../../../daemon/definitions/plan.ts';
import { loadProject } from '../../../daemon/definitions/project.ts';
import { nodeReader } from '../../../daemon/platform/nodeReader.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'ombudsman-placed-'));
  writeFileSync(
    join(dir, 'ombudsman.yaml'),
    'name: shop\nconnections:\n  old: { type: files, path: old }\n  new: { type: files, path: new }\n',
  );
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function planOf(pipeline: Record<string, unknown>) {
  const project = await loadProject(dir, nodeReader);
  return planBatch({
    definition: { pipelines: [{ pipeline_id: 'by hand', pipeline }] },
    project,
    loadProject: async () => null,
    hasSecret: () => false,
  });
}

const sides = { source: { connection: 'old', table: 't' }, target: { connection: 'new', table: 't' } };

describe('a pipeline written in place', () => {
  it('is planned as one of a file is, with the starter set when it lists no checks', async () => {
    const { plan, diagnostics } = await planOf({ ...sides, keys: ['id'] });
    expect(diagnostics).toEqual([]);
    const [operation] = plan?.operations ?? [];
    expect(operation).toMatchObject({
      name: 'by hand',
      connections: [
        [dir, 'new'],
        [dir, 'old'],
      ],
      work: { type: 'pipeline', pipeline: { pipeline_id: 'by hand', keys: ['id'] } },
    });
    expect(operation?.work.type === 'pipeline' && operation.work.pipeline.checks.length).toBeGreaterThan(3);
  });

  it.each([
    [{ ...sides, checks: ['row_hsh'] }, /row_hsh/, /row_hash/],
    [{ ...sides, target: { connection: 'nwe', table: 't' } }, /nwe/, /new/],
    [{ ...sides, soruce: {} }, /soruce/, /source/],
    [{ source: sides.source }, /target/, /target/],
  ])('tells the mistakes of %j with what to write instead', async (pipeline, message, hint) => {
    const { plan, diagnostics } = await planOf(pipeline);
    expect(plan).toBeNull();
    const told = diagnostics.map((each) => `${each.message} ${each.hint ?? ''}`).join('\n');
    expect(told).toMatch(message);
    expect(told).toMatch(hint);
  });

  it('points into the batch file', async () => {
    const text = [
      'pipelines:',
      '  - pipeline_id: by hand',
      '    pipeline:',
      '      source: { connection: old, table: t }',
      '      target: { connection: nwe, table: t }',
      '      checks: [row_hsh]',
      '  - pipeline_id: other',
      '    pipeline: { source: { connection: old, table: t } }',
    ].join('\n');
    const { diagnostics } = await planBatch({
      text,
      file: join(dir, 'x.batch.yaml'),
      project: await loadProject(dir, nodeReader),
      loadProject: async () => null,
      hasSecret: () => false,
    });
    expect(diagnostics.map(({ file, line, column, code }) => [file, line, column, code])).toEqual([
      [join(dir, 'x.batch.yaml'), 6, 16, 'unknown_check'],
      [join(dir, 'x.batch.yaml'), 8, 5, 'missing_key'],
    ]);
  });
});
