import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, toEngineError } from '../errors.ts';
import {
  fromMysqlText,
  fromMysqlType,
  mysqlExport,
  mysqlTypeName,
  notNullFlag,
  type MysqlField,
} from '../validation/mysqlTypes.ts';
import { bucketCount, RowHasher } from '../validation/strategies/rowHasher.ts';
import { rowsOf, sumsOf } from '../validation/strategies/sumsOf.ts';
import { ansiDialect, isReading, quoteIdentifier, selectOf, splitTableName } from './ansiDialect.ts';
import type {
  BucketSumsOf,
  ColumnInfo,
  Connection,
  ConnectionKind,
  Dialect,
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
import { loadCsv } from './csvStage.ts';
import { nearNames } from './duckdbLease.ts';
import { eachValue, valuePlace } from './mysqlCsv.ts';
import { MysqlSession } from './mysqlSession.ts';
import { bucketExpression, sumsSelect } from './mysqlSums.ts';

/** A table's name in its parts, each bare, "quoted" or `quoted`. */
export function mysqlTableParts(table: string): string[] {
  return splitTableName(
    table.replace(/`((?:[^`]|``)*)`/g, (_, name: string) => quoteIdentifier(name.replaceAll('``', '`'))),
  );
}

/** Our sessions have ANSI_QUOTES, so names are quoted as the standard has it; backticks in SQL of users mean the same. */
export const mysqlDialect: Dialect = {
  ...ansiDialect((table) => mysqlTableParts(table).map(quoteIdentifier).join('.')),
  // Collations of columns mostly ignore letter case and trailing blanks: as bytes of UTF-8 nothing is ignored.
  exactText: (expr) => `cast(convert(${expr} using utf8mb4) as binary)`,
};

/** Engines of tables that a consistent snapshot covers. */
const transactionalEngines: ReadonlySet<string> = new Set(['innodb', 'rocksdb', 'tokudb', 'ndbcluster']);

/** Files of the server, and comments that it runs as SQL. */
const writingSql = /\b(?:out|dump)file\b|\/\*M?!/i;

function assertReading(sql: string): void {
  if (isReading(sql) && !writingSql.test(sql)) return;
  throw new EngineError('permission', 'read_only', 'only a SELECT may stand here', {
    hint: 'SQL of pipelines may only read: no INTO OUTFILE, and no comments that run as SQL.',
  });
}

/** A read-only session in one transaction with a consistent snapshot: all of an operation's reads see the same moment. */
class MysqlConnection implements Connection {
  readonly type = 'mysql' as const;
  readonly dialect = mysqlDialect;
  readonly name: string;
  readonly #session: MysqlSession;
  readonly #context: OpenContext;
  readonly #moment: string;
  /** Tables read so far whose engine has no snapshots. */
  readonly #outside = new Set<string>();

  constructor(name: string, session: MysqlSession, context: OpenContext, moment: string) {
    this.name = name;
    this.#session = session;
    this.#context = context;
    this.#moment = moment;
  }

