import { join } from 'node:path';
import type { Job, Operation, Progress, Waiting } from '../../protocol/entities.ts';
import type { BatchPlan, PlannedOperation } from '../../protocol/plan.ts';
import type { JobState, OperationState } from '../storage/schemas.ts';
import type { OperationProgress, OperationType } from '../../protocol/entities.ts';
import { elapsedMs, workedMs } from './progress.ts';

/** The Job as the API tells it. */
export function jobView(state: JobState, plan: BatchPlan, progress: Progress, nowMs: number): Job {
  return {
    job_id: state.job_id,
    job_name: plan.job_name,
    job_type: plan.job_type,
    status: state.status,
    project_id: plan.project_id,
    ...(plan.definition_file !== undefined && { definition_file: plan.definition_file }),
    tags: plan.tags,
    priority: plan.priority,
    parallel_execution: plan.parallel_execution,
    max_parallel: plan.max_parallel,
    stop_on_error: plan.stop_on_error,
    ...(state.rerun_of !== undefined && { rerun_of: state.rerun_of }),
    ...(state.cancel_requested === true && { cancel_requested: true }),
    created_at: state.created_at,
    ...(state.started_at !== undefined && { started_at: state.started_at }),
    ...(state.finished_at !== undefined && {
      finished_at: state.finished_at,
      duration_ms: elapsedMs(state, nowMs),
    }),
    progress,
  };
}

export interface OperationExtras {
  readonly progress?: OperationProgress | undefined;
  readonly waiting?: Waiting | undefined;
  readonly isCancelling?: boolean;
}

/** The Operation as the API tells it: plan and state together, artifact paths made absolute. */
export function operationView(
  plan: BatchPlan,
  planned: PlannedOperation,
  state: OperationState,
  dataDir: string,
  extras: OperationExtras = {},
): Operation {
  const duration = workedMs(state);
  const isRunning = state.status === 'running';
  return {
    operation_id: planned.operation_id,
    index: planned.index,
    name: planned.name,
    type: planned.work.type as OperationType,
    status: state.status,
    depends_on: planned.depends_on.map((index) => (plan.operations[index] as PlannedOperation).name),
    attempts: state.attempts,
    ...(state.started_at !== undefined && { started_at: state.started_at }),
    ...(state.finished_at !== undefined && { finished_at: state.finished_at }),
    ...(duration !== undefined && !isRunning && { duration_ms: duration }),
    ...(isRunning && extras.progress !== undefined && { progress: extras.progress }),
    ...(isRunning && extras.isCancelling === true && { cancel_requested: true }),
    ...(extras.waiting !== undefined && { waiting: extras.waiting }),
    ...(state.skip_reason !== undefined && { skip_reason: state.skip_reason }),
    ...(state.result !== undefined && { result: state.result }),
    ...(state.error !== undefined && { error: state.error }),
    artifacts: state.artifacts.map((artifact) => ({ ...artifact, path: join(dataDir, artifact.path) })),
  };
}
