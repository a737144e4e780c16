import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ResolvedConnection } from '../../daemon/protocol/engine.ts';
import { checkNamed, ValidationBench } from '../support/validationSides.ts';

const bench = new ValidationBench();
const folders: string[] = [];
afterAll(async () => {
  await bench.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with one file `data.csv` or `data.json`, written as given. */
function file(name: string, text: string): ResolvedConnection {
  const path = mkdtempSync(join(tmpdir(), 'ombudsman-files-'));
  folders.push(path);
  writeFileSync(join(path, name), text);
  return { name: `files_${folders.length}`, definition: { type: 'files', path } };
}

const duck = (select: string) => bench.database('duckdb', [`create table data as ${select}`]);

/** Column and kind of what row_hash found, `equal`, or why it could not compare. */
async function found(source: ResolvedConnection, target: ResolvedConnection): Promise<string> {
  const { result, error } = await bench.run(source, target, { checks: ['column_stats', 'row_hash'] });
  const check = checkNamed(result, 'row_hash');
  if (check.status === 'error') return check.reason ?? 'error';
  if (check.status === 'passed' && error === undefined) return 'equal';
  return (check.differences?.by_column ?? []).map(({ column, rows }) => `${column} ${rows}`).join(', ');
}

describe('every digit of a JSON file counts', () => {
  const long = '9999999999999999999999999999.9999999999';
  const changed = '9999999999999999999999999999.9999999998';
  const json = (number: string) =>
    `{"id":1,"b \\"c\\"":"x 1.12345678901234567890","v":${number},"n":null}\n{"id":2,"v":1.50, "n":{"z":[1]}}\n`;

  it('beside another JSON file', async () => {
    expect(await found(file('data.json', json(long)), file('data.json', json(long)))).toBe('equal');
    expect(await found(file('data.json', json(long)), file('data.json', json(changed)))).toBe('v 1');
  });

  it('beside a decimal column', async () => {
    const target = await duck(
      `select 1::bigint as id, 'x 1.12345678901234567890' as "b ""c""", ${long}::decimal(38,10) as v, null::json as n
       union all select 2, null, 1.5, '{ "z": [1.0] }'`,
    );
    expect(await found(file('data.json', json(long)), target)).toBe('equal');
    expect(await found(file('data.json', json(changed)), target)).toBe('v 1');
  });
});

describe('a NaN or an exponent in a column of a text file', () => {
  it('does not hide digits of the integers beside it', async () => {
    const csv = (number: string) => file('data.csv', `id,v\n1,${number}\n2,1e3\n`);
    const target = await duck('select 1::bigint as id, 9223372036854775807 as v union all select 2, 1000');
    expect(await found(csv('9223372036854775807'), target)).toBe('equal');
    expect(await found(csv('9223372036854775806'), target)).toBe('v 1');
    const withNan = (number: string) => file('data.csv', `id,v\n1,${number}\n2,NaN\n3,-inf\n`);
    expect(await found(withNan('9007199254740993'), withNan('9007199254740993'))).toBe('equal');
    expect(await found(withNan('9007199254740993'), withNan('9007199254740992'))).toBe('v 1');
  });

  it('is compared with a decimal column by value', async () => {
    const source = file('data.csv', 'id,v\n1,1e-10\n2,-2.5E2\n');
    const target = (first: string) =>
      duck(`select 1::bigint as id, ${first}::decimal(38,10) as v union all select 2, -250`);
    expect(await found(source, await target('0.0000000001'))).toBe('equal');
    expect(await found(source, await target('0.0000000002'))).toBe('v 1');
  });
});

describe('a column of 32-bit floats', () => {
  const floats = `select 1::bigint as id, 0.1::float as v union all select 2, 0.1::float union all select 3, 16777216::float`;

  it('equals its short text in a file, and not the text of a number it cannot hold', async () => {
    for (const more of ['', '4,3.4028235e38\n']) {
      const target = await duck(more === '' ? floats : `${floats} union all select 4, '3.4028235e38'::float`);
      const csv = (first: string, last: string) =>
        file('data.csv', `id,v\n1,${first}\n2,0.10000000149011612\n3,${last}\n${more}`);
      expect(await found(csv('0.1', '16777216'), target)).toBe('equal');
      expect(await found(target, csv('0.1', '16777216'))).toBe('equal');
      expect(await found(csv('0.1000000001', '16777217'), target)).toBe('v 2');
    }
  });
});
