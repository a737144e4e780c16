import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { typeName } from '../../daemon/engine/validation/types.ts';
import { startMariadb, stopMariadb, type TestMariadb } from '../support/mariadb.ts';
import { roundTrip, Sessions } from '../support/sessions.ts';

const signal = new AbortController().signal;
let server: TestMariadb;
let database: ConnectionDefinition & { type: 'mysql' };
let sessions: Sessions;

beforeAll(async () => {
  server = await startMariadb();
  database = await server.createDatabase('connections');
  sessions = new Sessions();
});
afterAll(async () => {
  await sessions.close();
  await closeDuckdb();
  await stopMariadb();
});

const sql = (text: string) => server.sql('connections', text);
const open = (context = sessions.context()) => openConnection('my', database, context);
async function stageAll(relation: Parameters<typeof roundTrip>[1]) {
  const connection = await open();
  try {
    return await roundTrip(connection, relation, sessions.context());
  } finally {
    await connection.close();
  }
}

/** Every type and the worst it holds: columns by name, their type in information_schema's words, ours, and values in and out. */
const nasty: readonly (readonly [
  column: string,
  declared: string,
  ours: string,
  values: readonly [written: string, read: unknown][],
])[] = [
  [
    'ti',
    'tinyint',
    'integer(8)',
    [
      ['-128', '-128'],
      ['127', '127'],
    ],
  ],
  [
    'tiu',
    'tinyint unsigned',
    'unsigned integer(8)',
    [
      ['0', '0'],
      ['255', '255'],
    ],
  ],
  [
    'flag',
    'boolean',
    'integer(8)',
    [
      ['true', '1'],
      ['-3', '-3'],
    ],
  ],
  [
    'si',
    'smallint',
    'integer(16)',
    [
      ['-32768', '-32768'],
      ['32767', '32767'],
    ],
  ],
  [
    'siu',
    'smallint unsigned',
    'unsigned integer(16)',
    [
      ['0', '0'],
      ['65535', '65535'],
    ],
  ],
  [
    'mi',
    'mediumint',
    'integer(32)',
    [
      ['-8388608', '-8388608'],
      ['8388607', '8388607'],
    ],
  ],
  [
    'miu',
    'mediumint unsigned',
    'unsigned integer(32)',
    [
      ['0', '0'],
      ['16777215', '16777215'],
    ],
  ],
  [
    'i',
    'int',
    'integer(32)',
    [
      ['-2147483648', '-2147483648'],
      ['2147483647', '2147483647'],
    ],
  ],
  [
    'iu',
    'int(8) unsigned zerofill',
    'unsigned integer(32)',
    [
      ['42', '42'],
      ['4294967295', '4294967295'],
    ],
  ],
  [
    'b',
    'bigint',
    'integer(64)',
    [
      ['-9223372036854775808', '-9223372036854775808'],
      ['9223372036854775807', '9223372036854775807'],
    ],
  ],
  [
    'bu',
    'bigint unsigned',
    'unsigned integer(64)',
    [
      ['0', '0'],
      ['18446744073709551615', '18446744073709551615'],
    ],
  ],
  [
    'y',
    'year',
    'integer(16)',
    [
      ['1901', '1901'],
      ['0', '0'],
    ],
  ],
  [
    'bit1',
    'bit(1)',
    'unsigned integer(8)',
    [
      ["b'1'", '1'],
      ["b'0'", '0'],
    ],
  ],
  [
    'bit64',
    'bit(64)',
    'unsigned integer(64)',
    [
      ['0xffffffffffffffff', '18446744073709551615'],
      ['34', '34'],
    ],
  ],
  [
    'money',
    'decimal(12,2)',
    'decimal(12,2)',
    [
      ['-0.01', '-0.01'],
      ['9999999999.99', '9999999999.99'],
    ],
  ],
  [
    'd38',
    'decimal(38,10)',
    'decimal(38,10)',
    [
      ['1234567890123456789012345678.0123456789', '1234567890123456789012345678.0123456789'],
      ['-0.0000000001', '-0.0000000001'],
    ],
  ],
  [
    'd65',
    'decimal(65,30)',
    'decimal(65,30)',
    [
      [`-${'9'.repeat(35)}.${'9'.repeat(30)}`, `-${'9'.repeat(35)}.${'9'.repeat(30)}`],
      ['1.500000000000000000000000000000', '1.5'],
    ],
  ],
  [
    'du',
    'decimal(10,0) unsigned',
    'decimal(10,0)',
    [
      ['9999999999', '9999999999'],
      ['0', '0'],
    ],
  ],
  [
    'f',
    'float',
    'float(32)',
    [
      ['16777217', '16777216'],
      ['0.1', '0.1'],
    ],
  ],
  [
    'f2',
    'float(10,2)',
    'float(32)',
    [
      ['1234567.89', '1234567.9'],
      ['-0.00', '0'],
    ],
  ],
  [
    'db',
    'double',
    'float(64)',
    [
      ['-2.2250738585072014e-308', '-2.2250738585072014e-308'],
      ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ],
  ],
  [
    'db2',
    'double(22,4)',
    'float(64)',
    [
      ['0.1', '0.1'],
      ['123456789012.3457', '123456789012.3457'],
    ],
  ],
  [
    'dt',
    'date',
    'date',
    [
      ["'0001-01-01'", '0001-01-01'],
      ["'9999-12-31'", '9999-12-31'],
    ],
  ],
  [
    'tm',
    'time',
    'time(0)',
    [
      ["'-838:59:59'", '-838:59:59'],
      ["'24:00:00'", '24:00:00'],
    ],
  ],
  [
    'tm6',
    'time(6)',
    'time(6)',
    [
      ["'838:59:58.999999'", '838:59:58.999999'],
      ["'-00:00:00.500000'", '-00:00:00.5'],
    ],
  ],
  [
    'dtm',
    'datetime',
    'timestamp(0)',
    [
      ["'1582-10-10 23:59:59'", '1582-10-10 23:59:59'],
      ["'9999-12-31 23:59:59'", '9999-12-31 23:59:59'],
    ],
  ],
  [
    'dtm6',
    'datetime(6)',
    'timestamp(6)',
    [
      ["'2024-03-31 02:30:00.000001'", '2024-03-31 02:30:00.000001'],
      ["'0001-01-01 00:00:00.999999'", '0001-01-01 00:00:00.999999'],
    ],
  ],
  [
    'ts6',
    'timestamp(6) null',
    'timestamptz(6)',
    [
      ["'1970-01-01 00:00:01.000001'", '1970-01-01 00:00:01.000001+00'],
      ["'2038-01-19 03:14:07.999999'", '2038-01-19 03:14:07.999999+00'],
    ],
  ],
  [
    'c',
    'char(5)',
    'char(5)',
    [
      ["'ab   '", 'ab'],
      ["'é😀'", 'é😀'],
    ],
  ],
  [
    'v',
    'varchar(40)',
    'varchar(40)',
    [
      ["''", ''],
      ["' \\\\N\\t,\\\"\\r\\n'' '", ' \\N\t,"\r\n\' '],
    ],
  ],
  [
    'l1',
    'text character set latin1',
    'text',
    [
      ["'Grüße'", 'Grüße'],
      ["''", ''],
    ],
  ],
  [
    'tx',
    'longtext',
    'text',
    [
      ["'\\\\N'", '\\N'],
      ["concat('\u0001\u001f\u007f', char(0 using utf8mb4), 'x')", '\u0001\u001f\u007f\u0000x'],
    ],
  ],
  [
    'bn',
    'binary(4)',
    'binary',
    [
      ["'a'", '61000000'],
      ["x'00ff225c'", '00ff225c'],
    ],
  ],
  [
    'vb',
    'varbinary(9)',
    'binary',
    [
      ["''", ''],
      ["x'fb0d0a22'", 'fb0d0a22'],
    ],
  ],
  [
    'bl',
    'longblob',
    'binary',
    [
      ["x'5c4e'", '5c4e'],
      ["'\"'", '22'],
    ],
  ],
  [
    'en',
    "enum('open','Ünï \"x\"')",
    'text',
    [
      ['\'Ünï "x"\'', 'Ünï "x"'],
      ["'open'", 'open'],
    ],
  ],
  [
    'st',
    "set('a','b','c')",
    'text',
    [
      ["'c,a'", 'a,c'],
      ["''", ''],
    ],
  ],
  [
    'js',
    'json',
    'json',
    [
      ['\'{"b": [1, 2.50], "a": null}\'', '{"b": [1, 2.50], "a": null}'],
      ['\'"x"\'', '"x"'],
    ],
  ],
  [
    'u',
    'uuid',
    'uuid',
    [
      ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
      ["'00000000-0000-0000-0000-000000000000'", '00000000-0000-0000-0000-000000000000'],
    ],
  ],
  [
    'i6',
    'inet6',
    'inet6 of MySQL',
    [
      ["'::1'", '::1'],
      ["'::ffff:192.168.0.1'", '::ffff:192.168.0.1'],
    ],
  ],
  [
    'g',
    'geometry',
    'geometry of MySQL',
    [
      ['point(1, 2)', '000000000101000000000000000000F03F0000000000000040'],
      ['point(0, 0)', '00000000010100000000000000000000000000000000000000'],
    ],
  ],
];

