/** Snowflake by its SQL API, over real sockets, against a stand-in that answers as the API is documented and does not understand SQL. */
import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../daemon/engine/connections/connection.ts';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { snowflakeIntroduction } from '../../daemon/engine/connections/snowflake.ts';
import { typeName } from '../../daemon/engine/validation/types.ts';
import {
  snowflakeConnectionSchema,
  type SnowflakeDefinition,
} from '../../daemon/protocol/files/connections.ts';
import { roundTrip, Sessions } from '../support/sessions.ts';
import { SnowflakeService, type SnowflakeAnswer, type SnowflakeColumn } from '../support/snowflakeService.ts';

const signal = new AbortController().signal;
const sessions = new Sessions();
const moment = '2026-01-02 03:04:05.123456789 +0000';
let service: SnowflakeService;
let definition: SnowflakeDefinition;

beforeEach(async () => {
  service = new SnowflakeService();
  definition = snowflakeConnectionSchema.parse({
    type: 'snowflake',
    account: 'myorg-account1',
    url: await service.start(),
    token: 'pat-s3cret',
    database: 'SHOP',
    schema: 'PUBLIC',
    warehouse: 'WH',
    role: 'READER',
  });
  service.answer = answers();
});
afterEach(() => service.stop());
afterAll(async () => {
  await sessions.close();
  await closeDuckdb();
});

const text = (name: string): SnowflakeColumn => ({ name, type: 'text', length: 100 });
const result = (columns: readonly SnowflakeColumn[], ...rows: (string | null)[][]): SnowflakeAnswer => ({
  columns,
  partitions: [rows],
});

/** The beginning of a session and the look at information_schema; the rest is the test's. */
function answers(more: (sql: string) => SnowflakeAnswer | undefined = () => undefined, travels = 'true') {
  return (sql: string): SnowflakeAnswer => {
    if (sql === snowflakeIntroduction) return result([text('V'), text('M')], ['9.8.1', moment]);
    const own = more(sql);
    if (own !== undefined) return own;
    if (sql.includes('retention_time')) return result([{ name: 'T', type: 'boolean' }], [travels]);
    return { status: 422, code: '001003', sqlState: '42000', message: `no answer to ${sql}` };
  };
}

const open = (context = sessions.context(), changed: Partial<SnowflakeDefinition> = {}) =>
  openConnection('new', { ...definition, ...changed }, context);

