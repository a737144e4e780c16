/** Whole pipelines with SQL Server and Snowflake on one side, DuckDB on the other; the rows come from their stand-ins. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { introductionSql } from '../../daemon/engine/connections/sqlserver.ts';
import { snowflakeIntroduction } from '../../daemon/engine/connections/snowflake.ts';
import type { ResolvedConnection } from '../../daemon/protocol/engine.ts';
import {
  snowflakeConnectionSchema,
  sqlserverConnectionSchema,
} from '../../daemon/protocol/files/connections.ts';
import { SnowflakeService, type SnowflakeColumn } from '../support/snowflakeService.ts';
import { TdsServer } from '../support/tdsServer.ts';
import type { TdsColumn, TdsValue } from '../support/tdsTokens.ts';
import { ValidationBench } from '../support/validationSides.ts';

type Row = readonly [id: string, name: string | null, amount: string | null, ratio: number, at: string];
const clean: readonly Row[] = [
  ['1', 'Ünï "x"', '10.50', 0.1, '2024-03-31 02:30:00.000001'],
  ['2', 'a ', null, -1e300, '9999-12-31 23:59:59.999999'],
  ['3', null, '-99999999.99', 0, '0001-01-01 00:00:00.000000'],
];

const bench = new ValidationBench();
const sqlserver = new TdsServer();
const snowflake = new SnowflakeService();
let rows: readonly Row[] = clean;
/** What a count of broken rows answers. */
let broken = 0;
let sides: { readonly sqlserver: ResolvedConnection; readonly snowflake: ResolvedConnection };
let target: ResolvedConnection;
const sent = () => ({
  sqlserver: sqlserver.statements,
  snowflake: snowflake.requests.map((each) => each.statement),
});

beforeAll(async () => {
  const port = await sqlserver.start();
  const url = await snowflake.start();
  const server = {
    type: 'sqlserver',
    host: '127.0.0.1',
    port,
    database: 'shop',
    user: 'r',
    ssl: false,
  } as const;
  const account = { type: 'snowflake', account: 'a-b', url, token: 't', database: 'SHOP' } as const;
  sides = {
    sqlserver: { name: 'old', definition: sqlserverConnectionSchema.parse(server) },
    snowflake: { name: 'old', definition: snowflakeConnectionSchema.parse(account) },
  };
  target = await bench.database('duckdb', [
    'create table data (id integer not null, name varchar, amount decimal(12,2), ratio double, "at" timestamp)',
    ...clean.map(
      ([id, name, amount, ratio, at]) =>
        `insert into data values (${id}, ${name === null ? 'null' : `'${name}'`}, ${amount ?? 'null'}, ${ratio}, '${at}')`,
    ),
  ]);
  sqlserver.answer = answerTds;
  snowflake.answer = answerSnowflake;
});
afterAll(async () => {
  await sqlserver.stop();
  await snowflake.stop();
  await bench.close();
});

const text = (name: string): TdsColumn => ({ name, type: 'text' });
const natives = ['int', 'nvarchar(40)', 'decimal(12,2)', 'float', 'datetime2(6)'];
const names = ['id', 'name', 'amount', 'ratio', 'at'];

function answerTds(sql: string) {
  if (sql === introductionSql)
    return { columns: ['v', 'e', 's', 'm'].map(text), rows: [['16.0.1', '3', '1', 'now']] };
  if (sql.includes('dm_exec_describe'))
    return {
      columns: ['name', 'type', 'nullable', 'hidden', 'error_number', 'error_message'].map(text),
      rows: names.map((name, index) => [
        name,
        natives[index] ?? '',
        index === 0 ? '0' : '1',
        '0',
        null,
        null,
      ]),
    };
  if (sql === 'select count(*) from [dbo].[data] as [s]')
    return { columns: [text('')], rows: [[String(rows.length)]] };
  if (sql.startsWith('select convert('))
    return {
      columns: names.map((name): TdsColumn => ({ name, type: name === 'ratio' ? 'float' : 'text' })),
      rows: rows as readonly (readonly TdsValue[])[],
    };
  if (sql.startsWith('select count(*)'))
    return { columns: ['a', 'b'].map(text), rows: [[String(broken), '0']] };
  return sql.startsWith('select') ? { columns: [text('id')], rows: [['1']] } : undefined;
}

const fields: SnowflakeColumn[] = [
  { name: 'ID', type: 'fixed', precision: 9, scale: 0, nullable: false },
  { name: 'NAME', type: 'text', length: 40 },
  { name: 'AMOUNT', type: 'fixed', precision: 12, scale: 2 },
  { name: 'RATIO', type: 'real' },
  { name: 'AT', type: 'timestamp_ntz', scale: 6 },
];

