import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFiles } from '../../../daemon/server/storage/files.ts';
import type { OperationState } from '../../../daemon/server/storage/schemas.ts';
import { RunLedger, type NamedRun } from '../../../daemon/server/storage/runLedger.ts';
import type { Run } from '../../../daemon/server/storage/runList.ts';
import { runsOf } from '../../../daemon/server/storage/runsOf.ts';
import { samplesOf, summarise } from '../../../daemon/server/storage/summary.ts';
import { trendsOf } from '../../../daemon/server/storage/trends.ts';
import { createdAt, isoAt, jobDocument, jobId } from '../../support/storageJobs.ts';
import { newFolder, openStore } from './support.ts';

const hour = Date.parse('2026-06-01T12:00:00.000Z');

function run(n: number, parts: Partial<Run> = {}): Run {
  return {
    at: isoAt(hour + n * 1000),
    job_id: jobId(n),
    operation_id: 'op-0001',
    duration_ms: n,
    ok: true,
    ...parts,
  };
}

function named(name: string, n: number, parts: Partial<NamedRun> = {}): NamedRun {
  return { kind: 'pipeline', project_dir: '/p', project_id: 'shop', name, run: run(n), ...parts };
}

const durations = (ledger: RunLedger, name: string, projectDir = '/p') =>
  ledger
    .runsOf({ kind: 'pipeline', project_dir: projectDir, project_id: null, name })
    .map(({ duration_ms }) => duration_ms);

describe('the ledger of runs', () => {
  test('keeps runs in the order of time, whatever order they are told in, and none twice', () => {
    const ledger = new RunLedger();
    for (const n of [3, 1, 2, 3, 1]) ledger.add(named('orders', n));
    ledger.add(named('orders', 2, { run: run(2, { operation_id: 'op-0002', duration_ms: 20 }) }));
    expect(durations(ledger, 'orders')).toEqual([1, 2, 20, 3]);
    expect([...ledger.latest('pipeline')]).toEqual([named('orders', 3)]);
  });

  test('keeps the latest 500 of one pipeline', () => {
    const ledger = new RunLedger();
    for (let n = 0; n < 600; n += 1) ledger.add(named('orders', (n * 7) % 600));
    expect(durations(ledger, 'orders')).toEqual(Array.from({ length: 500 }, (_, n) => n + 100));
  });

  test('tells apart folders, and pipelines from catalogs', () => {
    const ledger = new RunLedger();
    ledger.add(named('orders', 1));
    ledger.add(named('orders', 2, { project_dir: '/q' }));
    ledger.add(named('orders', 3, { kind: 'catalog' }));
    expect(durations(ledger, 'orders')).toEqual([1]);
    expect(durations(ledger, 'orders', '/q')).toEqual([2]);
    expect([...ledger.latest('catalog')].map((each) => each.run.duration_ms)).toEqual([3]);
  });

  test('runs of jobs that are gone are there no longer, nor written', () => {
    const known = new Set([1, 2, 3].map(jobId));
    const ledger = new RunLedger((id) => known.has(id));
    for (const n of [1, 2, 3]) ledger.add(named('orders', n));
    ledger.add(named('stock', 3));
    known.delete(jobId(3));
    expect([...ledger.latest('pipeline')]).toEqual([named('orders', 2)]);
    expect(durations(ledger, 'orders')).toEqual([1, 2]);
    const copy = new RunLedger();
    copy.restore(ledger.rows());
    expect([...copy.latest('pipeline')]).toEqual([named('orders', 2)]);
  });

  test('survives as rows', () => {
    const ledger = new RunLedger();
    ledger.add(named('orders', 1, { project_id: null, run: run(1, { ok: false }) }));
    ledger.add(named('orders', 2));
    ledger.add(named('warehouse', 3, { kind: 'catalog' }));
    const copy = new RunLedger();
    copy.restore(JSON.parse(JSON.stringify(ledger.rows())) as ReturnType<RunLedger['rows']>);
    expect(copy.rows()).toEqual(ledger.rows());
    expect([...copy.latest('pipeline')]).toEqual([...ledger.latest('pipeline')]);
    expect(copy.runsOf(named('orders', 0))).toEqual([run(1, { ok: false }), run(2)]);
    const without = new RunLedger((id) => id !== jobId(2));
    without.restore(ledger.rows());
    expect([...without.latest('pipeline')].map((each) => each.run)).toEqual([run(1, { ok: false })]);
  });

  test('past its size, what ran longest ago keeps fewer runs; invented names cannot grow it without end', () => {
    const ledger = new RunLedger(undefined, 900);
    for (let n = 0; n < 500; n += 1) ledger.add(named('old', n));
    for (let n = 500; n < 1001; n += 1) ledger.add(named('new', n));
    expect(durations(ledger, 'old')).toEqual(Array.from({ length: 250 }, (_, n) => n + 250));
    expect(durations(ledger, 'new')).toHaveLength(500);
    for (let n = 2000; n < 5000; n += 1) ledger.add(named(`invented ${n}`, n));
    const left = [...ledger.latest('pipeline')];
    expect(left.length).toBeLessThanOrEqual(900);
    expect(left.length).toBeGreaterThan(700);
    expect(left.map(({ name }) => name)).toContain('invented 4999');
    expect(left.map(({ name }) => name)).not.toContain('invented 2000');
  });
});

