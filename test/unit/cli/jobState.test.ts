import { describe, expect, it } from 'vitest';
import { createJobState } from '../../../daemon/cli/follow/jobState.ts';
import type { Operation } from '../../../daemon/protocol/entities.ts';
import type { DaemonEvent, EventBatch } from '../../../daemon/protocol/events.ts';
import { aJob, anOperation, at, jobId } from './entities.ts';

const otherJobId = '01JDQ3Z4N5K6M7P8Q9R0S1T2V4';
const batch = (...events: DaemonEvent[]): EventBatch => ({ from_seq: 1, to_seq: events.length, events });
const operationEvent = (operation: Operation, job_id = jobId): DaemonEvent => ({
  type: 'operation',
  seq: 1,
  at,
  job_id,
  operation,
});
const ids = (operations: readonly Operation[]) => operations.map((each) => each.operation_id);

describe('the state of a followed job', () => {
  it('starts from a snapshot and tells each end once', () => {
    const state = createJobState(jobId);
    const done = anOperation(0, { status: 'completed' });
    const first = state.applySnapshot({
      jobs: [aJob({ job_id: otherJobId }), aJob()],
      operations: { [jobId]: [done, anOperation(1)] },
    });
    expect(ids(first.ended)).toEqual(['op-0001']);
    expect(state.job()?.job_id).toBe(jobId);

    const failed = anOperation(1, { status: 'failed' });
    expect(ids(state.applyBatch(batch(operationEvent(failed), operationEvent(done))).ended)).toEqual([
      'op-0002',
    ]);
    expect(state.applyBatch(batch(operationEvent(failed))).ended).toEqual([]);
  });

  it('tells the end of an operation again after a retry took it back', () => {
    const state = createJobState(jobId);
    const failed = anOperation(0, { status: 'failed' });
    state.applyBatch(batch(operationEvent(failed)));
    state.applyBatch(batch(operationEvent(anOperation(0, { status: 'running' }))));
    expect(ids(state.applyBatch(batch(operationEvent(failed))).ended)).toEqual(['op-0001']);
  });

  it('replaces what it knows when the daemon sends a snapshot because it fell behind', () => {
    const state = createJobState(jobId);
    state.applyBatch(
      batch(operationEvent(anOperation(0, { status: 'running' })), operationEvent(anOperation(1))),
    );
    const change = state.applyBatch({
      ...batch(),
      snapshot: {
        jobs: [aJob({ status: 'failed' })],
        operations: { [jobId]: [anOperation(0, { status: 'failed' })] },
      },
    });
    expect(ids(change.ended)).toEqual(['op-0001']);
    expect(ids([...state.operations()])).toEqual(['op-0001']);
    expect(state.job()?.status).toBe('failed');
  });

  it('leaves other jobs alone and sees its own deletion', () => {
    const state = createJobState(jobId);
    const foreign = state.applyBatch(
      batch(
        operationEvent(anOperation(0, { status: 'failed' }), otherJobId),
        { type: 'job', seq: 2, at, job: aJob({ job_id: otherJobId }) },
        { type: 'job_deleted', seq: 3, at, job_id: otherJobId },
      ),
    );
    expect(foreign).toEqual({ jobChanged: false, deleted: false, ended: [] });
    expect(state.job()).toBeUndefined();
    expect(state.applyBatch(batch({ type: 'job_deleted', seq: 4, at, job_id: jobId })).deleted).toBe(true);
  });
});
