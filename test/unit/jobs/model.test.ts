import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isJobEnded } from '../../../daemon/protocol/entities.ts';
import { ApiError } from '../../../daemon/protocol/errors.ts';
import type { PlannedOperation } from '../../../daemon/protocol/plan.ts';
import { endStatusOf } from '../../../daemon/server/jobs/stateMachine.ts';
import { completed, failedWith, openJobs, planOf, type JobsUnderTest } from '../../support/jobs.ts';

/**
 * Random jobs under random interleavings of ends, failures, cancels, pauses, retries and restarts, against invariants that hold at
 * every moment. The real registry, runner, journal and files; only the engine does what the test says.
 */

/** More with OMBUDSMAN_MODEL_RUNS=2000. */
const numRuns = Number(process.env.OMBUDSMAN_MODEL_RUNS ?? 120);

const operationArbitrary = (index: number): fc.Arbitrary<Partial<PlannedOperation>> =>
  fc.record({
    depends_on: index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 2 }),
    retry: fc.option(
      fc.constant({
        max_attempts: 2,
        backoff: 'fixed' as const,
        delay_ms: 0,
        max_delay_ms: 0,
        jitter: false,
      }),
    ),
  });

const planArbitrary = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.record({
    operations: fc.tuple(...Array.from({ length: size }, (_, index) => operationArbitrary(index))),
    parallel_execution: fc.boolean(),
    max_parallel: fc.integer({ min: 1, max: 4 }),
    stop_on_error: fc.boolean(),
  }),
);

const stepArbitrary = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('complete' as const), pick: fc.nat(7) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('fail' as const, 'interrupt' as const), pick: fc.nat(7) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'cancel' as const,
        'pause' as const,
        'resume' as const,
        'retry' as const,
        'restart' as const,
      ),
      pick: fc.constant(0),
    }),
  },
);
type Step = typeof stepArbitrary extends fc.Arbitrary<infer S> ? S : never;

/** Waits until nothing is on its way to disk. */
async function settle(jobs: JobsUnderTest): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet++) {
    for (const { job } of jobs.registry.live.values()) await job.settled();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function checkInvariants(
  jobs: JobsUnderTest,
  jobId: string,
  finishedBefore: ReadonlyMap<string, number>,
): Promise<void> {
  const { statuses, view } = await jobs.registry.frames(jobId);
  const job = jobs.registry.requireJob(jobId);
  const count = (status: string): number =>
    statuses.filter((operation) => operation.status === status).length;
  const { progress } = job;
  expect(progress).toMatchObject({
    completed: count('completed'),
    failed: count('failed'),
    skipped: count('skipped'),
    cancelled: count('cancelled'),
    running: count('running'),
  });
  // An attempt holds its slot from before its start is durable until its work is dead.
  const active = [...jobs.registry.live.values()].reduce((sum, { runner }) => sum + runner.activeCount, 0);
  expect(jobs.registry.scheduler.daemonGate.inUse, 'slots in use = live work').toBe(active);
  expect(jobs.engine.running.size).toBeLessThanOrEqual(active);
  if (isJobEnded(job.status)) {
    expect(count('pending') + count('running')).toBe(0);
    expect([
      endStatusOf(count('completed'), statuses.length, true),
      endStatusOf(count('completed'), statuses.length, false),
    ]).toContain(job.status);
  }
  for (const [operationId, attempts] of finishedBefore) {
    const operation = view(Number(operationId.slice(3)) - 1);
    expect(operation.attempts.length, `${operationId} had completed and must not run again`).toBe(attempts);
  }
}

async function act(jobs: JobsUnderTest, jobId: string, step: Step): Promise<JobsUnderTest> {
  const running = [...jobs.engine.running.keys()];
  const picked = running[step.pick % Math.max(1, running.length)];
  const refusals = async (call: Promise<unknown>): Promise<void> => {
    await call.catch((error: unknown) => {
      if (!ApiError.is(error, 'conflict')) throw error;
    });
  };
  switch (step.do) {
    case 'complete':
    case 'fail':
    case 'interrupt':
      if (picked !== undefined) {
        const aborted = jobs.engine.running.get(picked)?.hooks.signal.aborted === true;
        const failure = failedWith(step.do === 'fail' ? 'checks_failed' : 'interrupted');
        jobs.engine.finish(
          picked,
          step.do === 'complete' ? completed() : aborted ? { outcome: 'cancelled', artifacts: [] } : failure,
        );
      }
      return jobs;
    case 'restart':
      return await jobs.restart();
    case 'cancel':
      await refusals(jobs.controls.cancel({ job_id: jobId }));
      return jobs;
    case 'pause':
      await refusals(jobs.controls.pause({ job_id: jobId }));
      return jobs;
    case 'resume':
      await refusals(jobs.controls.resume({ job_id: jobId }));
      return jobs;
    case 'retry':
      // A retry waits for a job that is being cancelled; here nobody else would end it.
      if (
        jobs.registry.requireJob(jobId).cancel_requested !== true ||
        isJobEnded(jobs.registry.requireJob(jobId).status)
      )
        await refusals(jobs.controls.retry({ job_id: jobId }));
      return jobs;
  }
}

it('keeps its invariants under any interleaving, and every job ends', { timeout: 900_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      planArbitrary,
      fc.array(stepArbitrary, { maxLength: 25 }),
      async ({ operations, ...options }, steps) => {
        let jobs = await openJobs({ maxParallel: 3 });
        try {
          const { job_id } = await jobs.registry.create(planOf(operations, options));
          const finished = new Map<string, number>();
          for (const step of steps) {
            await settle(jobs);
            jobs = await act(jobs, job_id, step);
            await settle(jobs);
            await checkInvariants(jobs, job_id, finished);
            const { plan, view } = await jobs.registry.frames(job_id);
            for (const { index, operation_id } of plan.operations) {
              const { status, attempts } = view(index);
              if (status === 'completed') finished.set(operation_id, attempts.length);
            }
          }
          await endAll(jobs, job_id);
          await checkInvariants(jobs, job_id, finished);
          expect(isJobEnded(jobs.registry.requireJob(job_id).status)).toBe(true);
          expect(jobs.registry.live.size).toBe(0);
          expect(jobs.registry.scheduler.daemonGate.inUse).toBe(0);
        } finally {
          await jobs.close();
        }
      },
    ),
    { numRuns, endOnFailure: false },
  );
});

/** Lets everything that is left complete. */
async function endAll(jobs: JobsUnderTest, jobId: string): Promise<void> {
  jobs.engine.rule = () => completed();
  if (jobs.registry.requireJob(jobId).status === 'paused') await jobs.controls.resume({ job_id: jobId });
  for (const operationId of [...jobs.engine.running.keys()]) jobs.engine.finish(operationId);
  await jobs.whenEnded(jobId);
}