async function using<T>(
  work: (connection: Connection) => Promise<T>,
  changed: Partial<SnowflakeDefinition> = {},
): Promise<T> {
  const connection = await open(sessions.context(), changed);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

const fixed = (precision: number, scale: number) => ({ type: 'fixed', precision, scale });

/** Each column as the API describes it, its canonical type, and what is sent and stands in DuckDB. */
const nasty: readonly (readonly [
  described: Omit<SnowflakeColumn, 'name'>,
  ours: string,
  values: readonly (readonly [string, unknown])[],
])[] = [
  [
    fixed(38, 0),
    'decimal(38,0)',
    [
      ['-99999999999999999999999999999999999999', '-99999999999999999999999999999999999999'],
      ['0', '0'],
    ],
  ],
  [
    fixed(38, 37),
    'decimal(38,37)',
    [
      ['-9.9999999999999999999999999999999999999', '-9.9999999999999999999999999999999999999'],
      ['0.0000000000000000000000000000000000001', '0.0000000000000000000000000000000000001'],
    ],
  ],
  [
    fixed(12, 2),
    'decimal(12,2)',
    [
      ['-9999999999.99', '-9999999999.99'],
      ['0.01', '0.01'],
    ],
  ],
  [
    { type: 'real' },
    'float(64)',
    [
      ['0.30000000000000004', '0.30000000000000004'],
      ['-1.7976931348623157e+308', '-1.7976931348623157e+308'],
    ],
  ],
  [
    { type: 'real' },
    'float(64)',
    [
      ['NaN', 'NaN'],
      ['-inf', '-Infinity'],
    ],
  ],
  [
    { type: 'text', length: 16777216 },
    'text',
    [
      [' \\N\t,"\r\n\'😀 ', ' \\N\t,"\r\n\'😀 '],
      ['', ''],
    ],
  ],
  [
    { type: 'text', length: 40 },
    'varchar(40)',
    [
      ['\\N', '\\N'],
      ['\u0001\u001f\u007fé', '\u0001\u001f\u007fé'],
    ],
  ],
  [
    { type: 'boolean' },
    'boolean',
    [
      ['true', true],
      ['false', false],
    ],
  ],
  [
    { type: 'date' },
    'date',
    [
      ['0001-01-01', '0001-01-01'],
      ['9999-12-31', '9999-12-31'],
    ],
  ],
  [
    { type: 'time', scale: 9 },
    'time(9)',
    [
      ['00:00:00.000000001', '00:00:00.000000001'],
      ['23:59:59.999999999', '23:59:59.999999999'],
    ],
  ],
  [
    { type: 'timestamp_ntz', scale: 9 },
    'timestamp(9)',
    [
      ['1700-01-01 00:00:00.000000001', '1700-01-01 00:00:00.000000001'],
      ['2261-12-31 23:59:59.999999999', '2261-12-31 23:59:59.999999999'],
    ],
  ],
  [
    { type: 'timestamp_ntz', scale: 6 },
    'timestamp(6)',
    [
      ['0001-01-01 00:00:00.000001000', '0001-01-01 00:00:00.000001'],
      ['9999-12-31 23:59:59.999999000', '9999-12-31 23:59:59.999999'],
    ],
  ],
  [
    { type: 'timestamp_ltz', scale: 3 },
    'timestamptz(3)',
    [
      ['2024-03-31 01:30:00.001000000', '2024-03-31 01:30:00.001+00'],
      ['9999-12-31 23:59:59.999000000', '9999-12-31 23:59:59.999+00'],
    ],
  ],
  [
    { type: 'timestamp_tz', scale: 9 },
    'timestamptz(9)',
    [
      ['2024-10-27 01:30:00.123456789', '2024-10-27 01:30:00.123456789'],
      ['1970-01-01 00:00:00.000000000', '1970-01-01 00:00:00'],
    ],
  ],
  [
    { type: 'binary', length: 8388608 },
    'binary',
    [
      ['00FF225C', '00ff225c'],
      ['', ''],
    ],
  ],
  [
    { type: 'variant' },
    'json',
    [
      ['{"b":[1,2.50],"a":null}', '{"b":[1,2.50],"a":null}'],
      ['null', 'null'],
    ],
  ],
  [
    { type: 'array' },
    'json',
    [
      ['[1,"x"]', '[1,"x"]'],
      ['[]', '[]'],
    ],
  ],
  [
    { type: 'geography' },
    'geography of Snowflake',
    [
      ['0101000020E6100000', '0101000020E6100000'],
      ['', ''],
    ],
  ],
];

const id: SnowflakeColumn = { name: 'ID', ...fixed(9, 0), nullable: false };

describe('values', () => {
  it('arrive whole, of every type, from every partition', async () => {
    const columns = [id, ...nasty.map(([described], index) => ({ name: `C${index}`, ...described }))];
    const rows = [0, 1].map((row) => [String(row), ...nasty.map(([, , values]) => values[row]?.[0] ?? null)]);
    service.answer = answers((sql) => {
      if (sql.endsWith('limit 0')) return { columns, partitions: [[]] };
      if (!sql.startsWith('select to_varchar(s."ID")')) return undefined;
      return {
        columns: columns.map(({ name }) => text(name)),
        partitions: [[rows[0] ?? []], [rows[1] ?? []], [['2', ...nasty.map(() => null)]]],
      };
    });
    const read = await using((connection) =>
      roundTrip(connection, { table: 'customer' }, sessions.context()),
    );
    expect(read.count).toBe(3);
    expect(read.columns.map(({ type }) => typeName(type))).toEqual([
      'decimal(9,0)',
      ...nasty.map(([, ours]) => ours),
    ]);
    expect(read.columns[0]?.nullable).toBe(false);
    expect(read.rows).toEqual([
      ['0', ...nasty.map(([, , [first]]) => first?.[1])],
      ['1', ...nasty.map(([, , [, second]]) => second?.[1])],
      ['2', ...nasty.map(() => null)],
    ]);
  });

  const stageOne = (described: Omit<SnowflakeColumn, 'name'>, value: string) => {
    service.answer = answers((sql) => {
      if (sql.endsWith('limit 0')) return { columns: [{ name: 'V', ...described }], partitions: [[]] };
      return sql.includes(' from "T"') ? result([text('V')], [value]) : undefined;
    });
    return using((connection) => roundTrip(connection, { table: 't' }, sessions.context()));
  };

  it('that cannot be read whole are errors that name their column', async () => {
    await expect(stageOne({ type: 'real' }, '?0.3')).rejects.toThrow(
      /column V: 0\.3 is not all of the value/,
    );
    await expect(
      stageOne({ type: 'timestamp_ntz', scale: 9 }, '9999-12-31 00:00:00.000000000'),
    ).rejects.toThrow(/column V: 9999-12-31/);
    await expect(stageOne({ type: 'vector' }, '[1]')).rejects.toMatchObject({ code: 'type_not_readable' });
  });

  it('of small results are text, whatever the API counts them in', async () => {
    const columns: SnowflakeColumn[] = [
      { name: 'N', ...fixed(38, 2) },
      { name: 'B', type: 'boolean' },
      { name: 'D', type: 'date' },
      { name: 'T', type: 'time', scale: 9 },
      { name: 'M', type: 'timestamp_ntz', scale: 9 },
      { name: 'L', type: 'timestamp_ltz', scale: 3 },
      { name: 'Z', type: 'timestamp_tz', scale: 9 },
      { name: 'X', type: 'binary' },
    ];
    const rows = [
      [
        '123456789012345678901234567890123456.78',
        'true',
        '-719162',
        '86399.000000001',
        '-62135596800.000000000',
        '1711848600.001000000',
        '1616173619.000000001 1500',
        '00FF',
      ],
      [
        '0.00',
        'false',
        '2932896',
        '0.000000000',
        '-0.000000001',
        '253402300799.999000000',
        '0.000000000 1440',
        '',
      ],
    ];
    service.answer = answers((sql) =>
      sql === 'select v'
        ? result(
            columns,
            ...rows,
            columns.map(() => null),
          )
        : undefined,
    );
    const read = await using((connection) => connection.query('select v', { signal }));
    expect(read.rows).toEqual([
      [
        '123456789012345678901234567890123456.78',
        true,
        '0001-01-01',
        '23:59:59.000000001',
        '0001-01-01 00:00:00.000000000',
        '2024-03-31 01:30:00.001+00',
        '2021-03-19 17:06:59.000000001+00',
        '00ff',
      ],
      [
        '0.00',
        false,
        '9999-12-31',
        '00:00:00.000000000',
        '1969-12-31 23:59:59.999999999',
        '9999-12-31 23:59:59.999+00',
        '1970-01-01 00:00:00.000000000+00',
        '',
      ],
      columns.map(() => null),
    ]);
  });
});

describe('a statement', () => {
  it('brings the settings of its session, and its token', async () => {
    service.answer = answers((sql) => (sql === 'select 1' ? result([id], ['1']) : undefined));
    const [system, { rows }] = await using(
      async (connection) =>
        [await connection.system(), await connection.query('select 1', { signal })] as const,
      { statement_timeout: 90 },
    );
    expect(system).toEqual({ system: 'Snowflake', version: '9.8.1' });
    expect(rows).toEqual([['1']]);
    expect(service.requests.at(-1)).toEqual({
      statement: 'select 1',
      timeout: 90,
      database: 'SHOP',
      schema: 'PUBLIC',
      warehouse: 'WH',
      role: 'READER',
      parameters: {
        timezone: 'UTC',
        query_tag: 'ombudsman',
        rows_per_resultset: 0,
        binary_output_format: 'HEX',
        MULTI_STATEMENT_COUNT: '1',
      },
    });
    expect(new Set(service.tokens.map(({ authorization, type }) => `${authorization} ${type}`))).toEqual(
      new Set(['Bearer pat-s3cret PROGRAMMATIC_ACCESS_TOKEN']),
    );
  });

  it('is signed with the key of the user', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'geheim' })
      .toString();
    await using(() => Promise.resolve(), {
      token: undefined,
      account: 'xy12345.eu-west-1',
      user: 'Reader',
      private_key: pem.replaceAll('\n', '\\n'),
      private_key_passphrase: 'geheim',
    });
    const [{ authorization, type } = { authorization: '', type: '' }] = service.tokens;
    expect(type).toBe('KEYPAIR_JWT');
    const [head = '', body = '', signature = ''] = authorization.replace('Bearer ', '').split('.');
    expect(
      verify('RSA-SHA256', Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url')),
    ).toBe(true);
    const fingerprint = createHash('sha256')
      .update(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }))
      .digest('base64');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({ iss: `XY12345.READER.SHA256:${fingerprint}`, sub: 'XY12345.READER' });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBeLessThanOrEqual(3600);
  });

  it('reads tables as of one moment, where Time Travel has them', async () => {
    service.answer = answers((sql) =>
      sql.endsWith('limit 0') ? { columns: [id], partitions: [[]] } : undefined,
    );
    const snapshot = await using(async (connection) => {
      await connection.describe({ table: 'customer', where: 'x > 1' }, { signal });
      await connection.describe({ query: 'select 1' }, { signal });
      return connection.snapshot;
    });
    expect(service.requests.map(({ statement }) => statement)).toContain(
      `select * from (\nselect * from "CUSTOMER" at(timestamp => '${moment}'::timestamp_tz) where (\nx > 1\n)\n) as q limit 0`,
    );
    expect(snapshot).toBe(`tables as of ${moment} (Time Travel); not part of it: queries`);
  });

  it('reads views as they are now, and says so', async () => {
    service.answer = answers(
      (sql) => (sql.endsWith('limit 0') ? { columns: [id], partitions: [[]] } : undefined),
      'false',
    );
    const snapshot = await using(async (connection) => {
      await connection.describe({ table: '"Sales".v_Customer' }, { signal });
      return connection.snapshot;
    });
    expect(service.requests.at(-1)?.statement).toBe('select * from "Sales"."V_CUSTOMER" as q limit 0');
    expect(snapshot).toContain('not part of it: "Sales"."V_CUSTOMER"');
  });

  it('that could write is not sent', async () => {
    await using(async (connection) => {
      const before = service.requests.length;
      for (const sql of [
        'delete from t',
        'call p()',
        "select system$cancel_all_queries('1')",
        'select s.nextval',
        'show tables ->> drop table x',
      ])
        await expect(connection.query(sql, { signal })).rejects.toMatchObject({
          kind: 'permission',
          code: 'read_only',
        });
      expect(service.requests.length).toBe(before);
    });
  });

  it('is sent again under the same id when the service is busy', async () => {
    service.busy.push(429, 503);
    await using(() => Promise.resolve());
    expect(service.requestIds.length).toBe(3);
    expect(new Set(service.requestIds).size).toBe(1);
  });

  it('is cancelled by its handle when the operation is', async () => {
    service.answer = answers((sql) => (sql === 'select slow' ? 'running' : undefined));
    const controller = new AbortController();
    const connection = await open(sessions.context(controller.signal));
    const running = connection.query('select slow', { signal: controller.signal });
    await service.isRunning(/^select slow$/);
    controller.abort('cancel');
    await expect(running).rejects.toMatchObject({ kind: 'interrupted', code: 'aborted' });
    await connection.close();
    expect(service.cancelled).toEqual(['select slow']);
  });

  it.each([
    [422, '002003', '02000', 'definition', 'no_such_table'],
    [422, '000904', '42000', 'definition', 'no_such_column'],
    [422, '001003', '42000', 'definition', 'syntax_error'],
    [422, '003001', '42501', 'permission', 'insufficient_privilege'],
    [422, '000606', '57P03', 'definition', 'no_warehouse'],
    [422, '100038', '22018', 'definition', 'bad_value'],
    [422, '000630', '57014', 'timeout', 'statement_timeout'],
    [408, '000630', '57014', 'timeout', 'statement_timeout'],
    [422, '099999', '99999', 'definition', 'bad_sql'],
  ])('answered %i %s %s is %s %s', async (status, code, sqlState, kind, expected) => {
    service.answer = answers((sql) =>
      sql === 'select v' ? { status, code, sqlState, message: 'words of the service' } : undefined,
    );
    await expect(using((connection) => connection.query('select v', { signal }))).rejects.toMatchObject({
      kind,
      code: expected,
      message: expect.stringContaining('words of the service') as string,
    });
  });
});

