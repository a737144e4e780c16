import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openPostgresWriter } from '../../daemon/engine/connections/postgres.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { typeName } from '../../daemon/engine/validation/types.ts';
import { startPostgres, stopPostgres, type TestPostgres } from '../support/postgres.ts';
import { roundTrip, Sessions } from '../support/sessions.ts';

const signal = new AbortController().signal;
let server: TestPostgres;
let database: ConnectionDefinition & { type: 'postgres' };
let sessions: Sessions;

beforeAll(async () => {
  server = await startPostgres();
  database = await server.createDatabase('connections');
  sessions = new Sessions();
});
afterAll(async () => {
  await sessions.close();
  await closeDuckdb();
  await stopPostgres();
});

const backends = async () =>
  Number(
    (
      await server.sql(
        'connections',
        `select count(*) as n from pg_stat_activity where application_name = 'ombudsman'`,
      )
    )[0]!['n'],
  );

const open = (context = sessions.context()) => openConnection('pg', database, context);

describe('reading nasty values through stage()', () => {
  it('keeps every value of every type whole', async () => {
    await server.sql(
      'connections',
      `create table nasty (id bigint primary key, whole smallint, n numeric, d numeric(38,10), c char(5), v text, ts timestamptz(3),
         t timestamp, dt date, i interval, bin bytea, b bool, f real, g float8, u uuid, j jsonb, m money, tm time);
       insert into nasty values
         (-9223372036854775808, -32768, 1.50, 1234567890123456789012345678.0123456789, 'ab', '', '2020-01-01 00:00:00.123+02',
          '2020-01-01 00:00:00.000001', '0044-03-15 BC', '-1 year 2 mons 3 days -4:05:06.7', '\\x00ff5c', true, 0.1, '-Infinity',
          'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', '{"a": 1}', 12.34, '24:00:00'),
         (0, 0, 'NaN', -0.0000000001, 'é😀', E'\\\\N', '0044-03-15 10:00:00+00 BC', 'infinity', '-infinity', '1 mon', '', false,
          'NaN', -0.0, null, null, null, null),
         (1, 1, -1e60, 0, '', E'a"b\\n,\\r\\nc\\t', null, '-infinity', '5874897-12-31', '30 days', '\\x22', null, 'Infinity', 1e-300,
          null, null, null, '00:00:00.000001'),
         (9223372036854775807, 32767, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)`,
    );
    const connection = await open();
    const { columns, count, rows } = await roundTrip(connection, { table: 'nasty' }, sessions.context());
    await connection.close();
    expect(columns.map(({ type }) => typeName(type))).toEqual([
      'integer(64)',
      'integer(16)',
      'decimal',
      'decimal(38,10)',
      'char(5)',
      'text',
      'timestamptz(3)',
      'timestamp(6)',
      'date',
      'interval',
      'binary',
      'boolean',
      'float(32)',
      'float(64)',
      'uuid',
      'json',
      'decimal',
      'time(6)',
    ]);
    expect(columns.map(({ nullable }) => nullable)).toEqual([false, ...Array<boolean>(17).fill(true)]);
    expect(count).toBe(4);
    expect(rows).toEqual([
      [
        '-9223372036854775808',
        '-32768',
        '1.5',
        '1234567890123456789012345678.0123456789',
        'ab',
        '',
        '2019-12-31 22:00:00.123+00',
        '2020-01-01 00:00:00.000001',
        '0044-03-15 (BC)',
        '-10 months 3 days -14706700000 microseconds',
        '00ff5c',
        true,
        '0.1',
        '-Infinity',
        'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
        '{"a": 1}',
        '12.34',
        '24:00:00',
      ],
      [
        '0',
        '0',
        'NaN',
        '-0.0000000001',
        'é😀',
        '\\N',
        '0044-03-15 (BC) 10:00:00+00',
        'infinity',
        '-infinity',
        '1 months 0 days 0 microseconds',
        '',
        false,
        'NaN',
        '0',
        null,
        null,
        null,
        null,
      ],
      [
        '1',
        '1',
        `-1${'0'.repeat(60)}`,
        '0.0000000000',
        '',
        'a"b\n,\r\nc\t',
        null,
        '-infinity',
        '5874897-12-31',
        '0 months 30 days 0 microseconds',
        '22',
        null,
        'Infinity',
        '1e-300',
        null,
        null,
        null,
        '00:00:00.000001',
      ],
      ['9223372036854775807', '32767', ...Array<null>(16).fill(null)],
    ]);
  });

  it('refuses NaN in a numeric(p,s), naming the column, and never passes it off as a number', async () => {
    await server.sql(
      'connections',
      `create table nan_money (id int, price numeric(10,2)); insert into nan_money values (1, 'NaN')`,
    );
    const connection = await open();
    await expect(roundTrip(connection, { table: 'nan_money' }, sessions.context())).rejects.toMatchObject({
      kind: 'definition',
      code: 'bad_value',
      message: expect.stringContaining('column price: NaN') as string,
    });
    await connection.close();
  });

  it('copies many rows with quotes and line breaks, and a line longer than DuckDB reads by default', async () => {
    const select = `select g as id, case g % 4 when 0 then null when 1 then '' when 2 then E'"x"\\n"y",' || g else repeat('😀', g % 50) end as v
      from generate_series(1, 200000) g union all select 200001, repeat('long', 1000000)`;
    const connection = await open();
    const { count, workspace } = await roundTrip(connection, { query: select }, sessions.context());
    await connection.close();
    expect(count).toBe(200_001);
    const found = await workspace.runAndReadAll(
      `select count(*) filter (v is null), count(*) filter (v = ''), count(*) filter (v = '"x"' || chr(10) || '"y",' || id), max(length(v)) from staged`,
    );
    expect(found.getRowsJson()).toEqual([['50000', '50000', '50000', '4000000']]);
  });
});

