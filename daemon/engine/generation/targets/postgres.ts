import { createReadStream } from 'node:fs';
import { quoteIdentifier, quoteText } from '../../connections/ansiDialect.ts';
import { openPostgresWriter, type PostgresWriter } from '../../connections/postgres.ts';
import { EngineError, toEngineError } from '../../errors.ts';
import type { ColumnType } from '../spec.ts';
import { createTable } from './createTable.ts';
import { takeCsvSlices } from './csvSlices.ts';
import type { GenerationTarget, OpenTarget, TargetContext, TargetTable } from './target.ts';

const dependentObjectsState = '2BP01';

const typeName = (type: ColumnType): string => (type === 'VARCHAR' ? 'text' : type.toLowerCase());
const list = (columns: readonly string[]) => columns.map(quoteIdentifier).join(', ');
/** The name a table has until the old one is dropped. PostgreSQL cuts names at 63 bytes; ours are far shorter. */
const stagingName = (table: string) => `_ombudsman_new_${table}`;

/** One transaction: tables under other names, COPY, keys, and only then the old ones dropped and the new ones renamed. */
class PostgresTarget implements GenerationTarget {
  readonly connection: string;
  readonly system;
  readonly sql: string[] = [];
  readonly #context: TargetContext;
  readonly #writer: PostgresWriter;
  readonly #schema: string;
  #tables: readonly TargetTable[] = [];
  #isAppended = false;
  #isOpen = false;
  #isFinished = false;

  constructor(writer: PostgresWriter, context: TargetContext, schema: string) {
    this.connection = writer.name;
    this.system = { system: 'PostgreSQL', version: writer.version };
    this.#writer = writer;
    this.#context = context;
    this.#schema = schema;
  }

  #qualified(name: string): string {
    return `${quoteIdentifier(this.#schema)}.${quoteIdentifier(name)}`;
  }

  async #run(sql: string): Promise<void> {
    await this.#writer.execute(sql);
    this.sql.push(sql);
  }

  async existing(table: string): Promise<number | null> {
    const { rows } = await this.#writer.query(`select to_regclass(${quoteText(this.#qualified(table))})`);
    if (rows[0]?.[0] == null) return null;
    return await this.count(`select count(*) from ${this.#qualified(table)}`);
  }

  async begin(tables: readonly TargetTable[], isAppended = false): Promise<void> {
    this.#tables = tables;
    this.#isAppended = isAppended;
    await this.#writer.execute('begin');
    this.#isOpen = true;
    const { rows } = await this.#writer.query(
      `select to_regnamespace(${quoteText(quoteIdentifier(this.#schema))})`,
    );
    if (isAppended) return;
    if (rows[0]?.[0] == null) await this.#run(`create schema ${quoteIdentifier(this.#schema)}`);
    for (const table of tables)
      await this.#run(
        createTable(
          { ...table, primary_key: [], foreign_keys: [] },
          this.#qualified(stagingName(table.name)),
          typeName,
        ),
      );
  }

  async load(table: TargetTable, onRows: (rows: number) => void): Promise<number> {
    const columns = table.columns.map(({ name }) => name);
    const into = this.#qualified(this.#isAppended ? table.name : stagingName(table.name));
    let stored = 0;
    // The empty text is written "" and NULL as nothing: what COPY tells apart.
    await takeCsvSlices(this.#context, table, { options: "nullstr ''" }, async (path) => {
      stored += await this.#writer.copyIn(into, columns, createReadStream(path));
      onRows(stored);
    });
    this.sql.push(`copy ${into} (${list(columns)}) from stdin (format csv)`);
    return stored;
  }

  async finish(): Promise<void> {
    if (this.#isAppended) {
      this.#isFinished = true;
      return;
    }
    for (const { name, primary_key: key } of this.#tables)
      if (key.length > 0)
        await this.#run(
          `alter table ${this.#qualified(stagingName(name))} add constraint ${quoteIdentifier(stagingName(`${name}_pkey`))} primary key (${list(key)})`,
        );
    for (const table of this.#tables) for (const sql of this.#foreignKeys(table)) await this.#run(sql);
    await this.#replace();
    for (const { name } of this.#tables) await this.#writer.execute(`analyze ${this.#qualified(name)}`);
    this.#isFinished = true;
  }

  #foreignKeys(table: TargetTable): string[] {
    return table.foreign_keys.map(
      ({ columns, references }) =>
        `alter table ${this.#qualified(stagingName(table.name))} add constraint ${quoteIdentifier(`${table.name}_${columns.join('_')}_fkey`)} ` +
        `foreign key (${list(columns)}) references ${this.#qualified(stagingName(references.table))} (${list(references.columns)})`,
    );
  }

  /** The only moment at which readers of the old tables wait. */
  async #replace(): Promise<void> {
    const names = this.#tables.map(({ name }) => this.#qualified(name)).join(', ');
    try {
      await this.#run(`drop table if exists ${names}`);
    } catch (error) {
      const known = toEngineError(error);
      if (known.details?.['code'] !== dependentObjectsState) throw known;
      throw new EngineError('definition', 'table_in_use', `a table cannot be replaced: ${known.message}`, {
        hint: 'A view or another table depends on it. Drop that, generate all tables, or write to another schema.',
        details: known.details,
      });
    }
    for (const { name, primary_key: key } of this.#tables) {
      await this.#run(`alter table ${this.#qualified(stagingName(name))} rename to ${quoteIdentifier(name)}`);
      if (key.length > 0)
        await this.#run(
          `alter table ${this.#qualified(name)} rename constraint ${quoteIdentifier(stagingName(`${name}_pkey`))} to ${quoteIdentifier(`${name}_pkey`)}`,
        );
    }
  }

  relation(table: string): string {
    return this.#qualified(this.#isFinished ? table : stagingName(table));
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
    // After an abort the session takes no statement more: the server rolls back when the connection ends.
    if (this.#isOpen) await this.#writer.execute('rollback').catch(() => undefined);
    this.#isOpen = false;
    await this.#writer.close();
  }
}

export const openPostgresTarget: OpenTarget = async (connection, context) => {
  if (connection?.definition.type !== 'postgres') throw new Error('not a PostgreSQL connection');
  const { name, definition } = connection;
  const writer = await openPostgresWriter(name, definition, context);
  try {
    const { rows } = await writer.query('select current_schema()');
    const schema = context.schema ?? definition.schema ?? rows[0]?.[0];
    return new PostgresTarget(writer, context, String(schema ?? 'public'));
  } catch (error) {
    await writer.close();
    throw error;
  }
};
