import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jobStatusSchema, type Job } from '../../../daemon/protocol/entities.ts';
import type { MethodParams } from '../../../daemon/protocol/methods.ts';
import { createFileStore } from '../../../daemon/server/storage/fileStore.ts';
import { RunHistory } from '../../../daemon/server/storage/history.ts';
import { IndexFile } from '../../../daemon/server/storage/indexFile.ts';
import { JobIndex } from '../../../daemon/server/storage/jobIndex.ts';
import { RunLedger } from '../../../daemon/server/storage/runLedger.ts';
import type { JobSummary } from '../../../daemon/server/storage/schemas.ts';
import type { HistorySample, StorageNotice } from '../../../daemon/server/storage/store.ts';
import { samplesOf, summarise } from '../../../daemon/server/storage/summary.ts';
import { rowOf, summaryColumns, summaryOf } from '../../../daemon/server/storage/summaryRows.ts';
import { FaultyFiles } from './faultyFiles.ts';
import { createdAt, everything, jobDocument, jobId, jobSummary } from '../../support/storageJobs.ts';
import { contextOf, newFolder, openStore, textWith } from './support.ts';

type Query = MethodParams<'jobs/list'>;

const statuses = jobStatusSchema.options;
const projects = ['retail', 'finance', null];

/** A job whose values all differ in their order from that of its id. */
function varied(n: number): JobSummary {
  const isEnded = n % 7 >= 3;
  return jobSummary(n, {
    job_name: `${['Daily', 'weekly', 'Hourly'][n % 3]} validation ${(n * 7919) % 100_003}`,
    status: statuses[n % 7] as Job['status'],
    project_id: projects[n % 3] as string | null,
    job_type: n % 2 === 0 ? 'mixed' : 'bulk_pipeline_execution',
    tags: n % 5 === 0 ? ['nightly', `batch-${n % 10}`] : [],
    ...(isEnded && { finished_at: createdAt((n * 31) % 1000), duration_ms: (n * 17) % 501 }),
  });
}

function filled(count: number): JobIndex {
  const index = new JobIndex();
  for (let n = 0; n < count; n += 1) index.put(varied(n));
  return index;
}

