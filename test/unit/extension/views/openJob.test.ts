import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { maxOperationLines, OpenJob, operationsPage } from '../../../../extension/views/openJob.ts';
import { fakeJobId } from '../../../support/fakeJobService.ts';
import { FakeJobsDaemon } from './fakeJobsDaemon.ts';

const jobId = fakeJobId(1);
const opId = (index: number) => `op-${String(index + 1).padStart(4, '0')}`;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function open(daemon: FakeJobsDaemon) {
  const lines: string[][] = [];
  let lists = 0;
  const job = new OpenJob(jobId, {
    store: daemon.store,
    list: (input) => daemon.call('jobs/operations', input),
    linesChanged: (ids) => lines.push([...ids]),
    listChanged: () => (lists += 1),
  });
  daemon.store.onDidChange(({ changedOperations, endedJobs }) => {
    const ids = changedOperations.get(jobId);
    if (ids !== undefined) job.noteChanges(ids);
    if (endedJobs.has(jobId)) job.noteEnd();
  });
  return { job, lines, listCount: () => lists };
}

async function opened(count: number) {
  const daemon = new FakeJobsDaemon();
  daemon.make(jobId, count);
  daemon.tell(jobId);
  const made = open(daemon);
  await made.job.load();
  daemon.flush();
  made.lines.length = 0;
  return { daemon, ...made };
}

