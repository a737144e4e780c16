import { quoteIdentifier } from '../../connections/ansiDialect.ts';
import { track } from '../../connections/resources.ts';
import { allRows, snowflakeIntroduction } from '../../connections/snowflake.ts';
import { SnowflakeClient } from '../../connections/snowflakeClient.ts';
import { snowflakeText } from '../../connections/snowflakeDialect.ts';
import type { ResultSet } from '../../connections/connection.ts';
import { EngineError, toEngineError } from '../../errors.ts';
import type { ColumnSpec, ColumnType } from '../spec.ts';
import type { GenerationTarget, OpenTarget, TargetContext, TargetTable } from './target.ts';
import { batches, textRows } from './textRows.ts';

/*
 * The SQL API takes no PUT, and other ways into a stage need the storage SDK of the account's cloud: rows go in by INSERT of many rows
 * at once. Snowflake takes up to a megabyte of text in a statement.
 */
const insertRows = 10_000;
const insertCharacters = 800_000;

/** Names as Snowflake makes them of what people write without quotes. */
const nameOf = (name: string): string => quoteIdentifier(name.toUpperCase());
const list = (columns: readonly string[]): string => columns.map(nameOf).join(', ');
/** The name a table has until it is whole, and the one its predecessor has until it is dropped. */
const stagingName = (table: string): string => `_ombudsman_new_${table}`;
const formerName = (table: string): string => `_ombudsman_old_${table}`;

function typeName(type: ColumnType): string {
  if (type === 'TIMESTAMP') return 'timestamp_ntz(6)';
  return type === 'VARCHAR' ? 'varchar' : type.toLowerCase();
}

/** Snowflake SQL: rows of text as values of the types of the columns. */
export function insertSql(
  into: string,
  columns: readonly ColumnSpec[],
  rows: readonly (readonly (string | null)[])[],
): string {
  const values = columns.map(({ type }, index) => {
    const text = `column${index + 1}::varchar`;
    return type === 'BOOLEAN' ? `(${text} = '1')` : type === 'VARCHAR' ? text : `${text}::${typeName(type)}`;
  });
  const written = rows.map(
    (row) => `(${row.map((value) => (value === null ? 'null' : snowflakeText(value))).join(',')})`,
  );
  return `insert into ${into} (${list(columns.map(({ name }) => name))}) select ${values.join(', ')} from values ${written.join(',')}`;
}

/**
 * All tables are made, filled and verified under other names. DDL commits by itself in Snowflake, so the renames that put them in their
 * places go in one request, one after the other: what is cut off in the middle is mended by the next writing.
 */
class SnowflakeTarget implements GenerationTarget {
  readonly connection: string;
  readonly system;
  readonly sql: string[] = [];
  readonly #client: SnowflakeClient;
  readonly #context: TargetContext;
  readonly #schema: string;
  readonly #reopen: () => SnowflakeClient;
  #tables: readonly TargetTable[] = [];
  #isOpen = false;
  #isCommitted = false;

  constructor(
    opened: { readonly name: string; readonly version: string; readonly client: SnowflakeClient },
    context: TargetContext,
    schema: string,
    reopen: () => SnowflakeClient,
  ) {
    this.connection = opened.name;
    this.system = { system: 'Snowflake', version: opened.version };
    this.#client = opened.client;
    this.#context = context;
    this.#schema = schema;
    this.#reopen = reopen;
  }

