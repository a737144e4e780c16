import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { quoteIdentifier, quoteText } from '../../connections/ansiDialect.ts';
import { attachForWrite, type Lease } from '../../connections/duckdbLease.ts';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import { EngineError, toEngineError } from '../../errors.ts';
import { createTable } from './createTable.ts';
import { watchProgress } from './duckdbProgress.ts';
import type { GenerationTarget, OpenTarget, TargetContext, TargetTable } from './target.ts';

/**
 * Declared keys are indexes, and checking foreign keys row by row costs DuckDB several times what generation costs. So keys are
 * declared on tables up to this size only; larger ones are verified by queries all the same.
 */
const maxRowsWithKeys = 100_000;
const defaultSchema = 'main';

/** Everything happens in one transaction on the attached file: dropped, made again, filled, verified, committed. */
class DuckdbTarget implements GenerationTarget {
  readonly connection: string;
  readonly system;
  readonly sql: string[] = [];
  readonly #context: TargetContext;
  readonly #lease: Lease;
  readonly #schema: string;
  #isOpen = false;
  #isClosed = false;
  #keyed: ReadonlySet<string> = new Set();

  constructor(connection: string, version: string, context: TargetContext, lease: Lease) {
    this.connection = connection;
    this.system = { system: 'DuckDB', version };
    this.#context = context;
    this.#lease = lease;
    this.#schema = context.schema ?? defaultSchema;
  }

  async #run(sql: string): Promise<void> {
    await this.#context.duckdb.run(sql);
    this.sql.push(sql);
  }

  get #qualifiedSchema(): string {
    return `${quoteIdentifier(this.#lease.catalog)}.${quoteIdentifier(this.#schema)}`;
  }

  async existing(table: string): Promise<number | null> {
    const { duckdb } = this.#context;
    const { rows } = await queryDuckdb(
      duckdb,
      `select count(*) from duckdb_tables() where database_name = ${quoteText(this.#lease.catalog)}
       and schema_name = ${quoteText(this.#schema)} and lower(table_name) = lower(${quoteText(table)})`,
    );
    if (Number(rows[0]?.[0]) === 0) return null;
    return await this.count(`select count(*) from ${this.#qualifiedSchema}.${quoteIdentifier(table)}`);
  }

  async begin(tables: readonly TargetTable[], isAppended = false): Promise<void> {
    const { duckdb } = this.#context;
    await duckdb.run('begin transaction');
    this.#isOpen = true;
    await duckdb.run(`create schema if not exists ${this.#qualifiedSchema}`);
    // References of CREATE TABLE take no schema: the tables of this writing are made where the session is.
    await duckdb.run(`use ${this.#qualifiedSchema}`);
    if (isAppended) return;
    for (const { name } of [...tables].reverse()) await this.#drop(name);
    const small = tables.filter((table) => table.rows <= maxRowsWithKeys).map((table) => table.name);
    this.#keyed = new Set(small);
    for (const table of tables)
      await this.#run(createTable(this.#declared(table), quoteIdentifier(table.name)));
  }

  #declared(table: TargetTable): TargetTable {
    if (!this.#keyed.has(table.name)) return { ...table, primary_key: [], foreign_keys: [] };
    // DuckDB does not see the rows of the same INSERT, so a table cannot refer to itself; the orphans are counted all the same.
    const keys = table.foreign_keys.filter(
      ({ references }) => references.table !== table.name && this.#keyed.has(references.table),
    );
    return { ...table, foreign_keys: keys };
  }

  async #drop(name: string): Promise<void> {
    try {
      await this.#run(`drop table if exists ${quoteIdentifier(name)}`);
    } catch (error) {
      const known = toEngineError(error);
      if (!/main key table|depend/i.test(known.message)) throw known;
      throw new EngineError('definition', 'table_in_use', `${name} cannot be replaced: ${known.message}`, {
        hint: 'Another table refers to it. Generate all tables, drop that table, or write to another schema.',
      });
    }
  }

  async load(table: TargetTable, onRows: (rows: number) => void): Promise<number> {
    const { duckdb } = this.#context;
    const insert = `insert into ${quoteIdentifier(table.name)}`;
    const { rows } = await watchProgress(duckdb, table.rows, onRows, () =>
      queryDuckdb(duckdb, `${insert} ${table.select()}`),
    );
    this.sql.push(`${insert} select …`);
    return Number(rows[0]?.[0]);
  }

  async finish(): Promise<void> {
    // Keys are part of the tables already.
  }

  relation(table: string): string {
    return `${quoteIdentifier(this.#schema)}.${quoteIdentifier(table)}`;
  }

  async count(sql: string): Promise<number> {
    const { rows } = await queryDuckdb(this.#context.duckdb, sql);
    return Number(rows[0]?.[0]);
  }

  async commit(): Promise<readonly []> {
    await this.#context.duckdb.run('commit');
    this.#isOpen = false;
    return [];
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      // An aborted session refuses statements: what it left open is rolled back when it is closed, before the lease is.
      if (this.#isOpen) await this.#context.duckdb.run('rollback').catch(() => undefined);
      await this.#context.duckdb.run('use memory').catch(() => undefined);
    } finally {
      await this.#context.closeDuckdb();
      await this.#lease.close();
    }
  }
}

export const openDuckdbTarget: OpenTarget = async (connection, context) => {
  if (connection?.definition.type !== 'duckdb') throw new Error('not a DuckDB connection');
  mkdirSync(dirname(connection.definition.path), { recursive: true });
  const lease = await attachForWrite(connection.definition.path, context);
  try {
    const { rows } = await queryDuckdb(context.duckdb, 'select version()');
    return new DuckdbTarget(connection.name, String(rows[0]?.[0]), context, lease);
  } catch (error) {
    await lease.close();
    throw error;
  }
};
