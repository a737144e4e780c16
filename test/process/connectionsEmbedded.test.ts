import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenContext } from '../../daemon/engine/connections/connection.ts';
import {
  closeDuckdb,
  closeWorkspace,
  duckdbSession,
  workspace,
} from '../../daemon/engine/connections/duckdbInstance.ts';
import { attachForRead, attachForWrite } from '../../daemon/engine/connections/duckdbLease.ts';
import { queryDuckdb } from '../../daemon/engine/connections/duckdbValues.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import { openSqliteWriter } from '../../daemon/engine/connections/sqlite.ts';
import { exactType } from '../../daemon/engine/validation/canonical.ts';
import { typeName } from '../../daemon/engine/validation/types.ts';
import { roundTrip, Sessions } from '../support/sessions.ts';

const signal = new AbortController().signal;
let sessions: Sessions;

beforeAll(() => {
  sessions = new Sessions();
});
afterAll(async () => {
  await sessions.close();
  await closeDuckdb();
});

/** Makes a DuckDB file with this SQL, in which `db` is its catalog. */
async function makeDuckdb(name: string, sql: string): Promise<string> {
  const path = sessions.path(name);
  const context = sessions.context();
  const lease = await attachForWrite(path, context);
  const session = await duckdbSession(context);
  await session.connection.run(`use ${lease.catalog}; ${sql}`);
  await session.close();
  await lease.close();
  return path;
}

const openDuckdb = (path: string, context = sessions.context()) =>
  openConnection('file', { type: 'duckdb', path }, context);

/** Resolves to whether a promise is still waiting after everything that could run has run. */
async function isWaiting(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending;
}

