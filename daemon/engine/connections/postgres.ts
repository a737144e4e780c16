import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { ConnectionDefinition } from '../../protocol/files/connections.ts';
import { EngineError, throwIfAborted, toEngineError } from '../errors.ts';
import { fromPostgresText, toExactType } from '../validation/canonical.ts';
import { bucketCount, RowHasher } from '../validation/strategies/rowHasher.ts';
import { rowsOf, sumsOf } from '../validation/strategies/sumsOf.ts';
import { fromPostgresType, type CanonicalType } from '../validation/types.ts';
import { ansiDialect, isReading, quoteIdentifier, quoteText, selectOf } from './ansiDialect.ts';
import type {
  BucketSumsOf,
  ColumnInfo,
  Connection,
  ConnectionKind,
  Digest,
  DigestRequest,
  OpenContext,
  QueryOptions,
  ReadColumn,
  Relation,
  ResultSet,
  RowFilter,
  StageRequest,
} from './connection.ts';
import { CopyTextReader, csvLine } from './copyText.ts';
import { csvNull, loadCsv } from './csvStage.ts';
import type { SessionContext } from './duckdbInstance.ts';
import { nearNames } from './duckdbLease.ts';
import { bucketExpression, sumsSelect } from './postgresSums.ts';
import { PostgresSession, type PostgresField } from './postgresSession.ts';
import { track } from './resources.ts';

const querySavepoint = 'ombudsman_query';

const savepointStatement = /^\s*(savepoint|release\s+savepoint|rollback\s+to\s+savepoint)\s+[a-z_]+\s*$/i;