describe('lists', () => {
  const count = 100_000;
  const index = filled(count);
  const all = Array.from({ length: count }, (_, n) => varied(n).job);

  /** The same question answered the slow and obvious way. */
  function sorted(compare: (a: Job, b: Job) => number): Job[] {
    return all.toReversed().sort(compare);
  }

  function expected(found: readonly Job[], { offset = 0, limit = 50 }: Partial<Query>) {
    return { jobs: found.slice(offset, offset + limit).map((job) => job.job_id), total: found.length };
  }

  function got(query: Partial<Query>) {
    const { jobs, total } = index.list({ limit: 50, offset: 0, ...query });
    return { jobs: jobs.map((job) => job.job_id), total };
  }

  test('100,000 jobs, page by page: every job once, newest first', () => {
    const seen: string[] = [];
    for (let offset = 0; offset < count; offset += 500) seen.push(...got({ limit: 500, offset }).jobs);
    expect(seen).toEqual(all.map((job) => job.job_id).reverse());
    expect(got({ offset: count }).jobs).toEqual([]);
    expect(got({ offset: count - 3 }).jobs).toEqual([2, 1, 0].map(jobId));
  });

  test.each<[string, Partial<Query>, (job: Job) => boolean]>([
    ['status', { status: 'failed' }, (job) => job.status === 'failed'],
    [
      'several statuses',
      { status: ['running', 'paused'] },
      (job) => ['running', 'paused'].includes(job.status),
    ],
    ['type', { job_type: ['mixed'] }, (job) => job.job_type === 'mixed'],
    ['project', { project_id: 'finance' }, (job) => job.project_id === 'finance'],
    ['all of several tags', { tags: ['nightly', 'batch-5'] }, (job) => job.tags.includes('batch-5')],
    ['after, inclusive', { created_after: createdAt(99_000) }, (job) => job.created_at >= createdAt(99_000)],
    ['before, exclusive', { created_before: createdAt(77) }, (job) => job.created_at < createdAt(77)],
    [
      'a day',
      { created_after: '2026-03-02', created_before: '2026-03-02T02:00:00+01:00' },
      (job) => job.created_at >= '2026-03-02' && job.created_at < '2026-03-02T01',
    ],
    [
      'search in names, whatever the case',
      { search: 'WEEKLY validation 9' },
      (job) => job.job_name.includes('weekly validation 9'),
    ],
    ['search in projects', { search: 'financ' }, (job) => job.project_id === 'finance'],
    ['search in tags', { search: 'batch-5' }, (job) => job.tags.includes('batch-5')],
    ['search for an id', { search: jobId(4711) }, (job) => job.job_id === jobId(4711)],
    ['blanks around a search', { search: '  nightly ' }, (job) => job.tags.includes('nightly')],
    [
      'all at once',
      { status: 'completed', project_id: 'retail', search: 'daily', tags: ['nightly'] },
      (job) => job.status === 'completed' && job.project_id === 'retail' && job.tags.includes('nightly'),
    ],
    ['nothing', { search: 'no such job' }, () => false],
  ])('filter by %s', (_name, query, keep) => {
    const found = all.filter(keep).reverse();
    const answer = expected(found, query);
    expect(got(query)).toEqual(answer);
    expect(answer.total > 0 || query.search === 'no such job').toBe(true);
    const deep = { ...query, offset: Math.floor(answer.total / 2), limit: 7 };
    expect(got(deep)).toEqual(expected(found, deep));
  });

  const byText = (of: (job: Job) => string) => (a: Job, b: Job) =>
    of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0;
  const missingLast = (of: (job: Job) => string | number | undefined, sign: number) => (a: Job, b: Job) => {
    const [left, right] = [of(a), of(b)];
    if (left === right) return 0;
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return left < right ? -sign : sign;
  };
  const negative = (compare: (a: Job, b: Job) => number) => (a: Job, b: Job) => -compare(a, b);

  test.each<[NonNullable<Query['sort']>, (a: Job, b: Job) => number]>([
    ['created_at', byText((job) => job.job_id)],
    ['-created_at', negative(byText((job) => job.job_id))],
    ['job_name', byText((job) => job.job_name.toLowerCase())],
    ['-job_name', negative(byText((job) => job.job_name.toLowerCase()))],
    ['status', byText((job) => job.status)],
    ['-status', negative(byText((job) => job.status))],
    ['duration_ms', missingLast((job) => job.duration_ms, 1)],
    ['-duration_ms', missingLast((job) => job.duration_ms, -1)],
    ['finished_at', missingLast((job) => job.finished_at, 1)],
    ['-finished_at', missingLast((job) => job.finished_at, -1)],
  ])('sort by %s', (sort, compare) => {
    const found = sorted(compare);
    for (const offset of [0, 40_000, 99_980]) {
      const query = { sort, offset, limit: 50 };
      expect(got(query)).toEqual(expected(found, query));
    }
  });

  test('jobs put in any order, changed and removed, stand in the order of their ids', () => {
    const mixed = new JobIndex();
    for (let n = 0; n < 500; n += 1) mixed.put(varied((n * 37) % 500));
    for (let n = 0; n < 500; n += 3) mixed.remove(jobId(n));
    mixed.put(jobSummary(4, { job_name: 'renamed' }));
    const left = Array.from({ length: 500 }, (_, n) => n).filter((n) => n % 3 !== 0);
    const { jobs, total } = mixed.list({ ...everything, sort: 'created_at' });
    expect(jobs.map((job) => job.job_id)).toEqual(left.map(jobId));
    expect(total).toBe(left.length);
    expect(mixed.list({ ...everything, search: 'RENAMED' }).jobs.map((job) => job.job_id)).toEqual([
      jobId(4),
    ]);
  });
});

test('a summary survives as a row, with every field of the schema and with none of the optional ones', () => {
  const bare = jobSummary(1, { project_id: null });
  const full = jobSummary(
    2,
    {
      definition_file: '/p/daily.batch.yaml',
      rerun_of: jobId(1),
      cancel_requested: true,
      started_at: createdAt(2),
      finished_at: createdAt(3),
      duration_ms: 1000,
      tags: ['a', 'b'],
    },
    { eta_ms: 5, current_operations: ['x'] },
  );
  for (const summary of [bare, full])
    expect(summaryOf(JSON.parse(JSON.stringify(rowOf(summary))) as unknown[])).toEqual(summary);
  expect(summaryColumns).toEqual(
    expect.arrayContaining(['job_id', 'rerun_of', 'progress.eta_ms', 'operations_ended']),
  );
});

