import { writeFile } from 'node:fs/promises';
import type { MetadataWork } from '../../protocol/engine.ts';
import type { MetadataResult, SideEvidence } from '../../protocol/results.ts';
import { openConnection } from '../connections/registry.ts';
import { EngineError, throwIfAborted } from '../errors.ts';
import { extractCatalog, type Extracted } from '../metadata/extract.ts';
import { catalogCounts } from '../metadata/model.ts';
import type { OperationRunner } from './operation.ts';

/** The result stands in the job's document: of many or long statements it keeps a part, the artifact keeps them whole. */
const maxStatements = 20;
const maxStatementCharacters = 4000;

/**
 * Reads the catalog of one connection into the artifact catalog.json. Completed also when parts could not be read: those are
 * named in `unreadable` of result and artifact. Fails when a schema or table that was asked for does not exist, or nothing was read.
 */
export const runMetadataExtraction: OperationRunner<MetadataWork> = async (work, context) => {
  const startedAt = new Date().toISOString();
  const { name, definition } = work.source;
  const { signal, scratchDir } = context;
  const connection = await openConnection(name, definition, { signal, scratchDir, readOnly: true });
  let extracted: Extracted;
  try {
    extracted = await extractCatalog(connection, work, {
      signal,
      onProgress: (progress) => context.progress(progress),
      openAnother: (limited) =>
        openConnection(name, definition, { signal: limited, scratchDir, readOnly: true }),
    });
  } finally {
    await connection.close();
  }
  throwIfAborted(signal);
  const { catalog } = extracted;
  await writeFile(context.artifacts.path('catalog.json'), `${JSON.stringify(catalog, null, 1)}\n`);
  const artifact = await context.artifacts.add({
    name: 'catalog.json',
    kind: 'catalog',
    content_type: 'application/json',
  });
  for (const { object, reason } of catalog.unreadable)
    context.log('warn', `${object} was not read: ${reason}`);
  const result: MetadataResult = {
    type: 'metadata_extraction',
    counts: catalogCounts(catalog.schemas),
    row_counts: work.row_counts,
    artifact_id: artifact.artifact_id,
    unreadable: catalog.unreadable,
    evidence: {
      source: sourceEvidence(extracted, connection.snapshot),
      started_at: startedAt,
      finished_at: new Date().toISOString(),
    },
  };
  const error = nothingRead(extracted);
  return error === undefined ? { result } : { result, error };
};

/** A catalog of nothing is no evidence of anything: an empty folder, or one in which every file is broken. */
function nothingRead({ catalog, rowsScanned }: Extracted): EngineError | undefined {
  const isEmpty = catalog.schemas.every(({ tables, views }) => tables.length + views.length === 0);
  if (!isEmpty || (rowsScanned > 0 && catalog.unreadable.length === 0)) return undefined;
  const [first] = catalog.unreadable;
  const why = first === undefined ? 'there are no tables' : `${first.object}: ${first.reason}`;
  return new EngineError(
    'definition',
    'nothing_read',
    `nothing of '${catalog.connection}' was read: ${why}`,
    {
      hint: 'Check the path or database of the connection, and what its user may read.',
    },
  );
}

function sourceEvidence({ catalog, rowsScanned }: Extracted, snapshot: string | undefined): SideEvidence {
  const statements = catalog.queries.map(({ sql }) => shortened(sql));
  const rest = statements.length - maxStatements;
  return {
    connection: catalog.connection,
    system: catalog.system,
    version: catalog.version,
    rows_scanned: rowsScanned,
    sql: [
      ...statements.slice(0, maxStatements),
      ...(rest > 0 ? [`-- and ${rest} more: see "queries" in catalog.json`] : []),
    ],
    ...(snapshot !== undefined && { snapshot }),
  };
}

function shortened(sql: string): string {
  if (sql.length <= maxStatementCharacters) return sql;
  return `${sql.slice(0, maxStatementCharacters)}\n-- cut: see "queries" in catalog.json`;
}
