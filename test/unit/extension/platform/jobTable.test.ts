import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Job, Operation } from '../../../../daemon/protocol/entities.ts';
import { JobTable } from '../../../../extension/platform/jobTable.ts';
import { fakeJob, fakeJobId, fakeOperation } from '../../../support/fakeJobService.ts';

const at = '2026-01-31T12:00:00.000Z';
const [jobA, jobB, jobC] = [fakeJobId(1), fakeJobId(2), fakeJobId(3)] as const;

function job(id: string, status: Job['status'], elapsed_ms = 0, changes: Partial<Job> = {}): Job {
  const made = fakeJob(id, status, changes);
  return { ...made, progress: { ...made.progress, elapsed_ms } };
}
function attempts(count: number, isLastEnded: boolean): Operation['attempts'] {
  return Array.from({ length: count }, (_, index) => ({
    attempt: index + 1,
    started_at: at,
    ...((index + 1 < count || isLastEnded) && { finished_at: at }),
  }));
}

let seq = 0;
const told = (table: JobTable, value: Job): void =>
  table.apply({ type: 'job', seq: (seq += 1), at, job: value });
const toldOperation = (table: JobTable, job_id: string, operation: Operation): void =>
  table.apply({ type: 'operation', seq: (seq += 1), at, job_id, operation });
const toldDeleted = (table: JobTable, job_id: string): void =>
  table.apply({ type: 'job_deleted', seq: (seq += 1), at, job_id });

describe('jobs', () => {
  it('stand newest first, also those learnt late, and keep their place when they change', () => {
    const table = new JobTable();
    told(table, job(jobB, 'running'));
    expect([...table.jobs.keys()]).toEqual([jobB]);
    told(table, job(jobC, 'running'));
    table.learn([job(jobA, 'completed', 5)]);
    told(table, job(jobB, 'running', 9));
    expect([...table.jobs.keys()]).toEqual([jobC, jobB, jobA]);
    expect(table.jobs.get(jobB)?.progress.elapsed_ms).toBe(9);
  });

  it('end once, and not if they had ended when first seen', () => {
    const table = new JobTable();
    told(table, job(jobA, 'completed'));
    told(table, job(jobB, 'running'));
    expect(table.takeChange()).toMatchObject({ changedJobs: new Set([jobA, jobB]), endedJobs: new Set() });
    told(table, job(jobB, 'failed', 1));
    told(table, job(jobB, 'failed', 1));
    expect(table.takeChange()).toMatchObject({ changedJobs: new Set([jobB]), endedJobs: new Set([jobB]) });
    told(table, job(jobB, 'failed', 1));
    expect(table.takeChange()?.endedJobs).toEqual(new Set());
  });

  it('that ended and were retried within one frame have not ended', () => {
    const table = new JobTable();
    told(table, job(jobA, 'running'));
    told(table, job(jobA, 'failed', 1));
    told(table, job(jobA, 'running', 1));
    expect(table.takeChange()?.endedJobs).toEqual(new Set());
    expect(table.hasLiveJobs).toBe(true);
  });

  it('that are deleted are gone, and are new when they come back', () => {
    const table = new JobTable();
    told(table, job(jobA, 'running'));
    told(table, job(jobB, 'completed'));
    expect(table.hasLiveJobs).toBe(true);
    toldDeleted(table, jobA);
    expect(table.hasLiveJobs).toBe(false);
    const change = table.takeChange();
    const gone = new Set([jobA]);
    expect(change).toMatchObject({ changedJobs: new Set([jobB]), removedJobs: gone, deletedJobs: gone });
    expect([...table.jobs.keys()]).toEqual([jobB]);
    // Whoever read it in a list may still show it.
    toldDeleted(table, jobA);
    expect(table.takeChange()).toMatchObject({ removedJobs: new Set(), deletedJobs: gone });
    told(table, job(jobA, 'completed'));
    toldDeleted(table, jobA);
    told(table, job(jobA, 'completed'));
    expect(table.takeChange()).toMatchObject({
      changedJobs: new Set([jobA]),
      removedJobs: new Set(),
      deletedJobs: new Set(),
    });
  });

  it('are dropped when too many have ended: the longest unused first, live and watched ones never', () => {
    const table = new JobTable(2);
    const live = fakeJobId(10);
    told(table, job(live, 'running'));
    table.watch(jobA);
    for (const id of [jobA, jobB, jobC]) told(table, job(id, 'completed'));
    expect(table.takeChange()).toMatchObject({ removedJobs: new Set([jobB]), deletedJobs: new Set() });
    expect([...table.jobs.keys()]).toEqual([live, jobC, jobA]);
    // Named again, though nothing new is known of it.
    table.learn([job(jobC, 'completed')]);
    told(table, job(fakeJobId(4), 'completed'));
    told(table, job(fakeJobId(5), 'completed'));
    table.unwatch(jobA);
    table.takeChange();
    expect([...table.jobs.keys()]).toEqual([live, fakeJobId(5), fakeJobId(4)]);
  });
});

