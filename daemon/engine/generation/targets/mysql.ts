import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { quoteIdentifier, quoteText } from '../../connections/ansiDialect.ts';
import { openMysqlWriter, type MysqlWriter } from '../../connections/mysqlWriter.ts';
import type { ResolvedConnection } from '../../../protocol/engine.ts';
import { EngineError } from '../../errors.ts';
import type { ColumnSpec, ColumnType } from '../spec.ts';
import { createTable } from './createTable.ts';
import { takeCsvSlices } from './csvSlices.ts';
import type { GenerationTarget, OpenTarget, TargetContext, TargetTable } from './target.ts';

/** Where rows go in by INSERT: more rows in a statement gain nothing. */
const insertRows = 1000;
const lockSeconds = 604_800;
const tableOptions = 'engine = InnoDB character set utf8mb4 collate utf8mb4_bin';

const list = (columns: readonly string[]) => columns.map(quoteIdentifier).join(', ');
/** The name a table has until it is whole, and the one its predecessor has until it is dropped. */
const stagingName = (table: string) => `_ombudsman_new_${table}`;
const formerName = (table: string) => `_ombudsman_old_${table}`;

/** Text that is part of a key needs a length there; other text has none. */
function typeNames(table: TargetTable): (column: ColumnSpec) => string {
  const keys = new Set([...table.primary_key, ...table.foreign_keys.flatMap(({ columns }) => columns)]);
  return ({ name, type }) => typeName(type, keys.has(name));
}

function typeName(type: ColumnType, isKey: boolean): string {
  if (type === 'VARCHAR') return isKey ? 'varchar(255)' : 'text';
  if (type === 'TIMESTAMP') return 'datetime(6)';
  return type.toLowerCase();
}

/** What LOAD DATA and INSERT understand: 0 and 1 for booleans, everything else as DuckDB writes it. */
function storedColumns({ columns }: TargetTable): string {
  return columns
    .map(({ name, type }) => {
      const quoted = quoteIdentifier(name);
      return type === 'BOOLEAN' ? `${quoted}::integer as ${quoted}` : quoted;
    })
    .join(', ');
}

/**
 * DDL of MySQL commits by itself, so all tables are made, filled and verified under other names; one RENAME TABLE, which happens
 * whole or not at all, then puts them in their places and the old ones aside.
 */
class MysqlTarget implements GenerationTarget {
  readonly connection: string;
  readonly system;
  readonly sql: string[] = [];
  readonly #context: TargetContext;
  readonly #writer: MysqlWriter;
  readonly #schema: string;
  /** A session of its own, for what is left to do when this one was cancelled. */
  readonly #reopen: () => Promise<MysqlWriter>;
  #tables: readonly TargetTable[] = [];
  #isAppended = false;
  #madeSchema = false;
  #isOpen = false;
  #isCommitted = false;

  constructor(
    writer: MysqlWriter,
    context: TargetContext,
    schema: string,
    reopen: () => Promise<MysqlWriter>,
  ) {
    this.connection = writer.name;
    this.system = { system: writer.system, version: writer.version };
    this.#writer = writer;
    this.#context = context;
    this.#schema = schema;
    this.#reopen = reopen;
  }