  get snapshot(): string {
    const outside = [...this.#outside];
    return outside.length === 0 ? this.#moment : `${this.#moment}; not part of it: ${outside.join(', ')}`;
  }

  async system() {
    const { version, isMariadb } = this.#session;
    return { system: isMariadb ? 'MariaDB' : 'MySQL', version };
  }

  async query(sql: string, options: QueryOptions): Promise<ResultSet> {
    assertReading(sql);
    return (await this.#session.query(sql, options.params)).result;
  }

  async describe(relation: Relation): Promise<ColumnInfo[]> {
    const select = `select * from (\n${selectOf(relation, this.dialect)}\n) as q limit 0`;
    assertReading(relation.query ?? 'select');
    assertReading(select);
    try {
      const { fields } = await this.#session.query(select);
      const isTable = relation.table !== undefined && (await this.#isTable(relation.table));
      return fields.map((field) => columnOf(field, isTable));
    } catch (error) {
      const known = toEngineError(error);
      if (known.code === 'no_such_table' && relation.table !== undefined)
        throw await this.#noSuchTable(relation.table, known);
      throw known;
    }
  }

  async #isTable(table: string): Promise<boolean> {
    const [name, schema] = mysqlTableParts(table).reverse();
    const { result } = await this.#session.query(
      `select table_type, engine from information_schema.tables
       where table_schema = coalesce(?, database()) and table_name = ?`,
      [schema ?? null, name ?? ''],
    );
    const [type, engine] = result.rows[0] ?? [];
    if (type !== 'BASE TABLE' && type !== 'SYSTEM VERSIONED') return false;
    if (engine !== null && engine !== undefined && !transactionalEngines.has(String(engine).toLowerCase()))
      this.#outside.add(`${table} (${String(engine)})`);
    return true;
  }

  async #noSuchTable(table: string, cause: EngineError): Promise<EngineError> {
    const {
      result: { rows },
    } = await this.#session.query(
      `select case when table_schema = database() then table_name else concat(table_schema, '.', table_name) end
       from information_schema.tables
       where table_schema not in ('information_schema', 'performance_schema', 'mysql', 'sys')`,
    );
    const names = rows.map(([name]) => String(name));
    // A view may be there while a table it reads is not: then the server's own words say more.
    if (names.includes(mysqlTableParts(table).join('.'))) return cause;
    const near = nearNames(table, names);
    return new EngineError('definition', 'no_such_table', `there is no table ${table}`, {
      hint: near.length > 0 ? `Nearest: ${near.join(', ')}` : 'The user sees no tables in this database.',
    });
  }

  async stage(request: StageRequest): Promise<number> {
    // Parsed by itself first: what is one statement in brackets here cannot break out of the brackets of the export.
    await this.describe(request.relation);
    mkdirSync(this.#context.scratchDir, { recursive: true, mode: 0o700 });
    const path = join(this.#context.scratchDir, `${randomUUID()}.csv`);
    const columns = request.columns.map(({ column }) =>
      mysqlExport(`s.${quoteIdentifier(column.name)}`, column.native_type, column.type),
    );
    const keys = request.only?.columns.map(digestExpression) ?? [];
    const where = request.condition === undefined ? '' : ` where (${request.condition})`;
    const from = `${this.dialect.from(request.relation, 's')}${where}`;
    const select = `select ${[...columns, ...keys].join(', ') || '1'} from ${from}`;
    const part = request.only && partOf(request.only, columns.length);
    const rows = await this.#session.exportRows(select, path, part);
    return loadCsv(this.#context, { path, rows }, request, (text, index) => {
      const staged = request.columns[index];
      if (!staged) throw new Error(`no column ${index}`);
      return fromMysqlText(text, staged.column.name, staged.column.type, staged);
    });
  }

  async digest(request: DigestRequest): Promise<Digest> {
    await this.describe(request.relation);
    const columns = request.columns.map(digestExpression);
    const select = `select ${columns.join(', ')} from ${this.dialect.from(request.relation, 's')}`;
    const hasher = new RowHasher(request.plan);
    const give = giveTo(hasher);
    let read = 0;
    await this.#session.eachRow(select, (bytes, start, end) => {
      eachValue(bytes, start, end, give);
      hasher.endRow();
      read += end - start;
      if (hasher.rowCount % rowsPerReport === 0) request.onRows?.(hasher.rowCount);
    });
    return { sums: hasher.sums, rows: hasher.rowCount, bytes: read, sql: select };
  }

  readonly bucketSums: BucketSumsOf = {
    sums: async (request, options) => {
      await this.describe(request.relation);
      const sql = sumsSelect(request, this.dialect.from(request.relation, 's'));
      const { rows } = await this.query(sql, options);
      if (rows.some(([, all, , hashed]) => all !== hashed))
        throw new EngineError('resource', 'row_too_long', 'a row is longer than max_allowed_packet', {
          hint: 'Compare with strategy: stream.',
        });
      const sums = sumsOf(rows, bucketCount(request.plan.bucketing));
      return { sums, rows: rowsOf(sums), sql };
    },
    condition: (request, buckets) =>
      Promise.resolve(`${bucketExpression(request)} in (${buckets.join(', ')})`),
  };

  close(): Promise<void> {
    return this.#session.close();
  }
}

const rowsPerReport = 50_000;

const giveTo =
  (hasher: RowHasher) =>
  (bytes: Buffer, start: number, end: number): void => {
    if (end < 0) hasher.nullValue();
    else hasher.value(bytes, start, end);
  };

/** The key stands behind the columns: rows in buckets that are kept end where it begins, of the others nothing is kept. */
function partOf(only: RowFilter, columns: number): (bytes: Buffer, start: number, end: number) => number {
  const hasher = new RowHasher(only.plan);
  const give = giveTo(hasher);
  return (bytes, start, end) => {
    const place = valuePlace(bytes, start, columns);
    eachValue(bytes, place, end, give);
    hasher.dropRow();
    return only.keep[hasher.bucket] === 1 ? place : -1;
  };
}

/** A column as the text that is hashed: what other systems write, too. */
function digestExpression({ column }: ReadColumn): string {
  const expr = mysqlExport(`s.${quoteIdentifier(column.name)}`, column.native_type, column.type);
  return column.type.kind === 'binary' ? `lower(${expr})` : expr;
}

function columnOf(field: MysqlField, isTable: boolean): ColumnInfo {
  const native = mysqlTypeName(field);
  return {
    name: field.name,
    native_type: native,
    type: fromMysqlType(native),
    nullable: isTable ? (field.flags & notNullFlag) === 0 : null,
  };
}

/** The moment of the snapshot, by the server's clock and, where it writes a binary log, by its position there. */
async function momentOf(session: MysqlSession): Promise<string> {
  const position = session.isMariadb ? '@@gtid_binlog_pos' : '@@global.gtid_executed';
  const { result } = await session.query(`select utc_timestamp(6), ${position}`);
  const [moment, gtid] = result.rows[0] ?? [];
  const place = gtid === null || gtid === '' || gtid === undefined ? '' : `, GTID ${String(gtid)}`;
  return `repeatable read, consistent snapshot of ${String(moment)} UTC${place}`;
}

export const mysqlKind: ConnectionKind = {
  type: 'mysql',
  async open(name, definition, context) {
    if (definition.type !== 'mysql') throw new Error(`not a MySQL connection: ${definition.type}`);
    const session = await MysqlSession.open(definition, context.signal, 'read');
    try {
      await session.execute('start transaction with consistent snapshot, read only');
      return new MysqlConnection(name, session, context, await momentOf(session));
    } catch (error) {
      await session.close();
      throw error;
    }
  },
};