describe('what an operation adds to it', () => {
  const at = createdAt(9);
  const attempts = [{ attempt: 1, started_at: createdAt(8), finished_at: at }];
  const ended = (parts: Partial<OperationState>): OperationState => ({
    status: 'completed',
    attempts,
    finished_at: at,
    artifacts: [],
    ...parts,
  });
  const evidence = { started_at: createdAt(3), finished_at: createdAt(5) };

  function runsWith(work: object, state: OperationState) {
    const { plan } = jobDocument({ operations: 1 });
    const [planned] = plan.operations;
    const projects = { '/p': { project_id: 'shop', dir: '/p', connections: {} } };
    return runsOf(
      jobId(1),
      { ...plan, projects, operations: [{ ...planned, work }] as unknown as typeof plan.operations },
      0,
      state,
    );
  }
  const pipelineWork = { type: 'pipeline', project_dir: '/p', pipeline: { pipeline_id: 'orders' } };
  const catalogWork = { type: 'metadata_extraction', project_dir: '/p/', connection: 'legacy' };

  test('a pipeline, completed or failed, by its id and not by the name of the operation', () => {
    const told = { at, job_id: jobId(1), operation_id: 'op-0000', duration_ms: 1000, ok: true };
    expect(runsWith(pipelineWork, ended({}))).toEqual([named('orders', 0, { run: told })]);
    expect(runsWith(pipelineWork, ended({ status: 'failed' }))).toEqual([
      named('orders', 0, { run: { ...told, ok: false } }),
    ]);
  });

  test.each(['pending', 'running', 'skipped', 'cancelled'] as const)('nothing while it is %s', (status) => {
    expect(runsWith(pipelineWork, ended({ status }))).toEqual([]);
  });

  test('a catalog only when it was completed; folders are told in one way', () => {
    expect(runsWith(catalogWork, ended({}))).toMatchObject([
      { kind: 'catalog', name: 'legacy', project_dir: '/p' },
    ]);
    expect(runsWith(catalogWork, ended({ status: 'failed' }))).toEqual([]);
  });

  test('each pipeline of a project with its own end, and none that its result does not name', () => {
    const work = { type: 'project_validation', project_dir: '/p', pipelines: [{ pipeline_id: 'lost' }] };
    expect(runsWith(work, ended({ status: 'failed' }))).toEqual([]);
    const pipelines = [
      { pipeline_id: 'a', status: 'completed' as const, failing_checks: [], evidence },
      { pipeline_id: 'b', status: 'failed' as const, failing_checks: [] },
    ];
    const result = {
      type: 'project_validation' as const,
      project_id: 'shop',
      pipelines,
      summary: { total: 2, completed: 1, failed: 1 },
      evidence,
    };
    expect(runsWith(work, ended({ status: 'failed', result }))).toMatchObject([
      { name: 'a', run: { at: createdAt(5), duration_ms: 2000, ok: true } },
      { name: 'b', run: { at, duration_ms: 0, ok: false } },
    ]);
  });

  test('nothing of a program', () => {
    expect(runsWith({ type: 'command', project_dir: '/p' }, ended({}))).toEqual([]);
  });
});

