import { catalogVersion, type Catalog, type CatalogScope } from '../../protocol/catalog.ts';
import type { MetadataWork } from '../../protocol/engine.ts';
import type { OperationProgress } from '../../protocol/entities.ts';
import type { ConnectionType } from '../../protocol/files/connections.ts';
import { profileSchema, type ProfileOptions } from '../../protocol/files/batch.ts';
import { durationMs } from '../../definitions/duration.ts';
import type { Connection } from '../connections/connection.ts';
import { notCounted, type CatalogReader, type Countable } from './model.ts';
import { profileRows } from './profile.ts';
import { countRows, countSmallest, nameOf, type RowsContext } from './rows.ts';
import { catalogSession } from './session.ts';
import { withinLimit, type OpenAnother } from './timeLimit.ts';

/** One entry for each type of connection; a reader loads when the first source of its type is read. */
const readers: Readonly<Record<ConnectionType, () => Promise<CatalogReader>>> = {
  postgres: async () => (await import('./postgres.ts')).postgresReader,
  duckdb: async () => (await import('./duckdb.ts')).duckdbReader,
  sqlite: async () => (await import('./sqlite.ts')).sqliteReader,
  files: async () => (await import('./files.ts')).filesReader,
  mysql: async () => (await import('./mysql.ts')).mysqlReader,
  sqlserver: async () => (await import('./sqlserver.ts')).sqlserverReader,
  snowflake: async () => (await import('./snowflake.ts')).snowflakeReader,
};

export interface ExtractHooks {
  readonly signal: AbortSignal;
  onProgress(progress: OperationProgress): void;
  /** For work under a time limit: another session on the same source. Left out by callers that set no limit. */
  openAnother?: OpenAnother;
}

export interface Extracted {
  readonly catalog: Catalog;
  /** Rows of the catalog, and of tables that were counted or profiled. */
  readonly rowsScanned: number;
}

/**
 * The catalog of an open connection. What cannot be read is in `unreadable`; a schema or table that was named and does not
 * exist is an EngineError of kind `definition`.
 */
export async function extractCatalog(
  connection: Connection,
  work: Omit<MetadataWork, 'type'>,
  hooks: ExtractHooks,
): Promise<Extracted> {
  const session = catalogSession(connection, hooks.signal);
  const extractedAt = new Date().toISOString();
  const { system, version } = await connection.system();
  hooks.onProgress({ phase: 'reading the catalog', rows_done: 0 });
  const reader = await readers[connection.type]();
  const { schemas, countables, unreadable } = await reader.read(session, work, work.source);
  const context: RowsContext = {
    session,
    unreadable,
    onTables: (done, rows) =>
      hooks.onProgress({
        phase: work.profile !== false ? 'profiling' : 'counting rows',
        rows_done: rows,
        steps_done: done,
        steps_total: countables.length,
      }),
  };
  const rowsCounted = await readRows(countables, work, context, hooks.openAnother ?? noOther);
  const catalog: Catalog = {
    catalog_version: catalogVersion,
    connection: connection.name,
    system,
    version,
    extracted_at: extractedAt,
    row_counts: work.row_counts,
    scope: scopeOf(work),
    schemas,
    unreadable,
    queries: session.queries,
  };
  const catalogRows = session.queries.reduce((total, { rows }) => total + rows, 0);
  return { catalog, rowsScanned: catalogRows + rowsCounted };
}

function scopeOf({ schemas, tables, exclude }: CatalogScope): CatalogScope {
  return {
    ...(schemas !== undefined && { schemas }),
    ...(tables !== undefined && { tables }),
    ...(exclude !== undefined && { exclude }),
  };
}

const noOther: OpenAnother = () => {
  throw new Error('work under a time limit needs a session of its own');
};

const defaultAutoMs = 5000;

async function readRows(
  countables: readonly Countable[],
  work: Omit<MetadataWork, 'type'>,
  context: RowsContext,
  openAnother: OpenAnother,
): Promise<number> {
  const { row_counts: how } = work;
  if (how === 'none') for (const { relation } of countables) relation.row_count = { ...notCounted };
  if (work.profile !== false) {
    const options = profileSchema.parse(work.profile === true ? {} : work.profile);
    // A profile that reads every row counts as it scans: one pass is enough for both. Of a sample it cannot.
    const isSampled = ({ relation }: Countable): boolean =>
      (relation.row_count.value ?? Infinity) > options.max_rows;
    const counted = how === 'exact' ? await countRows(countables.filter(isSampled), context) : 0;
    return counted + (await profileAll(countables, options, context, openAnother));
  }
  if (how === 'exact') return countRows(countables, context);
  if (!how.startsWith('auto')) return 0;
  const limitMs = Number(/\d+/.exec(how)?.[0] ?? defaultAutoMs);
  let rows = 0;
  const tell = (done: number, read: number): void => {
    rows = read;
    context.onTables(done, read);
  };
  await withinLimit(context.session, openAnother, limitMs, async (session) => {
    await countSmallest(countables, { ...context, session, onTables: tell });
  });
  return rows;
}

async function profileAll(
  countables: readonly Countable[],
  options: ProfileOptions,
  context: RowsContext,
  openAnother: OpenAnother,
): Promise<number> {
  const { time_limit: limit } = options;
  if (limit === undefined) return profileRows(countables, options, context);
  const done = new Set<Countable>();
  let rows = 0;
  const tell = (tables: number, read: number): void => {
    rows = read;
    context.onTables(tables, read);
  };
  const isWhole = await withinLimit(context.session, openAnother, durationMs(limit), async (session) => {
    await profileRows(countables, options, { ...context, session, onTables: tell }, done);
  });
  if (isWhole) return rows;
  for (const countable of countables) {
    if (done.has(countable) || countable.hindrance !== undefined) continue;
    const reason = `the time limit of ${limit} was over before its turn, or in the middle of it`;
    context.unreadable.push({ object: `profile of ${nameOf(countable)}`, reason });
  }
  return rows;
}
