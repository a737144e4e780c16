/** SQL Server through its driver, over real sockets, against a stand-in that speaks the protocol and does not understand SQL. */
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../daemon/engine/connections/connection.ts';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { introductionSql } from '../../daemon/engine/connections/sqlserver.ts';
import { typeName } from '../../daemon/engine/validation/types.ts';
import {
  sqlserverConnectionSchema,
  type SqlserverDefinition,
} from '../../daemon/protocol/files/connections.ts';
import { roundTrip, Sessions } from '../support/sessions.ts';
import { TdsServer, type TdsAnswer } from '../support/tdsServer.ts';
import { selfSigned } from '../support/tdsTls.ts';
import type { TdsColumn, TdsType, TdsValue } from '../support/tdsTokens.ts';

const signal = new AbortController().signal;
const sessions = new Sessions();
let server: TdsServer;
let definition: SqlserverDefinition;

beforeEach(async () => {
  server = new TdsServer();
  definition = sqlserverConnectionSchema.parse({
    type: 'sqlserver',
    host: '127.0.0.1',
    port: await server.start(),
    database: 'shop',
    user: 'reader',
    password: 'pä55"wörd',
    ssl: false,
  });
  server.answer = introduction('1');
});
afterEach(() => server.stop());
afterAll(async () => {
  await sessions.close();
  await closeDuckdb();
});

const texts = (...names: string[]): TdsColumn[] => names.map((name) => ({ name, type: 'text' }));

function introduction(snapshots: '0' | '1', more?: (sql: string) => TdsAnswer | undefined) {
  return (sql: string): TdsAnswer | undefined =>
    sql === introductionSql
      ? {
          columns: [...texts('version', 'edition'), { name: 'state', type: 'int' }, ...texts('moment')],
          rows: [['16.0.1000.6', '3', Number(snapshots), '2026-01-02 03:04:05.1234567']],
        }
      : more?.(sql);
}

/** What sys.dm_exec_describe_first_result_set says of columns. */
function described(
  columns: readonly (readonly [name: string, native: string, nullable?: boolean])[],
): TdsAnswer {
  return {
    columns: [
      ...texts('name', 'type'),
      { name: 'is_nullable', type: 'bit' },
      { name: 'is_hidden', type: 'bit' },
      { name: 'error_number', type: 'int' },
      ...texts('error_message'),
    ],
    rows: columns.map(([name, native, nullable = true]) => [name, native, nullable, false, null, null]),
  };
}

const wrong = (number: number, message: string): TdsAnswer => ({
  columns: [
    ...texts('name', 'type'),
    { name: 'is_nullable', type: 'bit' },
    { name: 'is_hidden', type: 'bit' },
    { name: 'error_number', type: 'int' },
    ...texts('error_message'),
  ],
  rows: [[null, null, null, null, number, message]],
});

const isDescription = (sql: string): boolean => sql.includes('dm_exec_describe_first_result_set');
const open = (context = sessions.context(), changed: Partial<SqlserverDefinition> = {}) =>
  openConnection('old', { ...definition, ...changed }, context);

