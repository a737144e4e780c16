import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DatabaseSync } from 'node:sqlite';
import { DuckDBInstance } from '@duckdb/node-api';
import { createConnection } from 'mysql2';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { startMariadb } from '../../test/support/mariadb.ts';
import { startPostgres } from '../../test/support/postgres.ts';

type DefinitionOf<T extends ConnectionDefinition['type']> = ConnectionDefinition & { type: T };

/** Twelve columns of the usual kinds; `wide` of them are in every system what they are in PostgreSQL. */
export const columnNames = [
  'id',
  'customer',
  'name',
  'email',
  'amount',
  'balance',
  'ratio',
  'active',
  'note',
  'born',
  'created',
  'seen',
] as const;

const types = {
  postgres:
    'id bigint primary key, customer int, name varchar(60), email varchar(80), amount numeric(12,2), balance numeric(18,4), ratio double precision, active smallint, note varchar(80), born date, created timestamp(6), seen timestamp(0)',
  mysql:
    'id bigint primary key, customer int, name varchar(60), email varchar(80), amount decimal(12,2), balance decimal(18,4), ratio double, active smallint, note varchar(80), born date, created datetime(6), seen datetime(0)',
  sqlite:
    'id integer primary key, customer int, name text, email text, amount decimal(12,2), balance decimal(18,4), ratio double, active int, note text, born date, created timestamp, seen timestamp',
};

/** The same rows for the same number, whoever asks. */
const cleanSql = (rows: number): string => `
  select i as id, (i * 7919) % 100003 as customer, 'Customer ' || hash(i) % 1000000 as name,
    'user' || hash(i + 1) % 1000000 || '@example.com' as email,
    cast((hash(i + 2) % 100000000) / 100 as decimal(12,2)) as amount,
    cast((hash(i + 3) % 1000000000) / 10000 as decimal(18,4)) as balance,
    (hash(i + 4) % 1000000)::double / 1024 as ratio, (hash(i + 5) % 2)::smallint as active,
    case when i % 10 = 3 then null else 'note ' || hash(i + 6) % 5000 end as note,
    date '1950-01-01' + (hash(i + 7) % 25000)::int as born,
    timestamp '2020-01-01' + to_microseconds((hash(i + 8) % 100000000000000)::bigint) as created,
    timestamp '2023-01-01' + to_seconds((hash(i + 9) % 30000000)::bigint) as seen
  from range(1, ${rows + 1}) t(i)`;

/** What is planted: 50 cents, 43 times '' for NULL, 20 microseconds, 30 rows missing, 12 too many. */
export const planted = { amount: 50, note: 43, created: 20, missing: 30, extra: 12 };

/** Faults spread over the table: row k * step + offset has one, of these kinds in turn. */
function faultySql(rows: number): string {
  const step = Math.floor(rows / 160 / 10) * 10;
  const place = (from: number, count: number, offset: number): string =>
    `(id % ${step} = ${offset} and id // ${step} >= ${from} and id // ${step} < ${from + count})`;
  const cents = place(0, 50, 7);
  const empties = place(50, 43, 3);
  const micros = place(93, 20, 9);
  const missing = place(113, 30, 5);
  return `
    select * replace (
      case when ${cents} then amount + 0.01 else amount end::decimal(12,2) as amount,
      case when ${empties} then '' else note end as note,
      case when ${micros} then created + interval 1 microsecond else created end as created)
    from (${cleanSql(rows)}) where not ${missing}
    union all select * replace (id + ${rows} as id) from (${cleanSql(12)})`;
}

export type System = 'postgres' | 'mysql' | 'sqlite' | 'duckdb' | 'files';

/** One data set, clean and with faults, from which tables of any system are made. */
export class ComparedData {
  readonly rows: number;
  readonly #folder: string;
  #made = 0;

  constructor(rows: number, folder: string) {
    this.rows = rows;
    this.#folder = folder;
  }

  /** A connection with the table `data` (files: `data.parquet`), clean or with the faults. */
  async make(system: System, isFaulty: boolean): Promise<ConnectionDefinition> {
    this.#made += 1;
    const name = `bench_${this.#made}`;
    const select = isFaulty ? faultySql(this.rows) : cleanSql(this.rows);
    if (system === 'duckdb') return this.#duckdb(name, select);
    if (system === 'files') {
      const path = join(this.#folder, name);
      await runDuckdb(':memory:', `copy (${select}) to '${path}.parquet' (format parquet)`);
      return { type: 'files', path: this.#folder };
    }
    const csv = join(this.#folder, `${name}.csv`);
    await runDuckdb(':memory:', `copy (${select}) to '${csv}' (header false, nullstr '\\N')`);
    if (system === 'postgres') return loadPostgres(name, csv);
    if (system === 'mysql') return loadMysql(name, csv);
    return loadSqlite(join(this.#folder, `${name}.db`), select);
  }

  async #duckdb(name: string, select: string): Promise<DefinitionOf<'duckdb'>> {
    const path = join(this.#folder, `${name}.duckdb`);
    await runDuckdb(path, `create table data as ${select}`);
    return { type: 'duckdb', path };
  }

  /** The table of the last `make('files', …)`. */
  get lastFile(): string {
    return `bench_${this.#made}.parquet`;
  }
}

async function runDuckdb(path: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.disconnectSync();
  instance.closeSync();
}

async function loadPostgres(name: string, csv: string): Promise<DefinitionOf<'postgres'>> {
  const definition = await (await startPostgres()).createDatabase(name);
  const { host, port, database, user } = definition;
  const client = new pg.Client({ host, port: Number(port), database, user });
  await client.connect();
  await client.query(`create table data (${types.postgres})`);
  const into = client.query(copyFrom(`copy data from stdin (format csv, null '\\N')`));
  await pipeline(createReadStream(csv), into);
  await client.query('vacuum analyze data');
  await client.end();
  return definition;
}

async function loadMysql(name: string, csv: string): Promise<DefinitionOf<'mysql'>> {
  const server = await startMariadb();
  const definition = await server.createDatabase(name);
  await server.sql(name, `create table data (${types.mysql})`);
  const client = createConnection({
    host: server.host,
    port: server.port,
    user: server.user,
    database: name,
    flags: ['LOCAL_FILES'],
  });
  await new Promise<void>((resolve, reject) => {
    const sql = `load data local infile 'csv' into table data character set utf8mb4 fields terminated by ',' optionally enclosed by '"' escaped by '\\\\' lines terminated by '\\n'`;
    client.query({ sql, infileStreamFactory: () => createReadStream(csv) }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
  client.destroy();
  await server.sql(name, 'analyze table data');
  return definition;
}

async function loadSqlite(path: string, select: string): Promise<DefinitionOf<'sqlite'>> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const database = new DatabaseSync(path);
  database.exec(`create table data (${types.sqlite}); begin`);
  const insert = database.prepare(`insert into data values (${columnNames.map(() => '?').join(', ')})`);
  const text = `select id::bigint, customer::bigint, name, email, amount::double, balance::double, ratio, active::int, note, born::varchar, created::varchar, seen::varchar from (${select})`;
  const result = await connection.stream(text);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const row of chunk.getRows()) insert.run(...(row as (string | number | bigint | null)[]));
  }
  database.exec('commit');
  database.close();
  connection.disconnectSync();
  instance.closeSync();
  return { type: 'sqlite', path };
}