describe('duckdb', () => {
  it('keeps every value of every type whole', async () => {
    const path = await makeDuckdb(
      'nasty.duckdb',
      `create table t (h hugeint primary key, d decimal(38,38), f float, g double, ts timestamp, z timestamptz, ns timestamp_ns, s timestamp_s,
         dt date, tm time, i interval, b blob, u uuid, ub ubigint, l int[], e enum('x', 'y'), v varchar);
       insert into t values
         ((-170141183460469231731687303715884105728)::hugeint, '0.99999999999999999999999999999999999999', 0.1, '-inf',
          '0044-03-15 (BC) 10:00:00.000001', '2020-01-01 00:00:00.5+02', '2020-01-01 00:00:00.123456789', '2020-01-01 00:00:01', '-infinity',
          '24:00:00', interval 1 month, '\\x00\\xFF'::blob, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 18446744073709551615, [1, null],
          'y', ''),
         (170141183460469231731687303715884105727::hugeint, '-0.00000000000000000000000000000000000001', 'nan', -0.0, 'infinity', null, null, null,
          '5881580-07-10', '00:00:00', interval '30 days', '', null, 0, null, null, '😀"' || chr(0) || chr(10))`,
    );
    const connection = await openDuckdb(path);
    const { columns, count, rows } = await roundTrip(connection, { table: 't' }, sessions.context());
    await connection.close();
    expect(columns[0]!.nullable).toBe(false);
    expect(columns[1]!.nullable).toBe(true);
    expect(columns.map(({ type }) => typeName(type)).slice(4, 8)).toEqual([
      'timestamp(6)',
      'timestamptz(6)',
      'timestamp(9)',
      'timestamp(0)',
    ]);
    expect(count).toBe(2);
    expect(rows).toEqual([
      [
        '-170141183460469231731687303715884105728',
        '0.99999999999999999999999999999999999999',
        '0.1',
        '-Infinity',
        '0044-03-15 (BC) 10:00:00.000001',
        '2019-12-31 22:00:00.5+00',
        '2020-01-01 00:00:00.123456789',
        '2020-01-01 00:00:01',
        '-infinity',
        '24:00:00',
        '1 months 0 days 0 microseconds',
        '00ff',
        'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
        '18446744073709551615',
        '[1, NULL]',
        'y',
        '',
      ],
      [
        '170141183460469231731687303715884105727',
        '-0.00000000000000000000000000000000000001',
        'NaN',
        '0',
        'infinity',
        null,
        null,
        null,
        '5881580-07-10',
        '00:00:00',
        '0 months 30 days 0 microseconds',
        '',
        null,
        '0',
        null,
        null,
        '😀"\u0000\n',
      ],
    ]);
  });

  it.each([
    ['select 1; drop table t', 'several_statements'],
    ['drop table t', 'read_only'],
    ["copy t to 'x.csv'", 'read_only'],
    ["attach 'x.duckdb'", 'read_only'],
    ['set threads = 1', 'read_only'],
  ])('lets SQL of a user only read: %s', async (sql, code) => {
    const path = await makeDuckdb('guard.duckdb', 'create or replace table t as select 1 as a');
    const connection = await openDuckdb(path);
    await expect(connection.query(sql, { signal })).rejects.toMatchObject({ code });
    await expect(connection.describe({ query: sql }, { signal })).rejects.toMatchObject({
      code: expect.stringMatching(/several_statements|read_only|syntax_error/) as string,
    });
    expect((await connection.query('select a from t', { signal })).rows).toEqual([['1']]);
    await connection.close();
  });

  it('binds parameters', async () => {
    const connection = await openDuckdb(
      await makeDuckdb('bind.duckdb', 'create or replace table t as select 1 as a'),
    );
    const { rows } = await connection.query('select $1 || $2, $3', {
      signal,
      params: ["'; drop", null, true],
    });
    expect(rows).toEqual([[null, true]]);
    await connection.close();
  });

  it('says what is missing, with near names', async () => {
    const path = await makeDuckdb('names.duckdb', 'create table dim_customer (a int)');
    const connection = await openDuckdb(path);
    await expect(connection.describe({ table: 'dim_custmer' }, { signal })).rejects.toMatchObject({
      code: 'no_such_table',
      hint: 'Nearest: dim_customer',
    });
    await connection.close();
    await expect(openDuckdb(sessions.path('nmaes.duckdb'))).rejects.toMatchObject({
      kind: 'definition',
      code: 'no_such_file',
      hint: expect.stringContaining('names.duckdb') as string,
    });
    writeFileSync(sessions.path('text.duckdb'), 'this is no database');
    await expect(openDuckdb(sessions.path('text.duckdb'))).rejects.toMatchObject({ code: 'not_a_database' });
  });

  it('is interrupted while it runs, and its session refuses more', async () => {
    const controller = new AbortController();
    const context = sessions.context(controller.signal);
    const connection = await openDuckdb(
      await makeDuckdb('slow.duckdb', 'create table t as select 1 as a'),
      context,
    );
    const target = await workspace(context);
    const endless = 'select count(*) from range(10000000) a, range(10000000) b where a.range + b.range = -1';
    const running = [connection.query(endless, { signal: controller.signal }), queryDuckdb(target, endless)];
    const failed = Promise.all(
      running.map((each) => expect(each).rejects.toMatchObject({ code: 'aborted' })),
    );
    expect(await isWaiting(Promise.race(running))).toBe(true);
    controller.abort('cancel');
    await failed;
    await expect(queryDuckdb(target, 'select 1')).rejects.toMatchObject({ code: 'aborted' });
    await closeWorkspace(target);
    await connection.close();
  });

  it('drops the tables of a workspace when it is closed', async () => {
    const target = await workspace(sessions.context());
    await target.run('create table t as select 1');
    const schemas = `select count(*) from duckdb_schemas() where schema_name like 'workspace_%'`;
    const observer = await duckdbSession(sessions.context());
    const before = Number((await queryDuckdb(observer.connection, schemas)).rows[0]![0]);
    await closeWorkspace(target);
    expect(Number((await queryDuckdb(observer.connection, schemas)).rows[0]![0])).toBe(before - 1);
    await observer.close();
  });
});

