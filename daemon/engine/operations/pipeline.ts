import { createHash } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { PipelineWork, ResolvedConnection } from '../../protocol/engine.ts';
import type { CheckKind, CheckSpec } from '../../protocol/files/checks.ts';
import type { PipelineSpec } from '../../protocol/files/pipeline.ts';
import type { PipelineResult } from '../../protocol/results.ts';
import type { ColumnInfo } from '../connections/connection.ts';
import { closeWorkspace, workspace } from '../connections/duckdbInstance.ts';
import { openConnection } from '../connections/registry.ts';
import { throwIfAborted, type EngineError } from '../errors.ts';
import { checkFiles, CheckSide, type CheckContext, type CheckFile } from '../validation/checks/check.ts';
import { runCheck, type CheckRun } from '../validation/checks/runCheck.ts';
import { choosePairs, resolveColumns, type ColumnPair, type ResolvedColumns } from '../validation/columns.ts';
import { PipelineSide, type SideName } from '../validation/side.ts';
import { stageRows, type StagedRows } from '../validation/stagedRows.ts';
import { summarise, verdict } from '../validation/verdict.ts';
import type { OperationContext, OperationRunner } from './operation.ts';

export interface PipelineOutcome {
  readonly result: PipelineResult;
  /** Why the pipeline is not completed; the result says the rest. */
  readonly error?: EngineError;
}

/** The `pipeline` operation: failed when a check is, with the result all the same. */
export const runPipeline: OperationRunner<PipelineWork> = (work, context) => validatePipeline(work, context);

/**
 * Runs the checks of one pipeline on one snapshot of each side. Rejects only when no check could begin (a side cannot be opened or
 * described, a name in keys, column_map or exclude is unknown) or the signal aborted.
 */
export async function validatePipeline(
  work: Omit<PipelineWork, 'type'>,
  context: OperationContext,
): Promise<PipelineOutcome> {
  const startedAt = new Date().toISOString();
  const run = new PipelineRun(work.pipeline, context);
  try {
    await run.open(work.source, work.target);
    const runs = await run.checks();
    const checks = runs.map((each) => each.result);
    const evidence = {
      source: await run.side('source').evidence(),
      target: await run.side('target').evidence(),
      started_at: startedAt,
      finished_at: new Date().toISOString(),
    };
    const { pipeline_id } = work.pipeline;
    const error = verdict(runs);
    return {
      result: { type: 'pipeline', pipeline_id, checks, summary: summarise(checks), evidence },
      ...(error !== undefined && { error }),
    };
  } finally {
    await run.close();
  }
}

/** What lives as long as the pipeline runs: both sessions, the columns, and the workspace with the rows, made when first needed. */
class PipelineRun {
  readonly #spec: PipelineSpec;
  readonly #context: OperationContext;
  readonly #sides = new Map<SideName, PipelineSide>();
  #described: Record<SideName, ColumnInfo[]> = { source: [], target: [] };
  #workspace: Promise<DuckDBConnection> | undefined;
  #rows: Promise<StagedRows> | undefined;
  #rowsTotal = 0;
  #rowsDone = 0;

  constructor(spec: PipelineSpec, context: OperationContext) {
    this.#spec = spec;
    this.#context = context;
  }

  side(name: SideName): PipelineSide {
    const side = this.#sides.get(name);
    if (side === undefined) throw new Error(`${name} is not open`);
    return side;
  }

