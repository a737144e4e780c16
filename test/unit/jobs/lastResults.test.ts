import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../daemon/protocol/engine.ts';
import type { CheckResult } from '../../../daemon/protocol/results.ts';
import { LastResults } from '../../../daemon/server/jobs/lastResults.ts';
import { ProjectPlaces } from '../../../daemon/server/jobs/projectPlaces.ts';
import type { ProjectRegistry } from '../../../daemon/server/storage/projects.ts';
import { openJobs, planOf, type JobsUnderTest } from '../../support/jobs.ts';

const dir = join('/', 'shop');
const place = { project_id: 'shop', dir };
const projects: ProjectRegistry = {
  seen: () => Promise.resolve(),
  list: () => [],
  find: () => [],
  close: () => Promise.resolve(),
};

let jobs: JobsUnderTest;
let results: LastResults;

/** What the service does for the results: it tells them what happens. */
function attach(): void {
  const places = new ProjectPlaces({ project: () => Promise.reject(new Error('not asked')) }, projects);
  results = new LastResults(jobs.registry, places, projects);
  jobs.registry.addListener({
    jobChanged: () => undefined,
    operationChanged: (jobId, index) => results.operationChanged(jobId, index),
    jobDeleted: () => undefined,
  });
  for (const jobId of jobs.registry.live.keys()) results.tookUp(jobId);
}

async function restart(): Promise<void> {
  jobs = await jobs.restart();
  attach();
}

beforeEach(async () => {
  jobs = await openJobs();
  attach();
});
afterEach(() => jobs.close());

const check = (status: CheckResult['status']): CheckResult => ({
  check: 'row_count',
  name: 'row_count',
  status,
  severity: 'fail',
  expected: 2,
  actual: status === 'passed' ? 2 : 1,
  samples: [{ id: '1' }],
});

function ended(pipelineId: string, status: CheckResult['status']): AttemptOutcome {
  const at = new Date().toISOString();
  const result = {
    type: 'pipeline' as const,
    pipeline_id: pipelineId,
    checks: [check(status)],
    summary: { passed: 0, failed: 0, warned: 0, skipped: 0, errored: 0 },
    evidence: { started_at: at, finished_at: at },
  };
  if (status === 'passed') return { outcome: 'completed', artifacts: [], result };
  const error = {
    kind: 'checks_failed' as const,
    code: 'x',
    message: `${pipelineId} differs`,
    hint: 'Look.',
  };
  return { outcome: 'failed', artifacts: [], result, error };
}

function start(...pipelineIds: string[]) {
  const connection = { type: 'duckdb' as const, path: '/shop/a.duckdb' };
  const operations = pipelineIds.map((id) => ({
    name: id,
    work: {
      type: 'pipeline' as const,
      project_dir: dir,
      pipeline: {
        pipeline_id: id,
        source: { connection: 'a', table: 't' },
        target: { connection: 'a', table: 't' },
        keys: ['id'],
        column_map: {},
        exclude: [],
        checks: [],
      },
    },
  }));
  const projects = { [dir]: { project_id: 'shop', dir, connections: { a: connection } } };
  return jobs.registry.create(planOf(operations, { projects, definition_file: join(dir, 'a.batch.yaml') }));
}

async function ran(outcomes: Record<string, CheckResult['status']>): Promise<string> {
  const ids = Object.keys(outcomes);
  jobs.engine.rule = ({ operation_id }) => {
    const id = ids[Number(operation_id.slice(3)) - 1] as string;
    return ended(id, outcomes[id] as CheckResult['status']);
  };
  const { job_id } = await start(...ids);
  await jobs.whenEnded(job_id);
  jobs.engine.rule = () => null;
  return job_id;
}

const told = async () =>
  (await results.ofProject(place)).pipelines.map(({ pipeline_id, status, checks }) => [
    pipeline_id,
    status,
    checks.map((each) => each.status).join(),
  ]);

it('tells the latest run of each pipeline, the latest first, with its checks and without their samples', async () => {
  await ran({ orders: 'passed', stock: 'passed' });
  const second = await ran({ orders: 'failed' });
  expect(await told()).toEqual([
    ['orders', 'failed', 'failed'],
    ['stock', 'completed', 'passed'],
  ]);
  const [orders] = (await results.ofProject(place)).pipelines;
  const { samples: _samples, ...brief } = check('failed');
  expect(orders).toMatchObject({
    job_id: second,
    error: { kind: 'checks_failed', message: 'orders differs', hint: 'Look.' },
    checks: [brief],
  });
  expect(orders?.checks).toStrictEqual([brief]);
  expect(await results.ofProject({ ...place, dir: '/other' })).toMatchObject({ pipelines: [] });
});

it('reads each document once, however often it is asked', async () => {
  await ran({ orders: 'passed', stock: 'passed' });
  await ran({ lines: 'passed' });
  await restart();
  const reads: string[] = [];
  const load = jobs.store.load.bind(jobs.store);
  jobs.store.load = (jobId) => {
    reads.push(jobId);
    return load(jobId);
  };
  const first = await results.ofProject(place);
  for (const { job_id } of first.pipelines) jobs.registry.ended.forget(job_id);
  expect(await results.ofProject(place)).toEqual(first);
  expect(first.pipelines).toHaveLength(3);
  expect(reads).toHaveLength(2);
});

it('while a failed operation runs again it is still the last result; after a restart by its error alone', async () => {
  const job_id = await ran({ orders: 'failed' });
  await jobs.controls.retry({ job_id });
  await jobs.engine.whenRunning('op-0001');
  expect(await told()).toEqual([['orders', 'failed', 'failed']]);
  await restart();
  await jobs.engine.whenRunning('op-0001');
  const { pipelines, batch_files } = await results.ofProject(place);
  expect(pipelines).toMatchObject([
    {
      status: 'failed',
      checks: [],
      error: { kind: 'checks_failed', message: 'orders differs', hint: 'Look.' },
    },
  ]);
  expect(batch_files).toMatchObject([{ job_id, status: 'running', total: 1, completed: 0, failed: 0 }]);
  jobs.engine.finish('op-0001', ended('orders', 'passed'));
  await jobs.whenEnded(job_id);
  expect(await told()).toEqual([['orders', 'completed', 'passed']]);
});

it('a cancelled operation is no end of its pipeline', async () => {
  await ran({ orders: 'failed' });
  const { job_id } = await start('orders');
  await jobs.engine.whenRunning('op-0001');
  await jobs.controls.cancel({ job_id });
  jobs.engine.finish('op-0001', { outcome: 'cancelled', artifacts: [] });
  await jobs.whenEnded(job_id);
  expect(await told()).toEqual([['orders', 'failed', 'failed']]);
});

it('goes back to the run before when the document of the last one is damaged', async () => {
  const first = await ran({ orders: 'passed' });
  const second = await ran({ orders: 'failed' });
  await restart();
  const path = join(jobs.dataDir, 'jobs', `${second}.json`);
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100));
  const { pipelines, batch_files } = await results.ofProject(place);
  expect(pipelines).toMatchObject([{ job_id: first, status: 'completed', checks: [{ status: 'passed' }] }]);
  expect(batch_files).toMatchObject([{ job_id: first }]);
});