async function using<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await open();
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** Each column: what it is there, what the canonical type is, what the server sends, what stands in DuckDB. */
const nasty: readonly (readonly [
  native: string,
  ours: string,
  sent: TdsType,
  values: readonly (readonly [TdsValue, unknown])[],
])[] = [
  [
    'bit',
    'boolean',
    'text',
    [
      ['0', false],
      ['1', true],
    ],
  ],
  [
    'tinyint',
    'unsigned integer(8)',
    'text',
    [
      ['0', '0'],
      ['255', '255'],
    ],
  ],
  [
    'smallint',
    'integer(16)',
    'text',
    [
      ['-32768', '-32768'],
      ['32767', '32767'],
    ],
  ],
  [
    'int',
    'integer(32)',
    'text',
    [
      ['-2147483648', '-2147483648'],
      ['2147483647', '2147483647'],
    ],
  ],
  [
    'bigint',
    'integer(64)',
    'text',
    [
      ['-9223372036854775808', '-9223372036854775808'],
      ['9223372036854775807', '9223372036854775807'],
    ],
  ],
  [
    'decimal(38,10)',
    'decimal(38,10)',
    'text',
    [
      ['-9999999999999999999999999999.9999999999', '-9999999999999999999999999999.9999999999'],
      ['0.0000000001', '0.0000000001'],
    ],
  ],
  [
    'money',
    'decimal(19,4)',
    'text',
    [
      ['-922337203685477.5808', '-922337203685477.5808'],
      ['922337203685477.5807', '922337203685477.5807'],
    ],
  ],
  [
    'smallmoney',
    'decimal(10,4)',
    'text',
    [
      ['-214748.3648', '-214748.3648'],
      ['0.0001', '0.0001'],
    ],
  ],
  [
    'float',
    'float(64)',
    'float',
    [
      [0.1, '0.1'],
      [-1.7976931348623157e308, '-1.7976931348623157e+308'],
    ],
  ],
  [
    'real',
    'float(32)',
    'real',
    [
      [0.1, '0.1'],
      [3.4028234663852886e38, '3.4028235e+38'],
    ],
  ],
  [
    'date',
    'date',
    'text',
    [
      ['0001-01-01', '0001-01-01'],
      ['9999-12-31', '9999-12-31'],
    ],
  ],
  [
    'datetime',
    'timestamp(3)',
    'text',
    [
      ['1753-01-01 00:00:00.003', '1753-01-01 00:00:00.003'],
      ['9999-12-31 23:59:59.997', '9999-12-31 23:59:59.997'],
    ],
  ],
  [
    'smalldatetime',
    'timestamp(0)',
    'text',
    [
      ['1900-01-01 00:00:00', '1900-01-01 00:00:00'],
      ['2079-06-06 23:59:00', '2079-06-06 23:59:00'],
    ],
  ],
  [
    'datetime2(6)',
    'timestamp(6)',
    'text',
    [
      ['0001-01-01 00:00:00.000001', '0001-01-01 00:00:00.000001'],
      ['9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999'],
    ],
  ],
  [
    'datetime2(7)',
    'timestamp(7)',
    'text',
    [
      ['1700-01-01 00:00:00.0000001', '1700-01-01 00:00:00.0000001'],
      ['2261-12-31 23:59:59.9999999', '2261-12-31 23:59:59.9999999'],
    ],
  ],
  [
    'datetimeoffset(7)',
    'timestamptz(7)',
    'text',
    [
      ['2024-03-31 01:30:00.0000001', '2024-03-31 01:30:00.0000001'],
      ['1700-12-31 23:59:59.9999999', '1700-12-31 23:59:59.9999999'],
    ],
  ],
  [
    'datetimeoffset(3)',
    'timestamptz(3)',
    'text',
    [
      ['2024-03-31 01:30:00.0010000', '2024-03-31 01:30:00.001+00'],
      ['9999-12-31 23:59:59.9990000', '9999-12-31 23:59:59.999+00'],
    ],
  ],
  [
    'time(7)',
    'time(7)',
    'text',
    [
      ['00:00:00.0000001', '00:00:00.0000001'],
      ['23:59:59.9999999', '23:59:59.9999999'],
    ],
  ],
  [
    'char(5)',
    'char(5)',
    'text',
    [
      ['ab   ', 'ab   '],
      ['é    ', 'é    '],
    ],
  ],
  [
    'nvarchar(40)',
    'varchar(40)',
    'text',
    [
      ['', ''],
      [' \\N\t,"\r\n\'😀 ', ' \\N\t,"\r\n\'😀 '],
    ],
  ],
  [
    'nvarchar(max)',
    'text',
    'text',
    [
      ['\\N', '\\N'],
      ['\u0001\u001f\u0000x'.repeat(5000), '\u0001\u001f\u0000x'.repeat(5000)],
    ],
  ],
  [
    'varbinary(9)',
    'binary',
    'text',
    [
      ['', ''],
      ['00FF225C', '00ff225c'],
    ],
  ],
  [
    'rowversion',
    'binary',
    'text',
    [
      ['00000000000007D1', '00000000000007d1'],
      ['FFFFFFFFFFFFFFFF', 'ffffffffffffffff'],
    ],
  ],
  [
    'uniqueidentifier',
    'uuid',
    'text',
    [
      ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
      ['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'],
    ],
  ],
  [
    'xml',
    'xml of SQL Server',
    'text',
    [
      ['<a b="1"/>', '<a b="1"/>'],
      ['', ''],
    ],
  ],
  [
    'hierarchyid',
    'hierarchyid of SQL Server',
    'text',
    [
      ['5AC0', '5AC0'],
      ['', ''],
    ],
  ],
];