describe('answers', () => {
  it('never replace newer events, nor events of the same moment', () => {
    const table = new JobTable();
    told(table, job(jobA, 'completed', 100));
    table.takeChange();
    table.learn([job(jobA, 'running', 99), job(jobA, 'running', 100)]);
    expect(table.jobs.get(jobA)?.status).toBe('completed');
    expect(table.takeChange()).toBeUndefined();
    table.learn([job(jobA, 'running', 101)]);
    expect(table.jobs.get(jobA)?.status).toBe('running');
  });

  it('replace answers that are not newer', () => {
    const table = new JobTable();
    table.learn([job(jobA, 'running', 100)]);
    table.learn([job(jobA, 'paused', 100)]);
    expect(table.jobs.get(jobA)?.status).toBe('paused');
    table.learn([job(jobA, 'running', 99)]);
    expect(table.jobs.get(jobA)?.status).toBe('paused');
  });

  it('can tell the end of a job before its event does', () => {
    const table = new JobTable();
    told(table, job(jobA, 'running', 10));
    table.takeChange();
    table.learn([job(jobA, 'completed', 20)]);
    expect(table.takeChange()?.endedJobs).toEqual(new Set([jobA]));
    told(table, job(jobA, 'completed', 20));
    expect(table.takeChange()?.endedJobs).toEqual(new Set());
  });

  it('about operations count by attempts begun and ended', () => {
    const table = new JobTable();
    table.watch(jobA);
    const status = () => table.operation(jobA, 'op-0001')?.status;
    const learn = (changes: Partial<Operation>) => table.learnOperations(jobA, [fakeOperation(0, changes)]);
    learn({ status: 'running', attempts: attempts(1, false) });
    toldOperation(table, jobA, fakeOperation(0, { status: 'failed', attempts: attempts(1, true) }));
    table.takeChange();
    learn({ status: 'running', attempts: attempts(1, false) });
    learn({ status: 'pending', attempts: attempts(1, true) });
    expect(status()).toBe('failed');
    expect(table.takeChange()).toBeUndefined();
    learn({ status: 'running', attempts: attempts(2, false) });
    expect(status()).toBe('running');
    expect(table.takeChange()?.changedOperations).toEqual(new Map([[jobA, new Set(['op-0001'])]]));
    learn({ status: 'pending', attempts: attempts(1, true) });
    expect(status()).toBe('running');
  });
});