/** A read-only session in one repeatable-read transaction: all of an operation's reads see the same moment. */
class PostgresConnection implements Connection {
  readonly type = 'postgres' as const;
  readonly name: string;
  readonly dialect = ansiDialect();
  readonly snapshot: string;
  readonly #session: PostgresSession;
  readonly #context: OpenContext;
  readonly #version: string;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    name: string,
    session: PostgresSession,
    context: OpenContext,
    version: string,
    snapshot: string,
  ) {
    this.name = name;
    this.#session = session;
    this.#context = context;
    this.#version = version;
    this.snapshot = snapshot;
  }

  async system() {
    return { system: 'PostgreSQL', version: this.#version };
  }

  async query(sql: string, options: QueryOptions): Promise<ResultSet> {
    if (savepointStatement.test(sql)) return (await this.#session.query(sql)).result;
    if (!isReading(sql))
      throw new EngineError('permission', 'read_only', 'only a SELECT may stand here', {
        hint: 'SQL of pipelines may only read.',
      });
    return this.#guarded(async () => (await this.#session.query(sql, options.params)).result);
  }

  /**
   * A statement that fails would spoil the transaction and with it the snapshot: each has a savepoint to go back to, and the
   * three statements of one caller are not mixed with those of another.
   */
  #guarded<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(() => this.#withSavepoint(work));
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #withSavepoint<T>(work: () => Promise<T>): Promise<T> {
    await this.#session.execute(`savepoint ${querySavepoint}`);
    try {
      const result = await work();
      await this.#session.execute(`release savepoint ${querySavepoint}`);
      return result;
    } catch (error) {
      if (!this.#context.signal.aborted)
        // If going back fails too, the connection is lost, and the first error says more about it.
        await this.#session.execute(`rollback to savepoint ${querySavepoint}`).catch(() => undefined);
      throw error;
    }
  }

  async describe(relation: Relation): Promise<ColumnInfo[]> {
    const select = `select * from (\n${selectOf(relation, this.dialect)}\n) as q limit 0`;
    try {
      const { fields } = await this.#guarded(() => this.#session.query(select));
      return await this.#columns(fields, relation);
    } catch (error) {
      const known = toEngineError(error);
      if (known.code === 'no_such_table' && relation.table !== undefined)
        throw await this.#noSuchTable(relation.table);
      throw known;
    }
  }

  async #columns(fields: readonly PostgresField[], relation: Relation): Promise<ColumnInfo[]> {
    const table = relation.table === undefined ? null : this.dialect.quoteTable(relation.table);
    const {
      result: { rows },
    } = await this.#guarded(() =>
      this.#session.query(
        `select t.typname, t.typtype, format_type(t.oid, nullif(f.modifier, -1)), c.relkind, a.attnotnull
         from json_to_recordset($1::json) as f(number int, type_oid oid, modifier int, name text)
         join pg_type t on t.oid = f.type_oid
         left join pg_class c on c.oid = to_regclass($2)
         left join pg_attribute a on a.attrelid = c.oid and a.attname = f.name and a.attnum > 0
         order by f.number`,
        [JSON.stringify(fields.map((field, number) => ({ ...field, number }))), table],
      ),
    );
    return fields.map((field, index) => {
      const [typname, typtype, native, relationKind, isNotNull] = rows[index] ?? [];
      const isTable = relationKind === 'r' || relationKind === 'p' || relationKind === 'f';
      return {
        name: field.name,
        native_type: String(native),
        type: fromPostgresType(String(typname), field.modifier, String(typtype), String(native)),
        nullable: isTable && typeof isNotNull === 'boolean' ? !isNotNull : null,
      };
    });
  }

  async #noSuchTable(table: string): Promise<EngineError> {
    const {
      result: { rows },
    } = await this.#guarded(() =>
      this.#session.query(
        `select case when pg_table_is_visible(c.oid) then c.relname else n.nspname || '.' || c.relname end
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
      ),
    );
    const near = nearNames(
      table,
      rows.map(([name]) => String(name)),
    );
    return new EngineError('definition', 'no_such_table', `there is no table ${table}`, {
      hint: near.length > 0 ? `Nearest: ${near.join(', ')}` : 'The user sees no tables in this database.',
    });
  }

  async stage(request: StageRequest): Promise<number> {
    // Parsed by itself first: what is one statement in brackets here cannot break out of the brackets of COPY.
    await this.describe(request.relation);
    mkdirSync(this.#context.scratchDir, { recursive: true, mode: 0o700 });
    const path = join(this.#context.scratchDir, `${randomUUID()}.csv`);
    const columns = request.columns.map(({ column }) =>
      exportExpression(`s.${quoteIdentifier(column.name)}`, column),
    );
    const rows =
      request.only === undefined
        ? await this.#exportAll(request, columns, path)
        : await this.#exportSome(request, request.only, columns, path);
    return loadCsv(this.#context, { path, rows }, request, (text, index) => {
      const staged = request.columns[index];
      if (!staged) throw new Error(`no column ${index}`);
      return importExpression(text, staged);
    });
  }

  #from({ relation, condition }: StageRequest): string {
    const from = this.dialect.from(relation, 's');
    return condition === undefined ? from : `${from} where (${condition})`;
  }

  #exportAll(request: StageRequest, columns: readonly string[], path: string): Promise<number> {
    const select = `select ${columns.join(', ')} from ${this.#from(request)}`;
    const options = `format csv, null ${quoteText(csvNull)}, force_quote *, encoding 'UTF8'`;
    return this.#guarded(() => this.#session.copyToFile(`copy (\n${select}\n) to stdout (${options})`, path));
  }

  /** All rows are read, and those whose key falls into a bucket that is kept go into the file. */
  async #exportSome(
    request: StageRequest,
    only: RowFilter,
    columns: readonly string[],
    path: string,
  ): Promise<number> {
    const keys = only.columns.map(digestExpression);
    const select = `select ${[...columns, ...keys].join(', ')} from ${this.#from(request)}`;
    const hasher = new RowHasher(only.plan);
    const file = openSync(path, 'w', 0o600);
    let rows = 0;
    const reader = new CopyTextReader(columns.length + keys.length, (bytes, starts, ends) => {
      for (let index = columns.length; index < starts.length; index += 1)
        giveValue(hasher, bytes, starts[index] as number, ends[index] as number);
      hasher.dropRow();
      if (only.keep[hasher.bucket] !== 1) return;
      writeSync(file, csvLine(bytes, starts, ends, columns.length));
      rows += 1;
    });
    try {
      await this.#guarded(() => this.#session.copyToReader(copyText(select), reader));
    } finally {
      closeSync(file);
    }
    return rows;
  }

  async digest(request: DigestRequest): Promise<Digest> {
    await this.describe(request.relation);
    const columns = request.columns.map(digestExpression);
    const select = `select ${columns.join(', ')} from ${this.dialect.from(request.relation, 's')}`;
    const hasher = new RowHasher(request.plan);
    const reader = new CopyTextReader(columns.length, (bytes, starts, ends) => {
      for (let index = 0; index < starts.length; index += 1)
        giveValue(hasher, bytes, starts[index] as number, ends[index] as number);
      hasher.endRow();
    });
    const rows = await this.#guarded(() =>
      this.#session.copyToReader(copyText(select), reader, request.onRows),
    );
    if (rows !== hasher.rowCount)
      throw new EngineError('internal', 'rows_lost', `${rows} rows were sent and ${hasher.rowCount} hashed`);
    return { sums: hasher.sums, rows, bytes: reader.bytes, sql: select };
  }

  readonly bucketSums: BucketSumsOf = {
    sums: async (request, options) => {
      await this.describe(request.relation);
      const sql = sumsSelect(request, this.dialect.from(request.relation, 's'));
      const sums = sumsOf((await this.query(sql, options)).rows, bucketCount(request.plan.bucketing));
      return { sums, rows: rowsOf(sums), sql };
    },
    condition: (request, buckets) =>
      Promise.resolve(`${bucketExpression(request)} in (${buckets.join(', ')})`),
  };

  close(): Promise<void> {
    return this.#session.close();
  }
}