describe('values', () => {
  it('arrive whole, of every type', async () => {
    const columns = nasty.map(([, , type], index): TdsColumn => ({ name: `c${index}`, type }));
    const rows = [0, 1].map((row) => nasty.map(([, , , values]) => values[row]?.[0] ?? null));
    server.answer = introduction('1', (sql) => {
      if (isDescription(sql))
        return described([
          ['id', 'int', false],
          ...nasty.map(([native], index) => [`c${index}`, native] as const),
        ]);
      if (sql.startsWith('select convert(varchar(20), s.[id])'))
        return {
          columns: [...texts('id'), ...columns],
          rows: [...rows.map((row, index) => [String(index), ...row]), ['2', ...nasty.map(() => null)]],
        };
      return undefined;
    });
    const read = await using((connection) => roundTrip(connection, { table: 'dbo.t' }, sessions.context()));
    expect(read.count).toBe(3);
    expect(read.columns.map(({ type }) => typeName(type))).toEqual([
      'integer(32)',
      ...nasty.map(([, ours]) => ours),
    ]);
    expect(read.columns.map(({ nullable }) => nullable)).toEqual([false, ...nasty.map(() => true)]);
    expect(read.rows).toEqual([
      ['0', ...nasty.map(([, , , [first]]) => first?.[1])],
      ['1', ...nasty.map(([, , , [, second]]) => second?.[1])],
      ['2', ...nasty.map(() => null)],
    ]);
  });

  const stageOne = (native: string, value: TdsValue, sent: TdsType = 'text') => {
    server.answer = introduction('1', (sql) =>
      isDescription(sql)
        ? described([['v', native]])
        : sql.startsWith('select ') && sql.includes('as [v] from')
          ? { columns: [{ name: 'v', type: sent }], rows: [[value]] }
          : undefined,
    );
    return using((connection) => roundTrip(connection, { table: 't' }, sessions.context()));
  };

  it('that cannot be read whole are errors that name their column', async () => {
    await expect(stageOne('datetime2(7)', '9999-12-31 00:00:00.0000000')).rejects.toThrow(
      /column v: 9999-12-31/,
    );
    await expect(stageOne('datetimeoffset(7)', '9999-12-31 00:00:00.0000000')).rejects.toThrow(
      /column v: 9999-12-31/,
    );
    await expect(stageOne('sql_variant', 'x')).rejects.toMatchObject({
      code: 'type_not_readable',
      kind: 'definition',
    });
    await expect(stageOne('nvarchar(5)', 'a\ud800')).rejects.toThrow(/column v: .*no Unicode/);
  });

  it('arrive in their order however many there are, while the disk is slower than the server', async () => {
    const padding = 'é"'.repeat(100);
    const rows = Array.from({ length: 60_000 }, (_, index) => [String(index), `${padding}${index}`]);
    server.answer = introduction('1', (sql) => {
      if (isDescription(sql))
        return described([
          ['id', 'int'],
          ['v', 'nvarchar(max)'],
        ]);
      return sql.includes('as [v] from') ? { columns: texts('id', 'v'), rows } : undefined;
    });
    const read = await using((connection) => roundTrip(connection, { table: 't' }, sessions.context()));
    expect(read.count).toBe(rows.length);
    expect(read.rows).toEqual(rows);
  });

  it('of small results are text that says all of them', async () => {
    const columns: TdsColumn[] = [
      { name: '', type: 'int' },
      { name: 'b', type: 'bigint' },
      { name: 'f', type: 'float' },
      { name: 'm', type: 'money' },
      { name: 'd', type: 'decimal(15,2)' },
      { name: 'at', type: 'datetime2(7)' },
      { name: 'yes', type: 'bit' },
      { name: 'raw', type: 'varbinary' },
    ];
    const row: TdsValue[] = [
      7,
      '-9223372036854775808',
      1e-7,
      '-12345678.9012',
      '1234567890123.45',
      '2024-02-29 23:59:59.1234567',
      true,
      Buffer.from('00ff', 'hex'),
    ];
    server.answer = introduction('1', (sql) =>
      isDescription(sql)
        ? described(columns.map(({ name }) => [name, 'int']))
        : sql.startsWith('select')
          ? { columns, rows: [row, row.map(() => null)] }
          : undefined,
    );
    const { rows } = await using((connection) => connection.query('select 1', { signal }));
    expect(rows).toEqual([
      [
        '7',
        '-9223372036854775808',
        '1e-7',
        '-12345678.9012',
        '1234567890123.45',
        '2024-02-29 23:59:59.1234567',
        true,
        '00ff',
      ],
      row.map(() => null),
    ]);
  });

  it('of long decimals are asked for as text', async () => {
    server.answer = introduction('1', (sql) =>
      isDescription(sql)
        ? described([
            ['', 'decimal(38,2)'],
            ['n', 'int'],
          ])
        : sql.startsWith('exec')
          ? { columns: texts('a', 'n'), rows: [['123456789012345678901234567890123456.78', '1']] }
          : undefined,
    );
    const { rows } = await using((connection) =>
      connection.query("select sum(x), 1 as n from t where y = N'a'", { signal }),
    );
    expect(server.statements.at(-1)).toBe(
      "exec sp_executesql N'select sum(x), 1 as n from t where y = N''a''' with result sets (([column 1] nvarchar(41), [n] int))",
    );
    expect(rows).toEqual([['123456789012345678901234567890123456.78', '1']]);
  });

  it('with lost digits are refused', async () => {
    const big = (column: TdsColumn, value: TdsValue) => {
      server.answer = introduction('1', (sql) =>
        isDescription(sql)
          ? described([['v', 'int']])
          : sql === 'select v'
            ? { columns: [column], rows: [[value]] }
            : undefined,
      );
      return using((connection) => connection.query('select v', { signal }));
    };
    await expect(big({ name: 'v', type: 'money' }, '922337203685477.5807')).rejects.toMatchObject({
      code: 'value_not_readable',
    });
    await expect(big({ name: 'v', type: 'decimal(16,0)' }, '1234567890123456')).rejects.toMatchObject({
      code: 'value_not_readable',
    });
  });
});

