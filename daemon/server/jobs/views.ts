import { join } from 'node:path';
import type { Operation, OperationProgress, OperationType, Waiting } from '../../protocol/entities.ts';
import type { OperationError } from '../../protocol/errors.ts';
import type { Detail } from '../../protocol/params.ts';
import type { BatchPlan, PlannedOperation } from '../../protocol/plan.ts';
import type { OperationState } from '../storage/schemas.ts';
import { workedMs } from './progress.ts';

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

/** The same operation with as much as the caller asked for. */
export function withDetail(operation: Operation, detail: Detail): Operation {
  if (detail === 'full') return operation;
  const { result: _result, error, ...rest } = operation;
  return {
    ...rest,
    attempts: rest.attempts.map((attempt) =>
      attempt.error === undefined ? attempt : { ...attempt, error: briefly(attempt.error) },
    ),
    ...(error !== undefined && { error: briefly(error) }),
  };
}

function briefly({ details: _details, stack: _stack, ...error }: OperationError): OperationError {
  return error;
}