describe('an expanded job', () => {
  it('reads one page, failed first, without results', async () => {
    const { daemon, job } = await opened(450);
    expect(daemon.calls).toEqual([
      {
        method: 'jobs/operations',
        input: { job_id: jobId, sort: 'failed_first', detail: 'summary', limit: 200, offset: 0 },
      },
    ]);
    expect(job.shown).toHaveLength(200);
    expect(job.hiddenCount).toBe(250);
    await job.load();
    expect(daemon.calls).toHaveLength(1);
  });

  it('is watched while it is open, and neither asleep nor after its end', async () => {
    const { daemon, job } = await opened(3);
    expect(daemon.watched.has(jobId)).toBe(true);
    job.sleep();
    expect(daemon.watched.has(jobId)).toBe(false);
    daemon.operation(jobId, 0, { status: 'failed' });
    job.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(job.operation(opId(0))?.status).toBe('failed');
    expect(daemon.watched.has(jobId)).toBe(true);
    job.dispose();
    expect(daemon.watched.has(jobId)).toBe(false);
  });

  it('tells of single lines, and does not move them before it is time', async () => {
    const { daemon, job, lines, listCount } = await opened(5);
    daemon.operation(jobId, 3, { status: 'running' });
    daemon.flush();
    expect(lines).toEqual([[opId(3)]]);
    await vi.advanceTimersByTimeAsync(0);
    expect(job.shown[0]).toBe(opId(3));
    expect(listCount()).toBe(1);
    daemon.operation(jobId, 4, { status: 'failed' });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(1_900);
    expect(job.shown[0]).toBe(opId(3));
    await vi.advanceTimersByTimeAsync(200);
    expect(job.shown.slice(0, 2)).toEqual([opId(4), opId(3)]);
    expect(listCount()).toBe(2);
    // All is known: no further question was needed.
    expect(daemon.calls).toHaveLength(1);
  });

  it('does not move anything for progress alone', async () => {
    const { daemon, lines, listCount } = await opened(3);
    daemon.operation(jobId, 0, { status: 'running' });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(5_000);
    const before = listCount();
    daemon.operation(jobId, 0, { progress: { rows_done: 5 } });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(lines.at(-1)).toEqual([opId(0)]);
    expect(listCount()).toBe(before);
  });

  it('brings a failure of a page never read to the top, and what runs with it', async () => {
    const { daemon, job } = await opened(1_000);
    daemon.operation(jobId, 900, { status: 'failed' });
    daemon.operation(jobId, 800, { status: 'running' });
    daemon.operation(jobId, 0, { status: 'completed' });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(job.shown.slice(0, 3)).toEqual([opId(900), opId(800), opId(1)]);
    expect(job.shown).toHaveLength(200);
    expect(job.shown).toEqual(daemon.failedFirst(jobId).slice(0, 200));
  });

  it.each(['running', 'failed'] as const)(
    'brings to the top what is %s on a page never read',
    async (status) => {
      const { daemon, job } = await opened(1_000);
      daemon.operation(jobId, 800, { status });
      daemon.flush();
      await vi.advanceTimersByTimeAsync(0);
      expect(job.shown[0]).toBe(opId(800));
    },
  );

  it('does not draw the list again if all stand where they stood', async () => {
    const { daemon, listCount } = await opened(3);
    daemon.operation(jobId, 0, { status: 'running' });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(listCount()).toBe(0);
  });

  it('keeps pages that were loaded, and is exactly right once the job has ended', async () => {
    const daemon = new FakeJobsDaemon();
    daemon.make(jobId, 1_000);
    daemon.tell(jobId);
    for (let index = 0; index < 600; index += 1) daemon.operation(jobId, index, { status: 'completed' });
    const { job } = open(daemon);
    await job.load();
    await job.showMore();
    expect(job.shown).toEqual(daemon.failedFirst(jobId).slice(0, 400));
    for (let index = 600; index < 1_000; index += 1) {
      daemon.operation(jobId, index, { status: index % 7 === 3 ? 'failed' : 'completed' });
    }
    daemon.flush();
    await vi.advanceTimersByTimeAsync(3_000);
    // Those that completed first were never read.
    expect(job.shown).toHaveLength(400);
    expect(job.shown).not.toEqual(daemon.failedFirst(jobId).slice(0, 400));
    daemon.job(jobId, { status: 'partial_success' });
    daemon.flush();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(job.shown).toEqual(daemon.failedFirst(jobId).slice(0, 400));
    await job.showMore();
    expect(job.shown).toEqual(daemon.failedFirst(jobId).slice(0, 600));
    expect(job.hiddenCount).toBe(400);
  });

  it('shows no more lines than VS Code draws in no time', async () => {
    const { daemon, job } = await opened(1_500);
    for (let page = 2; page <= 9; page += 1) await job.showMore();
    expect(job.shown).toHaveLength(maxOperationLines);
    expect(job.isFull).toBe(true);
    expect(job.hiddenCount).toBe(500);
    expect(daemon.calls).toHaveLength(5);
  });

  it('shows an operation that somebody asked for, on whatever page it stands', async () => {
    const { daemon, job, listCount } = await opened(1_000);
    expect(await job.include(opId(999))).toBe(true);
    expect(job.shown.at(-1)).toBe(opId(999));
    expect(job.shown).toHaveLength(operationsPage + 1);
    expect(listCount()).toBe(1);
    await job.showMore();
    expect(job.shown).toHaveLength(401);
    expect(job.shown.at(-1)).toBe(opId(999));
    expect(await job.include(opId(500))).toBe(true);
    expect(job.shown.slice(-2)).toEqual([opId(500), opId(999)]);
    const calls = daemon.calls.length;
    expect(await job.include(opId(999))).toBe(true);
    expect(daemon.calls).toHaveLength(calls);
    expect(await job.include('op-9999')).toBe(false);
  });

  it('says why it could not be read, and reads again when asked', async () => {
    const daemon = new FakeJobsDaemon();
    daemon.make(jobId, 3);
    daemon.isConnected = false;
    const { job } = open(daemon);
    await job.load();
    expect(job.failure?.message).toContain('no connection');
    daemon.isConnected = true;
    await job.reload();
    expect(job.failure).toBeUndefined();
    expect(job.shown).toHaveLength(3);
    // Later failures leave what was read.
    daemon.isConnected = false;
    await job.reload();
    expect(job.failure).toBeUndefined();
    expect(job.shown).toHaveLength(3);
  });

  it('says that more is loading while it is', async () => {
    const { job, listCount } = await opened(300);
    const more = job.showMore();
    expect(job.isLoadingMore).toBe(true);
    await more;
    expect(job.isLoadingMore).toBe(false);
    expect(listCount()).toBe(2);
    expect(job.hiddenCount).toBe(0);
  });
});
