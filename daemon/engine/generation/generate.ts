import type { GenerationWork } from '../../protocol/engine.ts';
import type { OperationProgress } from '../../protocol/entities.ts';
import type { GenerationResult } from '../../protocol/results.ts';
import type { ArtifactFile } from '../artifacts.ts';
import { closeWorkspace, workspace, type SessionContext } from '../connections/duckdbInstance.ts';
import { EngineError, throwIfAborted } from '../errors.ts';
import { compileDomain, type CompiledTable } from './compile.ts';
import { domains } from './domains/registry.ts';
import { plantFaults, type PlantedFaults } from './faults.ts';
import { selectTables } from './selection.ts';
import { openTarget } from './targets/registry.ts';
import type { GenerationTarget, TargetContext, TargetTable } from './targets/target.ts';
import { assertVerified, verifyTarget } from './verify.ts';

export interface GenerationContext extends SessionContext {
  readonly artifactDir: string;
  progress(progress: OperationProgress): void;
  log(level: 'info' | 'warn' | 'error', message: string): void;
}

export interface GenerationOutcome {
  readonly result: GenerationResult;
  readonly artifacts: readonly ArtifactFile[];
}

/**
 * Generates one domain into a connection or, without one, into Parquet files of the artifact folder. All or nothing: rejects
 * (EngineError) with the target as it was before, also when the signal aborts.
 */
export async function generateData(
  work: Omit<GenerationWork, 'type'>,
  context: GenerationContext,
): Promise<GenerationOutcome> {
  const started_at = new Date().toISOString();
  const compiled = compileDomain(domains[work.schema_type], work.row_count, work.seed);
  const chosen = selectTables(compiled.tables, work.tables, work.schema_type);
  const duckdb = await workspace(context);
  try {
    for (const statement of compiled.setup) await duckdb.run(statement);
    const planted = work.faults === undefined ? null : await plantFaults(chosen, work.faults, work, duckdb);
    const tables = planted?.tables ?? chosen.map(cleanTable);
    const targetContext: TargetContext = {
      signal: context.signal,
      scratchDir: context.scratchDir,
      artifactDir: context.artifactDir,
      duckdb,
      schema: work.schema,
      onLog: (level, message) => context.log(level, message),
      closeDuckdb: () => closeWorkspace(duckdb),
    };
    const target = await openTarget(work.target, targetContext);
    try {
      const written = await writeTables(target, tables, context);
      await target.finish();
      const verified = await verifyTarget(target, expectations(tables, chosen), context.signal);
      assertVerified(verified);
      throwIfAborted(context.signal);
      const artifacts = await target.commit();
      const result: GenerationResult = {
        type: 'data_generation',
        schema_type: work.schema_type,
        tables: written,
        seed: work.seed,
        ...faultSummary(planted),
        verified,
        evidence: {
          target: {
            connection: target.connection,
            ...target.system,
            rows_scanned: verified.reduce(
              (sum, { what, actual }) => (what.startsWith('rows of') ? sum + actual : sum),
              0,
            ),
            sql: [...target.sql],
          },
          rows_written: written.reduce((sum, { rows }) => sum + rows, 0),
          started_at,
          finished_at: new Date().toISOString(),
        },
      };
      return { result, artifacts };
    } finally {
      await target.close();
    }
  } finally {
    await closeWorkspace(duckdb);
  }
}

function cleanTable({ table, rows, select, sliceable }: CompiledTable): TargetTable {
  const { name, columns, primary_key, foreign_keys } = table;
  return { name, columns, primary_key, foreign_keys, rows, select, sliceable };
}

/** A table with planted faults declares no keys, but its references must still hold. */
function expectations(tables: readonly TargetTable[], chosen: readonly CompiledTable[]) {
  const keys = new Map(chosen.map(({ table }) => [table.name, table.foreign_keys]));
  return tables.map(({ name, rows }) => ({ table: name, rows, foreign_keys: keys.get(name) ?? [] }));
}

function faultSummary(planted: PlantedFaults | null): Pick<GenerationResult, 'faults_planted'> {
  return planted === null ? {} : { faults_planted: planted.summary };
}

async function writeTables(
  target: GenerationTarget,
  tables: readonly TargetTable[],
  context: GenerationContext,
): Promise<{ table: string; rows: number }[]> {
  const rows_total = tables.reduce((sum, { rows }) => sum + rows, 0);
  const written: { table: string; rows: number }[] = [];
  let rowsDone = 0;
  const tell = (phase: string, rows: number) =>
    context.progress({
      phase,
      rows_done: rowsDone + rows,
      rows_total,
      steps_done: written.length,
      steps_total: tables.length,
    });
  await target.begin(tables);
  for (const table of tables) {
    throwIfAborted(context.signal);
    tell(table.name, 0);
    const rows = await target.load(table, (done) => tell(table.name, done));
    if (rows !== table.rows)
      throw new EngineError(
        'internal',
        'rows_lost',
        `${table.name}: ${table.rows} rows were generated and ${rows} stored; nothing was kept`,
      );
    written.push({ table: table.name, rows });
    rowsDone += rows;
    tell(table.name, 0);
  }
  return written;
}
