import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, toEngineError } from '../errors.ts';
import {
  fromSnowflakeText,
  fromSnowflakeType,
  snowflakeExport,
  snowflakeTypeName,
} from '../validation/snowflakeTypes.ts';
import { isReading, quoteIdentifier } from './ansiDialect.ts';
import type {
  ColumnInfo,
  Connection,
  ConnectionKind,
  Dialect,
  OpenContext,
  QueryOptions,
  Relation,
  ResultSet,
  StageRequest,
  SystemInfo,
  Value,
} from './connection.ts';
import { loadCsv } from './csvStage.ts';
import { nearNames } from './duckdbLease.ts';
import { RowCsv } from './rowCsv.ts';
import { SnowflakeClient, type SnowflakeResult } from './snowflakeClient.ts';
import { snowflakeDialect, snowflakeTableParts, snowflakeText } from './snowflakeDialect.ts';
import { snowflakeValue } from './snowflakeValues.ts';

/** What acts within a SELECT: functions of the system, sequences, and the operator that hands a result to another statement. */
const actingSql = /\bsystem\$|\.\s*nextval\b|->>/i;

function assertReading(sql: string): void {
  if (isReading(sql) && !actingSql.test(sql)) return;
  throw new EngineError('permission', 'read_only', 'only a SELECT may stand here', {
    hint: 'SQL of pipelines may only read: no SYSTEM$ functions, no NEXTVAL, no ->>.',
  });
}

/** The rows of a small result. */
export async function allRows({ fields, partitions }: SnowflakeResult): Promise<ResultSet> {
  const rows: Value[][] = [];
  for await (const partition of partitions)
    for (const row of partition)
      rows.push(fields.map((field, index) => snowflakeValue(row[index] ?? null, field)));
  return { columns: fields.map(({ name }) => name), rows };
}

/** The SELECT that reads columns of a relation, each as text that says all of its value. */
export function snowflakeExportSql(
  relation: Relation,
  columns: readonly ColumnInfo[],
  dialect: Pick<Dialect, 'from'>,
): string {
  const items = columns.map(({ name, native_type: native }) =>
    snowflakeExport(`s.${quoteIdentifier(name)}`, name, native),
  );
  return `select ${items.join(', ') || '1'} from ${dialect.from(relation, 's')}`;
}

/**
 * Statements by the SQL API, each a session of its own; tables are read as they were at the moment the connection was opened, where
 * Time Travel has it. No session of Snowflake can be read-only: one statement a request, and only a SELECT, is let through.
 */
class SnowflakeConnection implements Connection {
  readonly type = 'snowflake' as const;
  readonly dialect: Dialect;
  readonly name: string;
  readonly #client: SnowflakeClient;
  readonly #context: OpenContext;
  readonly #opened: OpenedSnowflake;
  /** Tables by their quoted names, once described: true if Time Travel has them. */
  readonly #travels = new Map<string, boolean>();
  #hasQueries = false;

