import { isOperationEnded, type Job, type Operation, type Waiting } from '../../protocol/entities.ts';
import type { EventBatch, Snapshot } from '../../protocol/events.ts';

/** What one batch of events changed in the job that is followed. */
export interface JobChange {
  readonly jobChanged: boolean;
  readonly deleted: boolean;
  /** Operations that came to an end with this change, in order of their index. */
  readonly ended: readonly Operation[];
}

/** One job as its events tell it. Names of pending operations with their reasons come from jobs/waiting. */
export interface JobState {
  readonly jobId: string;
  job(): Job | undefined;
  operations(): Iterable<Operation>;
  waiting(): ReadonlyMap<string, Waiting>;
  setWaiting(waiting: ReadonlyMap<string, Waiting>): void;
  setJob(job: Job): void;
  applySnapshot(snapshot: Snapshot): JobChange;
  applyBatch(batch: EventBatch): JobChange;
}

/** An empty state for one job; a snapshot replaces what it knows, events change it. */
export function createJobState(jobId: string): JobState {
  let job: Job | undefined;
  let operations = new Map<string, Operation>();
  let waiting: ReadonlyMap<string, Waiting> = new Map();

  const hasEnded = (next: Operation): boolean => {
    const before = operations.get(next.operation_id);
    return isOperationEnded(next.status) && (before === undefined || !isOperationEnded(before.status));
  };
  const change = (jobChanged: boolean, deleted: boolean, ended: Operation[]): JobChange => ({
    jobChanged,
    deleted,
    ended: ended.sort((a, b) => a.index - b.index),
  });

  const applySnapshot = (snapshot: Snapshot): JobChange => {
    const next = snapshot.operations[jobId];
    const ended = (next ?? []).filter(hasEnded);
    if (next !== undefined) operations = new Map(next.map((each) => [each.operation_id, each]));
    const found = snapshot.jobs.find((each) => each.job_id === jobId);
    job = found ?? job;
    return change(found !== undefined, false, ended);
  };

  return {
    jobId,
    job: () => job,
    operations: () => operations.values(),
    waiting: () => waiting,
    setWaiting(next) {
      waiting = next;
    },
    setJob(next) {
      job = next;
    },
    applySnapshot,
    applyBatch(batch) {
      if (batch.snapshot !== undefined) return applySnapshot(batch.snapshot);
      let jobChanged = false;
      let deleted = false;
      const ended: Operation[] = [];
      for (const event of batch.events) {
        if (event.type === 'job' && event.job.job_id === jobId) {
          job = event.job;
          jobChanged = true;
        } else if (event.type === 'job_deleted' && event.job_id === jobId) {
          deleted = true;
        } else if (event.type === 'operation' && event.job_id === jobId) {
          if (hasEnded(event.operation)) ended.push(event.operation);
          operations.set(event.operation.operation_id, event.operation);
        }
      }
      return change(jobChanged, deleted, ended);
    },
  };
}
