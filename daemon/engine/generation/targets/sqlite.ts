import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { quoteIdentifier, quoteText } from '../../connections/ansiDialect.ts';
import { openSqliteWriter, type SqliteWriter } from '../../connections/sqlite.ts';
import type { SqliteInput } from '../../connections/sqliteProtocol.ts';
import { EngineError } from '../../errors.ts';
import type { ColumnSpec, ColumnType } from '../spec.ts';
import { createTable } from './createTable.ts';
import type { GenerationTarget, OpenTarget, TargetContext, TargetTable } from './target.ts';

/** Rows handed to the thread of the database at once. */
const batchRows = 5000;

const typeName = (type: ColumnType): string => (type === 'VARCHAR' ? 'TEXT' : type);

/** SQLite knows no booleans, dates or decimals: 0 and 1, ISO text, and text that a DECIMAL column turns into a number. */
function storedExpression({ name, type }: ColumnSpec): string {
  const quoted = quoteIdentifier(name);
  if (type === 'BOOLEAN') return `${quoted}::integer`;
  return type === 'SMALLINT' || type === 'INTEGER' || type === 'BIGINT'
    ? `${quoted}::bigint`
    : `${quoted}::varchar`;
}

/** One transaction in the thread that owns the file. */
class SqliteTarget implements GenerationTarget {
  readonly connection: string;
  readonly system;
  readonly sql: string[] = [];
  readonly #context: TargetContext;
  readonly #writer: SqliteWriter;
  #isOpen = false;

  constructor(connection: string, writer: SqliteWriter, context: TargetContext) {
    this.connection = connection;
    this.system = { system: 'SQLite', version: writer.version };
    this.#writer = writer;
    this.#context = context;
  }

  async #run(sql: string): Promise<void> {
    await this.#writer.execute(sql);
    this.sql.push(sql);
  }

  async existing(table: string): Promise<number | null> {
    const { rows } = await this.#writer.query(
      `select name from sqlite_schema where type = 'table' and lower(name) = lower(${quoteText(table)})`,
    );
    return rows.length === 0 ? null : await this.count(`select count(*) from ${quoteIdentifier(table)}`);
  }

  async begin(tables: readonly TargetTable[], isAppended = false): Promise<void> {
    // Dropping a table with enforcement on deletes its rows one by one; what refers to what is verified by queries.
    await this.#writer.execute('pragma foreign_keys = off');
    await this.#writer.execute('begin immediate');
    this.#isOpen = true;
    if (isAppended) return;
    await this.#refuseDependents(tables.map(({ name }) => name));
    for (const { name } of [...tables].reverse())
      await this.#run(`drop table if exists ${quoteIdentifier(name)}`);
    for (const table of tables) await this.#run(createTable(table, quoteIdentifier(table.name), typeName));
  }

  async #refuseDependents(names: readonly string[]): Promise<void> {
    const own = names.map(quoteText).join(', ');
    const { rows } = await this.#writer.query(
      `select m.name, f."table" from sqlite_schema m join pragma_foreign_key_list(m.name) f
       where m.type = 'table' and lower(f."table") in (${own}) and lower(m.name) not in (${own})`,
    );
    const [dependent] = rows;
    if (dependent === undefined) return;
    throw new EngineError(
      'definition',
      'table_in_use',
      `${String(dependent[1])} cannot be replaced: ${String(dependent[0])} refers to it`,
      { hint: 'Drop that table, generate all tables, or write to another file.' },
    );
  }

  async load(table: TargetTable, onRows: (rows: number) => void): Promise<number> {
    const columns = table.columns.map(({ name }) => name);
    const select = `select ${table.columns.map(storedExpression).join(', ')} from (${table.select()})`;
    const result = await this.#context.duckdb.stream(select);
    let stored = 0;
    let batch: SqliteInput[][] = [];
    const flush = async () => {
      stored += await this.#writer.insert(table.name, columns, batch);
      batch = [];
      onRows(stored);
    };
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      batch.push(...(chunk.getRows() as SqliteInput[][]));
      if (batch.length >= batchRows) await flush();
    }
    if (batch.length > 0) await flush();
    this.sql.push(`insert into ${quoteIdentifier(table.name)} values (?, …)`);
    return stored;
  }

  async finish(): Promise<void> {
    // Keys are part of the tables already.
  }

  relation(table: string): string {
    return quoteIdentifier(table);
  }

  async count(sql: string): Promise<number> {
    const { rows } = await this.#writer.query(sql);
    return Number(rows[0]?.[0]);
  }

  async commit(): Promise<readonly []> {
    await this.#writer.execute('commit');
    this.#isOpen = false;
    return [];
  }

  async close(): Promise<void> {
    // After an abort the thread takes no statement more; closing the file rolls back.
    if (this.#isOpen) await this.#writer.execute('rollback').catch(() => undefined);
    this.#isOpen = false;
    await this.#writer.close();
  }
}

export const openSqliteTarget: OpenTarget = async (connection, context) => {
  if (connection?.definition.type !== 'sqlite') throw new Error('not a SQLite connection');
  if (context.schema !== undefined && context.schema !== 'main')
    throw new EngineError(
      'definition',
      'no_schemas',
      `schema: SQLite has no schemas, so ${context.schema} cannot be written to`,
      {
        hint: 'Leave `schema` out, or write to another file.',
      },
    );
  mkdirSync(dirname(connection.definition.path), { recursive: true });
  const writer = await openSqliteWriter(connection.definition.path, context);
  return new SqliteTarget(connection.name, writer, context);
};
