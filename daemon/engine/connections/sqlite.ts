import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, toEngineError } from '../errors.ts';
import { castText } from '../validation/canonical.ts';
import { fromSqliteType } from '../validation/types.ts';
import { ansiDialect, isReading, quoteIdentifier, selectOf, splitTableName } from './ansiDialect.ts';
import type {
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
  StageRequest,
} from './connection.ts';
import { loadCsv } from './csvStage.ts';
import type { SessionContext } from './duckdbInstance.ts';
import { missingFile, nearNames } from './duckdbLease.ts';
import { track } from './resources.ts';
import type { ExportColumn, SqliteColumn, SqliteInput } from './sqliteProtocol.ts';
import { SqliteSession } from './sqliteSession.ts';

interface TableFacts {
  readonly isTable: boolean;
  readonly isStrict: boolean;
  readonly hasRowid: boolean;
  /** Column name in lower case: whether it is NOT NULL. */
  readonly notNull: ReadonlyMap<string, boolean>;
}

/** A read-only session in one read transaction: all reads see the same moment. */
class SqliteConnection implements Connection {
  readonly type = 'sqlite' as const;
  readonly snapshot = 'one read transaction';
  readonly dialect = ansiDialect();
  readonly name: string;
  readonly #session: SqliteSession;
  readonly #context: OpenContext;
  readonly #version: string;

  constructor(name: string, session: SqliteSession, context: OpenContext, version: string) {
    this.name = name;
    this.#session = session;
    this.#context = context;
    this.#version = version;
  }

  async system() {
    return { system: 'SQLite', version: this.#version };
  }

  async query(sql: string, options: QueryOptions): Promise<ResultSet> {
    if (!isReading(sql))
      throw new EngineError('permission', 'read_only', 'only a SELECT may stand here', {
        hint: 'SQL of pipelines may only read.',
      });
    return this.#query(sql, options.params);
  }

  async #query(sql: string, params: QueryOptions['params'] = []): Promise<ResultSet> {
    return (await this.#session.request({ type: 'query', sql, params })) as ResultSet;
  }

  async describe(relation: Relation): Promise<ColumnInfo[]> {
    const sql = selectOf(relation, this.dialect);
    if (!isReading(sql)) throw new EngineError('permission', 'read_only', 'only a SELECT may stand here');
    let columns: SqliteColumn[];
    try {
      columns = (await this.#session.request({ type: 'describe', sql })) as SqliteColumn[];
    } catch (error) {
      const known = toEngineError(error);
      if (known.code === 'no_such_table' && relation.table !== undefined)
        throw await this.#noSuchTable(relation.table);
      throw known;
    }
    const facts = relation.table === undefined ? null : await this.#facts(relation.table);
    return columns.map(({ name, type }) => ({
      name,
      native_type: type ?? '',
      type: fromSqliteType(type ?? '', facts?.isStrict ?? false),
      nullable: facts?.isTable ? !(facts.notNull.get(name.toLowerCase()) ?? false) : null,
    }));
  }

  async #facts(table: string): Promise<TableFacts> {
    const name = splitTableName(table).at(-1) ?? table;
    const list = await this.#query(
      'select type, wr, strict from pragma_table_list where lower(name) = lower(?) order by schema <> ? limit 1',
      [name, 'main'],
    );
    const columns = await this.#query('select name, "notnull", pk, type from pragma_table_xinfo(?)', [name]);
    const [type, withoutRowid, strict] = list.rows[0] ?? [];
    const isTable = type === 'table';
    const names = columns.rows.map(([column]) => String(column).toLowerCase());
    const keys = columns.rows.filter(([, , pk]) => pk !== '0');
    // Only INTEGER PRIMARY KEY and WITHOUT ROWID keys exclude NULL; by an old mistake of SQLite other primary keys do not.
    const isRowidAlias = keys.length === 1 && String(keys[0]?.[3]).toUpperCase() === 'INTEGER';
    const notNull = new Map(
      columns.rows.map(([column, flag, pk]) => [
        String(column).toLowerCase(),
        flag === '1' || (pk !== '0' && (isRowidAlias || withoutRowid === '1')),
      ]),
    );
    return {
      isTable,
      isStrict: strict === '1',
      hasRowid: isTable && withoutRowid === '0' && !names.includes('rowid'),
      notNull,
    };
  }

