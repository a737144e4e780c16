import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { closeDuckdb } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { startMariadb, stopMariadb, withoutTls, type TestMariadb } from '../support/mariadb.ts';
import { Sessions } from '../support/sessions.ts';

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
/** Sessions of ours the server still has; the one that asks is not counted. */
const ourSessions = async () =>
  (await sql(
    'select id, info from information_schema.processlist where id <> connection_id() and user = current_user()'.replace(
      'current_user()',
      `'${server.user}'`,
    ),
  )) as { id: string; info: string | null }[];

describe('sessions', () => {
  it('sees one moment in all reads, whatever is written meanwhile, and says when', async () => {
    await sql('create table moment (a int); insert into moment values (1)');
    const connection = await open();
    await sql('insert into moment values (2)');
    expect((await connection.query('select count(*) from moment', { signal })).rows).toEqual([['1']]);
    expect(connection.snapshot).toMatch(
      /^repeatable read, consistent snapshot of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC/,
    );
    await connection.close();
    const later = await open();
    expect((await later.query('select count(*) from moment', { signal })).rows).toEqual([['2']]);
    await later.close();
  });

  it('says which tables the snapshot does not cover', async () => {
    await sql('create table outside (a int) engine = MyISAM');
    const connection = await open();
    await connection.describe({ table: 'outside' }, { signal });
    expect(connection.snapshot).toMatch(/; not part of it: outside \(MyISAM\)$/);
    await connection.close();
  });

  it('stays usable after a statement that fails, also with others in flight', async () => {
    const connection = await open();
    const results = await Promise.allSettled([
      connection.query('select nope', { signal }),
      connection.query('select 2', { signal }),
      connection.query('select (', { signal }),
      connection.query('select ?', { signal, params: ["it's \\ bound"] }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(results[3]).toMatchObject({ value: { rows: [["it's \\ bound"]] } });
    await connection.close();
  });

  it('works in UTC, with the quotes of the standard, whatever the server does', async () => {
    await sql("set global time_zone = '+05:00'; set global sql_mode = ''; set global wait_timeout = 5");
    const connection = await open();
    const { rows } = await connection.query(
      `select timestampdiff(second, utc_timestamp(), now()), 'a\\' || "q"."x", ` +
        `@@wait_timeout > 1000, @@sql_mode like '%STRICT_ALL%' from (select 1 as "x") as q`,
      { signal },
    );
    await connection.close();
    await sql("set global time_zone = 'SYSTEM'; set global wait_timeout = 28800");
    expect(rows).toEqual([['0', 'a\\1', '1', '1']]);
  });

  it.each([
    ['select 1; drop table victim', 'syntax_error'],
    ['commit', 'read_only'],
    ['drop table victim', 'read_only'],
    ['/* hi */ delete from victim', 'read_only'],
    ['/*!50000 create table gone as */ select 1', 'read_only'],
    ['select 1 /*M! into outfile "/tmp/x" */', 'read_only'],
    ["select a from victim into outfile '/tmp/ombudsman-never'", 'read_only'],
    ["select a from victim into/**/dumpfile '/tmp/ombudsman-never'", 'read_only'],
    ['select nextval(victims)', 'read_only'],
    ['select delete_all()', 'read_only'],
  ])('never lets SQL of a user write: %s', async (text, code) => {
    await sql(
      `create table if not exists victim (a int); create sequence if not exists victims;
       create or replace function delete_all() returns int modifies sql data begin delete from victim; return 1; end`,
    );
    await sql('delete from victim; insert into victim values (1)');
    const connection = await open();
    await expect(connection.query(text, { signal })).rejects.toMatchObject({ code });
    await connection.close();
    expect(await sql('select a from victim')).toEqual([{ a: 1 }]);
  });

  it('does not let a query break out of the brackets of an export', async () => {
    await sql('create or replace table victim2 (a int); insert into victim2 values (1)');
    const connection = await open();
    for (const query of [
      'select 1) as q; drop table victim2; select (1',
      'select 1) as q limit 1 for update -- ',
    ]) {
      const relation = { relation: { query }, columns: [], workspace: undefined as never, into: 'x' };
      await expect(connection.stage(relation, { signal })).rejects.toMatchObject({ code: 'syntax_error' });
    }
    await connection.close();
    expect(await sql('select a from victim2')).toEqual([{ a: 1 }]);
  });

  it('takes names bare, in double quotes and in backticks, of other databases too', async () => {
    await server.createDatabase('other.base');
    await server.sql('other.base', 'create table `odd "name".t` (a int)');
    const connection = await open();
    for (const table of ['`other.base`.`odd "name".t`', '"other.base"."odd ""name"".t"'])
      expect(await connection.describe({ table }, { signal })).toMatchObject([{ name: 'a' }]);
    await connection.close();
  });

  it('names near tables when one is missing', async () => {
    await sql('create table customer_orders (a int)');
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
    ['a wrong password', { password: 'wrong' }, 'permission', 'wrong_password'],
    [
      'a database that is not granted',
      { user: 'limited', database: 'mysql' },
      'permission',
      'access_refused',
    ],
    ['a certificate that nobody vouches for', { ssl: 'verify-full' }, 'connection', 'tls_refused'],
  ] as const)('says what is wrong with %s', async (_, change, kind, code) => {
    await sql(
      "create user if not exists limited@'127.0.0.1'; grant select (a) on connections.moment to limited@'127.0.0.1'",
    );
    await expect(openConnection('my', { ...database, ...change }, sessions.context())).rejects.toMatchObject({
      kind,
      code,
      message: expect.stringMatching(/^connection my: /) as string,
    });
    expect(await ourSessions()).toEqual([]);
  });

  it('says which table the user may not read', async () => {
    await sql(
      `create user if not exists limited@'127.0.0.1'; create table if not exists granted (a int); create table if not exists secret (a int);
       grant select on connections.granted to limited@'127.0.0.1'`,
    );
    const connection = await openConnection('my', { ...database, user: 'limited' }, sessions.context());
    expect(await connection.describe({ table: 'granted' }, { signal })).toHaveLength(1);
    await expect(connection.describe({ table: 'secret' }, { signal })).rejects.toMatchObject({
      kind: 'permission',
      code: 'insufficient_privilege',
      message: expect.stringContaining('secret') as string,
    });
    await connection.close();
  });

  it('encrypts when asked, and says so when the server can not', async () => {
    const cipher = async (ssl: boolean) => {
      const connection = await openConnection('my', { ...database, ssl }, sessions.context());
      const { rows } = await connection.query("show session status like 'Ssl_cipher'", { signal });
      await connection.close();
      return rows[0]?.[1];
    };
    expect(await cipher(false)).toBe('');
    expect(await cipher(true)).toMatch(/^TLS_|-/);
    const plain = await withoutTls(server);
    const definition = { ...database, port: plain.port, ssl: true };
    await expect(openConnection('my', definition, sessions.context())).rejects.toMatchObject({
      kind: 'connection',
      code: 'tls_refused',
    });
    plain.close();
  });

  it('lets the server end a statement after statement_timeout', async () => {
    const connection = await openConnection(
      'my',
      { ...database, statement_timeout: 0.2 },
      sessions.context(),
    );
    const endless = 'select count(*) from seq_1_to_100000000000 where sqrt(seq) < 0';
    await expect(connection.query(endless, { signal })).rejects.toMatchObject({
      kind: 'timeout',
      code: 'statement_timeout',
    });
    await connection.close();
  });
});

describe('cancel', () => {
  it.each([
    [
      'a query that sleeps',
      (connection: Awaited<ReturnType<typeof open>>, abort: AbortSignal) =>
        connection.query('select sleep(3600)', { signal: abort }),
    ],
    [
      'a query that works',
      (connection: Awaited<ReturnType<typeof open>>, abort: AbortSignal) =>
        connection.query('select count(*) from seq_1_to_100000000000 where sqrt(seq) < 0', { signal: abort }),
    ],
    [
      'an export',
      async (connection: Awaited<ReturnType<typeof open>>, abort: AbortSignal) => {
        const relation = { query: "select seq, repeat('x', 1000) as v from seq_1_to_100000000000" };
        const columns = (await connection.describe(relation, { signal: abort })).map((column) => ({
          column,
          as: column.name,
          duckdb_type: 'VARCHAR',
        }));
        return connection.stage(
          { relation, columns, workspace: undefined as never, into: 'x' },
          { signal: abort },
        );
      },
    ],
  ])('of %s ends it on the server', async (_, work) => {
    const controller = new AbortController();
    const connection = await open(sessions.context(controller.signal));
    const running = work(connection, controller.signal);
    const failed = expect(running).rejects.toMatchObject({ kind: 'interrupted', code: 'aborted' });
    const isActive = async () =>
      (await ourSessions()).some(({ info }) => /sleep\(3600\)|seq_1_to_100000000000/.test(info ?? ''));
    await expect.poll(isActive, { timeout: 10_000 }).toBe(true);
    controller.abort('cancel');
    await failed;
    // The server has answered that it ended; its list of processes may show the statement a moment longer.
    await expect.poll(isActive).toBe(false);
    await connection.close();
    await expect.poll(ourSessions).toEqual([]);
  });

  it('of a connection that is still being made leaves nothing', async () => {
    const controller = new AbortController();
    const opening = open(sessions.context(controller.signal));
    controller.abort('cancel');
    await expect(opening).rejects.toMatchObject({ code: 'aborted' });
    await expect.poll(ourSessions).toEqual([]);
  });

  it('is not needed where the server went away: the error says that the connection is lost', async () => {
    const connection = await open();
    const running = connection.query('select sleep(3600)', { signal });
    const failed = expect(running).rejects.toMatchObject({ kind: 'connection' });
    const sleeping = async () => (await ourSessions()).find(({ info }) => info?.includes('sleep'))?.id;
    await expect.poll(sleeping).toBeDefined();
    await sql(`kill ${await sleeping()}`);
    await failed;
    await expect(connection.query('select 1', { signal })).rejects.toMatchObject({ kind: 'connection' });
    await connection.close();
  });
});
