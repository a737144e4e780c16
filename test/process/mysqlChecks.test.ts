import { afterAll, describe, expect, it } from 'vitest';
import type { ResolvedConnection } from '../../daemon/protocol/engine.ts';
import { ValidationBench, type TestPipeline, type TestSystem } from '../support/validationSides.ts';

const bench = new ValidationBench();
afterAll(() => bench.close());

/** One table `data` in a database of its own; rows as SQL writes them. */
function table(system: TestSystem, columns: string, rows: string): Promise<ResolvedConnection> {
  return bench.database(system, [`create table data (${columns})`, `insert into data values ${rows}`]);
}

async function firstCheck(source: ResolvedConnection, target: ResolvedConnection, pipeline: TestPipeline) {
  const { result } = await bench.run(source, target, pipeline);
  return result.checks[0]!;
}

describe('collations that ignore case and trailing blanks', () => {
  const columns =
    'id integer primary key, status varchar(20) collate utf8mb4_general_ci, note char(8) character set latin1';
  const rows = `(1, 'open', 'ä'), (2, 'open', 'b')`;
  const clean = () => table('mysql', columns, rows);

  it.each([
    ['accepted_values', { accepted_values: { column: 'status', values: ['open'] } }, "status = 'OPEN'"],
    ['accepted_values', { accepted_values: { column: 'status', values: ['open'] } }, "status = 'open '"],
    ['accepted_values', { accepted_values: { column: 'note', values: ['ä', 'b'] } }, "note = 'Ä'"],
    ['range', { range: { column: 'status', min: 'open', max: 'open' } }, "status = 'Open'"],
  ] as const)('%s sees what they hide: %j after %s', async (_, check, change) => {
    const right = await clean();
    expect(await firstCheck(right, right, { checks: [check as never] })).toMatchObject({ status: 'passed' });
    const wrong = await bench.database('mysql', [
      `create table data (${columns})`,
      `insert into data values ${rows}`,
      `update data set ${change} where id = 1`,
    ]);
    expect(await firstCheck(right, wrong, { checks: [check as never] })).toMatchObject({
      status: 'failed',
      failing_rows: 1,
    });
  });

  it('unique_key tells a from A, and shows repeated keys as they read', async () => {
    const check = { unique_key: { columns: ['status'] } };
    const different = await table('mysql', columns, `(1, 'a', null), (2, 'A', null), (3, 'a ', null)`);
    expect(await firstCheck(different, different, { checks: [check] })).toMatchObject({ status: 'passed' });
    const same = await table('mysql', columns, `(1, 'é', null), (2, 'é', null), (3, 'É', null)`);
    expect(await firstCheck(same, same, { checks: [check] })).toMatchObject({
      status: 'failed',
      failing_rows: 2,
      samples: [
        { side: 'source', status: 'é', occurrences: 2 },
        { side: 'target', status: 'é', occurrences: 2 },
      ],
    });
  });

  it('foreign_key does not take ABC for abc', async () => {
    const shop = (own: string) =>
      bench.database('mysql', [
        'create table codes (code varchar(9) primary key)',
        `insert into codes values ('abc')`,
        'create table data (id integer primary key, code varchar(9))',
        `insert into data values (1, 'abc'), (2, ${own})`,
      ]);
    const check = { foreign_key: { columns: ['code'], references: { table: 'codes', columns: ['code'] } } };
    const [right, wrong] = [await shop('null'), await shop("'ABC'")];
    expect(await firstCheck(right, right, { checks: [check] })).toMatchObject({ status: 'passed' });
    expect(await firstCheck(right, wrong, { checks: [check] })).toMatchObject({
      status: 'failed',
      failing_rows: 1,
    });
  });
});