  #qualified(name: string): string {
    return `${quoteIdentifier(this.#schema)}.${quoteIdentifier(name)}`;
  }

  async #run(sql: string): Promise<void> {
    await this.#writer.execute(sql);
    this.sql.push(sql);
  }

  async existing(table: string): Promise<number | null> {
    const place = `table_schema = ${quoteText(this.#schema)} and table_name = ${quoteText(table)}`;
    if (!(await isThere(this.#writer, 'tables', place))) return null;
    return await this.count(`select count(*) from ${this.#qualified(table)}`);
  }

  async begin(tables: readonly TargetTable[], isAppended = false): Promise<void> {
    this.#tables = tables;
    this.#isAppended = isAppended;
    if (!(await this.#lock(this.#writer, lockSeconds)))
      throw new EngineError('resource', 'lock_not_available', `another writing into ${this.#schema} goes on`);
    this.#isOpen = true;
    if (isAppended) {
      // Rows alone, and no statement of DDL: one transaction is enough.
      await this.#writer.execute('start transaction');
      return;
    }
    this.#madeSchema = !(await isThere(this.#writer, 'schemata', `schema_name = ${quoteText(this.#schema)}`));
    if (this.#madeSchema) await this.#run(`create schema ${quoteIdentifier(this.#schema)}`);
    await this.#refuseDependents();
    // What a killed writing left behind: its tables of either name.
    await this.#writer.execute(
      this.#dropSql(tables.flatMap(({ name }) => [stagingName(name), formerName(name)])),
    );
    for (const table of tables) {
      const typeOf = typeNames(table);
      const typed = { ...table, foreign_keys: [] };
      const create = createTable(typed, this.#qualified(stagingName(table.name)), (_, column) =>
        typeOf(column),
      );
      await this.#run(`${create} ${tableOptions}`);
    }
  }

  /** Two writings into one schema would take each other's tables for leftovers: the later one waits. The lock ends with its session. */
  async #lock(writer: MysqlWriter, seconds: number): Promise<boolean> {
    const name = `ombudsman ${createHash('sha256').update(this.#schema).digest('hex').slice(0, 40)}`;
    const { rows } = await writer.query(`select get_lock(${quoteText(name)}, ${seconds})`);
    return rows[0]?.[0] === '1';
  }

  #dropSql(names: readonly string[]): string {
    return `drop table if exists ${names.map((name) => this.#qualified(name)).join(', ')}`;
  }

  /** Foreign keys of other tables would go with the old table that is dropped. */
  async #refuseDependents(): Promise<void> {
    const own = this.#tables.map(({ name }) => quoteText(name)).join(', ');
    const { rows } = await this.#writer.query(
      `select referenced_table_name, table_schema, table_name from information_schema.key_column_usage
       where referenced_table_schema = ${quoteText(this.#schema)} and referenced_table_name in (${own})
       and not (table_schema = ${quoteText(this.#schema)} and (table_name in (${own}) or table_name like '\\_ombudsman\\_%' escape '\\'))`,
    );
    const [dependent] = rows;
    if (dependent === undefined) return;
    const [table, schema, other] = dependent.map(String);
    throw new EngineError(
      'definition',
      'table_in_use',
      `${table} cannot be replaced: ${schema}.${other} refers to it`,
      {
        hint: 'Drop that table or its foreign key, generate all tables, or write to another schema.',
      },
    );
  }

  async load(table: TargetTable, onRows: (rows: number) => void): Promise<number> {
    const stored = this.#writer.canLoadFiles
      ? await this.#loadFiles(table, onRows)
      : await this.#insert(table, onRows);
    this.sql.push(
      `${this.#writer.canLoadFiles ? 'load data local infile … into table' : 'insert into'} ${this.#qualified(this.#loadedName(table.name))} …`,
    );
    return stored;
  }

  #loadedName(table: string): string {
    return this.#isAppended ? table : stagingName(table);
  }

  async #loadFiles(table: TargetTable, onRows: (rows: number) => void): Promise<number> {
    const names = table.columns.map(({ name }) => name);
    // Without an escape, NULL is the bare word, and a backslash is a letter. Line break and quote are literal: \n would be two letters.
    const load =
      `load data local infile 'rows' into table ${this.#qualified(this.#loadedName(table.name))} character set utf8mb4 ` +
      `fields terminated by ',' optionally enclosed by '"' escaped by '' lines terminated by '\n' (${list(names)})`;
    const form = {
      options: "nullstr 'NULL', force_quote *",
      wrap: (select: string) => `select ${storedColumns(table)} from (${select})`,
    };
    let stored = 0;
    await takeCsvSlices(this.#context, table, form, async (path) => {
      stored += await this.#writer.load(load, createReadStream(path));
      onRows(stored);
    });
    return stored;
  }

  async #insert(table: TargetTable, onRows: (rows: number) => void): Promise<number> {
    const names = table.columns.map(({ name }) => name);
    const head = `insert into ${this.#qualified(this.#loadedName(table.name))} (${list(names)}) values `;
    const texts = names.map((name) => `${quoteIdentifier(name)}::varchar`).join(', ');
    const result = await this.#context.duckdb.stream(
      `select ${texts} from (select ${storedColumns(table)} from (${table.select()}))`,
    );
    let stored = 0;
    let batch: string[] = [];
    let size = head.length;
    const flush = async (): Promise<void> => {
      if (batch.length === 0) return;
      stored += await this.#writer.execute(head + batch.join(', '));
      batch = [];
      size = head.length;
      onRows(stored);
    };
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      for (const row of chunk.getRows() as (string | null)[][]) {
        const text = `(${row.map((value) => (value === null ? 'null' : quoteText(value))).join(', ')})`;
        if (batch.length === insertRows || size + text.length + 2 > this.#writer.statementLimit)
          await flush();
        batch.push(text);
        size += text.length + 2;
      }
    }
    await flush();
    return stored;
  }

  async finish(): Promise<void> {
    if (this.#isAppended) return;
    // Not checked row by row by the server: the orphans are counted before anything is shown.
    for (const table of this.#tables)
      for (const { columns, references } of table.foreign_keys)
        await this.#run(
          `alter table ${this.#qualified(stagingName(table.name))} add foreign key (${list(columns)}) ` +
            `references ${this.#qualified(stagingName(references.table))} (${list(references.columns)})`,
        );
    for (const { name } of this.#tables)
      await this.#writer.query(`analyze table ${this.#qualified(stagingName(name))}`);
  }

  relation(table: string): string {
    return this.#qualified(this.#isCommitted ? table : this.#loadedName(table));
  }

  async count(sql: string): Promise<number> {
    const { rows } = await this.#writer.query(sql);
    return Number(rows[0]?.[0]);
  }

  async commit(): Promise<readonly []> {
    if (this.#isAppended) {
      await this.#writer.execute('commit');
      this.#isCommitted = true;
      return [];
    }
    const renames: string[] = [];
    const former: string[] = [];
    for (const { name } of this.#tables) {
      const place = `table_schema = ${quoteText(this.#schema)} and table_name = ${quoteText(name)}`;
      if (await isThere(this.#writer, 'tables', place)) {
        renames.push(`${this.#qualified(name)} to ${this.#qualified(formerName(name))}`);
        former.push(formerName(name));
      }
    }
    for (const { name } of this.#tables)
      renames.push(`${this.#qualified(stagingName(name))} to ${this.#qualified(name)}`);
    await this.#run(`rename table ${renames.join(', ')}`);
    this.#isCommitted = true;
    if (former.length > 0) await this.#run(this.#dropSql(former));
    return [];
  }

  async close(): Promise<void> {
    // Of an appending the server rolls back what was not committed, as the session ends.
    const isUnfinished = this.#isOpen && !this.#isCommitted && !this.#isAppended;
    this.#isOpen = false;
    const isCancelled = this.#context.signal.aborted;
    // What cannot be cleared up (the server is gone) is cleared up by the next writing.
    if (isUnfinished && !isCancelled) await this.#clearUp(this.#writer).catch(() => undefined);
    await this.#writer.close();
    if (isUnfinished && isCancelled) await this.#clearUpAnew().catch(() => undefined);
  }

  /** A cancelled session takes no statement more. Whoever has the lock by now has cleared up already. */
  async #clearUpAnew(): Promise<void> {
    const writer = await this.#reopen();
    try {
      if (await this.#lock(writer, 0)) await this.#clearUp(writer);
    } finally {
      await writer.close();
    }
  }

  async #clearUp(writer: MysqlWriter): Promise<void> {
    await writer.execute(this.#dropSql(this.#tables.map(({ name }) => stagingName(name))));
    const inSchema = `table_schema = ${quoteText(this.#schema)}`;
    if (this.#madeSchema && !(await isThere(writer, 'tables', inSchema)))
      await writer.execute(`drop schema ${quoteIdentifier(this.#schema)}`);
  }
}

async function isThere(
  writer: MysqlWriter,
  what: 'schemata' | 'tables',
  condition: string,
): Promise<boolean> {
  const { rows } = await writer.query(`select count(*) from information_schema.${what} where ${condition}`);
  return Number(rows[0]?.[0]) > 0;
}

async function openTarget(connection: ResolvedConnection, context: TargetContext): Promise<GenerationTarget> {
  const { name, definition } = connection;
  if (definition.type !== 'mysql') throw new Error('not a MySQL connection');
  const writer = await openMysqlWriter(name, definition, context);
  const reopen = () =>
    openMysqlWriter(name, definition, { ...context, signal: new AbortController().signal });
  return new MysqlTarget(writer, context, context.schema ?? definition.database, reopen);
}

export const openMysqlTarget: OpenTarget = async (connection, context) => {
  if (connection === undefined) throw new Error('not a MySQL connection');
  return openTarget(connection, context);
};