describe('history and statistics', () => {
  const hour = Date.parse('2026-06-01T12:00:00.000Z');

  function sample(
    name: string,
    n: number,
    durationMs: number,
    isOk = true,
    projectId: string | null = 'retail',
  ): HistorySample {
    return {
      project_id: projectId,
      type: 'pipeline',
      name,
      sample: {
        at: new Date(hour + n * 1000).toISOString(),
        job_id: jobId(n),
        duration_ms: durationMs,
        rows: 10,
        ok: isOk,
      },
    };
  }

  test('a ring keeps the latest 50, counts all, and counts nothing twice', () => {
    const history = new RunHistory();
    const order = Array.from({ length: 70 }, (_, n) => (n * 11) % 70);
    for (const n of order) history.add(sample('orders', n, n, n % 10 !== 0));
    for (const n of [69, 50, 33]) history.add(sample('orders', n, n));
    const found = history.find('retail', 'pipeline', 'orders');
    expect(found).toMatchObject({ runs: 70, failures: 7 });
    const times = found?.recent.map((run) => run.at) ?? [];
    expect(times).toHaveLength(50);
    expect(times).toEqual(times.toSorted());
    expect(times.at(-1)).toBe(sample('orders', 69, 0).sample.at);
    expect(history.find(null, 'pipeline', 'orders')).toBeUndefined();
    expect(history.find('retail', 'command', 'orders')).toBeUndefined();
  });

  test('invented names cannot grow it without end', () => {
    const history = new RunHistory();
    for (let n = 0; n < 200_500; n += 1) history.add(sample(`invented ${n}`, n, 1));
    expect(history.all()).toHaveLength(200_000);
    expect(history.find('retail', 'pipeline', 'invented 499')).toBeUndefined();
    expect(history.find('retail', 'pipeline', 'invented 500')).toBeDefined();
  });

  test('against values computed by hand', async () => {
    const store = await openStore(newFolder());
    const finish = async (
      n: number,
      changes: Partial<Job>,
      progress: Partial<Job['progress']>,
      samples: HistorySample[],
    ) => {
      const document = jobDocument({ n });
      await store.create(document, jobSummary(n));
      await store.finish(document, jobSummary(n, changes, progress), samples);
    };
    await finish(1, { status: 'completed', duration_ms: 1000 }, { total: 4, completed: 4 }, [
      sample('orders', 1, 100),
      sample('customers', 1, 900),
    ]);
    await finish(
      2,
      { status: 'partial_success', duration_ms: 3000 },
      { total: 5, completed: 3, failed: 1, skipped: 1 },
      [sample('orders', 2, 301), sample('customers', 2, 100, false)],
    );
    await finish(
      3,
      { status: 'failed', duration_ms: 500, project_id: 'finance', job_type: 'bulk_pipeline_execution' },
      { total: 2, failed: 2 },
      [sample('ledger', 3, 50, false, 'finance')],
    );
    await store.create(
      jobDocument({ n: 4 }),
      jobSummary(4, { status: 'running' }, { total: 10, completed: 2, running: 3 }),
    );

    const now = new Date(hour + 60_000);
    const told = store.statistics({}, now);
    expect(told).toEqual({
      total_jobs: 4,
      by_status: {
        pending: 0,
        running: 1,
        paused: 0,
        completed: 1,
        partial_success: 1,
        failed: 1,
        cancelled: 0,
      },
      by_type: {
        bulk_pipeline_execution: 1,
        batch_data_generation: 0,
        multi_project_validation: 0,
        bulk_metadata_extraction: 0,
        mixed: 3,
      },
      total_operations: 21,
      // 4 + 3 + 0 + 2 completed, 1 + 2 failed; of job 4 ten less two less three are pending.
      operations_by_status: { pending: 5, running: 3, completed: 9, failed: 3, skipped: 1, cancelled: 0 },
      success_rate: 9 / 12,
      average_duration_ms: 1500,
      p95_duration_ms: 3000,
      operations_per_hour: 5,
      slowest_pipelines: [
        { name: 'customers', runs: 2, failures: 1, average_duration_ms: 500, p95_duration_ms: 900 },
        { name: 'orders', runs: 2, failures: 0, average_duration_ms: 201, p95_duration_ms: 301 },
        { name: 'ledger', runs: 1, failures: 1, average_duration_ms: 50, p95_duration_ms: 50 },
      ],
      failing_pipelines: [
        { name: 'ledger', runs: 1, failures: 1, average_duration_ms: 50, p95_duration_ms: 50 },
        { name: 'customers', runs: 2, failures: 1, average_duration_ms: 500, p95_duration_ms: 900 },
      ],
    });
    expect(store.statistics({ project_id: 'finance' }, now)).toMatchObject({
      total_jobs: 1,
      total_operations: 2,
      success_rate: 0,
      average_duration_ms: 500,
      operations_per_hour: 1,
      slowest_pipelines: [{ name: 'ledger' }],
    });
    const since = store.statistics({ since: createdAt(3) }, now);
    expect(since).toMatchObject({ total_jobs: 2, by_status: { failed: 1, running: 1 } });
    expect(store.statistics({ since: sample('', 2, 0).sample.at }, now).slowest_pipelines).toEqual([
      { name: 'orders', runs: 1, failures: 0, average_duration_ms: 301, p95_duration_ms: 301 },
      { name: 'customers', runs: 1, failures: 1, average_duration_ms: 100, p95_duration_ms: 100 },
      { name: 'ledger', runs: 1, failures: 1, average_duration_ms: 50, p95_duration_ms: 50 },
    ]);
    expect(store.statistics({}, new Date(hour + 2 * 3_600_000)).operations_per_hour).toBe(0);
  });

  test('of nothing: no rate and no duration, rather than zero', async () => {
    const store = await openStore(newFolder());
    expect(store.statistics({}, new Date())).toMatchObject({
      total_jobs: 0,
      success_rate: null,
      average_duration_ms: null,
      p95_duration_ms: null,
      operations_per_hour: 0,
    });
  });

  test('operations of a live job count in the last hour by their share', async () => {
    const store = await openStore(newFolder());
    const started = jobSummary(
      1,
      { status: 'running', started_at: new Date(hour).toISOString() },
      { total: 100, completed: 50, failed: 10 },
    );
    await store.create(jobDocument(), started);
    expect(store.statistics({}, new Date(hour + 1_800_000)).operations_per_hour).toBe(60);
    expect(store.statistics({}, new Date(hour + 7_200_000)).operations_per_hour).toBe(30);
  });
});

