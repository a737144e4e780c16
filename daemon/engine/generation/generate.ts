import type { OperationProgress } from '../../protocol/entities.ts';
import type { WriteMode } from '../../protocol/files/generation.ts';
import type { GenerationResult } from '../../protocol/results.ts';
import type { ArtifactFile } from '../artifacts.ts';
import { closeWorkspace, workspace, type SessionContext } from '../connections/duckdbInstance.ts';
import { EngineError, throwIfAborted } from '../errors.ts';
import type { CompiledTable } from './compile.ts';
import { plantFaults, type PlantedFaults } from './faults.ts';
import { compileRequest, type CompiledRequest, type GenerationRequest } from './request.ts';
import { openTarget } from './targets/registry.ts';
import type { GenerationTarget, TargetContext, TargetTable } from './targets/target.ts';
import { assertVerified, verifyTarget, type Expectation } from './verify.ts';

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
 * Generates a domain or a schema file into a connection or, without one, into Parquet files of the artifact folder. All or nothing:
 * rejects (EngineError) with the target as it was before, also when the signal aborts. Of a pair the clean half is kept before the
 * faulty one is begun.
 */
export async function generateData(
  work: GenerationRequest,
  context: GenerationContext,
): Promise<GenerationOutcome> {
  const { pair_target: faulty, target_schema: schema, ...one } = work;
  if (faulty === undefined) return generateOne(one, context);
  const { faults, ...clean } = one;
  if (faults === undefined)
    throw new EngineError(
      'definition',
      'pair_without_faults',
      'a pair without faults would be two equal halves',
    );
  const source = await generateOne(clean, context);
  const target = await generateOne({ ...one, target: faulty, schema }, context);
  return {
    artifacts: [...source.artifacts, ...target.artifacts],
    result: {
      ...target.result,
      verified: [...source.result.verified, ...target.result.verified],
      evidence: {
        ...target.result.evidence,
        source: source.result.evidence.target,
        rows_written: (source.result.evidence.rows_written ?? 0) + (target.result.evidence.rows_written ?? 0),
        started_at: source.result.evidence.started_at,
      },
    },
  };
}

async function generateOne(
  work: Omit<GenerationRequest, 'pair_target' | 'target_schema'>,
  context: GenerationContext,
): Promise<GenerationOutcome> {
  const started_at = new Date().toISOString();
  const { mode = 'replace', faults } = work;
  let compiled = compileRequest(work);
  const duckdb = await workspace(context);
  try {
    const targetContext: TargetContext = {
      signal: context.signal,
      scratchDir: context.scratchDir,
      artifactDir: context.artifactDir,
      duckdb,
      schema: work.schema,
      onLog: (level, message) => context.log(level, message),
      closeDuckdb: () => closeWorkspace(duckdb),
    };
    // Before the target is opened: it may take the whole database for itself, and planting needs none of it.
    for (const statement of compiled.setup) await duckdb.run(statement);
    const planted =
      faults === undefined
        ? null
        : await plantFaults(compiled.tables, faults, { seed: work.seed, schema_type: compiled.name }, duckdb);
    const target = await openTarget(work.target, targetContext);
    try {
      const before = await rowsBefore(target, compiled, mode, faults !== undefined);
      if (before !== null) {
        compiled = compileRequest(work, before.get(compiled.fact_table) ?? 0);
        for (const statement of compiled.setup) await duckdb.run(statement);
      }
      const tables =
        planted?.tables ??
        compiled.tables.map((table) => cleanTable(table, before?.get(table.table.name) ?? 0));
      const written = await writeTables(target, tables, context, before !== null);
      await target.finish();
      const verified = await verifyTarget(target, expectations(tables, compiled, before), context.signal);
      assertVerified(verified);
      throwIfAborted(context.signal);
      const artifacts = await target.commit();
      const result: GenerationResult = {
        type: 'data_generation',
        schema_type: compiled.name,
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

/** Rows of the tables to append to; null where the tables are made (anew). */
async function rowsBefore(
  target: GenerationTarget,
  { tables }: CompiledRequest,
  mode: WriteMode,
  hasFaults: boolean,
): Promise<ReadonlyMap<string, number> | null> {
  if (mode === 'replace') return null;
  const found = new Map<string, number>();
  for (const { table } of tables) {
    const rows = await target.existing?.(table.name);
    if (rows === undefined)
      throw new EngineError(
        'definition',
        'mode_not_possible',
        `mode: ${mode} is not possible in ${target.system.system}`,
        {
          hint: 'Write mode: replace.',
        },
      );
    if (rows !== null) found.set(table.name, rows);
  }
  if (mode === 'create' && found.size > 0)
    throw new EngineError(
      'definition',
      'table_exists',
      `${[...found.keys()].join(', ')}: there already, and mode is create`,
      {
        hint: 'Write mode: replace or append, another schema, or drop the tables.',
      },
    );
  if (mode === 'create' || found.size === 0) return null;
  assertCanAppend(tables, found, hasFaults);
  return found;
}

function assertCanAppend(
  tables: readonly CompiledTable[],
  found: ReadonlyMap<string, number>,
  hasFaults: boolean,
): void {
  const refuse = (message: string, hint: string) =>
    new EngineError('definition', 'cannot_append', `mode: append: ${message}`, { hint });
  if (hasFaults)
    throw refuse('faults are planted into whole tables only', 'Write mode: replace, or leave faults out.');
  const missing = tables.map(({ table }) => table.name).filter((name) => !found.has(name));
  if (missing.length > 0)
    throw refuse(
      `${missing.join(', ')}: not there`,
      'Name the tables to append to in tables:, or write mode: replace.',
    );
  const fixed = tables.filter(({ sliceable }) => !sliceable).map(({ table }) => table.name);
  if (fixed.length === 0) return;
  const others = tables.filter(({ sliceable }) => sliceable).map(({ table }) => table.name);
  throw refuse(
    `rows of ${fixed.join(', ')} are computed from all rows of other tables, so none come next`,
    `Write tables: [${others.join(', ')}]`,
  );
}

/** The rows after those that are there. */
function cleanTable({ table, rows: total, select, sliceable }: CompiledTable, before: number): TargetTable {
  const { name, columns, primary_key, foreign_keys } = table;
  const rows = Math.max(0, total - before);
  const later: TargetTable['select'] = (slice = { from: 1, to: rows }) =>
    select({ from: slice.from + before, to: slice.to + before });
  return { name, columns, primary_key, foreign_keys, rows, select: before === 0 ? select : later, sliceable };
}

/** A table with planted faults declares no keys, but its references must still hold. */
function expectations(
  tables: readonly TargetTable[],
  compiled: CompiledRequest,
  before: ReadonlyMap<string, number> | null,
): Expectation[] {
  const own = new Map(compiled.tables.map(({ table }) => [table.name, table]));
  return tables.map(({ name, rows, primary_key: key }) => ({
    table: name,
    rows: rows + (before?.get(name) ?? 0),
    foreign_keys: own.get(name)?.foreign_keys ?? [],
    unique: compiled.has_unproven_keys || before !== null ? key : [],
  }));
}

function faultSummary(planted: PlantedFaults | null): Pick<GenerationResult, 'faults_planted'> {
  return planted === null ? {} : { faults_planted: planted.summary };
}

async function writeTables(
  target: GenerationTarget,
  tables: readonly TargetTable[],
  context: GenerationContext,
  isAppended: boolean,
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
  await target.begin(tables, isAppended);
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