  async #noSuchTable(table: string): Promise<EngineError> {
    const { rows } = await this.#query(`select name from sqlite_schema where type in ('table', 'view')`);
    const near = nearNames(
      table,
      rows.map(([name]) => String(name)),
    );
    return new EngineError('definition', 'no_such_table', `there is no table ${table}`, {
      hint: near.length > 0 ? `Nearest: ${near.join(', ')}` : 'The database has no tables yet.',
    });
  }

  async stage(request: StageRequest): Promise<number> {
    const { only, relation, condition } = request;
    mkdirSync(this.#context.scratchDir, { recursive: true, mode: 0o700 });
    const path = join(this.#context.scratchDir, `${randomUUID()}.csv`);
    const sql = await this.#selectRows(relation, [...request.columns, ...(only?.columns ?? [])], condition);
    const rows = (await this.#session.request(
      {
        type: 'export',
        sql,
        path,
        columns: request.columns.map(exported),
        ...(only && { only: { ...only, columns: only.columns.map(exported) } }),
      },
      request.onRows,
    )) as number;
    return loadCsv(this.#context, { path, rows }, request, (text, index) => {
      const asked = request.columns[index]?.duckdb_type ?? 'VARCHAR';
      if (asked === 'VARCHAR') return text;
      return asked === 'BLOB' ? `unhex(${text})` : castText(text, asked);
    });
  }

  /** The columns as c0, c1 … and the rowid or null, which errors name. */
  async #selectRows(relation: Relation, read: readonly ReadColumn[], condition?: string): Promise<string> {
    await this.describe(relation);
    const hasRowid = relation.table !== undefined && (await this.#facts(relation.table)).hasRowid;
    const columns = read.map(({ column }, index) => `s.${quoteIdentifier(column.name)} as c${index}`);
    const from = hasRowid
      ? `${this.dialect.quoteTable(relation.table ?? '')} as s`
      : this.dialect.from(relation, 's');
    // The table itself as `s`, so that its rowid can be named; a filter goes behind it.
    const filters = [...(hasRowid ? [relation.where] : []), condition].filter((each) => each !== undefined);
    const where = filters.length === 0 ? '' : ` where (\n${filters.join('\n) and (\n')}\n)`;
    const rowid = hasRowid ? 's.rowid' : 'null';
    return `select ${[...columns, `${rowid} as ombudsman_rowid`].join(', ')} from ${from}${where}`;
  }

  async digest({ relation, columns, plan, onRows }: DigestRequest): Promise<Digest> {
    const sql = await this.#selectRows(relation, columns);
    const answer = await this.#session.request(
      { type: 'digest', sql, columns: columns.map(exported), plan },
      onRows,
    );
    return { ...(answer as Omit<Digest, 'sql'>), sql };
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

function exported({ column, duckdb_type, text_of }: ReadColumn): ExportColumn {
  return {
    name: column.name,
    kind: column.type.kind,
    duckdb_type,
    text_of: text_of ?? (column.type.kind === 'decimal' && !column.type.loose ? 'decimal' : text_of),
  };
}

/**
 * A writer that was killed leaves a journal, and only a session that may write can roll back by it; SQLite does so at its first
 * read. The journal of a writer at work is left alone by SQLite's own locks. Where the file may not be written, the reading
 * session says what is wrong.
 */
async function rollBackUnfinished(path: string, signal: AbortSignal): Promise<void> {
  if (!existsSync(`${path}-journal`)) return;
  const session = new SqliteSession(path, signal, false);
  try {
    await session.request({ type: 'query', sql: 'select count(*) from sqlite_schema', params: [] });
  } catch (error) {
    if (toEngineError(error).kind !== 'permission') throw error;
  } finally {
    await session.close();
  }
}

export const sqliteKind: ConnectionKind = {
  type: 'sqlite',
  async open(name, definition, context) {
    if (definition.type !== 'sqlite') throw new Error(`not a SQLite connection: ${definition.type}`);
    if (!existsSync(definition.path)) throw missingFile(definition.path);
    await rollBackUnfinished(definition.path, context.signal);
    const session = new SqliteSession(definition.path, context.signal, true);
    try {
      // A transaction takes its snapshot with its first read.
      await session.request({
        type: 'execute',
        sql: 'pragma query_only = on; begin; select count(*) from sqlite_schema',
      });
      const result = (await session.request({
        type: 'query',
        sql: 'select sqlite_version()',
        params: [],
      })) as ResultSet;
      return new SqliteConnection(name, session, context, String(result.rows[0]?.[0]));
    } catch (error) {
      await session.close();
      throw error;
    }
  },
};

/** A writing session of a SQLite file, for generation; made if the file does not exist. */
export interface SqliteWriter {
  readonly version: string;
  /** Own SQL, several statements allowed. */
  execute(sql: string): Promise<void>;
  query(sql: string): Promise<ResultSet>;
  /** Inserts rows with one prepared statement. Wrap many calls in `execute('begin')` … `execute('commit')`. */
  insert(
    table: string,
    columns: readonly string[],
    rows: readonly (readonly SqliteInput[])[],
  ): Promise<number>;
  close(): Promise<void>;
}

/** Opens a writing session; closed (an open transaction rolled back) at the latest when the attempt ends. */
export async function openSqliteWriter(path: string, context: SessionContext): Promise<SqliteWriter> {
  const session = track(context.scratchDir, new SqliteSession(path, context.signal, false));
  const query = async (sql: string) =>
    (await session.request({ type: 'query', sql, params: [] })) as ResultSet;
  try {
    const version = String((await query('select sqlite_version()')).rows[0]?.[0]);
    return {
      version,
      query,
      execute: async (sql) => void (await session.request({ type: 'execute', sql })),
      insert: async (table, columns, rows) => {
        const names = columns.map(quoteIdentifier).join(', ');
        const sql = `insert into ${quoteIdentifier(table)} (${names}) values (${columns.map(() => '?').join(', ')})`;
        return (await session.request({ type: 'insert', sql, rows })) as number;
      },
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw toEngineError(error, path);
  }
}
