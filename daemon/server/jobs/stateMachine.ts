/**
 * The life of a job and of its operations, as a pure function of journal records. The same function runs when a record has just
 * become durable and when the journal is read again after a crash, so memory and disk cannot tell different stories.
 *
 * Job:        pending -> running <-> paused -> completed | partial_success | failed | cancelled
 *             an end status leads back to running by `job_retried` only.
 * Operation:  pending -> running -> completed | failed | cancelled
 *             pending -> skipped (stop_on_error, or a dependency failed) | cancelled
 *             running -> pending by `op_retry` (a transient failure, another attempt follows)
 *             failed | skipped | cancelled -> pending by `job_retried`.
 *
 * A job ends as completed if every operation completed; else as cancelled if a person stopped it; else as failed if none
 * completed; else as partial_success.
 */
import {
  isJobEnded,
  isOperationEnded,
  type JobStatus,
  type OperationStatus,
} from '../../protocol/entities.ts';
import type { JobState, JournalRecord, OperationState } from '../storage/schemas.ts';

/** What records change: replaced objects in a mutable frame, so that a shallow copy of `operations` is a snapshot. */
export interface JobFrame {
  state: JobState;
  operations: OperationState[];
}

export class IllegalTransitionError extends Error {
  override readonly name = 'IllegalTransitionError';
}

export const pendingOperation: OperationState = { status: 'pending', attempts: [], artifacts: [] };

/** Applies one record. Throws IllegalTransitionError, with nothing changed, for a record that the present state does not allow. */
export function applyRecord(frame: JobFrame, record: JournalRecord): void {
  switch (record.type) {
    case 'job_started':
      requireJob(frame, record, ['pending']);
      frame.state = { ...frame.state, status: 'running', started_at: frame.state.started_at ?? record.at };
      return;
    case 'job_paused':
      requireJob(frame, record, ['running']);
      frame.state = { ...frame.state, status: 'paused' };
      return;
    case 'job_resumed':
      requireJob(frame, record, ['paused']);
      frame.state = { ...frame.state, status: 'running' };
      return;
    case 'job_cancel_requested':
      requireJob(frame, record, ['pending', 'running', 'paused']);
      frame.state = { ...frame.state, cancel_requested: true };
      return;
    case 'job_stopped':
      requireJob(frame, record, ['pending', 'running', 'paused']);
      frame.state = { ...frame.state, stopped: true };
      return;
    case 'job_ended':
      endJob(frame, record);
      return;
    case 'job_retried':
      retryOperations(frame, record);
      return;
    default:
      applyOperationRecord(frame, record);
  }
}

type OperationRecord = Extract<JournalRecord, { op: number }>;

function applyOperationRecord(frame: JobFrame, record: OperationRecord): void {
  const operation = frame.operations[record.op];
  if (operation === undefined)
    throw new IllegalTransitionError(`${record.type}: there is no operation ${record.op}`);
  frame.operations[record.op] = nextOperation(operation, record);
}

function nextOperation(operation: OperationState, record: OperationRecord): OperationState {
  switch (record.type) {
    case 'op_started': {
      requireOperation(operation, record, ['pending']);
      const { retry_at: _waited, error: _previous, ...rest } = operation;
      return {
        ...rest,
        status: 'running',
        started_at: operation.started_at ?? record.at,
        attempts: [...operation.attempts, { attempt: record.attempt, started_at: record.at }],
      };
    }
    case 'op_child':
      requireOperation(operation, record, ['running']);
      return { ...operation, child: { pid: record.pid, start: record.start } };
    case 'op_retry': {
      requireOperation(operation, record, ['running']);
      const { child: _child, ...rest } = operation;
      return {
        ...rest,
        status: 'pending',
        error: record.error,
        retry_at: record.retry_at,
        attempts: closeAttempt(operation, record.at, record.error),
        artifacts: record.artifacts ?? operation.artifacts,
      };
    }
    case 'op_ended': {
      // Work that never ran can be skipped or cancelled; only running work can be completed or failed.
      const from: OperationStatus[] =
        record.status === 'skipped'
          ? ['pending']
          : record.status === 'cancelled'
            ? ['pending', 'running']
            : ['running'];
      requireOperation(operation, record, from);
      const { child: _child, retry_at: _retryAt, error: _error, ...rest } = operation;
      return {
        ...rest,
        status: record.status,
        finished_at: record.at,
        attempts: closeAttempt(operation, record.at, record.error),
        artifacts: record.artifacts ?? operation.artifacts,
        ...(record.result !== undefined && { result: record.result }),
        ...(record.error !== undefined && { error: record.error }),
        ...(record.skip_reason !== undefined && { skip_reason: record.skip_reason }),
        ...(record.rows_processed !== undefined && { rows_processed: record.rows_processed }),
      };
    }
  }
}