describe('on disk', () => {
  async function endedStore(dir: string, count: number): Promise<void> {
    const store = await openStore(dir);
    for (let n = 1; n <= count; n += 1) {
      const document = jobDocument({ n });
      await store.create(document, summarise(document));
      const ended = jobDocument({
        n,
        status: 'completed',
        state: { started_at: createdAt(n), finished_at: createdAt(n + 1) },
        operation: () => ({
          status: 'completed',
          attempts: [{ attempt: 1, started_at: createdAt(n) }],
          finished_at: createdAt(n + 1),
          rows_processed: 5,
          artifacts: [],
        }),
      });
      await store.finish(ended, summarise(ended), samplesOf(ended));
    }
    await store.close();
  }

  function snapshotOf(store: ReturnType<typeof createFileStore>) {
    return {
      list: store.list(everything),
      statistics: store.statistics({}, new Date('2026-07-01T00:00:00.000Z')),
      history: store.history('retail', 'command', 'operation 1'),
    };
  }

  test.each([
    ['index.json missing', (dir: string) => rmSync(join(dir, 'index.json'))],
    ['both missing', (dir: string) => ['index.json', 'index.log'].forEach((name) => rmSync(join(dir, name)))],
    ['index.log missing', (dir: string) => rmSync(join(dir, 'index.log'))],
    [
      'index.json cut off',
      (dir: string) =>
        writeFileSync(join(dir, 'index.json'), readFileSync(join(dir, 'index.json')).subarray(0, 50)),
    ],
    ['a bit of index.log flipped', (dir: string) => flip(join(dir, 'index.log'), 900)],
    ['the first bit of index.log flipped', (dir: string) => flip(join(dir, 'index.log'), 0)],
  ])('%s: the same lists, statistics and history, made again from the jobs', async (_name, damage) => {
    const dir = newFolder();
    await endedStore(dir, 5);
    const before = await openStore(dir);
    const expected = snapshotOf(before);
    expect(expected.list.total).toBe(5);
    expect(expected.history).toMatchObject({ runs: 5, failures: 0 });
    await before.close();
    damage(dir);
    const store = await openStore(dir);
    expect(snapshotOf(store)).toEqual(expected);
    await store.close();
    const again = createFileStore({ dataDir: dir });
    expect((await again.open()).notices).toEqual([]);
    expect(snapshotOf(again)).toEqual(expected);
    await again.close();
  });

  function flip(path: string, place: number): void {
    const bytes = readFileSync(path);
    bytes[place] = (bytes[place] as number) ^ 1;
    writeFileSync(path, bytes);
  }

  test('one changed letter in index.json is found by its checksum: the file is set aside and the truth is told', async () => {
    const dir = newFolder();
    await endedStore(dir, 2);
    rmSync(join(dir, 'index.log'));
    await (await openStore(dir)).close();
    const path = join(dir, 'index.json');
    const bad = readFileSync(path, 'utf8').replace('completed', 'cancelled');
    writeFileSync(path, bad);
    const store = createFileStore({ dataDir: dir });
    const { notices } = await store.open();
    expect(notices).toEqual([{ path, message: textWith('checksum'), kept: textWith('index.json.corrupt-') }]);
    expect(store.list({ ...everything, status: 'completed' }).total).toBe(2);
    const kept = readdirSync(dir).find((name) => name.startsWith('index.json.corrupt-')) as string;
    expect(readFileSync(join(dir, kept), 'utf8')).toBe(bad);
    await store.close();
  });

  test('an entry without a document is dropped, a document without an entry is read', async () => {
    const dir = newFolder();
    await endedStore(dir, 3);
    const other = newFolder();
    await endedStore(other, 9);
    rmSync(join(dir, 'jobs', `${jobId(2)}.json`));
    writeFileSync(
      join(dir, 'jobs', `${jobId(9)}.json`),
      readFileSync(join(other, 'jobs', `${jobId(9)}.json`)),
    );
    const store = await openStore(dir);
    expect(store.list(everything).jobs.map((job) => job.job_id)).toEqual([9, 3, 1].map(jobId));
    expect(store.summary(jobId(9))?.job).toMatchObject({ status: 'completed', duration_ms: 1000 });
  });

  test('more lost entries than are read at once: open answers, live jobs are told, and in the end the index knows all', async () => {
    const dir = newFolder();
    const count = 650;
    const seed = await openStore(dir, { files: new FaultyFiles(dir) });
    await seed.create(jobDocument({ n: 0 }), summarise(jobDocument({ n: 0 })));
    await seed.close();
    const text = readFileSync(join(dir, 'jobs', `${jobId(0)}.json`), 'utf8').replace(
      '"pending"',
      '"completed"',
    );
    for (let n = 1; n <= count; n += 1)
      writeFileSync(join(dir, 'jobs', `${jobId(n)}.json`), text.replaceAll(jobId(0), jobId(n)));
    rmSync(join(dir, 'index.json'));
    const store = createFileStore({ dataDir: dir });
    const { live_job_ids: live } = await store.open();
    expect(live).toEqual([jobId(0)]);
    expect(store.has(jobId(1))).toBe(true);
    expect(store.list(everything).total).toBeGreaterThanOrEqual(500);
    await store.remove(jobId(1));
    await store.indexed();
    expect(store.list(everything).total).toBe(count);
    await store.close();
    const again = await openStore(dir);
    expect(again.list(everything).total).toBe(count);
  });

  test('the log is folded into index.json now and then, never at every change', async () => {
    const dir = newFolder();
    const files = new FaultyFiles(dir);
    const context = contextOf(files);
    const index = new JobIndex();
    const file = new IndexFile(dir, { index, history: new RunHistory(), ledger: new RunLedger() }, context);
    await file.load();
    await file.fold();
    const before = files.count('rename');
    for (let n = 0; n < 5000; n += 1) {
      const summary = varied(n);
      index.put(summary);
      await file.put(summary, false);
    }
    await file.close();
    const folds = (files.count('rename') - before) / 2;
    expect(folds).toBeGreaterThanOrEqual(1);
    expect(folds).toBeLessThanOrEqual(4);
    const read = new JobIndex();
    const next = new IndexFile(
      dir,
      { index: read, history: new RunHistory(), ledger: new RunLedger() },
      context,
    );
    expect(await next.load()).toBe(true);
    expect(read.list(everything)).toEqual(index.list(everything));
    await next.close();
    expect(context.notices).toEqual([] satisfies StorageNotice[]);
  });

  test('a live summary whose status changed is in the log, and a reopened job is live for the next start', async () => {
    const dir = newFolder();
    await endedStore(dir, 1);
    const store = await openStore(dir);
    await store.create(jobDocument({ n: 2 }), summarise(jobDocument({ n: 2 })));
    store.updateSummary(jobSummary(2, { status: 'running' }));
    await store.reopen(jobId(1));
    // Not closed: this is a kill. reopen is durable, and the log keeps its order.
    const next = createFileStore({ dataDir: dir });
    expect((await next.open()).live_job_ids).toEqual([1, 2].map(jobId));
    expect(next.summary(jobId(2))?.job.status).toBe('running');
    await next.close();
  });

  test('a summary of a job that is gone does not bring it back', async () => {
    const dir = newFolder();
    await endedStore(dir, 1);
    const store = await openStore(dir);
    await store.remove(jobId(1));
    store.updateSummary(jobSummary(1));
    expect(store.list(everything).total).toBe(0);
  });
});
