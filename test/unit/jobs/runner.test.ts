import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError } from '../../../daemon/protocol/errors.ts';
import { completed, failedWith, openJobs, planOf, type JobsUnderTest } from '../../support/jobs.ts';

const retry = { max_attempts: 3, backoff: 'fixed' as const, delay_ms: 1, max_delay_ms: 1, jitter: false };

describe('running a job', () => {
  let jobs: JobsUnderTest;
  beforeEach(async () => {
    jobs = await openJobs();
  });
  afterEach(async () => {
    await jobs.close();
  });

  const statuses = async (jobId: string): Promise<string[]> =>
    (await jobs.registry.frames(jobId)).statuses.map(({ status }) => status);

  it('never runs more than max_parallel at once and completes all', async () => {
    jobs.engine.rule = () => null;
    const { job_id } = await jobs.registry.create(
      planOf(
        Array.from({ length: 10 }, () => ({})),
        { max_parallel: 3 },
      ),
    );
    for (let ended = 0; ended < 10; ended++) {
      const [first] = jobs.engine.running.keys();
      if (first === undefined) {
        await jobs.engine.whenRunning(`op-${String(ended + 1).padStart(4, '0')}`);
        ended--;
        continue;
      }
      jobs.engine.finish(first);
    }
    const job = await jobs.whenEnded(job_id);
    expect(job.status).toBe('completed');
    expect(job.progress).toMatchObject({ total: 10, completed: 10, percent: 100 });
    expect(jobs.engine.mostAtOnce).toBe(3);
  });

  it('keeps the order in sequential mode, also while one waits for its retry', async () => {
    jobs.engine.rule = (request, attempt) =>
      request.operation_id === 'op-0002' && attempt === 1 ? failedWith('connection') : completed();
    const { job_id } = await jobs.registry.create(
      planOf([{}, { retry }, {}], { parallel_execution: false, max_parallel: 8 }),
    );
    expect((await jobs.whenEnded(job_id)).status).toBe('completed');
    expect(jobs.engine.started).toEqual(['op-0001#1', 'op-0002#1', 'op-0002#2', 'op-0003#1']);
    expect(jobs.engine.mostAtOnce).toBe(1);
  });

  it('starts what depends on others only after all of them completed', async () => {
    const { job_id } = await jobs.registry.create(planOf([{}, {}, { depends_on: [0, 1] }]));
    await jobs.engine.whenRunning('op-0001', 'op-0002');
    jobs.engine.finish('op-0001');
    expect(jobs.engine.started).not.toContain('op-0003#1');
    jobs.engine.finish('op-0002');
    await jobs.engine.whenRunning('op-0003');
    jobs.engine.finish('op-0003');
    expect((await jobs.whenEnded(job_id)).status).toBe('completed');
  });

  it('skips, with the reason, what depends on a failed operation, down a chain of 5,000', async () => {
    jobs.engine.rule = (request) =>
      request.operation_id === 'op-0001' ? failedWith('checks_failed') : completed();
    const chain = Array.from({ length: 5_000 }, (_, index) => ({
      depends_on: index === 0 ? [] : [index - 1],
    }));
    const { job_id } = await jobs.registry.create(planOf(chain));
    const job = await jobs.whenEnded(job_id);
    expect(job.status).toBe('failed');
    expect(job.progress).toMatchObject({ failed: 1, skipped: 4_999, completed: 0 });
    expect(jobs.registry.operationOf(job_id, 1)?.skip_reason).toBe('depends on a, which did not complete');
    expect(jobs.engine.started).toEqual(['op-0001#1']);
  });

  it('skips what has not started when stop_on_error strikes, and lets what runs end', async () => {
    const { job_id } = await jobs.registry.create(
      planOf([{}, {}, {}, {}], { max_parallel: 2, stop_on_error: true }),
    );
    await jobs.engine.whenRunning('op-0001', 'op-0002');
    jobs.engine.finish('op-0001', failedWith('checks_failed'));
    jobs.engine.finish('op-0002');
    const job = await jobs.whenEnded(job_id);
    expect(job.status).toBe('partial_success');
    expect(await statuses(job_id)).toEqual(['failed', 'completed', 'skipped', 'skipped']);
  });

  it.each(['connection', 'timeout', 'resource', 'interrupted'] as const)(
    'tries again after %s, up to max_attempts',
    async (kind) => {
      jobs.engine.rule = (_request, attempt) => (attempt < 3 ? failedWith(kind) : completed());
      const { job_id } = await jobs.registry.create(planOf([{ retry }]));
      expect((await jobs.whenEnded(job_id)).status).toBe('completed');
      const operation = jobs.registry.operationOf(job_id, 0);
      expect(operation?.attempts.map(({ attempt, error }) => [attempt, error?.kind])).toEqual([
        [1, kind],
        [2, kind],
        [3, undefined],
      ]);
    },
  );

  it.each(['checks_failed', 'definition', 'permission', 'internal'] as const)(
    'does not try again after %s',
    async (kind) => {
      jobs.engine.rule = () => failedWith(kind);
      const { job_id } = await jobs.registry.create(planOf([{ retry }]));
      expect((await jobs.whenEnded(job_id)).status).toBe('failed');
      expect(jobs.engine.started).toEqual(['op-0001#1']);
      expect(jobs.registry.operationOf(job_id, 0)?.error?.kind).toBe(kind);
    },
  );

  it('gives up after max_attempts', async () => {
    jobs.engine.rule = () => failedWith('connection');
    const { job_id } = await jobs.registry.create(planOf([{ retry }]));
    expect((await jobs.whenEnded(job_id)).status).toBe('failed');
    expect(jobs.engine.started).toHaveLength(3);
  });

  it('ends an operation that runs past its timeout as failed with kind timeout', async () => {
    const { job_id } = await jobs.registry.create(planOf([{ timeout_ms: 5 }]));
    await jobs.engine.whenRunning('op-0001');
    const running = jobs.engine.running.get('op-0001')!;
    await new Promise<void>((resolve) => running.hooks.signal.addEventListener('abort', () => resolve()));
    expect(running.hooks.signal.reason).toBe('timeout');
    running.finish(failedWith('timeout', 'It ran too long.'));
    expect((await jobs.whenEnded(job_id)).status).toBe('failed');
    const { error } = jobs.registry.operationOf(job_id, 0)!;
    expect(error).toMatchObject({ kind: 'timeout', message: 'It ran too long. The timeout is 0.005 s.' });
    expect(error?.hint).toContain('timeout');
  });

  it('says cancelled only when the work is dead', async () => {
    const { job_id } = await jobs.registry.create(planOf([{}, {}, {}], { max_parallel: 2 }));
    await jobs.engine.whenRunning('op-0001', 'op-0002');
    const acknowledged = await jobs.controls.cancel({ job_id });
    expect(acknowledged).toMatchObject({ status: 'running', cancel_requested: true });
    await jobs.whenJob(job_id, (job) => job.progress.cancelled === 1);
    expect(await statuses(job_id)).toEqual(['running', 'running', 'cancelled']);
    expect(jobs.registry.operationOf(job_id, 0)).toMatchObject({ status: 'running', cancel_requested: true });
    expect(jobs.registry.scheduler.daemonGate.inUse).toBe(2);
    jobs.engine.finish('op-0001', { outcome: 'cancelled', artifacts: [] });
    jobs.engine.finish('op-0002');
    const job = await jobs.whenEnded(job_id);
    expect(job.status).toBe('cancelled');
    // It completed in the moment of the cancel: the truth is that it completed.
    expect(await statuses(job_id)).toEqual(['cancelled', 'completed', 'cancelled']);
    expect(jobs.registry.scheduler.daemonGate.inUse).toBe(0);
  });

  it('cancelling twice is one cancel; cancelling an ended job is a conflict', async () => {
    const { job_id } = await jobs.registry.create(planOf([{}]));
    await jobs.engine.whenRunning('op-0001');
    await Promise.all([jobs.controls.cancel({ job_id }), jobs.controls.cancel({ job_id })]);
    jobs.engine.finish('op-0001', { outcome: 'cancelled', artifacts: [] });
    expect((await jobs.whenEnded(job_id)).status).toBe('cancelled');
    await expect(jobs.controls.cancel({ job_id })).rejects.toSatisfy((error) =>
      ApiError.is(error, 'conflict'),
    );
  });

  it('starts nothing while paused, and goes on where it was', async () => {
    const { job_id } = await jobs.registry.create(planOf([{}, {}], { max_parallel: 1 }));
    await jobs.engine.whenRunning('op-0001');
    expect((await jobs.controls.pause({ job_id })).status).toBe('paused');
    jobs.engine.finish('op-0001');
    await jobs.whenJob(job_id, (job) => job.progress.completed === 1);
    expect(jobs.engine.started).toEqual(['op-0001#1']);
    expect(jobs.registry.operationOf(job_id, 1)?.waiting?.for).toBe('paused');
    expect((await jobs.controls.resume({ job_id })).status).toBe('running');
    await jobs.engine.whenRunning('op-0002');
    jobs.engine.finish('op-0002');
    expect((await jobs.whenEnded(job_id)).status).toBe('completed');
  });

  it('retry runs what failed and what was skipped for it, in the same job, and nothing that completed', async () => {
    jobs.engine.rule = (request, attempt) =>
      request.operation_id === 'op-0002' && attempt === 1 ? failedWith('checks_failed') : completed();
    const { job_id } = await jobs.registry.create(planOf([{}, {}, { depends_on: [1] }]));
    expect((await jobs.whenEnded(job_id)).status).toBe('partial_success');
    expect((await jobs.controls.retry({ job_id })).status).toBe('running');
    const job = await jobs.whenEnded(job_id);
    expect(job.status).toBe('completed');
    expect(jobs.engine.started.toSorted()).toEqual(['op-0001#1', 'op-0002#1', 'op-0002#2', 'op-0003#1']);
    expect(jobs.registry.operationOf(job_id, 1)?.attempts).toHaveLength(2);
  });

  it('refuses to retry a completed operation, an unknown one, and a job without failures', async () => {
    jobs.engine.rule = (request) =>
      request.operation_id === 'op-0001' ? completed() : failedWith('internal');
    const { job_id } = await jobs.registry.create(planOf([{}, {}]));
    await jobs.whenEnded(job_id);
    await expect(jobs.controls.retry({ job_id, operation_ids: ['op-0001'] })).rejects.toSatisfy((error) =>
      ApiError.is(error, 'conflict'),
    );
    await expect(jobs.controls.retry({ job_id, operation_ids: ['op-0009'] })).rejects.toSatisfy((error) =>
      ApiError.is(error, 'not_found'),
    );
    jobs.engine.rule = () => completed();
    await jobs.controls.retry({ job_id });
    expect((await jobs.whenEnded(job_id)).status).toBe('completed');
    await expect(jobs.controls.retry({ job_id })).rejects.toSatisfy((error) =>
      ApiError.is(error, 'conflict'),
    );
  });

  it('retries a failed operation while the job still runs', async () => {
    const { job_id } = await jobs.registry.create(planOf([{}, {}]));
    await jobs.engine.whenRunning('op-0001', 'op-0002');
    jobs.engine.finish('op-0001', failedWith('checks_failed'));
    await jobs.whenJob(job_id, (job) => job.progress.failed === 1);
    await jobs.controls.retry({ job_id });
    await jobs.engine.whenRunning('op-0001');
    jobs.engine.finish('op-0001');
    jobs.engine.finish('op-0002');
    expect((await jobs.whenEnded(job_id)).status).toBe('completed');
  });

  it('rerun makes a new job that names the old one', async () => {
    jobs.engine.rule = () => completed();
    const { job_id } = await jobs.registry.create(planOf([{}]));
    await jobs.whenEnded(job_id);
    const again = await jobs.controls.rerun({ job_id });
    expect(await jobs.whenEnded(again.job_id)).toMatchObject({ status: 'completed', rerun_of: job_id });
    expect(again.job_id > job_id).toBe(true);
  });

  it('tells in its log what happened to it and who asked', async () => {
    const { job_id } = await jobs.registry.create(planOf([{}, {}], { max_parallel: 1 }));
    await jobs.engine.whenRunning('op-0001');
    await jobs.controls.pause({ job_id });
    await jobs.controls.resume({ job_id });
    await jobs.controls.cancel({ job_id });
    jobs.engine.finish('op-0001', { outcome: 'cancelled', artifacts: [] });
    await jobs.whenEnded(job_id);
    const { entries } = await jobs.registry.logOf(job_id).read(0, undefined, 100);
    expect(entries.map(({ seq, message }) => `${seq} ${message}`)).toEqual([
      '1 job started',
      '2 job paused: what runs goes on to its end',
      '3 job resumed',
      '4 a person asked to cancel the job',
      '5 cancelled',
      '6 cancelled',
      '7 job ended: cancelled',
    ]);
  });

  it('deletes ended jobs only', async () => {
    const { job_id } = await jobs.registry.create(planOf([{}]));
    await jobs.engine.whenRunning('op-0001');
    await expect(jobs.controls.remove({ job_id })).rejects.toSatisfy((error) =>
      ApiError.is(error, 'conflict'),
    );
    jobs.engine.finish('op-0001');
    await jobs.whenEnded(job_id);
    await jobs.controls.remove({ job_id });
    expect(jobs.registry.jobOf(job_id)).toBeUndefined();
  });
});

