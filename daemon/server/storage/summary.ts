import { isOperationEnded, type Job, type Progress } from '../../protocol/entities.ts';
import type { BatchPlan, PlannedOperation } from '../../protocol/plan.ts';
import { runsOf } from './runsOf.ts';
import type { JobDocument, JobState, JobSummary, OperationState } from './schemas.ts';
import type { HistorySample } from './store.ts';

/**
 * The summary of a job as its document tells it: what the index holds of a job whose entry was lost. Of a live job it is the
 * state of the last compaction; the daemon brings it up to date when it takes the job up.
 */
export function summarise(document: JobDocument): JobSummary {
  const progress = progressOf(document, jobDurationMs(document.state) ?? 0);
  return summaryOf(jobOf(document.state, document.plan, progress));
}

/** What the index holds of a job. */
export function summaryOf(job: Job): JobSummary {
  const { completed, failed, skipped, cancelled } = job.progress;
  return { job, operations_ended: completed + failed + skipped + cancelled };
}

/** The Job as the API tells it. */
export function jobOf(state: JobState, plan: BatchPlan, progress: Progress): Job {
  const durationMs = jobDurationMs(state);
  return {
    job_id: state.job_id,
    job_name: plan.job_name,
    job_type: plan.job_type,
    status: state.status,
    project_id: plan.project_id,
    tags: plan.tags,
    priority: plan.priority,
    parallel_execution: plan.parallel_execution,
    max_parallel: plan.max_parallel,
    stop_on_error: plan.stop_on_error,
    created_at: state.created_at,
    progress,
    ...(plan.definition_file !== undefined && { definition_file: plan.definition_file }),
    ...(state.rerun_of !== undefined && { rerun_of: state.rerun_of }),
    ...(state.cancel_requested !== undefined && { cancel_requested: state.cancel_requested }),
    ...(state.started_at !== undefined && { started_at: state.started_at }),
    ...(state.finished_at !== undefined && { finished_at: state.finished_at }),
    ...(durationMs !== undefined && { duration_ms: durationMs }),
  };
}

/** Between the start and the end, without the time between an end and a retry; undefined before the end. */
function jobDurationMs(state: JobState): number | undefined {
  if (state.started_at === undefined || state.finished_at === undefined) return undefined;
  const wholeMs = Date.parse(state.finished_at) - Date.parse(state.started_at);
  return Math.max(0, wholeMs - (state.idle_ms ?? 0));
}

function progressOf(document: JobDocument, elapsedMs: number): Progress {
  const counts = { completed: 0, failed: 0, skipped: 0, cancelled: 0, running: 0, pending: 0 };
  const running: string[] = [];
  let rows = 0;
  for (const [index, operation] of document.operations.entries()) {
    counts[operation.status] += 1;
    rows += operation.rows_processed ?? 0;
    if (operation.status === 'running' && running.length < 10)
      running.push(document.plan.operations[index]?.name ?? '');
  }
  const total = document.operations.length;
  const ended = counts.completed + counts.failed + counts.skipped + counts.cancelled;
  return {
    total,
    completed: counts.completed,
    failed: counts.failed,
    skipped: counts.skipped,
    cancelled: counts.cancelled,
    running: counts.running,
    percent: total === 0 ? 100 : (ended / total) * 100,
    current_operations: running,
    eta_ms: null,
    elapsed_ms: elapsedMs,
    rows_processed: rows,
  };
}

/**
 * What the history of operations keeps of a job: a sample for each completed or failed operation, its duration that of the last
 * attempt. `indexes` limits it to some operations (those of a retry); left out, all.
 */
export function samplesOf(document: JobDocument, indexes?: Iterable<number>): HistorySample[] {
  const samples: HistorySample[] = [];
  for (const index of indexes ?? document.operations.keys()) {
    const operation = document.operations[index];
    const planned = document.plan.operations[index];
    if (operation === undefined || planned === undefined || planned.work.type === 'noop') continue;
    const sample = sampleOf(document, planned, operation);
    if (sample !== undefined) samples.push(sample);
  }
  return samples;
}

function sampleOf(
  document: JobDocument,
  planned: PlannedOperation,
  operation: OperationState,
): HistorySample | undefined {
  const { work } = planned;
  const startedAt = operation.attempts.at(-1)?.started_at;
  const finishedAt = operation.finished_at;
  if (work.type === 'noop' || startedAt === undefined || finishedAt === undefined) return undefined;
  if (
    !isOperationEnded(operation.status) ||
    operation.status === 'skipped' ||
    operation.status === 'cancelled'
  )
    return undefined;
  const dir = work.project_dir;
  const runs = runsOf(document.state.job_id, document.plan, planned.index, operation);
  return {
    project_id:
      (dir === null ? undefined : document.plan.projects[dir]?.project_id) ?? document.plan.project_id,
    type: work.type,
    name: planned.name,
    sample: {
      at: finishedAt,
      job_id: document.state.job_id,
      duration_ms: Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt)),
      rows: operation.rows_processed ?? 0,
      ok: operation.status === 'completed',
    },
    ...(runs.length > 0 && { runs }),
  };
}
