import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, toEngineError } from '../errors.ts';
import { fromSqlserverText, fromSqlserverType, sqlserverExport } from '../validation/sqlserverTypes.ts';
import { selectOf } from './ansiDialect.ts';
import type {
  ColumnInfo,
  Connection,
  ConnectionKind,
  OpenContext,
  QueryOptions,
  Relation,
  ResultSet,
  StageRequest,
  SystemInfo,
} from './connection.ts';
import { loadCsv } from './csvStage.ts';
import { nearNames } from './duckdbLease.ts';
import { sqlserverProblem } from './sqlserverErrors.ts';
import { SqlserverSession } from './sqlserverSession.ts';
import { safeDigits } from './sqlserverValues.ts';
import { quoteBracketed, quoteNational, tsqlDialect, tsqlTableParts } from './tsqlDialect.ts';
import { assertReadingCondition, assertReadingTsql } from './tsqlGuard.ts';

interface DescribedColumn {
  readonly name: string | null;
  readonly native_type: string;
  readonly nullable: boolean;
}

/** T-SQL: the columns a statement would answer with, without running it; or what is wrong with it. */
export function describeSql(statement: string): string {
  return (
    'select name, coalesce(system_type_name, user_type_name) as type, is_nullable, is_hidden, error_number, error_message ' +
    `from sys.dm_exec_describe_first_result_set(${quoteNational(statement)}, null, 0) order by column_ordinal`
  );
}