describe('limits', () => {
  it('shares a connection of two jobs, and says who holds what a waiting operation waits for', async () => {
    const jobs = await openJobs();
    const project = {
      project_id: 'p',
      dir: '/p',
      connections: { db: { type: 'duckdb' as const, path: '/p/x', max_parallel: 1 } },
    };
    const plan = planOf([{ connections: [['/p', 'db']] }, {}], { projects: { '/p': project } });
    const first = await jobs.registry.create(plan);
    await jobs.engine.whenRunning('op-0001', 'op-0002');
    const second = await jobs.registry.create(
      planOf([{ connections: [['/p', 'db']] }], { projects: { '/p': project } }),
    );
    expect(jobs.registry.operationOf(second.job_id, 0)?.waiting).toEqual({
      for: 'connection',
      name: 'db',
      limit: 1,
      holders: [{ job_id: first.job_id, operation_id: 'op-0001', name: 'a' }],
    });
    jobs.engine.finish('op-0001');
    jobs.engine.finish('op-0002');
    await jobs.whenEnded(first.job_id);
    await jobs.engine.whenRunning('op-0001');
    jobs.engine.finish('op-0001');
    expect((await jobs.whenEnded(second.job_id)).status).toBe('completed');
    await jobs.close();
  });

  it('is fair between jobs of one priority and prefers a higher one', async () => {
    const jobs = await openJobs({ maxParallel: 2 });
    const many = await jobs.registry.create(planOf(Array.from({ length: 6 }, () => ({}))));
    await jobs.engine.whenRunning('op-0001', 'op-0002');
    const order: string[] = [];
    jobs.engine.rule = (request) => {
      order.push(request.job_id);
      return completed();
    };
    const few = await jobs.registry.create(planOf([{}]));
    const urgent = await jobs.registry.create(planOf([{}], { priority: 5 }));
    jobs.engine.finish('op-0001');
    await Promise.all([few, urgent].map(({ job_id }) => jobs.whenEnded(job_id)));
    jobs.engine.finish('op-0002');
    await jobs.whenEnded(many.job_id);
    expect(order.slice(0, 2)).toEqual([urgent.job_id, few.job_id]);
    await jobs.close();
  });
});