describe('a session', () => {
  it('logs in to read, in a snapshot of a transaction that nobody commits', async () => {
    const [system, snapshot] = await using(
      async (connection) => [await connection.system(), connection.snapshot] as const,
    );
    expect(system).toEqual({ system: 'SQL Server', version: '16.0.1000.6' });
    expect(snapshot).toBe('snapshot isolation, of the first read after 2026-01-02 03:04:05.1234567 UTC');
    expect(server.logins).toEqual([
      {
        user: 'reader',
        password: 'pä55"wörd',
        database: 'shop',
        application: 'ombudsman',
        isReadIntent: true,
      },
    ]);
    const settings = server.statements[0] ?? '';
    for (const setting of [
      'set quoted_identifier on',
      'set ansi_nulls on',
      'set dateformat ymd',
      'set language us_english',
    ])
      expect(settings).toContain(setting);
    expect(server.statements.slice(1)).toEqual([
      introductionSql,
      'set transaction isolation level snapshot; begin transaction',
    ]);
    await server.abandoned();
  });

  it('says that there is no snapshot where the database allows none', async () => {
    server.answer = introduction('0');
    const snapshot = await using((connection) => Promise.resolve(connection.snapshot));
    expect(snapshot).toMatch(/^none: the database does not allow snapshot isolation/);
    expect(server.statements.at(-1)).toBe(
      'set transaction isolation level read committed; begin transaction',
    );
  });

  it('sends nothing that could write', async () => {
    await using(async (connection) => {
      const before = server.statements.length;
      for (const sql of [
        'delete from t',
        'select 1 delete from t',
        'select 1; drop table t',
        'select * into x from t',
        'exec sp_who',
        'select next value for s',
      ])
        await expect(connection.query(sql, { signal })).rejects.toMatchObject({
          kind: expect.stringMatching(/permission|definition/) as string,
        });
      await expect(
        connection.describe({ query: 'select 1) as q drop table t select * from (select 1' }, { signal }),
      ).rejects.toThrow();
      await expect(
        connection.describe({ table: 't', where: '1 = 1) drop table t --' }, { signal }),
      ).rejects.toThrow();
      expect(server.statements.length).toBe(before);
    });
  });

  it('tells a missing table with its nearest', async () => {
    server.answer = introduction('1', (sql) =>
      isDescription(sql)
        ? wrong(208, "Invalid object name 'custmer'.")
        : sql.includes('sys.objects')
          ? { columns: texts('name'), rows: [['customer'], ['sales.orders']] }
          : undefined,
    );
    await expect(
      using((connection) => connection.describe({ table: 'custmer' }, { signal })),
    ).rejects.toMatchObject({
      kind: 'definition',
      code: 'no_such_table',
      hint: expect.stringMatching(/^Nearest: customer\b/) as string,
    });
  });

  it.each([
    [207, 'definition', 'no_such_column'],
    [102, 'definition', 'syntax_error'],
    [229, 'permission', 'insufficient_privilege'],
    [1205, 'resource', 'deadlock'],
    [8134, 'definition', 'bad_value'],
    [50000, 'definition', 'bad_sql'],
  ])('tells error %i as %s %s', async (number, kind, code) => {
    server.answer = introduction('1', (sql) =>
      sql === 'select 1'
        ? { error: [number, 'words of the server'] }
        : isDescription(sql)
          ? described([['v', 'int']])
          : undefined,
    );
    await expect(using((connection) => connection.query('select 1', { signal }))).rejects.toMatchObject({
      kind,
      code,
      message: expect.stringContaining('words of the server') as string,
    });
  });
});