describe('a service', () => {
  const failure = async (changed: Partial<SnowflakeDefinition> = {}) => {
    const error: unknown = await open(sessions.context(), changed).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return error as { kind: string; code: string; message: string };
  };

  it('that refuses the token, without telling it', async () => {
    service.refuses = { status: 401, code: '390303', message: 'Invalid OAuth access token.' };
    const error = await failure();
    expect(error).toMatchObject({
      kind: 'permission',
      code: 'wrong_password',
      message: 'connection new: Invalid OAuth access token.',
    });
    expect(JSON.stringify(error)).not.toContain('s3cret');
  });

  it('that refuses this host', async () => {
    service.refuses = { status: 403, code: '000403', message: 'IP not allowed' };
    expect(await failure()).toMatchObject({ kind: 'permission', code: 'access_refused' });
  });

  it('that does not listen', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(await failure({ url: `http://127.0.0.1:${port}` })).toMatchObject({
      kind: 'connection',
      code: 'unreachable',
    });
  });

  it('that says nothing', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    expect(await failure({ url: `http://127.0.0.1:${port}`, connect_timeout: 0.2 })).toMatchObject({
      kind: 'connection',
      code: 'connect_timeout',
    });
    silent.close();
  });

  it('needs a token or a key that can be read', async () => {
    expect(await failure({ token: undefined })).toMatchObject({ kind: 'definition', code: 'no_credentials' });
    const error = await failure({
      token: undefined,
      user: 'u',
      private_key: '-----BEGIN PRIVATE KEY-----\nabc',
    });
    expect(error).toMatchObject({ kind: 'definition', code: 'bad_private_key' });
    expect(error.message).not.toContain('abc');
  });
});
