import { isJobEnded, type OperationProgress, type Progress } from '../../protocol/entities.ts';
import type { PlannedOperation } from '../../protocol/plan.ts';
import type { OperationHistory, OperationState } from '../storage/schemas.ts';
import type { LiveJob, StatusCounts } from './liveJob.ts';

/** Share of a running operation that is done, 0 to 1; 0 while unknown. */
function fractionDone(progress: OperationProgress | undefined): number {
  if (progress === undefined) return 0;
  const { rows_done, rows_total, steps_done, steps_total } = progress;
  // The whole is only reached by ending: rows may be all read while they still have to be compared.
  if (steps_total !== undefined && steps_total > 0) return Math.min(0.99, (steps_done ?? 0) / steps_total);
  if (rows_total !== undefined && rows_total > 0) return Math.min(0.99, rows_done / rows_total);
  return 0;
}

/** Milliseconds between the job's start and its end (or now), without the time between an end and a retry. */
export function elapsedMs(
  job: { started_at?: string; finished_at?: string; idle_ms?: number },
  nowMs: number,
): number {
  if (job.started_at === undefined) return 0;
  const end = job.finished_at === undefined ? nowMs : Date.parse(job.finished_at);
  return Math.max(0, Math.round(end - Date.parse(job.started_at) - (job.idle_ms ?? 0)));
}

/** Progress from counters: the cost does not grow with the number of operations. */
export function progressOf(job: LiveJob, etaMs: number | null, nowMs: number): Progress {
  const { counts, running, progress } = job;
  const total = job.plan.operations.length;
  const ended = total - counts.pending - counts.running;
  let fractions = 0;
  let rows = job.rowsEnded;
  for (const index of running) {
    const told = progress.get(index);
    fractions += fractionDone(told);
    rows += told?.rows_done ?? 0;
  }
  const percent = Math.floor(((ended + fractions) / total) * 1000) / 10;
  return {
    total,
    ...endedCounts(counts),
    running: counts.running,
    percent: ended === total ? 100 : Math.min(99.9, percent),
    current_operations: firstNames(job, 10),
    eta_ms: isJobEnded(job.state.status) ? null : etaMs,
    elapsed_ms: elapsedMs(job.state, nowMs),
    rows_processed: rows,
  };
}

function endedCounts({
  completed,
  failed,
  skipped,
  cancelled,
}: StatusCounts): Omit<StatusCounts, 'pending' | 'running'> {
  return { completed, failed, skipped, cancelled };
}

function firstNames(job: LiveJob, limit: number): string[] {
  const names: string[] = [];
  for (const index of job.running) {
    if (names.length === limit) break;
    names.push((job.plan.operations[index] as PlannedOperation).name);
  }
  return names;
}

/** Time an operation worked, over all its attempts; waiting between them does not count. */
export function workedMs(operation: OperationState): number | undefined {
  const ended = operation.attempts.filter(({ finished_at }) => finished_at !== undefined);
  if (ended.length === 0) return undefined;
  return ended.reduce(
    (sum, { started_at, finished_at }) =>
      sum + Math.max(0, Date.parse(finished_at ?? started_at) - Date.parse(started_at)),
    0,
  );
}

/**
 * Time until the job ends, in ms, or null while there is no ground for an estimate.
 *
 * The expected duration of an operation is, in this order: its elapsed time over the share it has done; the median of its own past
 * runs, scaled by rows where both its rows and theirs are known; the mean of operations of its type that ended in this job.
 * If any operation that is still to end has none of these, there is no estimate. The rest is the larger of the longest operation left and
 * all the work left shared by the slots. Once that is used up there is no estimate either.
 */
export function estimateMs(
  job: LiveJob,
  slots: number,
  history: (operation: PlannedOperation) => OperationHistory | undefined,
  nowMs: number,
): number | null {
  if (job.state.status === 'paused') return null;
  const meanByType = meanDurations(job);
  let work = 0;
  let longest = 0;
  for (const operation of job.plan.operations) {
    const state = job.frame.operations[operation.index] as OperationState;
    if (state.status !== 'pending' && state.status !== 'running') continue;
    const progress = job.progress.get(operation.index);
    const expected = expectedMs(operation, progress, history) ?? meanByType.get(operation.work.type);
    const startedAt = state.status === 'running' ? state.attempts.at(-1)?.started_at : undefined;
    const elapsed = startedAt === undefined ? 0 : Math.max(0, nowMs - Date.parse(startedAt));
    const done = fractionDone(progress);
    const left =
      done > 0.02
        ? (elapsed / done) * (1 - done)
        : expected === undefined
          ? null
          : Math.max(expected - elapsed, 0);
    if (left === null) return null;
    work += left;
    longest = Math.max(longest, left);
  }
  const left = Math.round(Math.max(longest, work / Math.max(1, slots)));
  // What takes longer than ever before is not about to end: nobody knows when it will.
  return left === 0 ? null : left;
}

function expectedMs(
  operation: PlannedOperation,
  progress: OperationProgress | undefined,
  history: (operation: PlannedOperation) => OperationHistory | undefined,
): number | undefined {
  const good = history(operation)?.recent.filter(({ ok }) => ok) ?? [];
  if (good.length === 0) return undefined;
  const typical = median(good.map(({ duration_ms }) => duration_ms));
  const rows = progress?.rows_total;
  const typicalRows = median(good.map((sample) => sample.rows));
  return rows === undefined || typicalRows === 0 ? typical : typical * (rows / typicalRows);
}

function meanDurations(job: LiveJob): Map<string, number> {
  const sums = new Map<string, { ms: number; count: number }>();
  for (const operation of job.plan.operations) {
    const state = job.frame.operations[operation.index] as OperationState;
    if (state.status !== 'completed' && state.status !== 'failed') continue;
    const ms = workedMs(state);
    if (ms === undefined) continue;
    const sum = sums.get(operation.work.type) ?? { ms: 0, count: 0 };
    sums.set(operation.work.type, { ms: sum.ms + ms, count: sum.count + 1 });
  }
  return new Map([...sums].map(([type, { ms, count }]) => [type, ms / count]));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