describe('a server', () => {
  const failure = async (changed: Partial<SqlserverDefinition> = {}) => {
    const error: unknown = await open(sessions.context(), changed).then(
      (connection) => connection.close().then(() => undefined),
      (thrown: unknown) => thrown,
    );
    return error as { kind: string; code: string; message: string };
  };

  it('that refuses the password is told so, without the password', async () => {
    server.refuses = [18456, "Login failed for user 'reader'."];
    const error = await failure();
    expect(error).toMatchObject({ kind: 'permission', code: 'wrong_password' });
    expect(error.message).toBe("connection old: Login failed for user 'reader'.");
    expect(JSON.stringify(error)).not.toContain('pä55');
  });

  it('that has no such database', async () => {
    server.refuses = [4060, 'Cannot open database "shop" requested by the login.'];
    expect(await failure()).toMatchObject({ kind: 'definition', code: 'no_such_database' });
  });

  it('that does not listen', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(await failure({ port })).toMatchObject({ kind: 'connection', code: 'unreachable' });
  });

  it('that says nothing', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    expect(await failure({ port, connect_timeout: 0.2 })).toMatchObject({
      kind: 'connection',
      code: 'connect_timeout',
    });
    silent.close();
  });

  it('that offers no encryption where it was asked for', async () => {
    expect(await failure({ ssl: 'require' })).toMatchObject({ kind: 'connection', code: 'tls_refused' });
  });

  it('is spoken to in TLS unless that is switched off, and proved where that is asked for', async () => {
    server.certificate = selfSigned('not-this-host');
    for (const ssl of [undefined, true, 'require'] as const) {
      const connection = await open(sessions.context(), { ssl });
      expect(await connection.system()).toMatchObject({ system: 'SQL Server' });
      await connection.close();
    }
    expect(server.logins).toHaveLength(3);
    expect(await failure({ ssl: 'verify-full' })).toMatchObject({ kind: 'connection', code: 'tls_refused' });
    expect(await failure({ ssl: false })).toMatchObject({ kind: 'connection', code: 'tls_refused' });
    // Neither of the two came as far as its password.
    expect(server.logins).toHaveLength(3);
  });

  it('that goes away in the middle', async () => {
    server.answer = introduction('1', (sql) =>
      isDescription(sql) ? described([['v', 'int']]) : sql === 'select v' ? 'gone' : undefined,
    );
    await expect(using((connection) => connection.query('select v', { signal }))).rejects.toMatchObject({
      kind: 'connection',
    });
  });

  it('is told to stop a statement when the operation is cancelled, and confirms it', async () => {
    const controller = new AbortController();
    server.answer = introduction('1', (sql) =>
      isDescription(sql) ? described([['v', 'int']]) : sql === 'select v' ? 'silence' : undefined,
    );
    const connection = await open(sessions.context(controller.signal));
    const running = connection.query('select v', { signal: controller.signal });
    await server.received(/^select v$/);
    controller.abort('cancel');
    await expect(running).rejects.toMatchObject({ kind: 'interrupted', code: 'aborted' });
    expect(server.attentions).toBe(1);
    await connection.close();
    await server.abandoned();
  });

  it('is told to stop a statement that takes longer than statement_timeout', async () => {
    server.answer = introduction('1', (sql) =>
      isDescription(sql) ? described([['v', 'int']]) : sql === 'select v' ? 'silence' : undefined,
    );
    const connection = await open(sessions.context(), { statement_timeout: 0.1 });
    await expect(connection.query('select v', { signal })).rejects.toMatchObject({
      kind: 'timeout',
      code: 'statement_timeout',
    });
    expect(server.attentions).toBe(1);
    await connection.close();
  });
});
