import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import type { ResolvedConnection } from '../../daemon/protocol/engine.ts';
import {
  checkNamed,
  ValidationBench,
  type PipelineRunOutcome,
  type TestSystem,
  type TestTable,
} from '../support/validationSides.ts';
import { startMariadb } from '../support/mariadb.ts';
import { startPostgres } from '../support/postgres.ts';

const bench = new ValidationBench();
afterAll(() => bench.close());

const columns: TestTable['columns'] = [
  { name: 'Key one', type: 'text' },
  { name: 'n', type: 'bigint' },
  { name: 'amount', type: 'wide' },
  { name: 'ratio', type: 'double' },
  { name: 'flag', type: 'boolean' },
  { name: 'note', type: 'text' },
  { name: 'born', type: 'date' },
  { name: 'at', type: 'timestamp' },
  { name: 'seen', type: 'timestamptz' },
  { name: 'raw', type: 'binary' },
];
/** SQLite has no decimals of 30 digits. */
const wide = '12345678901234567890.0123456789';
const amounts: Readonly<Record<TestSystem, string>> = {
  duckdb: wide,
  postgres: wide,
  mysql: wide,
  sqlite: '1234.0123456789',
};
let amount = wide;
const row = (key: string | null, note: string | null = 'it\'s "so"\n-- no; \\ é') => [
  key,
  '9223372036854775807',
  amount,
  '0.1',
  'true',
  note,
  '2020-02-29',
  '2020-01-01 10:00:00.123456',
  '2020-01-01 10:00:00+00',
  '00ff27',
];
const empty = (key: string) => [key, null, null, null, null, null, null, null, null, null];
const source = (): TestTable => ({
  columns,
  rows: [row('a'), row("b'; --"), row('B'), row(null), empty('e')],
});
const wrong = (): TestTable => ({
  columns,
  rows: [
    ['a', '1', '1.5', '0.2', 'false', '', '2020-02-28', '2020-01-01 00:00:00', null, '00'],
    row('B', null),
    empty(`it's extra`),
    row('e'),
  ],
});

async function execute(target: ResolvedConnection, sql: string): Promise<void> {
  const { definition } = target;
  if (definition.type === 'postgres') {
    const postgres = await startPostgres();
    await postgres.sql(definition.database, `set search_path = ${definition.schema}; ${sql}`);
  } else if (definition.type === 'mysql') {
    const mariadb = await startMariadb();
    const mode = "set sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'";
    await mariadb.sql(definition.database, `${mode}; ${sql}`);
  } else if (definition.type === 'sqlite') {
    const database = new DatabaseSync(definition.path);
    database.exec(sql);
    database.close();
  } else if (definition.type === 'duckdb') {
    const instance = await DuckDBInstance.create(definition.path);
    const connection = await instance.connect();
    await connection.run("set TimeZone = 'UTC'");
    await connection.run(sql);
    connection.disconnectSync();
    instance.closeSync();
  }
}

function fileOf(outcome: PipelineRunOutcome, id: string | undefined | null): string {
  const path = outcome.files.get(id ?? '');
  if (path === undefined) throw new Error('the check left no such artifact');
  return readFileSync(path, 'utf8');
}

const differencesOf = (outcome: PipelineRunOutcome) => checkNamed(outcome.result, 'row_hash').differences;

describe.each<TestSystem>(['duckdb', 'sqlite', 'postgres', 'mysql'])('repair SQL for %s', (system) => {
  it('makes the target what the source is, whatever the values, once a person runs it', async () => {
    amount = amounts[system];
    const from = await bench.table('duckdb', source());
    const target = await bench.table(system, wrong());
    const pipeline = { keys: ['Key one'], checks: ['row_hash' as const] };
    const before = await bench.run(from, target, pipeline);
    expect(differencesOf(before)).toMatchObject({ missing: 2, extra: 1, value: 3 });
    const sql = fileOf(before, differencesOf(before)?.repair_artifact_id);
    expect(sql).toMatch(/^-- Written for a person/);
    const again = await bench.run(from, target, pipeline);
    expect(differencesOf(again), 'nothing is executed').toMatchObject({ missing: 2, extra: 1, value: 3 });
    await execute(target, sql);
    const after = await bench.run(from, target, pipeline);
    expect(checkNamed(after.result, 'row_hash')).toMatchObject({ status: 'passed' });
  });
});

describe('repair SQL', () => {
  it('leaves to a person what the system of the target would round', async () => {
    const one = await bench.database('duckdb', [
      `create table data as select 1 as id, 12345678901234567.25::decimal(38,2) as v`,
    ]);
    const two = await bench.database('sqlite', [
      'create table data (id integer, v decimal(38,2))',
      'insert into data values (1, 2)',
    ]);
    const found = await bench.run(one, two, { checks: ['row_hash'] });
    const sql = fileOf(found, differencesOf(found)?.repair_artifact_id);
    expect(sql).toMatch(/-- by hand, .* no literal for a value: key \{"id":"1"\}/);
    expect(sql).not.toMatch(/^update/m);
  });

  it('leaves repeated keys to a person, and is not written without keys or for files', async () => {
    const one = await bench.database('duckdb', ['create table data as select 1 as id, 2 as v']);
    const two = await bench.database('duckdb', [
      'create table data as select * from (values (1, 2), (1, 3)) as t(id, v)',
    ]);
    const repeated = await bench.run(one, two, { checks: ['row_hash'] });
    const sql = fileOf(repeated, differencesOf(repeated)?.repair_artifact_id);
    expect(sql).toMatch(/-- by hand: key \{"id":"1"\} occurs 1 times in the source and 2 in the target/);
    expect(sql).not.toMatch(/^(insert|update|delete)/m);
    const keyless = await bench.run(one, two, { keys: [], checks: ['row_hash'] });
    expect(differencesOf(keyless)?.repair_artifact_id).toBeUndefined();
    const files = await bench.files({ 'data.csv': 'select 1 as id, 3 as v' });
    const toFile = await bench.run(one, files, {
      target: { connection: files.name, table: 'data.csv' },
      checks: ['row_hash'],
    });
    expect(differencesOf(toFile)).toMatchObject({ value: 1 });
    expect(differencesOf(toFile)?.repair_artifact_id).toBeUndefined();
  });
});

describe('differences', () => {
  it('begin with columns and kinds, and are there as CSV that no spreadsheet runs', async () => {
    const one = await bench.database('duckdb', [
      `create table data as select i as id, 1.25 + i as amount, 'x' as note from range(1200) as r(i)`,
    ]);
    const two = await bench.database('duckdb', [
      `create table data as select i as id, round(1.25 + i, 1)::decimal(22,2) as amount,
       if(i = 7, '=1+1', 'x') as note from range(1200) as r(i)`,
    ]);
    const found = await bench.run(one, two, { checks: ['row_hash'] });
    const check = checkNamed(found.result, 'row_hash');
    expect(check.reason).toMatch(/^amount: 1,200 rows, rounding to 1 digit; note: 1 row, other; rows /);
    expect(check.differences?.by_column[0]).toEqual({
      column: 'amount',
      kind: 'rounding',
      rows: 1200,
      detail: 'to 1 digit',
    });
    const lines = fileOf(found, check.differences?.csv_artifact_id).trim().split('\n');
    expect(lines).toHaveLength(1202);
    expect(lines[0]).toMatch(/^class,key,column,source_value,target_value,kind/);
    expect(lines.find((line) => line.includes('note'))).toMatch(/,x,'=1\+1,other/);
  });
});
