import { describe, expect, it } from 'vitest';
import { diagnosticCodes } from '../../../daemon/definitions/codes.ts';
import { diagnose, formatDiagnostic, readCases } from './cases.ts';

const files = ['syntax.txt', 'project.txt', 'pipeline.txt', 'batch.txt'];
const all = await Promise.all(files.map(async (file) => ({ file, cases: await readCases(file) })));

describe.each(all)('$file', ({ cases }) => {
  it.each(cases)('$name', async (test) => {
    const found = await diagnose(test);
    expect(found.map(formatDiagnostic).join('')).toBe(test.expected);
  });
});

describe('codes', () => {
  /** Told by tests of their own (document.test.ts, reader.test.ts): they need a huge or an unreadable file. */
  const elsewhere = new Set(['unreadable', 'too_large', 'more_problems']);
  const told = new Set(
    all.flatMap(({ cases }) =>
      cases.flatMap(({ expected }) =>
        [...expected.matchAll(/ (?:error|warning) (\w+): /g)].map(([, code]) => code),
      ),
    ),
  );

  it.each(Object.keys(diagnosticCodes).filter((code) => !elsewhere.has(code)))('%s has a fixture', (code) => {
    expect(told).toContain(code);
  });

  it('are all in the one list', () => {
    expect([...told].filter((code) => code !== undefined && !(code in diagnosticCodes))).toEqual([]);
  });
});