  #qualified(name: string): string {
    return `${quoteIdentifier(this.#schema)}.${nameOf(name)}`;
  }

  #query(sql: string, statements = 1): Promise<ResultSet> {
    return this.#client.run(sql, allRows, { statements });
  }

  async #run(sql: string, statements = 1): Promise<void> {
    await this.#query(sql, statements);
    this.sql.push(sql);
  }

  async #present(): Promise<ReadonlySet<string>> {
    const { rows } = await this.#query(
      `select table_name from information_schema.tables where table_schema = ${snowflakeText(this.#schema)}`,
    );
    return new Set(rows.map(([name]) => String(name)));
  }

  async begin(tables: readonly TargetTable[]): Promise<void> {
    this.#tables = tables;
    // Asked first: IF NOT EXISTS wants the right to make schemas also where there is nothing to make.
    const { rows } = await this.#query(
      `select count(*) from information_schema.schemata where schema_name = ${snowflakeText(this.#schema)}`,
    );
    if (rows[0]?.[0] === '0') await this.#run(`create schema ${quoteIdentifier(this.#schema)}`);
    this.#isOpen = true;
    await this.#mend();
    for (const table of tables) await this.#run(this.#createSql(table));
  }

  /** What a writing left behind that was killed between two renames: the old table goes back to its place. */
  async #mend(): Promise<void> {
    const present = await this.#present();
    const has = (name: string): boolean => present.has(name.toUpperCase());
    for (const { name } of this.#tables) {
      if (!has(formerName(name))) continue;
      await this.#run(
        has(name)
          ? `drop table ${this.#qualified(formerName(name))}`
          : `alter table ${this.#qualified(formerName(name))} rename to ${this.#qualified(name)}`,
      );
    }
  }

  #createSql(table: TargetTable): string {
    const columns = table.columns.map(
      ({ name, type, nullable }) => `${nameOf(name)} ${typeName(type)}${nullable ? '' : ' not null'}`,
    );
    const primary = table.primary_key.length === 0 ? [] : [`primary key (${list(table.primary_key)})`];
    return `create or replace table ${this.#qualified(stagingName(table.name))} (\n  ${[...columns, ...primary].join(',\n  ')}\n)`;
  }

  async load(table: TargetTable, onRows: (rows: number) => void): Promise<number> {
    const into = this.#qualified(stagingName(table.name));
    const limits = { rows: insertRows, characters: insertCharacters };
    let stored = 0;
    for await (const batch of batches(textRows(this.#context, table), limits)) {
      const { rows } = await this.#query(insertSql(into, table.columns, batch));
      const inserted = Number(rows[0]?.[0]);
      if (inserted !== batch.length)
        throw new EngineError(
          'internal',
          'rows_lost',
          `of ${batch.length} rows of ${table.name} ${inserted} were stored`,
        );
      stored += inserted;
      onRows(stored);
    }
    this.sql.push(`insert into ${into} … values …`);
    return stored;
  }

  async finish(): Promise<void> {
    // Declared, for catalogs and optimizers: Snowflake enforces none of them.
    for (const table of this.#tables)
      for (const { columns, references } of table.foreign_keys)
        await this.#run(
          `alter table ${this.#qualified(stagingName(table.name))} add foreign key (${list(columns)}) ` +
            `references ${this.#qualified(stagingName(references.table))} (${list(references.columns)})`,
        );
  }

  relation(table: string): string {
    return this.#qualified(this.#isCommitted ? table : stagingName(table));
  }

  quote(name: string): string {
    return nameOf(name);
  }

  async count(sql: string): Promise<number> {
    const { rows } = await this.#query(sql);
    return Number(rows[0]?.[0]);
  }

  async commit(): Promise<readonly []> {
    const present = await this.#present();
    const former: string[] = [];
    const renames = this.#tables.flatMap(({ name }) => {
      const place = `alter table ${this.#qualified(stagingName(name))} rename to ${this.#qualified(name)}`;
      if (!present.has(name.toUpperCase())) return [place];
      former.push(name);
      return [`alter table ${this.#qualified(name)} rename to ${this.#qualified(formerName(name))}`, place];
    });
    const drops = former.map((name) => `drop table ${this.#qualified(formerName(name))}`);
    const statements = [...renames, ...drops];
    await this.#run(statements.join('; '), statements.length);
    this.#isCommitted = true;
    return [];
  }

  async close(): Promise<void> {
    const isUnfinished = this.#isOpen && !this.#isCommitted;
    this.#isOpen = false;
    await this.#client.close();
    if (!isUnfinished) return;
    // A cancelled client takes no statement more. What cannot be cleared up is cleared up by the next writing.
    const client = this.#reopen();
    for (const { name } of this.#tables)
      await client
        .run(`drop table if exists ${this.#qualified(stagingName(name))}`, allRows)
        .catch(() => undefined);
    await client.close();
  }
}

export const openSnowflakeTarget: OpenTarget = async (connection, context) => {
  if (connection?.definition.type !== 'snowflake') throw new Error('not a Snowflake connection');
  const { name, definition } = connection;
  try {
    const client = track(context.scratchDir, new SnowflakeClient(definition, context.signal));
    const { rows } = await client.run(snowflakeIntroduction, allRows);
    const schema = context.schema ?? definition.schema ?? 'PUBLIC';
    const reopen = () => new SnowflakeClient(definition, new AbortController().signal);
    const opened = { name, version: String(rows[0]?.[0]), client };
    return new SnowflakeTarget(opened, context, schema, reopen);
  } catch (error) {
    throw toEngineError(error, `connection ${name}`);
  }
};