/** T-SQL: the statement, with decimals that a double cannot hold as text. Undefined: there is none, run it as it is. */
export function withExactDecimals(
  statement: string,
  columns: readonly Pick<DescribedColumn, 'name' | 'native_type'>[],
): string | undefined {
  const isLong = (native: string): boolean => {
    const precision = /^(?:decimal|numeric)\((\d+)/.exec(native)?.[1];
    return precision !== undefined && Number(precision) > safeDigits;
  };
  if (!columns.some(({ native_type: native }) => isLong(native))) return undefined;
  const described = columns.map(({ name, native_type: native }, index) => {
    const column = quoteBracketed(name === null || name === '' ? `column ${index + 1}` : name);
    return `${column} ${isLong(native) ? 'nvarchar(41)' : native}`;
  });
  return `exec sp_executesql ${quoteNational(statement)} with result sets ((${described.join(', ')}))`;
}

/** The SELECT that reads columns of a relation, each as text that says all of its value. */
export function exportSql(relation: Relation, columns: readonly ColumnInfo[]): string {
  const items = columns.map(
    ({ name, native_type: native }) =>
      `${sqlserverExport(`s.${quoteBracketed(name)}`, name, native)} as ${quoteBracketed(name)}`,
  );
  return `select ${items.join(', ') || '1 as [1]'} from ${tsqlDialect.from(relation, 's')}`;
}

/**
 * A session in one transaction that is never committed: of a snapshot where the database allows snapshot isolation, so that all of an
 * operation's reads see the same moment. No session of SQL Server can be read-only by itself: only a SELECT is let through.
 */
class SqlserverConnection implements Connection {
  readonly type = 'sqlserver' as const;
  readonly dialect = tsqlDialect;
  readonly name: string;
  readonly snapshot: string;
  readonly #session: SqlserverSession;
  readonly #context: OpenContext;
  readonly #info: SystemInfo;

  constructor(name: string, session: SqlserverSession, context: OpenContext, opened: OpenedSqlserver) {
    this.name = name;
    this.#session = session;
    this.#context = context;
    this.#info = opened.info;
    this.snapshot = opened.snapshot;
  }

  system(): Promise<SystemInfo> {
    return Promise.resolve(this.#info);
  }

  async query(sql: string, { params }: QueryOptions): Promise<ResultSet> {
    if (params !== undefined && params.length > 0)
      throw new Error('statements of SQL Server take no parameters here');
    assertReadingTsql(sql);
    const columns = await this.#describe(sql);
    return this.#session.query(withExactDecimals(sql, columns) ?? sql);
  }

  async describe(relation: Relation): Promise<ColumnInfo[]> {
    if (relation.query !== undefined) assertReadingTsql(relation.query);
    if (relation.where !== undefined) assertReadingCondition(relation.where);
    const select = selectOf(relation, this.dialect);
    // In brackets, as everything that reads a query has it: names that are missing or doubled are told here.
    const statement = relation.query === undefined ? select : `select * from (\n${select}\n) as q`;
    try {
      const columns = await this.#describe(statement);
      return columns.map(({ name, native_type, nullable }) => ({
        name: name ?? '',
        native_type,
        type: fromSqlserverType(native_type),
        nullable: relation.table === undefined ? null : nullable,
      }));
    } catch (error) {
      const known = toEngineError(error);
      if (known.code === 'no_such_table' && relation.table !== undefined)
        throw await this.#noSuchTable(relation.table, known);
      throw known;
    }
  }

  async #describe(statement: string): Promise<DescribedColumn[]> {
    const { rows } = await this.#session.query(describeSql(statement));
    const problem = rows.find(([, , , , number]) => number !== null && number !== undefined);
    if (problem !== undefined) throw sqlserverProblem(Number(problem[4]), String(problem[5]));
    return rows
      .filter(([, , , hidden]) => hidden !== true && hidden !== '1')
      .map(([name, type, nullable]) => ({
        name: name === null || name === undefined ? null : String(name),
        native_type: String(type),
        nullable: nullable !== false && nullable !== '0',
      }));
  }

  async #noSuchTable(table: string, cause: EngineError): Promise<EngineError> {
    const { rows } = await this.#session.query(
      `select case when s.name = schema_name() then o.name else s.name + N'.' + o.name end
       from sys.objects o join sys.schemas s on s.schema_id = o.schema_id where o.type in ('U', 'V')`,
    );
    const names = rows.map(([name]) => String(name));
    // A view may be there while a table it reads is not: then the server's own words say more.
    if (names.includes(tsqlTableParts(table).join('.'))) return cause;
    const near = nearNames(table, names);
    return new EngineError('definition', 'no_such_table', `there is no table ${table}`, {
      hint: near.length > 0 ? `Nearest: ${near.join(', ')}` : 'The user sees no tables in this database.',
    });
  }

  async stage(request: StageRequest): Promise<number> {
    // By itself first: what is one SELECT in brackets here cannot break out of the brackets of the export.
    await this.describe(request.relation);
    mkdirSync(this.#context.scratchDir, { recursive: true, mode: 0o700 });
    const path = join(this.#context.scratchDir, `${randomUUID()}.csv`);
    const select = exportSql(
      request.relation,
      request.columns.map(({ column }) => column),
    );
    const rows = await this.#session.exportRows(select, path);
    return loadCsv(this.#context, { path, rows }, request, (text, index) => {
      const staged = request.columns[index];
      if (!staged) throw new Error(`no column ${index}`);
      return fromSqlserverText(text, staged.column.name, staged.column.type, staged);
    });
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

interface OpenedSqlserver {
  readonly info: SystemInfo;
  readonly snapshot: string;
}

const azureEdition = '5';

/** Who answers, and whether its database has snapshots. */
export const introductionSql =
  "select convert(nvarchar(128), serverproperty('ProductVersion')), convert(nvarchar(10), serverproperty('EngineEdition')), " +
  'snapshot_isolation_state, convert(varchar(27), sysutcdatetime(), 121) from sys.databases where database_id = db_id()';

/** Begins the transaction of a reading session. */
async function begin(session: SqlserverSession): Promise<OpenedSqlserver> {
  const { rows } = await session.query(introductionSql);
  const [version, edition, state, moment] = rows[0] ?? [];
  const hasSnapshots = state === '1';
  await session.execute(
    `set transaction isolation level ${hasSnapshots ? 'snapshot' : 'read committed'}; begin transaction`,
  );
  return {
    info: {
      system: edition === azureEdition ? 'Azure SQL Database' : 'SQL Server',
      version: String(version),
    },
    snapshot: hasSnapshots
      ? `snapshot isolation, of the first read after ${String(moment)} UTC`
      : 'none: the database does not allow snapshot isolation, each statement read what was committed',
  };
}

export const sqlserverKind: ConnectionKind = {
  type: 'sqlserver',
  async open(name, definition, context) {
    if (definition.type !== 'sqlserver') throw new Error(`not a SQL Server connection: ${definition.type}`);
    const session = await SqlserverSession.open(definition, context.signal, 'read');
    try {
      return new SqlserverConnection(name, session, context, await begin(session));
    } catch (error) {
      await session.close();
      throw error;
    }
  },
};
