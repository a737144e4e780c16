import { describe, expect, it } from 'vitest';
import { documentOfValue, maxDefinitionBytes, parseDocument } from '../../../daemon/definitions/document.ts';
import { validate } from '../../../daemon/definitions/validate.ts';
import { batchFileSchema } from '../../../daemon/protocol/files/batch.ts';

const at = (line: number, column: number, endLine: number, endColumn: number) => ({
  line,
  column,
  end_line: endLine,
  end_column: endColumn,
});

describe('parseDocument', () => {
  it('keeps yes, no, on, off and dates as text', () => {
    const { value } = parseDocument('f', 'a: no\nb: yes\nc: on\nd: 2026-01-31\ne: 12:30\n');
    expect(value).toEqual({ a: 'no', b: 'yes', c: 'on', d: '2026-01-31', e: '12:30' });
  });

  it('refuses 4 MiB and a byte, and reads 4 MiB', () => {
    const comment = `# ${'x'.repeat(maxDefinitionBytes - 3)}\n`;
    expect(parseDocument('f', comment).diagnostics).toEqual([]);
    const [found] = parseDocument('f', `${comment}\n`).diagnostics;
    expect(found).toMatchObject({ code: 'too_large', ...at(1, 1, 1, 1) });
  });

  it('measures bytes, not characters', () => {
    const text = `# ${'ä'.repeat(maxDefinitionBytes / 2)}\n`;
    expect(parseDocument('f', text).diagnostics[0]?.code).toBe('too_large');
  });

  it('answers twenty thousand open brackets', () => {
    const found = parseDocument('f', '['.repeat(20_000));
    expect(found.isReadable).toBe(false);
    expect(found.diagnostics.length).toBeGreaterThan(0);
  });

  it('reads a mapping of twenty thousand keys and finds the one that is double', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`);
    const found = parseDocument('f', [...lines, 'k7: 2'].join('\n'));
    expect(found.diagnostics).toEqual([expect.objectContaining({ code: 'duplicate_key', line: 20_001 })]);
  });

  it('does not let a key set the prototype', () => {
    const { value } = parseDocument('f', '__proto__: { name: x }\n');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value as object)).toEqual(['__proto__']);
  });

  it('expands aliases into their values', () => {
    const { value, diagnostics } = parseDocument('f', 'a: &x { b: [1, 2] }\nc: *x\nd: [*x]\n');
    expect(diagnostics).toEqual([]);
    expect(value).toEqual({ a: { b: [1, 2] }, c: { b: [1, 2] }, d: [{ b: [1, 2] }] });
  });
});

describe('rangeOf', () => {
  const text =
    'a: 1\nlist:\n  - x: 1\n    y: two\n  - {}\nmap:\n  inner: "q"\n\nempty:\nalias: &z { k: v }\nuse: *z\n';
  const document = parseDocument('f', text);

  it.each([
    { path: ['a'], part: 'key', range: at(1, 1, 1, 2) },
    { path: ['a'], part: 'value', range: at(1, 4, 1, 5) },
    { path: ['list', 0, 'y'], part: 'value', range: at(4, 8, 4, 11) },
    { path: ['list', 0], part: 'key', range: at(3, 5, 3, 6) },
    { path: ['list', 0], part: 'value', range: at(3, 5, 4, 11) },
    { path: ['list', 1], part: 'key', range: at(5, 5, 5, 7) },
    { path: ['map'], part: 'value', range: at(7, 3, 7, 13) },
    { path: ['map', 'inner'], part: 'value', range: at(7, 10, 7, 13) },
    { path: ['empty'], part: 'value', range: at(9, 1, 9, 6) },
    { path: ['map', 'missing', 'deeper'], part: 'value', range: at(6, 1, 6, 4) },
    { path: ['list', 9], part: 'value', range: at(2, 1, 2, 5) },
    { path: ['use', 'k'], part: 'value', range: at(10, 16, 10, 17) },
    { path: [], part: 'key', range: at(1, 1, 1, 2) },
  ] as const)('$path $part', ({ path, part, range }) => {
    expect(document.rangeOf(path, part)).toEqual(range);
  });

  it('points into the pretty-printed JSON of a value that came without a text', () => {
    const value = { a: [{ b: 1 }] };
    expect(documentOfValue('(request)', value).rangeOf(['a', 0, 'b'], 'value')).toEqual(at(4, 12, 4, 13));
  });
});

describe('a file of 5,000 lines', () => {
  const lines = Array.from({ length: 2500 }, (_, index) => `  - pipeline_id: p${index}\n    timeout: 5m`);
  const good = `pipelines:\n${lines.join('\n')}\n`;

  it('has no mistake', () => {
    expect(validate(parseDocument('f', good), batchFileSchema).diagnostics).toEqual([]);
  });

  it('has the one that was put into line 4,321, at its column', () => {
    const bad = good.split('\n').map((line, index) => (index === 4320 ? '    timeout: 5 minutes' : line));
    const found = validate(parseDocument('f', bad.join('\n')), batchFileSchema);
    expect(found.diagnostics).toEqual([
      expect.objectContaining({ code: 'invalid_value', ...at(4321, 14, 4321, 23) }),
    ]);
  });

  it('lists the first 500 of many, and says so', () => {
    const bad = good.replaceAll('5m', 'soon');
    const { diagnostics } = validate(parseDocument('f', bad), batchFileSchema);
    expect(diagnostics).toHaveLength(501);
    expect(diagnostics.at(-1)?.code).toBe('more_problems');
  });
});
