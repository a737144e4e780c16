import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { methods, type MethodInput } from '../../../daemon/protocol/methods.ts';
import { pageOfOperations } from '../../../daemon/server/jobs/queries.ts';
import { completed, failedWith, openJobs, planOf, type JobsUnderTest } from '../../support/jobs.ts';

let jobs: JobsUnderTest;
beforeEach(async () => {
  jobs = await openJobs();
});
afterEach(() => jobs.close());

async function page(input: MethodInput<'jobs/operations'>) {
  const { operations, total } = await pageOfOperations(
    jobs.registry,
    methods['jobs/operations'].params.parse(input),
  );
  return { operations, names: operations.map(({ name }) => name).join(''), total };
}

describe('operations of a job', () => {
  /** a completed, b failed, c running, d failed, e skipped (needs b), f pending (needs c), g running, h completed. */
  async function mixedJob(): Promise<string> {
    const parts = [{}, {}, {}, {}, { depends_on: [1] }, { depends_on: [2] }, {}, {}];
    const { job_id } = await jobs.registry.create(planOf(parts, { max_parallel: 8 }));
    await jobs.engine.whenRunning('op-0001', 'op-0002', 'op-0003', 'op-0004', 'op-0007', 'op-0008');
    jobs.engine.finish('op-0001', completed());
    jobs.engine.finish('op-0008', completed());
    jobs.engine.finish('op-0002', {
      outcome: 'failed',
      artifacts: [],
      error: { kind: 'internal', code: 'x', message: 'm', details: { a: 1 }, stack: 's' },
    });
    jobs.engine.finish('op-0004', failedWith('definition'));
    await jobs.whenJob(
      job_id,
      ({ progress }) => progress.completed + progress.failed + progress.skipped === 5,
    );
    return job_id;
  }

  it('failed first: what needs a person, what runs, what waits, what has ended, each in the order of the batch', async () => {
    const job_id = await mixedJob();
    expect((await page({ job_id })).names).toBe('abcdefgh');
    expect((await page({ job_id, sort: 'failed_first' })).names).toBe('bdcgfeah');
  });

  it('pages of that order join without a gap and without a repetition', async () => {
    const job_id = await mixedJob();
    const parts = await Promise.all(
      [0, 3, 6].map((offset) => page({ job_id, sort: 'failed_first', limit: 3, offset })),
    );
    expect(parts.map(({ names }) => names)).toEqual(['bdc', 'gfe', 'ah']);
    expect(parts.map(({ total }) => total)).toEqual([8, 8, 8]);
  });

  it('only those asked for by id, with any other filter', async () => {
    const job_id = await mixedJob();
    const ids = ['op-0007', 'op-0002', 'op-9999', 'op-0001'];
    expect(await page({ job_id, operation_ids: ids })).toMatchObject({ names: 'abg', total: 3 });
    expect(await page({ job_id, operation_ids: ids, status: 'failed' })).toMatchObject({
      names: 'b',
      total: 1,
    });
    expect(await page({ job_id, operation_ids: [] })).toMatchObject({ names: '', total: 0 });
  });

  it('as summaries have no result, and no details and stack in any error', async () => {
    const job_id = await mixedJob();
    const full = await page({ job_id });
    const brief = await page({ job_id, detail: 'summary' });
    expect(full.operations[0]).toHaveProperty('result');
    expect(full.operations[1]?.attempts[0]?.error).toHaveProperty('stack');
    expect(JSON.stringify(brief.operations)).not.toMatch(/"result"|"details"|"stack"/);
    const error = { kind: 'internal', code: 'x', message: 'm' };
    expect(brief.operations[1]).toMatchObject({ status: 'failed', error, attempts: [{ error }] });
    expect(brief.operations.map(({ status }) => status)).toEqual(full.operations.map(({ status }) => status));
  });
});