describe('trends', () => {
  const query = { pipelines: 20, runs: 100 };

  test('the pipelines that ran last, the latest first, each with its latest runs, oldest first', () => {
    const ledger = new RunLedger();
    for (let n = 0; n < 10; n += 1) ledger.add(named('orders', n));
    for (let n = 20; n < 23; n += 1) ledger.add(named('stock', n, { run: run(n, { ok: n % 2 === 0 }) }));
    ledger.add(named('rare', 5));
    const told = trendsOf({ pipelines: 2, runs: 3 }, ledger);
    expect(told.pipelines.map(({ name, runs }) => [name, runs.map((each) => each.duration_ms)])).toEqual([
      ['stock', [20, 21, 22]],
      ['orders', [7, 8, 9]],
    ]);
    expect(told.pipelines[0]).toEqual({
      name: 'stock',
      project_id: 'shop',
      runs: [20, 21, 22].map((n) => ({
        job_id: jobId(n),
        operation_id: 'op-0001',
        finished_at: run(n).at,
        duration_ms: n,
        status: n % 2 === 0 ? 'completed' : 'failed',
      })),
    });
  });

  test('of one project, since a moment', () => {
    const ledger = new RunLedger();
    for (let n = 0; n < 5; n += 1) ledger.add(named('orders', n));
    ledger.add(named('orders', 7, { project_dir: '/q', project_id: 'bank' }));
    const names = (told: ReturnType<typeof trendsOf>) =>
      told.pipelines.map(({ project_id, runs }) => [project_id, runs.length]);
    expect(names(trendsOf({ ...query, project_id: 'shop' }, ledger))).toEqual([['shop', 5]]);
    expect(names(trendsOf({ ...query, since: run(3).at }, ledger))).toEqual([
      ['bank', 1],
      ['shop', 2],
    ]);
    expect(names(trendsOf({ ...query, since: run(6).at }, ledger))).toEqual([['bank', 1]]);
  });

  test('two folders of one project are one pipeline', () => {
    const ledger = new RunLedger();
    for (const n of [1, 4]) ledger.add(named('orders', n));
    for (const n of [2, 3]) ledger.add(named('orders', n, { project_dir: '/copy' }));
    expect(trendsOf(query, ledger).pipelines.map(({ runs }) => runs.map((each) => each.duration_ms))).toEqual(
      [[1, 2, 3, 4]],
    );
  });
});