/** Types that other systems spell otherwise: equal values are equal, and one that differs is found. */
const mappings: readonly (readonly [
  name: string,
  mysql: string,
  values: readonly [equal: string, changed: string],
  other: TestSystem,
  otherType: string,
  otherValue: string,
])[] = [
  ['BOOLEAN and boolean', 'boolean', ['1', '0'], 'postgres', 'boolean', 'true'],
  ['BIT(1) and boolean', 'bit(1)', ["b'1'", "b'0'"], 'postgres', 'boolean', 'true'],
  [
    'BIGINT UNSIGNED and numeric',
    'bigint unsigned',
    ['18446744073709551615', '18446744073709551614'],
    'postgres',
    'numeric(20,0)',
    '18446744073709551615',
  ],
  [
    'DECIMAL(65,30) and numeric',
    'decimal(65,30)',
    ['0.100000000000000000000000000001', '0.100000000000000000000000000002'],
    'postgres',
    'numeric',
    '0.100000000000000000000000000001',
  ],
  ['FLOAT and real', 'float', ['16777217', '16777218'], 'postgres', 'real', '16777216'],
  [
    'DOUBLE and double precision',
    'double',
    ['0.1', '0.10000000000000002'],
    'postgres',
    'double precision',
    '0.1',
  ],
  ['YEAR and smallint', 'year', ['2155', '2154'], 'postgres', 'smallint', '2155'],
  [
    'TIME past a day and interval',
    'time(6)',
    ["'-838:59:59.000001'", "'-838:59:59.000002'"],
    'postgres',
    'interval',
    "'-838:59:59.000001'",
  ],
  [
    'TIME of a day and time',
    'time(3)',
    ["'23:59:59.999'", "'23:59:59.998'"],
    'postgres',
    'time(3)',
    "'23:59:59.999'",
  ],
  [
    'TIME past a day on both sides',
    'time(3)',
    ["'100:00:00.500'", "'100:00:00.501'"],
    'mysql',
    'time(6)',
    "'100:00:00.5'",
  ],
  [
    'TIMESTAMP and timestamptz',
    'timestamp(6) null',
    ["'2024-03-31 01:00:00.000001'", "'2024-03-31 02:00:00.000001'"],
    'postgres',
    'timestamptz',
    "'2024-03-31 03:00:00.000001+02'",
  ],
  [
    'DATETIME and timestamp',
    'datetime(6)',
    ["'1500-02-28 00:00:00.999999'", "'1500-03-01 00:00:00.999999'"],
    'postgres',
    'timestamp',
    "'1500-02-28 00:00:00.999999'",
  ],
  ['CHAR and char', 'char(6)', ["'ab'", "'aB'"], 'postgres', 'char(6)', "'ab'"],
  ['ENUM and text', "enum('x','y')", ["'x'", "'y'"], 'postgres', 'text', "'x'"],
  ['SET and text', "set('x','y')", ["'y,x'", "'x'"], 'postgres', 'text', "'x,y'"],
  [
    'JSON and jsonb',
    'json',
    [`'{"b": 1.0, "a": [null]}'`, `'{"b": 1.0, "a": [0]}'`],
    'postgres',
    'jsonb',
    `'{"a":[null],"b":1.0}'`,
  ],
  [
    'UUID and uuid',
    'uuid',
    ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12'"],
    'postgres',
    'uuid',
    "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
  ],
  ['BINARY and bytea', 'binary(4)', ["'a'", "'b'"], 'postgres', 'bytea', "'\\x61000000'"],
  [
    'latin1 text and UTF-8',
    'varchar(20) character set latin1',
    ["'Grüße €'", "'Grusse €'"],
    'postgres',
    'text',
    "'Grüße €'",
  ],
  ['INET6 on both sides', 'inet6', ["'::1'", "'::2'"], 'mysql', 'inet6', "'0:0::1'"],
  [
    'GEOMETRY on both sides',
    'geometry',
    ['point(1, 2)', 'point(1, 2.0000000000000004)'],
    'mysql',
    'point',
    'point(1, 2)',
  ],
];

describe('types across systems', () => {
  it.each(mappings)('%s', async (_, type, [equal, changed], other, otherType, otherValue) => {
    const expected = await table(other, `id integer, v ${otherType}`, `(1, ${otherValue}), (2, null)`);
    const same = await table('mysql', `id integer, v ${type}`, `(1, ${equal}), (2, null)`);
    const checks = ['row_hash', 'row_count'] as const;
    const green = await bench.run(same, expected, { checks });
    expect(green.result.checks.map(({ status, reason }) => [status, reason])).toEqual([
      ['passed', undefined],
      ['passed', undefined],
    ]);
    const wrong = await table('mysql', `id integer, v ${type}`, `(1, ${changed}), (2, null)`);
    expect(await firstCheck(wrong, expected, { checks })).toMatchObject({
      status: 'failed',
      failing_rows: 1,
      differences: { value: 1, by_column: [{ column: 'v' }] },
    });
  });

  it.each([
    ['geometry', 'point(1, 2)', 'text', "'POINT(1 2)'"],
    ['inet6', "'::1'", 'inet', "'::1'"],
    ['blob', "'a'", 'text', "'a'"],
  ])(
    'says that %s can not be compared exactly, and never passes it',
    async (type, value, otherType, other) => {
      const source = await table('mysql', `id integer, v ${type}`, `(1, ${value})`);
      const target = await table('postgres', `id integer, v ${otherType}`, `(1, ${other})`);
      expect(await firstCheck(source, target, { checks: ['row_hash'] })).toMatchObject({
        status: 'error',
        reason: expect.stringContaining('can not be compared exactly') as string,
      });
    },
  );

  it('says which TIME is no time of day, beside a column that holds only those', async () => {
    const source = await table('mysql', 'id integer, v time', "(1, '24:00:01')");
    const target = await table('postgres', 'id integer, v time', "(1, '00:00:01')");
    expect(await firstCheck(source, target, { checks: ['row_hash'] })).toMatchObject({
      status: 'error',
      reason: expect.stringMatching(/column v: 24:00:01 is no time of day/) as string,
    });
  });
});

describe('MariaDB and files', () => {
  const select = `select * from (values (1, 0.10::decimal(10,2), 'a "b", c', date '2020-02-29', timestamp '2020-01-01 10:00:00.123456', time '10:00:00.5', 0.1::double),
    (2, null, '', null, null, null, null)) as t(id, amount, name, born, seen_at, tm, ratio)`;
  const inMysql = (amount: string) =>
    table(
      'mysql',
      'id integer primary key, amount decimal(10,2), name text, born date, seen_at datetime(6), tm time(6), ratio double',
      `(1, ${amount}, 'a "b", c', '2020-02-29', '2020-01-01 10:00:00.123456', '10:00:00.5', 0.1), (2, null, '', null, null, null, null)`,
    );

  it.each(['data.csv', 'data.parquet', 'data.json'])('%s', async (file) => {
    const files = await bench.files({ [file]: select });
    const pipeline = { checks: ['row_hash' as const], target: { connection: files.name, table: file } };
    const empties = file.endsWith('.csv')
      ? [{ row_hash: { empty_equals_null: 'both' as const } }]
      : ['row_hash' as const];
    const same = await bench.run(await inMysql('0.1'), files, { ...pipeline, checks: empties });
    expect(same.result.checks[0]?.status, same.result.checks[0]?.reason).toBe('passed');
    const wrong = await bench.run(await inMysql('0.11'), files, { ...pipeline, checks: empties });
    expect(wrong.result.checks[0]).toMatchObject({ status: 'failed', failing_rows: 1 });
  });
});