describe('operations', () => {
  it('are kept of watched jobs only', () => {
    const table = new JobTable();
    table.watch(jobA);
    toldOperation(table, jobA, fakeOperation(0));
    toldOperation(table, jobB, fakeOperation(0));
    table.learnOperations(jobB, [fakeOperation(1)]);
    expect(table.operation(jobA, 'op-0001')).toBeDefined();
    expect(table.operation(jobB, 'op-0001')).toBeUndefined();
    expect(table.operation(jobB, 'op-0002')).toBeUndefined();
    expect(table.takeChange()?.changedOperations).toEqual(new Map([[jobA, new Set(['op-0001'])]]));
    toldOperation(table, jobA, fakeOperation(1));
    table.unwatch(jobA);
    expect(table.operation(jobA, 'op-0001')).toBeUndefined();
    expect(table.takeChange()).toBeUndefined();
  });

  it('go with their job', () => {
    const table = new JobTable();
    table.watch(jobA);
    told(table, job(jobA, 'failed'));
    toldOperation(table, jobA, fakeOperation(0));
    toldDeleted(table, jobA);
    expect(table.operation(jobA, 'op-0001')).toBeUndefined();
    expect(table.takeChange()).toMatchObject({ changedOperations: new Map(), removedJobs: new Set([jobA]) });
  });
});

describe('a snapshot', () => {
  it('replaces the jobs, and tells which ended and which are gone', () => {
    const table = new JobTable();
    told(table, job(jobA, 'running', 50));
    told(table, job(jobB, 'completed', 50));
    table.takeChange();
    table.reset({ jobs: [job(jobA, 'failed', 40), job(jobC, 'running')], operations: {} });
    expect([...table.jobs.values()].map(({ job_id, status }) => [job_id, status])).toEqual([
      [jobC, 'running'],
      [jobA, 'failed'],
    ]);
    expect(table.takeChange()).toEqual({
      isReset: true,
      changedJobs: new Set([jobA, jobC]),
      removedJobs: new Set([jobB]),
      deletedJobs: new Set(),
      endedJobs: new Set([jobA]),
      changedOperations: new Map(),
    });
    expect(table.takeChange()).toBeUndefined();
  });

  it('leaves operations as they were known until an answer tells them, whatever it tells', () => {
    const table = new JobTable();
    table.watch(jobA);
    told(table, job(jobA, 'running'));
    toldOperation(table, jobA, fakeOperation(0, { status: 'failed', attempts: attempts(1, true) }));
    table.reset({ jobs: [job(jobA, 'running')], operations: {} });
    expect(table.operation(jobA, 'op-0001')?.status).toBe('failed');
    table.learnOperations(jobA, [fakeOperation(0, { status: 'pending', attempts: attempts(1, true) })]);
    expect(table.operation(jobA, 'op-0001')?.status).toBe('pending');
  });

  it('with operations is taken whole', () => {
    const table = new JobTable();
    table.watch(jobA);
    table.reset({ jobs: [job(jobA, 'running')], operations: { [jobA]: [fakeOperation(0)] } });
    expect(table.operation(jobA, 'op-0001')?.status).toBe('running');
  });

  it('of another daemon begins with nothing', () => {
    const table = new JobTable();
    table.watch(jobA);
    told(table, job(jobA, 'running'));
    toldOperation(table, jobA, fakeOperation(0));
    table.takeChange();
    table.clear();
    expect(table.jobs.size).toBe(0);
    expect(table.hasLiveJobs).toBe(false);
    expect(table.operation(jobA, 'op-0001')).toBeUndefined();
    expect(table.takeChange()).toMatchObject({ isReset: true, removedJobs: new Set([jobA]) });
  });
});

describe('any history of a job', () => {
  it('ends with what the last event said, however many older answers come in between', () => {
    const step = fc.record({
      status: fc.constantFrom<Job['status']>('pending', 'running', 'paused', 'completed', 'failed'),
      lasted: fc.nat({ max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1 }), fc.infiniteStream(fc.nat()), (steps, picks) => {
        const table = new JobTable();
        const history: Job[] = [];
        let elapsed = 0;
        for (const { status, lasted } of steps) {
          elapsed += lasted;
          const now = job(jobA, status, elapsed);
          history.push(now);
          told(table, now);
          const pick = (picks.next() as IteratorResult<number, number>).value;
          table.learn([history[pick % history.length] as Job]);
          expect(table.jobs.get(jobA)).toEqual(now);
        }
        const isLive = ['pending', 'running', 'paused'].includes(history.at(-1)?.status ?? '');
        expect(table.hasLiveJobs).toBe(isLive);
      }),
    );
  });
});