const copyText = (select: string): string => `copy (\n${select}\n) to stdout (format text, encoding 'UTF8')`;

function giveValue(hasher: RowHasher, bytes: Buffer, start: number, end: number): void {
  if (end < 0) hasher.nullValue();
  else hasher.value(bytes, start, end);
}

/** A column as the text that is hashed: what other systems write, too. */
function digestExpression({ column }: ReadColumn): string {
  const expr = `s.${quoteIdentifier(column.name)}`;
  if (column.type.kind === 'boolean') return `${expr}::int`;
  if (column.type.kind === 'binary') return `encode(${expr}, 'hex')`;
  return exportExpression(expr, column);
}

/** What PostgreSQL itself must write otherwise than its plain text; everything else is cheaper to turn in DuckDB. */
function exportExpression(expr: string, column: ColumnInfo): string {
  if (column.native_type === 'money') return `${expr}::numeric`;
  // The cast takes away the blanks that pad CHAR(n).
  if (column.type.kind === 'text' && column.type.padded) return `${expr}::text`;
  if (column.type.kind !== 'interval') return expr;
  return (
    `(extract(year from ${expr}) * 12 + extract(month from ${expr}))::bigint || ' months ' || ` +
    `extract(day from ${expr})::bigint || ' days ' || ((extract(hour from ${expr}) * 60 + extract(minute from ${expr}))` +
    `::bigint * 60000000 + extract(microseconds from ${expr})::bigint) || ' microseconds'`
  );
}

const unboundedDecimal: CanonicalType = { kind: 'decimal', precision: null, scale: null };

/** The exported text as the type asked for. NaN and infinities of a numeric have no DECIMAL: text keeps them, else an error says so. */
function importExpression(text: string, staged: StageRequest['columns'][number]): string {
  const { type, name } = staged.column;
  if (type.kind !== 'decimal') return toExactType(fromPostgresText(text, type), type, staged);
  if (staged.duckdb_type === 'VARCHAR') return toExactType(text, unboundedDecimal, staged);
  const message = quoteText(`column ${name}: `);
  return (
    `case when ${text} in ('NaN', 'Infinity', '-Infinity') then error(${message} || ${text} || ' is no decimal') ` +
    `else ${toExactType(fromPostgresText(text, type), type, staged)} end`
  );
}

export const postgresKind: ConnectionKind = {
  type: 'postgres',
  async open(name, definition, context) {
    if (definition.type !== 'postgres') throw new Error(`not a PostgreSQL connection: ${definition.type}`);
    const session = await PostgresSession.open(definition, context.signal, true);
    try {
      await session.execute('begin isolation level repeatable read read only');
      const {
        result: { rows },
      } = await session.query(
        `select current_setting('server_version'), txid_current_snapshot()::text, pg_is_in_recovery()`,
      );
      const [version, snapshot] = rows[0] ?? [];
      return new PostgresConnection(
        name,
        session,
        context,
        String(version),
        `repeatable read, snapshot ${String(snapshot)}`,
      );
    } catch (error) {
      await session.close();
      throw error;
    }
  },
};

/** A read-write session of a server, for generation: autocommit unless `execute('begin')` says otherwise. */
export interface PostgresWriter {
  readonly name: string;
  readonly version: string;
  execute(sql: string): Promise<void>;
  query(sql: string): Promise<ResultSet>;
  /**
   * COPY FROM STDIN of CSV text: comma, no header, NULL is an empty field, the empty text is "" (as DuckDB's COPY TO writes it).
   * `table` is quoted already. Returns the rows stored.
   */
  copyIn(table: string, columns: readonly string[], csv: Readable): Promise<number>;
  close(): Promise<void>;
}

/** Opens a writing session; ended on the server when the signal aborts, closed at the latest when the attempt ends. */
export async function openPostgresWriter(
  name: string,
  definition: ConnectionDefinition,
  context: SessionContext,
): Promise<PostgresWriter> {
  throwIfAborted(context.signal);
  if (definition.type !== 'postgres') throw new Error(`not a PostgreSQL connection: ${definition.type}`);
  try {
    const session = await PostgresSession.open(definition, context.signal, false);
    const {
      result: { rows },
    } = await session.query(`select current_setting('server_version')`);
    return track(context.scratchDir, {
      name,
      version: String(rows[0]?.[0]),
      execute: (sql: string) => session.execute(sql),
      query: async (sql: string) => (await session.query(sql)).result,
      copyIn: (table: string, columns: readonly string[], csv: Readable) =>
        session.copyFrom(
          `copy ${table} (${columns.map(quoteIdentifier).join(', ')}) from stdin (format csv)`,
          csv,
        ),
      close: () => session.close(),
    });
  } catch (error) {
    throw toEngineError(error, `connection ${name}`);
  }
}