describe('leases of a DuckDB file', () => {
  const holder = `const { DuckDBInstance } = await import(process.argv[1]);
    const db = await DuckDBInstance.create(process.argv[2]); await (await db.connect()).run('select 1');
    console.log('open'); process.stdin.on('end', () => process.exit(0)).resume();`;
  const driver = import.meta.resolve('@duckdb/node-api');

  it('is given back when nobody reads, so that another program can write', async () => {
    const path = await makeDuckdb('shared.duckdb', 'create table t as select 1 as a');
    const connections = [await openDuckdb(path), await openDuckdb(path)];
    const writeElsewhere = () =>
      execFileSync(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `const { DuckDBInstance } = await import(process.argv[1]); await DuckDBInstance.create(process.argv[2]);`,
          driver,
          path,
        ],
        { stdio: 'pipe' },
      );
    await connections[0]!.close();
    expect(writeElsewhere).toThrow(/lock/i);
    await connections[1]!.close();
    expect(writeElsewhere).not.toThrow();
  });

  it('says that another program has the file open', async () => {
    const path = await makeDuckdb('locked.duckdb', 'create table t as select 1 as a');
    const other = spawn(process.execPath, ['--input-type=module', '-e', holder, driver, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => other.stdout.once('data', resolve));
    await expect(openDuckdb(path)).rejects.toMatchObject({ kind: 'resource', code: 'file_locked' });
    const ended = new Promise((resolve) => other.once('exit', resolve));
    other.stdin.end();
    await ended;
    const connection = await openDuckdb(path);
    expect((await connection.query('select a from t', { signal })).rows).toEqual([['1']]);
    await connection.close();
  });

  it('makes writers wait for readers, and later readers for waiting writers', async () => {
    const path = await makeDuckdb('order.duckdb', 'create table t as select 1 as a');
    const order: string[] = [];
    const take = async (name: string, lease: Promise<{ close(): Promise<void> }>) => {
      const got = await lease;
      order.push(name);
      return got;
    };
    const reader1 = await take('reader1', attachForRead(path, sessions.context()));
    const reader2 = await take('reader2', attachForRead(path, sessions.context()));
    const writer = take('writer', attachForWrite(path, sessions.context()));
    const reader3 = take('reader3', attachForRead(path, sessions.context()));
    await reader1.close();
    expect(await isWaiting(writer)).toBe(true);
    await reader2.close();
    const written = await writer;
    expect(await isWaiting(reader3)).toBe(true);
    await written.close();
    await (await reader3).close();
    expect(order).toEqual(['reader1', 'reader2', 'writer', 'reader3']);
  });

  it('lets an operation that already reads read on past a waiting writer, so that two pipelines cannot lock each other', async () => {
    const [a, b] = [await makeDuckdb('a.duckdb', 'select 1'), await makeDuckdb('b.duckdb', 'select 1')];
    const contexts: OpenContext[] = [sessions.context(), sessions.context()];
    const first = [await attachForRead(a, contexts[0]!), await attachForRead(b, contexts[1]!)];
    const writers = [attachForWrite(a, sessions.context()), attachForWrite(b, sessions.context())];
    const second = [await attachForRead(b, contexts[0]!), await attachForRead(a, contexts[1]!)];
    for (const lease of [...first, ...second]) await lease.close();
    for (const writer of writers) await (await writer).close();
  });

  it('forgets a waiting writer whose operation is cancelled', async () => {
    const path = await makeDuckdb('cancelled.duckdb', 'select 1');
    const controller = new AbortController();
    const reader = await attachForRead(path, sessions.context());
    const writer = attachForWrite(path, sessions.context(controller.signal));
    const later = attachForRead(path, sessions.context());
    expect(await isWaiting(later)).toBe(true);
    controller.abort('cancel');
    await expect(writer).rejects.toMatchObject({ code: 'aborted' });
    await (await later).close();
    await reader.close();
  });

  it('never reads through an attachment that may write', async () => {
    const path = await makeDuckdb('readonly.duckdb', 'create table t as select 1 as a');
    const writer = await attachForWrite(path, sessions.context());
    const reading = sessions.context();
    const reader = attachForRead(path, reading);
    await writer.close();
    const session = await duckdbSession(reading);
    await expect(session.connection.run(`drop table ${(await reader).catalog}.main.t`)).rejects.toMatchObject(
      { code: 'read_only' },
    );
    await session.close();
    await (await reader).close();
  });
});