describe('reading nasty values through stage()', () => {
  it('keeps every value of every type whole', async () => {
    await sql(
      `set sql_mode = 'STRICT_ALL_TABLES';
       create table nasty (id int not null primary key, ${nasty.map(([name, type]) => `${name} ${type}`).join(', ')});
       insert into nasty values ${[0, 1].map((row) => `(${row}, ${nasty.map(([, , , values]) => values[row]![0]).join(', ')})`).join(', ')},
         (2${', null'.repeat(nasty.length)})`,
    );
    const { columns, count, rows } = await stageAll({ table: 'nasty' });
    expect(columns.map(({ name, type }) => [name, typeName(type)])).toEqual([
      ['id', 'integer(32)'],
      ...nasty.map(([name, , ours]) => [name, ours]),
    ]);
    expect(columns.map(({ nullable }) => nullable)).toEqual([false, ...nasty.map(() => true)]);
    expect(count).toBe(3);
    const named = rows.map((row) => row.map((value, index) => [columns[index]!.name, value]));
    expect(named).toEqual(
      [0, 1, 2].map((row) => [
        ['id', String(row)],
        ...nasty.map(([name, , , values]) => [name, values[row]?.[1] ?? null]),
      ]),
    );
  });

  it('keeps floats and doubles to their last bit', async () => {
    await sql('create table floats (id int primary key, f float, d double)');
    const bits = new DataView(new ArrayBuffer(8));
    let state = 1n;
    const next = () => (state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn);
    const values = Array.from({ length: 3000 }, () => {
      bits.setBigUint64(0, next());
      return { f: bits.getFloat32(0), d: bits.getFloat64(0) };
    }).filter(({ f, d }) => Number.isFinite(f) && Number.isFinite(d));
    const rows = values.map(({ f, d }, index) => `(${index}, ${f}, ${d})`);
    await sql(`insert into floats values ${rows.join(', ')}`);
    const { rows: read } = await stageAll({ table: 'floats' });
    const connection = await open();
    const direct = await connection.query('select f, d from floats order by id', { signal });
    await connection.close();
    const sameBits = (text: unknown, value: number, round: (x: number) => number) =>
      Object.is(round(Number(text)) + 0, value + 0);
    for (const [index, { f, d }] of values.entries()) {
      const [, staged32, staged64] = read.find(([id]) => id === String(index)) ?? [];
      const [asked32, asked64] = direct.rows[index] ?? [];
      expect(
        [staged32, asked32].every((text) => sameBits(text, f, Math.fround)),
        `${f}`,
      ).toBe(true);
      expect(
        [staged64, asked64].every((text) => sameBits(text, d, (x) => x)),
        `${d}`,
      ).toBe(true);
    }
  });

  it.each([
    ['a zero day', 'date', "'0000-00-00'"],
    ['a day of no month', 'date', "'2020-00-01'"],
    ['the 30th of February', 'date', "'2020-02-30'"],
    ['a zero moment', 'datetime', "'0000-00-00 00:00:00'"],
    ['a zero instant', 'timestamp null', "'0000-00-00 00:00:00'"],
  ])('says which column holds %s, and lets a query turn it', async (_, type, value) => {
    await sql(
      `set sql_mode = 'ALLOW_INVALID_DATES'; create or replace table bad_days (id int primary key, born ${type});
       insert into bad_days values (1, ${value}), (2, '2020-01-02')`,
    );
    const bad = value.slice(1, -1);
    await expect(stageAll({ table: 'bad_days' })).rejects.toMatchObject({
      kind: 'definition',
      code: 'bad_value',
      message: expect.stringMatching(`column born: ${bad}.* is no day of the calendar`) as string,
    });
    const query = `select id, case when born <> ${value} then born end as born from bad_days`;
    const { rows, columns } = await stageAll({ query });
    expect(rows.map(([, born]) => String(born).slice(0, 10))).toEqual(['null', '2020-01-02']);
    expect(typeName(columns[1]!.type)).toMatch(/^(date|timestamp)/);
  });

  it('copies many rows with quotes and line breaks', async () => {
    const query = `select seq as id, case seq % 4 when 0 then null when 1 then '' when 2
      then concat('"x"', char(10 using utf8mb4), '"y",', seq) else repeat('😀', seq % 50) end as v from seq_1_to_200000`;
    const { count, workspace } = await stageAll({ query });
    expect(count).toBe(200_000);
    const found = await workspace.runAndReadAll(
      `select count(*) filter (v is null), count(*) filter (v = ''), count(*) filter (v = '"x"' || chr(10) || '"y",' || id), max(length(v)) from staged`,
    );
    expect(found.getRowsJson()).toEqual([['50000', '50000', '50000', '49']]);
  });

  it('copies a value longer than one packet of the protocol', async () => {
    const query = `select 1 as id, repeat('long"', 3500000) as v union all select 2, 'short'`;
    const { count, workspace } = await stageAll({ query });
    expect(count).toBe(2);
    const found = await workspace.runAndReadAll(
      `select id, length(v), replace(v, 'long"', '') from staged order by id`,
    );
    expect(found.getRowsJson()).toEqual([
      [1, '17500000', ''],
      [2, '5', 'short'],
    ]);
  });

  it('types the columns of views and queries as those of tables', async () => {
    await sql('create view nasty_view as select * from nasty');
    const own = (columns: { name: string; type: Parameters<typeof typeName>[0] }[]) =>
      columns.map(({ name, type }) => [name, typeName(type)]);
    const connection = await open();
    const table = await connection.describe({ table: 'nasty' }, { signal });
    const view = await connection.describe({ table: 'nasty_view' }, { signal });
    const filtered = await connection.describe({ table: 'nasty', where: 'id > 1' }, { signal });
    const counted = await connection.describe(
      {
        query: `select count(*) as n, sum(b) as s, avg(money) as a, max(u) as u, max(js) as j, max(tm6) as t, cast(1 as double) as d,
          null as nothing, 'é' as word, hex(bl) as h, now(3) as moment, max(dt) as day from nasty group by id`,
      },
      { signal },
    );
    await connection.close();
    expect(own(view)).toEqual(own(table));
    expect(own(filtered)).toEqual(own(table));
    expect(view.every(({ nullable }) => nullable === null)).toBe(true);
    expect(own(counted)).toEqual([
      ['n', 'integer(64)'],
      ['s', 'decimal(41,0)'],
      ['a', 'decimal(16,6)'],
      ['u', 'uuid'],
      ['j', 'json'],
      ['t', 'time(6)'],
      ['d', 'float(64)'],
      ['nothing', 'char(0)'],
      ['word', 'varchar(1)'],
      ['h', 'text'],
      ['moment', 'timestamp(3)'],
      ['day', 'date'],
    ]);
  });
});