describe('sessions', () => {
  it('sees one moment in all reads, whatever is written meanwhile', async () => {
    await server.sql('connections', 'create table moment (a int); insert into moment values (1)');
    const connection = await open();
    expect((await connection.query('select count(*) from moment', { signal })).rows).toEqual([['1']]);
    await server.sql('connections', 'insert into moment values (2)');
    expect((await connection.query('select count(*) from moment', { signal })).rows).toEqual([['1']]);
    expect(connection.snapshot).toMatch(/^repeatable read, snapshot \d+:\d+:/);
    await connection.close();
    const later = await open();
    expect((await later.query('select count(*) from moment', { signal })).rows).toEqual([['2']]);
    await later.close();
  });

  it('stays usable, in the same snapshot, after a statement that fails, also with others in flight', async () => {
    const connection = await open();
    const results = await Promise.allSettled([
      connection.query('select 1/0', { signal }),
      connection.query('select 2', { signal }),
      connection.query('select nope', { signal }),
      connection.query('select 3', { signal }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await connection.query('select 4', { signal })).rows).toEqual([['4']]);
    await connection.close();
  });

  it.each([
    ['select 1; drop table victim', 'syntax_error'],
    ['commit', 'read_only'],
    ['drop table victim', 'read_only'],
    ['/* hi */ delete from victim', 'read_only'],
    ['with gone as (delete from victim returning a) select * from gone', 'read_only'],
    ['select nextval($$victims$$)', 'read_only'],
  ])('never lets SQL of a user write: %s', async (sql, code) => {
    await server.sql(
      'connections',
      'create table if not exists victim (a int); create sequence if not exists victims',
    );
    await server.sql('connections', 'delete from victim; insert into victim values (1)');
    const connection = await open();
    await expect(connection.query(sql, { signal })).rejects.toMatchObject({ code });
    await connection.close();
    expect(await server.sql('connections', 'select a from victim')).toEqual([{ a: 1 }]);
  });

  it('does not let a query break out of the brackets of COPY', async () => {
    await server.sql(
      'connections',
      'create table if not exists victim2 (a int); insert into victim2 values (1)',
    );
    const connection = await open();
    const query = 'select 1 as a) to stdout; commit; drop table victim2; copy (select 1 as a';
    await expect(
      connection.stage(
        { relation: { query }, columns: [], workspace: undefined as never, into: 'x' },
        { signal },
      ),
    ).rejects.toMatchObject({ code: 'syntax_error' });
    await connection.close();
    expect(await server.sql('connections', 'select a from victim2')).toEqual([{ a: 1 }]);
  });

  it('names near tables when one is missing', async () => {
    await server.sql('connections', 'create table customer_orders (a int)');
    const connection = await open();
    await expect(connection.describe({ table: 'customer_order' }, { signal })).rejects.toMatchObject({
      kind: 'definition',
      code: 'no_such_table',
      hint: expect.stringContaining('customer_orders') as string,
    });
    await connection.close();
  });

  it.each([
    ['a port where nothing listens', { port: 1 }, 'connection', 'unreachable'],
    ['a host nobody knows', { host: 'no-such-host.invalid' }, 'connection', 'unknown_host'],
    ['a database that is not there', { database: 'nope' }, 'definition', 'no_such_database'],
    ['a user that is not there', { user: 'nobody_here' }, 'permission', 'access_refused'],
    ['TLS on a server without', { ssl: true }, 'connection', 'tls_refused'],
  ] as const)('says what is wrong with %s', async (_, change, kind, code) => {
    await expect(openConnection('pg', { ...database, ...change }, sessions.context())).rejects.toMatchObject({
      kind,
      code,
      message: expect.stringMatching(/^connection pg: /) as string,
    });
  });

  it('takes unqualified names from the schema of the connection only', async () => {
    await server.sql(
      'connections',
      'create schema s1; create table s1.here (a int); create table public.there (a int)',
    );
    const connection = await openConnection('pg', { ...database, schema: 's1' }, sessions.context());
    expect(await connection.describe({ table: 'here' }, { signal })).toHaveLength(1);
    await expect(connection.describe({ table: 'there' }, { signal })).rejects.toMatchObject({
      code: 'no_such_table',
    });
    await connection.close();
  });
});

describe('cancel', () => {
  it.each([
    [
      'a query',
      (connection: Awaited<ReturnType<typeof open>>, abort: AbortSignal) =>
        connection.query('select pg_sleep(3600)', { signal: abort }),
    ],
    [
      'a COPY',
      (connection: Awaited<ReturnType<typeof open>>, abort: AbortSignal) =>
        connection.stage(
          {
            relation: { query: 'select g, pg_sleep(0.01)::text as s from generate_series(1, 10000000) g' },
            columns: [],
            workspace: undefined as never,
            into: 'x',
          },
          { signal: abort },
        ),
    ],
  ])('of %s ends it on the server', async (_, work) => {
    const controller = new AbortController();
    const connection = await open(sessions.context(controller.signal));
    const running = work(connection, controller.signal);
    const failed = expect(running).rejects.toMatchObject({ kind: 'interrupted', code: 'aborted' });
    const active = `select count(*) as n from pg_stat_activity where application_name = 'ombudsman' and state = 'active'
                    and query like '%pg_sleep%'`;
    const isActive = async () => Number((await server.sql('connections', active))[0]!['n']) > 0;
    await expect.poll(isActive).toBe(true);
    controller.abort('cancel');
    await failed;
    // The server has answered that it ended; its list of sessions may show the statement a moment longer.
    await expect.poll(isActive).toBe(false);
    await connection.close();
    await expect.poll(backends).toBe(0);
  });

  it('of a connection that is still being made leaves nothing', async () => {
    const controller = new AbortController();
    const opening = open(sessions.context(controller.signal));
    controller.abort('cancel');
    await expect(opening).rejects.toMatchObject({ code: 'aborted' });
    await expect.poll(backends).toBe(0);
  });
});

describe('writing', () => {
  it('copies CSV in, tells NULL from the empty text, and rolls back what is not committed', async () => {
    const writer = await openPostgresWriter('pg', database, sessions.context());
    await writer.execute('create table written (a int, "B" text)');
    expect(await writer.copyIn('written', ['a', 'B'], Readable.from(['1,""\n', '2,\n3,"a\nb"\n']))).toBe(3);
    await writer.execute('begin; delete from written');
    await writer.close();
    expect(await server.sql('connections', 'select a, "B" as b from written order by a')).toEqual([
      { a: 1, b: '' },
      { a: 2, b: null },
      { a: 3, b: 'a\nb' },
    ]);
  });

  it('refuses bad CSV and stores nothing of it', async () => {
    const writer = await openPostgresWriter('pg', database, sessions.context());
    await writer.execute('create table refused (a int)');
    await expect(writer.copyIn('refused', ['a'], Readable.from(['1\n', 'x\n']))).rejects.toMatchObject({
      code: 'bad_value',
    });
    expect((await writer.query('select count(*) from refused')).rows).toEqual([['0']]);
    await writer.close();
  });
});