describe('after a restart', () => {
  it('runs again what was running, repeats nothing that finished, keeps attempts', async () => {
    let jobs = await openJobs();
    const { job_id } = await jobs.registry.create(planOf([{}, {}, {}], { max_parallel: 2 }));
    await jobs.engine.whenRunning('op-0001', 'op-0002');
    jobs.engine.finish('op-0001');
    await jobs.engine.whenRunning('op-0003');
    jobs = await jobs.restart();
    await jobs.engine.whenRunning('op-0002', 'op-0003');
    expect(jobs.engine.started.toSorted()).toEqual(['op-0002#2', 'op-0003#2']);
    jobs.engine.finish('op-0002');
    jobs.engine.finish('op-0003');
    expect((await jobs.whenEnded(job_id)).status).toBe('completed');
    expect(jobs.registry.operationOf(job_id, 1)?.attempts[0]?.error).toMatchObject({
      kind: 'interrupted',
      code: 'daemon_stopped',
    });
    await jobs.close();
  });

  it('stays paused when it was paused, and ends a job that was being cancelled', async () => {
    let jobs = await openJobs();
    const paused = await jobs.registry.create(planOf([{}, {}], { max_parallel: 1 }));
    const cancelled = await jobs.registry.create(planOf([{}]));
    await jobs.engine.whenRunning('op-0001');
    await jobs.controls.pause({ job_id: paused.job_id });
    await jobs.controls.cancel({ job_id: cancelled.job_id });
    jobs = await jobs.restart();
    expect((await jobs.whenEnded(cancelled.job_id)).status).toBe('cancelled');
    expect(jobs.registry.requireJob(paused.job_id).status).toBe('paused');
    expect(jobs.engine.started).toEqual([]);
    await jobs.close();
  });
});

it('keeps in the history of an operation a run that ended before a restart', async () => {
  const work = { type: 'command' as const, project_dir: null, program: 'x', args: [], cwd: '/', env: {} };
  let jobs = await openJobs();
  const { job_id } = await jobs.registry.create(planOf([{ work }, { work }], { max_parallel: 1 }));
  await jobs.engine.whenRunning('op-0001');
  jobs.engine.finish('op-0001');
  await jobs.engine.whenRunning('op-0002');
  jobs = await jobs.restart();
  await jobs.engine.whenRunning('op-0002');
  jobs.engine.finish('op-0002');
  await jobs.whenEnded(job_id);
  expect(jobs.store.history(null, 'command', 'a')?.runs).toBe(1);
  expect(jobs.store.history(null, 'command', 'b')?.runs).toBe(1);
  await jobs.close();
});