  async open(source: ResolvedConnection, target: ResolvedConnection): Promise<void> {
    for (const [name, { name: connection, definition }] of [
      ['source', source],
      ['target', target],
    ] as const) {
      const { signal, scratchDir } = this.#context;
      const opened = await openConnection(connection, definition, { signal, scratchDir, readOnly: true });
      const side = new PipelineSide(name, { connection: opened, definition }, this.#spec[name], signal);
      this.#sides.set(name, side);
      this.#described[name] = await side.describe();
    }
  }

  /** Every check in the order of the pipeline; each side's rows are counted first, so that nothing is green with nothing read. */
  async checks(): Promise<CheckRun[]> {
    const columns = resolveColumns(this.#spec, this.#described.source, this.#described.target);
    const counts = [await this.side('source').count([]), await this.side('target').count([])];
    this.#rowsTotal = counts.reduce((sum, count) => sum + count, 0);
    const runs: CheckRun[] = [];
    for (const [index, spec] of this.#spec.checks.entries()) {
      throwIfAborted(this.#context.signal);
      this.#tell(spec.name, index);
      runs.push(await runCheck(spec, this.#checkContext(spec, index, columns)));
    }
    this.#rowsDone = this.#rowsTotal;
    this.#tell(undefined, this.#spec.checks.length);
    return runs;
  }

  #tell(phase: string | undefined, stepsDone: number): void {
    this.#context.progress({
      ...(phase !== undefined && { phase }),
      rows_done: this.#rowsDone,
      rows_total: this.#rowsTotal,
      steps_done: stepsDone,
      steps_total: this.#spec.checks.length,
    });
  }

  #tellRows(rows: number, phase: string, step: number): void {
    this.#rowsDone = rows;
    this.#tell(phase, step);
  }

  #checkContext(spec: CheckSpec, index: number, columns: ResolvedColumns): CheckContext {
    return {
      columns,
      source_columns: this.#described.source,
      target_columns: this.#described.target,
      column_map: this.#spec.column_map,
      source: new CheckSide(this.side('source')),
      target: new CheckSide(this.side('target')),
      rows: () => this.#stage(columns, spec.name, index),
      isStaged: () => this.#rows !== undefined,
      reopen: (name) => this.#reopen(name),
      onRows: (rows) => this.#tellRows(rows, spec.name, index),
      workspace: () => this.#openWorkspace(),
      prefix: `check_${index + 1}`,
      save: (file, write) => this.#save(`${index + 1}-${spec.name}`, file, write),
      signal: this.#context.signal,
    };
  }

  async #reopen(name: SideName): Promise<{ side: CheckSide; close(): Promise<void> }> {
    const { connection: before, definition } = this.side(name);
    const { signal, scratchDir } = this.#context;
    const connection = await openConnection(before.name, definition, { signal, scratchDir, readOnly: true });
    const side = new PipelineSide(name, { connection, definition }, this.#spec[name], signal);
    return { side: new CheckSide(side), close: () => connection.close() };
  }

  #openWorkspace(): Promise<DuckDBConnection> {
    this.#workspace ??= workspace(this.#context);
    return this.#workspace;
  }

  async #stage(columns: ResolvedColumns, phase: string, step: number): Promise<StagedRows> {
    this.#rows ??= this.#openWorkspace().then((connection) =>
      stageRows({
        source: this.side('source'),
        target: this.side('target'),
        workspace: connection,
        pairs: neededPairs(this.#spec.checks, columns),
        onRows: (rows) => this.#tellRows(rows, phase, step),
      }),
    );
    return this.#rows;
  }

  async #save(check: string, file: CheckFile, write: (path: string) => Promise<void>): Promise<string> {
    const { artifacts } = this.#context;
    const { ending, ...type } = checkFiles[file];
    const name = `${fileName(`${this.#spec.pipeline_id}-${check}`)}.${ending}`;
    await write(artifacts.path(name));
    return (await artifacts.add({ name, ...type })).artifact_id;
  }

  async close(): Promise<void> {
    const opened = await this.#workspace?.catch(() => undefined);
    if (opened !== undefined) await closeWorkspace(opened);
    for (const side of this.#sides.values()) await side.connection.close();
  }
}

/** Names are free text and a file name is not: what had to be changed or cut gets a mark of the whole, so that no two names meet. */
function fileName(text: string): string {
  const safe = text.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 80);
  return safe === text ? text : `${safe}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

const readingAll: ReadonlySet<string> = new Set([
  'row_hash',
  'row_multiset',
  'row_values',
] satisfies CheckKind[]);

/** Checks that compare rows read all columns; without them only what column_stats names has to leave the systems. */
function neededPairs(checks: readonly CheckSpec[], columns: ResolvedColumns): readonly ColumnPair[] {
  if (checks.some((each) => readingAll.has(each.check))) return columns.pairs;
  const needed = new Set<ColumnPair>();
  for (const { check, params } of checks) {
    if (check !== 'column_stats') continue;
    const names = params['columns'] as string[] | undefined;
    for (const pair of knownPairs(names, columns)) needed.add(pair);
  }
  return [...needed];
}

/** A name that is not known is the error of the check that names it, not of the others. */
function knownPairs(names: string[] | undefined, columns: ResolvedColumns): readonly ColumnPair[] {
  try {
    return choosePairs(names, columns);
  } catch {
    return [];
  }
}