describe('files', () => {
  const folder = () => sessions.path('files');
  const openFiles = () => openConnection('old files', { type: 'files', path: folder() }, sessions.context());

  beforeAll(() => {
    mkdirSync(join(folder(), 'deep'), { recursive: true });
    writeFileSync(
      join(folder(), 'types.csv'),
      'id,zip,amount,big,day,at,flag,note,mixed,real\n' +
        '1,01234,1.10,123456789012345678901,2020-01-01,2020-01-01 00:00:00.123456,true,"a\r\nb ""q"" 😀",1,1e3\n' +
        '2,99999,-22.505,5,2020-02-01,2020-01-02T00:00:00,false,"",x,0.5\n' +
        '3,,,,,,,,,\n',
    );
    writeFileSync(join(folder(), 'part-1.csv'), 'a,b\n1,x\n');
    writeFileSync(join(folder(), 'part-2.csv'), 'a,b\n2,y\n');
    writeFileSync(join(folder(), 'other-1.csv'), 'a,b\n1,x\n');
    writeFileSync(join(folder(), 'other-2.csv'), 'b,a\n2,y\n');
    writeFileSync(
      join(folder(), 'deep', 'objects.json'),
      '[{"a":1.10,"o":{"z":[1]},"s":"null","t":""},{"a":2,"big":123456789012345678901234567890,"s":null}]',
    );
    writeFileSync(join(folder(), 'late.csv'), `n\n${'1\n'.repeat(30_000)}not a number\n`);
  });

  it('reads types off all values: no rounded decimal or big integer, no lost zero, NULL and the empty text apart', async () => {
    const connection = await openFiles();
    const { columns, count, rows } = await roundTrip(connection, { table: 'types' }, sessions.context());
    await connection.close();
    expect(columns.map(({ name, type }) => `${name} ${typeName(type)}`)).toEqual([
      'id integer(64)',
      'zip text',
      'amount decimal(5,3)',
      'big integer(128)',
      'day date',
      'at timestamp(6)',
      'flag boolean',
      'note text',
      'mixed text',
      'real float(64)',
    ]);
    expect(count).toBe(3);
    expect(rows).toEqual([
      [
        '1',
        '01234',
        '1.100',
        '123456789012345678901',
        '2020-01-01',
        '2020-01-01 00:00:00.123456',
        true,
        'a\r\nb "q" 😀',
        '1',
        '1000',
      ],
      ['2', '99999', '-22.505', '5', '2020-02-01', '2020-01-02 00:00:00', false, '', 'x', '0.5'],
      ['3', ...Array<null>(9).fill(null)],
    ]);
  });

  it('is not misled by its first rows', async () => {
    const connection = await openFiles();
    const [column] = await connection.describe({ table: 'late' }, { signal });
    expect(typeName(column!.type)).toBe('text');
    await connection.close();
  });

  it('gives text the meaning the other side says, and refuses what would be rounded or cut', async () => {
    const connection = await openFiles();
    const columns = await connection.describe({ table: 'types' }, { signal });
    const column = (name: string) => columns.find((each) => each.name === name)!;
    const target = await workspace(sessions.context());
    const stage = (name: string, type: { duckdb_type: string }, into: string) =>
      connection.stage(
        {
          relation: { table: 'types', where: 'id < 3' },
          columns: [{ column: column(name), as: 'v', ...type }],
          workspace: target,
          into,
        },
        { signal },
      );
    const asText = exactType(column('amount').type, { kind: 'text', length: null })!;
    await stage('amount', asText, 'texts');
    expect((await queryDuckdb(target, 'from texts')).rows).toEqual([['1.10'], ['-22.505']]);
    await expect(stage('amount', { duckdb_type: 'DECIMAL(10,2)' }, 'cut')).rejects.toMatchObject({
      code: 'bad_value',
      message: expect.stringContaining(
        'column amount: -22.505 is not a number with at most 2 decimal places',
      ) as string,
    });
    await expect(stage('amount', { duckdb_type: 'BIGINT' }, 'cut')).rejects.toMatchObject({
      code: 'bad_value',
    });
    await expect(stage('at', { duckdb_type: 'DATE' }, 'cut')).rejects.toMatchObject({ code: 'bad_value' });
    await connection.close();
  });

  it('filters on typed columns and answers SQL over file names', async () => {
    const connection = await openFiles();
    const { rows } = await connection.query(
      "select sum(amount), max(big) from types where day < date '2020-01-15'",
      { signal },
    );
    expect(rows).toEqual([['1.100', '123456789012345678901']]);
    const parts = await connection.query(
      `select sum(a) from ${connection.dialect.from({ table: 'part-*.csv' }, 'p')}`,
      { signal },
    );
    expect(parts.rows).toEqual([['3']]);
    await connection.close();
  });

  it('reads JSON, nested values and big integers whole', async () => {
    const connection = await openFiles();
    const { rows } = await roundTrip(connection, { table: 'deep/objects' }, sessions.context());
    expect(rows).toEqual([
      ['1.1', '{"z":[1]}', 'null', '', null],
      ['2.0', null, null, null, '123456789012345678901234567890'],
    ]);
    await connection.close();
  });

  it('refuses files of one glob whose columns stand in another order', async () => {
    const connection = await openFiles();
    await expect(connection.describe({ table: 'other-*.csv' }, { signal })).rejects.toMatchObject({
      code: 'files_differ',
    });
    await connection.close();
  });

  it('never reads outside the folder', async () => {
    writeFileSync(sessions.path('secret.csv'), 'a\n1\n');
    symlinkSync(sessions.path('secret.csv'), join(folder(), 'link.csv'));
    const connection = await openFiles();
    for (const table of [
      '../secret.csv',
      sessions.path('secret.csv'),
      'deep/../../secret.csv',
      'link',
      'l*.csv',
    ])
      await expect(connection.describe({ table }, { signal })).rejects.toMatchObject({
        kind: 'permission',
        code: 'outside_folder',
      });
    await expect(
      connection.query(`select * from '${sessions.path('secret.csv')}'`, { signal }),
    ).rejects.toMatchObject({
      code: 'outside_folder',
    });
    await connection.close();
  });

  it('lists near names for a missing file and says so when there is no folder', async () => {
    const connection = await openFiles();
    await expect(connection.describe({ table: 'type' }, { signal })).rejects.toMatchObject({
      code: 'no_such_table',
      hint: expect.stringContaining('types.csv') as string,
    });
    await connection.close();
    await expect(
      openConnection('f', { type: 'files', path: sessions.path('nowhere') }, sessions.context()),
    ).rejects.toMatchObject({ code: 'no_such_folder' });
  });
});