function answerSnowflake(sql: string) {
  const texts = (...values: (string | null)[][]) => ({
    columns: (values[0] ?? []).map((_, index) => ({ name: `C${index}`, type: 'text' })),
    partitions: [values],
  });
  if (sql === snowflakeIntroduction) return texts(['9.1.0', '2026-01-02 03:04:05.0 +0000']);
  if (sql.includes('retention_time'))
    return { columns: [{ name: 'T', type: 'boolean' }], partitions: [[['true']]] };
  if (sql.endsWith('limit 0')) return { columns: fields, partitions: [[]] };
  if (/^select count\(\*\) from "DATA" at\([^)]*\) as s$/.test(sql)) return texts([String(rows.length)]);
  if (sql.startsWith('select to_varchar('))
    return texts(...rows.map((row) => row.map((value) => (value === null ? null : String(value)))));
  if (sql.startsWith('select count(*)')) return texts([String(broken), '0']);
  return texts(['1']);
}

const run = (system: 'sqlserver' | 'snowflake', checks: readonly unknown[]) =>
  bench.run(sides[system], target, {
    keys: ['id'],
    source: { connection: 'old', table: system === 'sqlserver' ? 'dbo.data' : 'data' },
    target: { connection: target.name, table: 'data' },
    checks: checks as never,
  });

describe.each(['sqlserver', 'snowflake'] as const)('a pipeline from %s', (system) => {
  it('passes when every row and column is the same, and says what it read', async () => {
    rows = clean;
    const { result, error } = await run(system, ['row_count', 'row_hash']);
    expect(error?.message).toBeUndefined();
    expect(result.summary).toMatchObject({ passed: 2, failed: 0, errored: 0 });
    expect(result.evidence.source).toMatchObject({
      system: system === 'sqlserver' ? 'SQL Server' : 'Snowflake',
      rows_scanned: 3,
      snapshot: expect.stringMatching(/^snapshot isolation|^tables as of/) as string,
    });
  });

  it.each([
    ['name', 1, ['2', 'a', null, -1e300, '9999-12-31 23:59:59.999999']],
    ['amount', 2, ['3', null, '-99999999.98', 0, '0001-01-01 00:00:00.000000']],
    ['ratio', 0, ['1', 'Ünï "x"', '10.50', 0.1 + Number.EPSILON, '2024-03-31 02:30:00.000001']],
    ['at', 0, ['1', 'Ünï "x"', '10.50', 0.1, '2024-03-31 02:30:00.000002']],
  ] as const)('turns red for one changed %s', async (column, index, changed) => {
    rows = clean.map((row, at) => (at === index ? (changed as Row) : row));
    const { result } = await run(system, ['row_count', 'row_hash']);
    const hash = result.checks.find(({ check }) => check === 'row_hash');
    expect(hash).toMatchObject({ status: 'failed', failing_rows: 1 });
    expect(hash?.differences?.by_column.map((each) => each.column.toLowerCase())).toEqual([column]);
  });

  it('turns red for a missing row', async () => {
    rows = clean.slice(0, 2);
    const { result } = await run(system, ['row_count', 'row_hash']);
    expect(result.summary).toMatchObject({ passed: 0, failed: 2 });
  });

  it('writes the SQL of checks as the system has it', async () => {
    rows = clean;
    broken = 1;
    const before = sent()[system].length;
    const { result } = await run(system, [
      { unique_key: { side: 'source' } },
      { accepted_values: { column: 'name', values: ["o'x"], side: 'source' } },
      { rule: { name: 'positive', sql: 'amount > 0', side: 'source' } },
    ]);
    broken = 0;
    expect(result.summary).toMatchObject({ failed: 3, errored: 0 });
    const own = sent()[system].slice(before);
    const from =
      system === 'sqlserver'
        ? 'from [dbo].[data] as [s]'
        : `from "DATA" at(timestamp => '2026-01-02 03:04:05.0 +0000'::timestamp_tz) as s`;
    const exact = '((convert(nvarchar(max), s.[name]) + nchar(1)) collate Latin1_General_100_BIN2)';
    const wanted = {
      sqlserver: [
        `select top (20) s.[id], s.[name] ${from} where ${exact} not in (((convert(nvarchar(max), N'o''x') + nchar(1)) collate Latin1_General_100_BIN2))`,
        `select top (20) s.[id] ${from} where case when (\namount > 0\n) then 0 else 1 end = 1`,
        `select count(*) ${from} where s.[id] is null`,
      ],
      snowflake: [
        `select s."ID", s."NAME" ${from} where s."NAME" not in ('o''x') limit 20`,
        `select s."ID" ${from} where case when (\namount > 0\n) then 0 else 1 end = 1 limit 20`,
        `select count(*) ${from} where s."ID" is null`,
      ],
    }[system];
    for (const sql of wanted) expect(own).toContain(sql);
  });
});