  constructor(name: string, client: SnowflakeClient, context: OpenContext, opened: OpenedSnowflake) {
    this.name = name;
    this.#client = client;
    this.#context = context;
    this.#opened = opened;
    this.dialect = snowflakeDialect((table) => (this.#travels.get(keyOf(table)) === true ? this.#at : ''));
  }

  get #at(): string {
    return ` at(timestamp => ${snowflakeText(this.#opened.moment)}::timestamp_tz)`;
  }

  get snapshot(): string {
    const outside = [...this.#travels].flatMap(([table, travels]) => (travels ? [] : [table]));
    if (this.#hasQueries) outside.push('queries');
    const moment = `tables as of ${this.#opened.moment} (Time Travel)`;
    return outside.length === 0 ? moment : `${moment}; not part of it: ${outside.join(', ')}`;
  }

  system(): Promise<SystemInfo> {
    return Promise.resolve({ system: 'Snowflake', version: this.#opened.version });
  }

  async query(sql: string, { params }: QueryOptions): Promise<ResultSet> {
    if (params !== undefined && params.length > 0)
      throw new Error('statements of Snowflake take no parameters here');
    assertReading(sql);
    return this.#client.run(sql, allRows);
  }

  async describe(relation: Relation): Promise<ColumnInfo[]> {
    if (relation.query !== undefined) {
      assertReading(relation.query);
      this.#hasQueries = true;
    } else if (relation.table !== undefined) await this.#learn(relation.table);
    const select = `select * from ${this.dialect.from(relation, 'q')} limit 0`;
    assertReading(select);
    try {
      const fields = await this.#client.run(select, ({ fields: found }) => Promise.resolve(found));
      return fields.map((field) => {
        const native = snowflakeTypeName(field);
        return {
          name: field.name,
          native_type: native,
          type: fromSnowflakeType(native),
          nullable: relation.table === undefined ? null : (field.nullable ?? null),
        };
      });
    } catch (error) {
      const known = toEngineError(error);
      if (known.code === 'no_such_table' && relation.table !== undefined)
        throw await this.#noSuchTable(relation.table, known);
      throw known;
    }
  }

  /** Whether Time Travel has a table: views, and tables without retention or younger than the moment, it has not. */
  async #learn(table: string): Promise<void> {
    const key = keyOf(table);
    if (this.#travels.has(key)) return;
    const [name = '', schema, database] = snowflakeTableParts(table).reverse();
    const catalog = database === undefined ? '' : `${quoteIdentifier(database)}.`;
    const inSchema = schema === undefined ? 'current_schema()' : snowflakeText(schema);
    const { rows } = await this.#client.run(
      `select table_type = 'BASE TABLE' and retention_time > 0 and created < ${snowflakeText(this.#opened.moment)}::timestamp_tz ` +
        `from ${catalog}information_schema.tables where table_schema = ${inSchema} and table_name = ${snowflakeText(name)}`,
      allRows,
    );
    const [found] = rows;
    if (found !== undefined) this.#travels.set(key, found[0] === true);
  }

  async #noSuchTable(table: string, cause: EngineError): Promise<EngineError> {
    const { rows } = await this.#client.run(
      `select iff(table_schema = current_schema(), table_name, table_schema || '.' || table_name) from information_schema.tables where table_schema <> 'INFORMATION_SCHEMA'`,
      allRows,
    );
    const names = rows.map(([name]) => String(name));
    if (names.includes(snowflakeTableParts(table).join('.'))) return cause;
    const near = nearNames(table.toUpperCase(), names);
    return new EngineError('definition', 'no_such_table', `there is no table ${table}`, {
      hint: near.length > 0 ? `Nearest: ${near.join(', ')}` : 'The role sees no tables in this database.',
    });
  }

  async stage(request: StageRequest): Promise<number> {
    // By itself first: what is one SELECT in brackets here cannot break out of the brackets of the export.
    await this.describe(request.relation);
    mkdirSync(this.#context.scratchDir, { recursive: true, mode: 0o700 });
    const path = join(this.#context.scratchDir, `${randomUUID()}.csv`);
    const columns = request.columns.map(({ column }) => column);
    const select = snowflakeExportSql(request.relation, columns, this.dialect);
    const rows = await this.#client.run(select, ({ partitions }) => writeRows(path, partitions));
    return loadCsv(this.#context, { path, rows }, request, (text, index) => {
      const staged = request.columns[index];
      if (!staged) throw new Error(`no column ${index}`);
      return fromSnowflakeText(text, staged.column.name, staged.column.type, staged);
    });
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

async function writeRows(path: string, partitions: SnowflakeResult['partitions']): Promise<number> {
  const file = new RowCsv(path);
  try {
    for await (const partition of partitions)
      for (const row of partition) if (!file.write(row)) await file.drained();
  } finally {
    await file.end();
  }
  return file.rows;
}

const keyOf = (table: string): string => snowflakeTableParts(table).map(quoteIdentifier).join('.');

interface OpenedSnowflake {
  readonly version: string;
  readonly moment: string;
}

/** Who answers, and the moment by its clock. Needs no warehouse. */
export const snowflakeIntroduction =
  "select current_version(), to_char(convert_timezone('UTC', current_timestamp()), 'YYYY-MM-DD HH24:MI:SS.FF9 TZHTZM')";

export const snowflakeKind: ConnectionKind = {
  type: 'snowflake',
  async open(name, definition, context) {
    if (definition.type !== 'snowflake') throw new Error(`not a Snowflake connection: ${definition.type}`);
    const client = new SnowflakeClient(definition, context.signal);
    const { rows } = await client.run(snowflakeIntroduction, allRows);
    const [version, moment] = rows[0] ?? [];
    return new SnowflakeConnection(name, client, context, {
      version: String(version),
      moment: String(moment),
    });
  },
};
