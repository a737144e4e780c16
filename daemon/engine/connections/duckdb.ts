import { version as duckdbVersion, type DuckDBConnection } from '@duckdb/node-api';
import { EngineError, toEngineError } from '../errors.ts';
import { duckdbType, fromDuckdbValue, toExactType } from '../validation/canonical.ts';
import { openFilter } from '../validation/strategies/framedRows.ts';
import { fromDuckdbType } from '../validation/types.ts';
import { ansiDialect, quoteIdentifier, quoteText, selectOf, splitTableName } from './ansiDialect.ts';
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
  StageRequest,
} from './connection.ts';
import { digestFrom, inBuckets, keptCondition, sumsFrom } from './duckdbDigest.ts';
import { attachForRead, nearNames } from './duckdbLease.ts';
import { duckdbSession, workspaceTable } from './duckdbInstance.ts';
import { assertOneSelect } from './duckdbSession.ts';
import { queryDuckdb } from './duckdbValues.ts';

/** Columns of a SELECT, from DuckDB's binder. */
export async function describeSelect(connection: DuckDBConnection, select: string): Promise<ColumnInfo[]> {
  const { rows } = await queryDuckdb(connection, `describe ${select}`);
  return rows.map(([name, native]) => ({
    name: String(name),
    native_type: String(native),
    type: fromDuckdbType(String(native)),
    nullable: null,
  }));
}

/** Copies a SELECT of the shared instance into a workspace table; `expression` gives each column as duckdbType(type). */
export async function stageSelect(
  connection: DuckDBConnection,
  request: StageRequest,
  from: string,
  expression: (column: ReadColumn) => string,
): Promise<number> {
  const columns = request.columns.map((column) => `${expression(column)} as ${quoteIdentifier(column.as)}`);
  const into = workspaceTable(request.workspace, request.into);
  const { only, condition } = request;
  const filter = only && openFilter(only.plan, only.keep);
  try {
    const kept = filter === undefined ? [] : [keptCondition(only?.columns ?? [], filter.id, expression)];
    const conditions = [...(condition === undefined ? [] : [condition]), ...kept];
    const where = conditions.length === 0 ? '' : ` where (${conditions.join(') and (')})`;
    const sql = `create table ${into} as select ${columns.join(', ')} from ${from}${where}`;
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1)
      throw new EngineError('definition', 'several_statements', 'expected one SELECT');
    const { rows } = await queryDuckdb(connection, sql);
    const count = Number(rows[0]?.[0]);
    request.onRows?.(count);
    return count;
  } finally {
    filter?.close();
  }
}

/** The nearest existing tables, for an error about a missing one. */
async function noSuchTable(
  connection: DuckDBConnection,
  catalog: string,
  table: string,
): Promise<EngineError> {
  const { rows } = await queryDuckdb(
    connection,
    `select schema_name || '.' || table_name from duckdb_tables() where database_name = ${quoteText(catalog)}
     union all select schema_name || '.' || view_name from duckdb_views()
     where database_name = ${quoteText(catalog)} and not internal`,
  );
  const names = rows.map(([name]) => String(name).replace(/^main\./, ''));
  const near = nearNames(table, names);
  return new EngineError('definition', 'no_such_table', `there is no table ${table}`, {
    hint: near.length > 0 ? `Nearest: ${near.join(', ')}` : 'The database has no tables yet.',
  });
}

/** Whether columns of a base table may be NULL; unknown for views. */
async function nullability(
  connection: DuckDBConnection,
  catalog: string,
  table: string,
): Promise<Map<string, boolean>> {
  const parts = splitTableName(table);
  const name = parts.at(-1) ?? table;
  const schema = parts.at(-2) ?? 'main';
  const { rows } = await queryDuckdb(
    connection,
    `select c.column_name, c.is_nullable from duckdb_columns() c join duckdb_tables() t using (table_oid, database_name)
     where c.database_name = ${quoteText(catalog)} and lower(c.schema_name) = lower(${quoteText(schema)})
       and lower(c.table_name) = lower(${quoteText(name)})`,
  );
  return new Map(rows.map(([column, isNullable]) => [String(column), isNullable === true]));
}

class DuckdbFileConnection implements Connection {
  readonly type = 'duckdb' as const;
  readonly snapshot = 'file attached read-only: nobody writes while it is read';
  readonly name: string;
  readonly dialect: Dialect = ansiDialect();
  readonly #connection: DuckDBConnection;
  readonly #catalog: string;
  readonly #close: () => Promise<void>;

  constructor(name: string, connection: DuckDBConnection, catalog: string, close: () => Promise<void>) {
    this.name = name;
    this.#connection = connection;
    this.#catalog = catalog;
    this.#close = close;
  }

  async system() {
    return { system: 'DuckDB', version: duckdbVersion().replace(/^v/, '') };
  }

  async query(sql: string, options: { readonly params?: Parameters<typeof queryDuckdb>[2] }) {
    await assertOneSelect(this.#connection, sql);
    return queryDuckdb(this.#connection, sql, options.params);
  }

  async describe(relation: Relation): Promise<ColumnInfo[]> {
    const select = selectOf(relation, this.dialect);
    try {
      await assertOneSelect(this.#connection, select);
    } catch (error) {
      const known = toEngineError(error);
      if (relation.table !== undefined && known.code === 'no_such_table')
        throw await noSuchTable(this.#connection, this.#catalog, relation.table);
      throw known;
    }
    const columns = await describeSelect(this.#connection, select);
    if (relation.table === undefined) return columns;
    const nullable = await nullability(this.#connection, this.#catalog, relation.table);
    return columns.map((column) => ({ ...column, nullable: nullable.get(column.name) ?? null }));
  }

  async stage(request: StageRequest): Promise<number> {
    await this.describe(request.relation);
    const from = this.dialect.from(request.relation, 's');
    return stageSelect(this.#connection, request, from, stagedExpression);
  }

  async digest(request: DigestRequest, { signal }: QueryOptions): Promise<Digest> {
    await this.describe(request.relation);
    const from = this.dialect.from(request.relation, 's');
    return digestFrom(this.#connection, from, request, stagedExpression, signal);
  }

  readonly bucketSums: BucketSumsOf = {
    sums: async (request) => {
      await this.describe(request.relation);
      return sumsFrom(this.#connection, this.dialect.from(request.relation, 's'), request, stagedExpression);
    },
    condition: (request, buckets) => Promise.resolve(inBuckets(request, buckets, stagedExpression)),
  };

  close(): Promise<void> {
    return this.#close();
  }
}

/** A column of DuckDB's own in the type asked for. */
export function stagedExpression(staged: ReadColumn): string {
  const { type, name } = staged.column;
  return toExactType(fromDuckdbValue(`s.${quoteIdentifier(name)}`, type), type, staged);
}

/** The DuckDB type a column has by itself, for callers that stage one side alone. */
export function ownType(column: ColumnInfo): string {
  return duckdbType(column.type);
}

export const duckdbKind: ConnectionKind = {
  type: 'duckdb',
  async open(name, definition, context: OpenContext) {
    if (definition.type !== 'duckdb') throw new Error(`not a DuckDB connection: ${definition.type}`);
    const lease = await attachForRead(definition.path, context);
    const session = await duckdbSession(context);
    const close = async () => {
      await session.close();
      await lease.close();
    };
    try {
      await session.connection.run(`use ${quoteIdentifier(lease.catalog)}`);
    } catch (error) {
      await close();
      throw error;
    }
    return new DuckdbFileConnection(name, session.connection, lease.catalog, close);
  },
};
