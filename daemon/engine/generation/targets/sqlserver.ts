import { createHash } from 'node:crypto';
import type { ResolvedConnection } from '../../../protocol/engine.ts';
import {
  bulkTextLength,
  openSqlserverWriter,
  type SqlserverWriter,
} from '../../connections/sqlserverWriter.ts';
import { quoteBracketed, quoteNational } from '../../connections/tsqlDialect.ts';
import { EngineError } from '../../errors.ts';
import type { ColumnSpec, ColumnType } from '../spec.ts';
import { createTable } from './createTable.ts';
import type { GenerationTarget, OpenTarget, TargetContext, TargetTable } from './target.ts';
import { batches, textRows } from './textRows.ts';

/** Rows of one bulk load: they lie in tempdb until they are inserted. */
const bulkRows = 100_000;
const lockMs = 604_800_000;
const rowsTable = '#ombudsman_rows';
/** Equal only when the same letter for letter, as everywhere else. */
const collation = 'collate Latin1_General_100_BIN2';

const list = (columns: readonly string[]): string => columns.map(quoteBracketed).join(', ');
/** The name a table has until it is whole. */
const stagingName = (table: string): string => `_ombudsman_new_${table}`;

/** Text that is part of a key may have 450 letters; other text has no limit. */
function typeNames(table: TargetTable): (column: ColumnSpec) => string {
  const keys = new Set([...table.primary_key, ...table.foreign_keys.flatMap(({ columns }) => columns)]);
  return ({ name, type }) =>
    type === 'VARCHAR'
      ? `${keys.has(name) ? 'nvarchar(450)' : 'nvarchar(max)'} ${collation}`
      : typeName(type);
}

function typeName(type: ColumnType): string {
  if (type === 'VARCHAR') return 'nvarchar(max)';
  if (type === 'BOOLEAN') return 'bit';
  if (type === 'INTEGER') return 'int';
  return type === 'TIMESTAMP' ? 'datetime2(6)' : type.toLowerCase();
}

/** T-SQL: text as DuckDB writes it as a value of the type. */
function converted(column: string, type: ColumnType): string {
  if (type === 'VARCHAR') return column;
  const style = type === 'DATE' ? ', 23' : type === 'TIMESTAMP' ? ', 121' : '';
  return `convert(${typeName(type)}, ${column}${style})`;
}

/** T-SQL: the rows of one bulk load into their table. */
export function insertSql(into: string, columns: readonly ColumnSpec[]): string {
  const values = columns.map(({ type }, index) => converted(`c${index}`, type));
  return `insert into ${into} with (tablock) (${list(columns.map(({ name }) => name))}) select ${values.join(', ')} from ${rowsTable}`;
}

/**
 * All tables are made, filled and verified under other names. Then one transaction drops the old ones and renames the new ones: the
 * only moment at which readers of the old tables wait.
 */
class SqlserverTarget implements GenerationTarget {
  readonly connection: string;
  readonly system;
  readonly sql: string[] = [];
  readonly #context: TargetContext;
  readonly #writer: SqlserverWriter;
  readonly #schema: string;
  /** A session of its own, for what is left to do when this one was cancelled. */
  readonly #reopen: () => Promise<SqlserverWriter>;
  #tables: readonly TargetTable[] = [];
  #isOpen = false;
  #isCommitted = false;

  constructor(
    writer: SqlserverWriter,
    context: TargetContext,
    schema: string,
    reopen: () => Promise<SqlserverWriter>,
  ) {
    this.connection = writer.name;
    this.system = { system: 'SQL Server', version: writer.version };
    this.#writer = writer;
    this.#context = context;
    this.#schema = schema;
    this.#reopen = reopen;
  }