function closeAttempt(
  operation: OperationState,
  at: string,
  error: OperationState['error'],
): OperationState['attempts'] {
  const last = operation.attempts.at(-1);
  if (operation.status !== 'running' || last === undefined) return operation.attempts;
  return [
    ...operation.attempts.slice(0, -1),
    { ...last, finished_at: at, ...(error !== undefined && { error }) },
  ];
}

function endJob(frame: JobFrame, record: Extract<JournalRecord, { type: 'job_ended' }>): void {
  if (isJobEnded(frame.state.status)) throw illegal(record.type, frame.state.status);
  const expected = endStatus(frame);
  if (expected === null) throw new IllegalTransitionError('job_ended: an operation has not ended');
  // A cancel that reached the journal after the last operation had ended stopped nothing: then the end was decided without it.
  const { completed, total } = countCompleted(frame);
  if (record.status !== expected && record.status !== endStatusOf(completed, total, false)) {
    throw new IllegalTransitionError(`job_ended: ${record.status}, but its operations say ${expected}`);
  }
  frame.state = { ...frame.state, status: record.status, finished_at: record.at };
}

function retryOperations(frame: JobFrame, record: Extract<JournalRecord, { type: 'job_retried' }>): void {
  for (const index of record.ops) {
    const operation = frame.operations[index];
    if (operation === undefined)
      throw new IllegalTransitionError(`job_retried: there is no operation ${index}`);
    requireOperation(operation, record, ['failed', 'skipped', 'cancelled']);
  }
  for (const index of record.ops) {
    const { attempts, artifacts } = frame.operations[index] as OperationState;
    frame.operations[index] = { status: 'pending', attempts, artifacts };
  }
  const { finished_at: finishedAt, cancel_requested: _cancel, stopped: _stopped, ...rest } = frame.state;
  const status: JobStatus = frame.state.status === 'paused' ? 'paused' : 'running';
  const idleMs = finishedAt === undefined ? 0 : Math.max(0, Date.parse(record.at) - Date.parse(finishedAt));
  frame.state = {
    ...rest,
    status,
    started_at: frame.state.started_at ?? record.at,
    ...(idleMs > 0 && { idle_ms: (rest.idle_ms ?? 0) + idleMs }),
  };
}

/** The status the job ends with, or null while an operation has not ended. */
export function endStatus(frame: JobFrame): JobStatus | null {
  if (!frame.operations.every(({ status }) => isOperationEnded(status))) return null;
  const { completed, total } = countCompleted(frame);
  return endStatusOf(completed, total, frame.state.cancel_requested === true);
}

function countCompleted(frame: JobFrame): { completed: number; total: number } {
  const completed = frame.operations.filter(({ status }) => status === 'completed').length;
  return { completed, total: frame.operations.length };
}

/** The rule itself, for counters. */
export function endStatusOf(completed: number, total: number, isCancelRequested: boolean): JobStatus {
  if (completed === total) return 'completed';
  if (isCancelRequested) return 'cancelled';
  return completed === 0 ? 'failed' : 'partial_success';
}

function requireJob(frame: JobFrame, record: JournalRecord, allowed: readonly JobStatus[]): void {
  if (!allowed.includes(frame.state.status)) throw illegal(record.type, frame.state.status);
}

function requireOperation(
  operation: OperationState,
  record: JournalRecord,
  allowed: readonly OperationStatus[],
): void {
  if (!allowed.includes(operation.status)) throw illegal(record.type, operation.status);
}

function illegal(what: string, status: string): IllegalTransitionError {
  return new IllegalTransitionError(`${what} is not possible while ${status}`);
}
