import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CopyTextReader, csvLine } from '../../../daemon/engine/connections/copyText.ts';

type Cell = string | null;

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** As PostgreSQL writes COPY text. */
function copyText(rows: readonly (readonly Cell[])[]): Buffer {
  const field = (cell: Cell): string =>
    cell === null ? '\\N' : cell.replace(/[\\\b\f\n\r\t\v]/g, (letter) => escapes[letter] ?? letter);
  return Buffer.from(rows.map((row) => `${row.map(field).join('\t')}\n`).join(''));
}

function read(bytes: Buffer, cuts: readonly number[], columns: number): { rows: Cell[][]; csv: string[] } {
  const rows: Cell[][] = [];
  const csv: string[] = [];
  const reader = new CopyTextReader(columns, (piece, starts, ends) => {
    rows.push(
      Array.from(starts, (start, index) => {
        const end = ends[index] ?? 0;
        return end < 0 ? null : piece.toString('utf8', start, end);
      }),
    );
    csv.push(csvLine(piece, starts, ends, columns).toString('utf8'));
  });
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (const [index, end] of places.slice(1).entries())
    reader.write(Buffer.from(bytes.subarray(places[index] ?? 0, end)));
  reader.end();
  expect(reader.rows).toBe(rows.length);
  expect(reader.bytes).toBe(bytes.length);
  return { rows, csv };
}

describe('CopyTextReader', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', '\\', 'N', 'n', 't', '\t', '\n', '\r', '\v', '"', 'é', '🎉'),
  });
  const cell = fc.option(text, { nil: null });

  it('reads what PostgreSQL writes, wherever it is cut', () => {
    const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.array(fc.nat(), { maxLength: 6 }), (given, cuts) => {
        const bytes = copyText(given);
        const places = cuts.map((cut) => cut % (bytes.length + 1));
        expect(read(bytes, places, 3).rows).toEqual(given);
      }),
      { numRuns: 1000 },
    );
  });

  it('tells NULL from the text that looks like it, and from the empty text', () => {
    const rows: Cell[][] = [
      [null, '\\N', ''],
      ['N', '\\', '\\\\N'],
    ];
    expect(read(copyText(rows), [], 3)).toEqual({
      rows,
      csv: ['\\N,"\\N",""\n', '"N","\\","\\\\N"\n'],
    });
    expect(read(copyText([['a "quoted" é']]), [], 1).csv).toEqual(['"a ""quoted"" é"\n']);
  });

  it('does not pass over a row that stops in the middle, or has other columns', () => {
    const reader = new CopyTextReader(2, () => undefined);
    reader.write(Buffer.from('1\ta\n2\tb'));
    expect(() => reader.end()).toThrow(/middle of a row/);
    expect(() => new CopyTextReader(1, () => undefined).write(Buffer.from('1\t2\n'))).toThrow(
      /other columns/,
    );
  });
});