describe('runs on disk', () => {
  const fixtures = join(import.meta.dirname, '../../fixtures/storage/v1');
  const told = {
    kind: 'pipeline',
    project_dir: '/home/ada/retail',
    project_id: 'retail',
    name: 'orders',
    run: {
      at: '2026-03-01T00:01:02.000Z',
      job_id: '01KJKNQQ000000000000000001',
      operation_id: 'op-0002',
      duration_ms: 30_000,
      ok: false,
    },
  };

  function releasedFolder(): string {
    const dir = newFolder();
    mkdirSync(join(dir, 'jobs'));
    copyFileSync(join(fixtures, 'job.json'), join(dir, 'jobs', `${told.run.job_id}.json`));
    copyFileSync(join(fixtures, 'index.json'), join(dir, 'index.json'));
    return dir;
  }

  test('an index of version 0.1.0, which kept none, is read as it is and completed from the jobs', async () => {
    const dir = releasedFolder();
    const store = await openStore(dir);
    expect(store.summary(told.run.job_id)?.job.status).toBe('partial_success');
    expect(store.history('retail', 'pipeline', 'orders')).toMatchObject({ runs: 1 });
    await store.indexed();
    expect([...store.runs.latest('pipeline')]).toEqual([told]);
    await store.close();
    // Now it stands in the index: the next start finds it without the document.
    writeFileSync(join(dir, 'jobs', `${told.run.job_id}.json`), '');
    const next = await openStore(dir);
    expect([...next.runs.latest('pipeline')]).toEqual([told]);
  });

  test('what is learnt is not called complete when the daemon ends before it is', async () => {
    const dir = releasedFolder();
    const text = readFileSync(join(fixtures, 'job.json'), 'utf8');
    const otherId = told.run.job_id.replace(/1$/, '2');
    writeFileSync(join(dir, 'jobs', `${otherId}.json`), text.replaceAll(told.run.job_id, otherId));
    let isOpen = false;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const read = async (path: string): Promise<Buffer> => {
      if (isOpen) await released;
      return await nodeFiles.read(path);
    };
    const store = await openStore(dir, { files: { ...nodeFiles, read } });
    isOpen = true;
    const closed = store.close();
    release();
    await closed;
    expect(readFileSync(join(dir, 'index.json'), 'utf8')).not.toMatch(/^ {2}"runs"/m);
    const next = await openStore(dir);
    await next.indexed();
    expect(next.runs.runsOf(told as NamedRun).map(({ job_id }) => job_id)).toEqual([
      told.run.job_id,
      otherId,
    ]);
  });

  test.each([
    ['nothing', () => undefined],
    ['index.json missing', (dir: string) => rmSync(join(dir, 'index.json'))],
    ['index.log missing', (dir: string) => rmSync(join(dir, 'index.log'))],
    ['index.json damaged', (dir: string) => writeFileSync(join(dir, 'index.json'), '{')],
  ])('%s: the same runs after a start, and after the next', async (_name, damage) => {
    const dir = newFolder();
    const store = await openStore(dir);
    for (let n = 1; n <= 4; n += 1) {
      const document = pipelineJob(n, 'pending');
      await store.create(document, summarise(document));
      const ended = pipelineJob(n, n === 3 ? 'failed' : 'completed');
      await store.finish(ended, summarise(ended), samplesOf(ended));
    }
    await store.remove(jobId(4));
    const subject = { kind: 'pipeline' as const, project_dir: '/p', project_id: 'retail', name: 'orders' };
    const expected = store.runs.runsOf(subject);
    expect(expected.map(({ job_id, ok }) => [job_id, ok])).toEqual([
      [jobId(1), true],
      [jobId(2), true],
      [jobId(3), false],
    ]);
    expect(store.latestOfFiles()).toEqual(new Map([['/p/daily.batch.yaml', jobId(3)]]));
    await store.close();
    damage(dir);
    for (let start = 0; start < 2; start += 1) {
      const next = await openStore(dir);
      await next.indexed();
      expect(next.runs.runsOf(subject)).toEqual(expected);
      expect(next.latestOfFiles()).toEqual(new Map([['/p/daily.batch.yaml', jobId(3)]]));
      await next.close();
    }
  });

  function pipelineJob(n: number, status: 'pending' | 'completed' | 'failed') {
    const document = jobDocument({
      n,
      operations: 1,
      status,
      operation: () =>
        status === 'pending'
          ? { status, attempts: [], artifacts: [] }
          : {
              status,
              attempts: [{ attempt: 1, started_at: createdAt(n), finished_at: createdAt(n + 1) }],
              finished_at: createdAt(n + 1),
              artifacts: [],
            },
    });
    const spec = {
      pipeline_id: 'orders',
      source: { connection: 'a', table: 't' },
      target: { connection: 'b', table: 't' },
      keys: [],
      column_map: {},
      exclude: [],
      checks: [],
    };
    const operations = document.plan.operations.map((operation) => ({
      ...operation,
      work: { type: 'pipeline' as const, project_dir: '/p', pipeline: spec },
    }));
    return {
      ...document,
      plan: { ...document.plan, definition_file: '/p/daily.batch.yaml', operations },
    };
  }
});