  #qualified(name: string): string {
    return `${quoteBracketed(this.#schema)}.${quoteBracketed(name)}`;
  }

  async #run(sql: string): Promise<void> {
    await this.#writer.execute(sql);
    this.sql.push(sql);
  }

  async begin(tables: readonly TargetTable[]): Promise<void> {
    this.#tables = tables;
    if (!(await this.#lock(this.#writer, lockMs)))
      throw new EngineError('resource', 'lock_not_available', `another writing into ${this.#schema} goes on`);
    this.#isOpen = true;
    // CREATE SCHEMA has to be the first word of its batch.
    const create = quoteNational(`create schema ${quoteBracketed(this.#schema)}`);
    await this.#run(`if schema_id(${quoteNational(this.#schema)}) is null exec(${create})`);
    await this.#refuseDependents();
    // What a killed writing left behind.
    await this.#writer.execute(this.#dropSql(stagingName));
    for (const table of tables) {
      const typeOf = typeNames(table);
      const typed = { ...table, foreign_keys: [] };
      await this.#run(
        createTable(typed, this.#qualified(stagingName(table.name)), (_, column) => typeOf(column)),
      );
    }
  }

  /** Two writings into one schema would take each other's tables for leftovers: the later one waits. The lock ends with its session. */
  async #lock(writer: SqlserverWriter, timeoutMs: number): Promise<boolean> {
    const name = `ombudsman ${createHash('sha256').update(this.#schema).digest('hex').slice(0, 40)}`;
    const { rows } = await writer.query(
      `declare @taken int; exec @taken = sp_getapplock @Resource = ${quoteNational(name)}, @LockMode = 'Exclusive', ` +
        `@LockOwner = 'Session', @LockTimeout = ${timeoutMs}; select @taken`,
    );
    return Number(rows[0]?.[0] ?? -1) >= 0;
  }

  /** Children first: a table that another one refers to cannot be dropped. */
  #dropSql(nameOf: (table: string) => string): string {
    return this.#tables
      .map(({ name }) => `drop table if exists ${this.#qualified(nameOf(name))}`)
      .reverse()
      .join('; ');
  }

  async #refuseDependents(): Promise<void> {
    const own = this.#tables.map(({ name }) => quoteNational(name)).join(', ');
    const { rows } = await this.#writer.query(
      `select top (1) rt.name, cs.name, ct.name from sys.foreign_keys f
       join sys.objects rt on rt.object_id = f.referenced_object_id
       join sys.objects ct on ct.object_id = f.parent_object_id
       join sys.schemas cs on cs.schema_id = ct.schema_id
       where rt.schema_id = schema_id(${quoteNational(this.#schema)}) and rt.name in (${own})
       and not (ct.schema_id = rt.schema_id and ct.name in (${own}))`,
    );
    const [dependent] = rows;
    if (dependent === undefined) return;
    const [table, schema, other] = dependent.map(String);
    throw new EngineError(
      'definition',
      'table_in_use',
      `${table} cannot be replaced: ${schema}.${other} refers to it`,
      { hint: 'Drop that table or its foreign key, generate all tables, or write to another schema.' },
    );
  }

  async load(table: TargetTable, onRows: (rows: number) => void): Promise<number> {
    const into = this.#qualified(stagingName(table.name));
    const columns = table.columns.map((_, index) => `c${index}`);
    const insert = insertSql(into, table.columns);
    await this.#writer.execute(
      `drop table if exists ${rowsTable}; create table ${rowsTable} (${columns.map((column) => `${column} nvarchar(${bulkTextLength})`).join(', ')})`,
    );
    let stored = 0;
    for await (const batch of batches(textRows(this.#context, table), { rows: bulkRows })) {
      assertShort(batch, table);
      const sent = await this.#writer.bulkText(rowsTable, columns, each(batch));
      const inserted = await this.#writer.execute(insert);
      if (sent !== batch.length || inserted !== batch.length)
        throw new EngineError(
          'internal',
          'rows_lost',
          `of ${batch.length} rows of ${table.name} ${sent} were sent and ${inserted} stored`,
        );
      await this.#writer.execute(`truncate table ${rowsTable}`);
      stored += inserted;
      onRows(stored);
    }
    this.sql.push(`insert bulk ${rowsTable} …`, insert);
    return stored;
  }

  async finish(): Promise<void> {
    for (const table of this.#tables)
      for (const { columns, references } of table.foreign_keys)
        await this.#run(
          `alter table ${this.#qualified(stagingName(table.name))} with check add foreign key (${list(columns)}) ` +
            `references ${this.#qualified(stagingName(references.table))} (${list(references.columns)})`,
        );
  }

  relation(table: string): string {
    return this.#qualified(this.#isCommitted ? table : stagingName(table));
  }

  async count(sql: string): Promise<number> {
    const { rows } = await this.#writer.query(sql);
    return Number(rows[0]?.[0]);
  }

  async commit(): Promise<readonly []> {
    const renames = this.#tables.map(
      ({ name }) =>
        `exec sp_rename ${quoteNational(this.#qualified(stagingName(name)))}, ${quoteNational(name)}`,
    );
    // With XACT_ABORT whatever fails takes all of it back.
    await this.#run(
      [
        'set xact_abort on',
        'begin transaction',
        this.#dropSql((name) => name),
        ...renames,
        'commit transaction',
      ].join('; '),
    );
    this.#isCommitted = true;
    return [];
  }

  async close(): Promise<void> {
    const isUnfinished = this.#isOpen && !this.#isCommitted;
    this.#isOpen = false;
    const isCancelled = this.#context.signal.aborted;
    // What cannot be cleared up (the server is gone) is cleared up by the next writing.
    if (isUnfinished && !isCancelled)
      await this.#writer.execute(this.#dropSql(stagingName)).catch(() => undefined);
    await this.#writer.close();
    if (isUnfinished && isCancelled) await this.#clearUpAnew().catch(() => undefined);
  }

  /** A cancelled session takes no statement more. Whoever has the lock by now has cleared up already. */
  async #clearUpAnew(): Promise<void> {
    const writer = await this.#reopen();
    try {
      if (await this.#lock(writer, 0)) await writer.execute(this.#dropSql(stagingName));
    } finally {
      await writer.close();
    }
  }
}

/** The server would cut longer text without a word. */
function assertShort(rows: readonly (readonly (string | null)[])[], table: TargetTable): void {
  for (const row of rows) {
    const long = row.findIndex((value) => value !== null && value.length > bulkTextLength);
    if (long < 0) continue;
    const column = table.columns[long]?.name ?? '';
    throw new EngineError(
      'definition',
      'text_too_long',
      `${table.name}.${column}: SQL Server takes ${bulkTextLength} characters of generated text at most`,
    );
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function openTarget(connection: ResolvedConnection, context: TargetContext): Promise<GenerationTarget> {
  const { name, definition } = connection;
  const writer = await openSqlserverWriter(name, definition, context);
  const reopen = () =>
    openSqlserverWriter(name, definition, { ...context, signal: new AbortController().signal });
  return new SqlserverTarget(writer, context, context.schema ?? writer.schema, reopen);
}

export const openSqlserverTarget: OpenTarget = async (connection, context) => {
  if (connection === undefined) throw new Error('not a SQL Server connection');
  return openTarget(connection, context);
};