describe('sqlite', () => {
  async function makeSqlite(name: string, sql: string): Promise<string> {
    const writer = await openSqliteWriter(sessions.path(name), sessions.context());
    await writer.execute(sql);
    await writer.close();
    return sessions.path(name);
  }
  const openSqlite = (path: string, context = sessions.context()) =>
    openConnection('lite', { type: 'sqlite', path }, context);

  it('keeps values as they are, whatever the column is declared as', async () => {
    const writer = await openSqliteWriter(sessions.path('nasty.sqlite'), sessions.context());
    await writer.execute(
      'create table t (id integer primary key, t text, d decimal(12,2), r real, day date, at datetime, b boolean, bin blob, n not null default 1)',
    );
    const stored = await writer.insert(
      't',
      ['id', 't', 'd', 'r', 'day', 'at', 'b', 'bin'],
      [
        [
          -9223372036854775808n,
          'a"b\n,\r\nc\u0000z😀\\N',
          10.5,
          1e300,
          '2020-01-01',
          '2020-01-01 00:00:00.123456',
          1n,
          new Uint8Array([0, 255]),
        ],
        [1n, '', 0.1 + 0.2, -0, null, null, 0n, new Uint8Array()],
        [2n, '\\N', 1e-7, Infinity, null, null, null, null],
        [9223372036854775807n, null, 12345678901234567n, 0.1, null, null, null, null],
      ],
    );
    await writer.close();
    const connection = await openSqlite(sessions.path('nasty.sqlite'));
    const { columns, count, rows } = await roundTrip(connection, { table: 't' }, sessions.context());
    await connection.close();
    expect(columns.map(({ nullable }) => nullable)).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(columns[2]!.type).toEqual({ kind: 'decimal', precision: 12, scale: 2, loose: 'declared' });
    expect([stored, count]).toEqual([4, 4]);
    expect(rows).toEqual([
      [
        '-9223372036854775808',
        'a"b\n,\r\nc\u0000z😀\\N',
        '10.5',
        '1e+300',
        '2020-01-01',
        '2020-01-01 00:00:00.123456',
        true,
        '00ff',
        '1',
      ],
      ['1', '', '0.30000000000000004', '0', null, null, false, '', '1'],
      ['2', '\\N', '0.0000001', 'Infinity', null, null, null, null, '1'],
      ['9223372036854775807', null, '12345678901234567', '0.1', null, null, null, null, '1'],
    ]);
  });

  it.each([
    ['text in a numeric column', 'decimal(10,2)', "'12 Euro'", 'text 12 Euro is not a number'],
    ['a fraction in an integer column', 'integer', '1.5', 'real 1.5 is not an integer'],
    ['a number in a date column', 'date', '20200101', 'integer 20200101 is not a date'],
    ['a time in a date column', 'date', "'2020-01-01 10:00:00'", 'is not a date'],
    ['bytes in a text column', 'text', "x'00ff'", "blob x'00ff' is not text"],
    ['text in a blob column', 'blob', "'abc'", 'text abc is not binary'],
    ['an integer no double holds', 'real', "cast('9007199254740993' as text)", ''],
    ['text that is not UTF-8', 'text', "cast(x'ff41' as text)", 'text that is not UTF-8'],
  ])('does not cast %s in silence', async (what, type, value, message) => {
    const name = `${what.replaceAll(' ', '_')}.sqlite`;
    const path = await makeSqlite(
      name,
      `create table t (ok int, v ${type}); insert into t(rowid, ok, v) values (41, 1, null), (42, 2, ${value})`,
    );
    const connection = await openSqlite(path);
    if (message === '') {
      // REAL affinity turns it into a double as it is stored: what is read is what SQLite has.
      const { rows } = await roundTrip(connection, { table: 't' }, sessions.context());
      expect(rows[1]).toEqual(['2', '9007199254740992']);
    } else {
      const staged = roundTrip(connection, { table: 't' }, sessions.context());
      await expect(staged).rejects.toMatchObject({
        kind: 'definition',
        code: 'bad_value',
        message: expect.stringMatching(
          message === 'text that is not UTF-8' ? /column v: text that/ : /^column v, rowid 42: /,
        ) as string,
      });
      await expect(staged).rejects.toThrow(message);
    }
    await connection.close();
  });

  it('reads one moment while another program writes', async () => {
    const path = await makeSqlite(
      'moment.sqlite',
      'pragma journal_mode = wal; create table t (a int); insert into t values (1)',
    );
    const connection = await openSqlite(path);
    const writer = await openSqliteWriter(path, sessions.context());
    await writer.execute('insert into t values (2)');
    await writer.close();
    expect((await connection.query('select count(*) from t', { signal })).rows).toEqual([['1']]);
    await connection.close();
    const later = await openSqlite(path);
    expect((await later.query('select count(*) from t', { signal })).rows).toEqual([['2']]);
    await later.close();
  });

  it.each([
    ['select 1; drop table t', 'several_statements'],
    ['drop table t', 'read_only'],
    ["attach 'made.sqlite' as made", 'read_only'],
    ['pragma journal_mode = delete', 'read_only'],
    ['with gone as (select 1) delete from t', 'read_only'],
  ])('lets SQL of a user only read: %s', async (sql, code) => {
    const path = await makeSqlite(
      'guard.sqlite',
      'drop table if exists t; create table t (a int); insert into t values (7)',
    );
    const connection = await openSqlite(path);
    await expect(connection.query(sql, { signal })).rejects.toMatchObject({ code });
    expect((await connection.query('select a from t', { signal })).rows).toEqual([['7']]);
    await connection.close();
  });

  it('leaves the event loop free and stops between rows', async () => {
    const controller = new AbortController();
    const context = sessions.context(controller.signal);
    const connection = await openSqlite(
      await makeSqlite('endless.sqlite', 'create table t (a int)'),
      context,
    );
    const query = 'with recursive r(n) as (select 1 union all select n + 1 from r) select n from r';
    const [column] = await connection.describe({ query }, { signal });
    const progress = new Promise<number>((resolve, reject) => {
      const target = workspace(context);
      target
        .then((connected) =>
          connection.stage(
            {
              relation: { query },
              columns: [{ column: column!, as: 'n', duckdb_type: 'BIGINT' }],
              workspace: connected,
              into: 'n',
              onRows: resolve,
            },
            { signal: controller.signal },
          ),
        )
        .catch(reject);
    });
    expect(await progress).toBeGreaterThan(0);
    controller.abort('cancel');
    await connection.close();
    await expect(connection.query('select 1', { signal })).rejects.toMatchObject({ code: 'aborted' });
  });

  it('says what is wrong with a file', async () => {
    writeFileSync(
      sessions.path('text.sqlite'),
      'this is no database, only text that is long enough to look like one'.repeat(20),
    );
    await expect(openSqlite(sessions.path('text.sqlite'))).rejects.toMatchObject({ code: 'not_a_database' });
    await expect(openSqlite(sessions.path('gone.sqlite'))).rejects.toMatchObject({ code: 'no_such_file' });
  });
});
