import { catalogVersion, type Catalog } from '../../protocol/catalog.ts';
import type { MetadataWork } from '../../protocol/engine.ts';
import type { OperationProgress } from '../../protocol/entities.ts';
import type { ConnectionType } from '../../protocol/files/connections.ts';
import type { Connection } from '../connections/connection.ts';
import { notCounted, type CatalogReader, type Countable } from './model.ts';
import { countRows, profileRows, type RowsContext } from './rows.ts';
import { catalogSession } from './session.ts';

/** One entry for each type of connection; a reader loads when the first source of its type is read. */
const readers: Readonly<Record<ConnectionType, () => Promise<CatalogReader>>> = {
  postgres: async () => (await import('./postgres.ts')).postgresReader,
  duckdb: async () => (await import('./duckdb.ts')).duckdbReader,
  sqlite: async () => (await import('./sqlite.ts')).sqliteReader,
  files: async () => (await import('./files.ts')).filesReader,
};

export interface ExtractHooks {
  readonly signal: AbortSignal;
  onProgress(progress: OperationProgress): void;
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
  work: Pick<MetadataWork, 'source' | 'schemas' | 'tables' | 'row_counts' | 'profile'>,
  hooks: ExtractHooks,
): Promise<Extracted> {
  const session = catalogSession(connection, hooks.signal);
  const extractedAt = new Date().toISOString();
  const { system, version } = await connection.system();
  hooks.onProgress({ phase: 'reading the catalog', rows_done: 0 });
  const reader = await readers[connection.type]();
  const { schemas, countables, unreadable } = await reader.read(session, work, work.source);
  const rowsCounted = await readRows(countables, work, {
    session,
    unreadable,
    onTables: (done, rows) =>
      hooks.onProgress({
        phase: work.profile ? 'profiling' : 'counting rows',
        rows_done: rows,
        steps_done: done,
        steps_total: countables.length,
      }),
  });
  const catalog: Catalog = {
    catalog_version: catalogVersion,
    connection: connection.name,
    system,
    version,
    extracted_at: extractedAt,
    row_counts: work.row_counts,
    schemas,
    unreadable,
    queries: session.queries,
  };
  const catalogRows = session.queries.reduce((total, { rows }) => total + rows, 0);
  return { catalog, rowsScanned: catalogRows + rowsCounted };
}

async function readRows(
  countables: readonly Countable[],
  work: Pick<MetadataWork, 'row_counts' | 'profile'>,
  context: RowsContext,
): Promise<number> {
  if (work.row_counts === 'none') {
    for (const { relation } of countables) relation.row_count = { ...notCounted };
  }
  // A profile counts as it scans: one pass is enough for both.
  if (work.profile) return profileRows(countables, context);
  return work.row_counts === 'exact' ? countRows(countables, context) : 0;
}
