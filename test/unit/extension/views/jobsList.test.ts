import { describe, expect, it } from 'vitest';
import type { Job } from '../../../../daemon/protocol/entities.ts';
import type { MethodInput } from '../../../../daemon/protocol/methods.ts';
import type { JobFilter } from '../../../../extension/platform/services.ts';
import { EndedJobs } from '../../../../extension/views/endedJobs.ts';
import { matchesFilter } from '../../../../extension/views/jobFilter.ts';
import { orderedJobs, placeKey } from '../../../../extension/views/jobOrder.ts';
import { JobsList, livePage, maxEndedLines } from '../../../../extension/views/jobsList.ts';
import { fakeJob, fakeJobId } from '../../../support/fakeJobService.ts';

const isEnded = ({ status }: Job) => !['pending', 'running', 'paused'].includes(status);

function ended(number: number, changes: Partial<Job> = {}): Job {
  const finished_at = new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString();
  return fakeJob(fakeJobId(number), 'completed', { finished_at, project_id: 'retail', ...changes });
}

/** The daemon's own order and paging. */
class FakeDaemon {
  jobs: Job[] = [];
  calls: MethodInput<'jobs/list'>[] = [];
  failure: Error | undefined;

  list = async (input: MethodInput<'jobs/list'>) => {
    this.calls.push(input);
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    const statuses = input.status as string[];
    const filter: JobFilter = { project_id: input.project_id, search: input.search };
    const found = this.jobs
      .filter((job) => statuses.includes(job.status) && matchesFilter(job, filter))
      .sort((a, b) => ((a.finished_at ?? '') < (b.finished_at ?? '') ? 1 : -1));
    const { offset = 0, limit = 50 } = input;
    return { jobs: found.slice(offset, offset + limit), total: found.length };
  };

  delete(number: number): void {
    this.jobs = this.jobs.filter(({ job_id }) => job_id !== fakeJobId(number));
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const idsDown = (from: number, to: number) => numbers(to, from).map(fakeJobId).reverse();

describe('the order of jobs', () => {
  it('is running, queued, paused, ended; own ones first in each; the latest first, queued ones as they come', () => {
    const jobs = [
      ended(1),
      ended(2, { project_id: 'other' }),
      ended(3),
      fakeJob(fakeJobId(4), 'paused'),
      fakeJob(fakeJobId(5), 'pending'),
      fakeJob(fakeJobId(6), 'pending'),
      fakeJob(fakeJobId(7), 'pending', { priority: 5 }),
      fakeJob(fakeJobId(8), 'running'),
      fakeJob(fakeJobId(9), 'running'),
      fakeJob(fakeJobId(10), 'running', { project_id: 'other' }),
    ];
    const order = orderedJobs(jobs, ({ project_id }) => project_id !== 'other');
    expect(order).toEqual([9, 8, 10, 7, 5, 6, 4, 3, 1, 2].map(fakeJobId));
  });

  it('can only change for a job whose key changes', () => {
    const running = fakeJob(fakeJobId(1), 'running');
    const further = { ...running, progress: { ...running.progress, completed: 9 }, priority: 3 };
    expect(placeKey(further, true)).toBe(placeKey(running, true));
    expect(placeKey(running, false)).not.toBe(placeKey(running, true));
    expect(placeKey({ ...running, status: 'paused' }, true)).not.toBe(placeKey(running, true));
    const queued = fakeJob(fakeJobId(1), 'pending');
    expect(placeKey({ ...queued, priority: 3 }, true)).not.toBe(placeKey(queued, true));
    expect(placeKey({ ...ended(1), status: 'failed' }, true)).toBe(placeKey(ended(1), true));
    expect(placeKey({ ...ended(1), finished_at: ended(2).finished_at }, true)).not.toBe(
      placeKey(ended(1), true),
    );
  });
});

describe('pages of ended jobs', () => {
  it('are read one after another, though jobs end and are deleted meanwhile', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = numbers(1, 500).map((number) => ended(number));
    const pages = new EndedJobs(daemon.list, {}, []);
    expect(pages.hasMore).toBe(true);
    await pages.loadMore();
    expect(pages.jobs.size).toBe(200);
    expect(pages.total).toBe(500);
    daemon.jobs.push(ended(501), ended(502));
    for (const number of numbers(400, 404)) {
      daemon.delete(number);
      pages.remove(fakeJobId(number));
    }
    await pages.loadMore();
    await pages.loadMore();
    expect(pages.hasMore).toBe(false);
    const missed = daemon.jobs.filter(({ job_id }) => !pages.jobs.has(job_id)).map(({ job_id }) => job_id);
    // What ended after the first page came by events.
    expect(missed).toEqual([501, 502].map(fakeJobId));
    await pages.loadMore();
    expect(daemon.calls).toHaveLength(3);
  });

  it('are shared by those who ask at once', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = numbers(1, 300).map((number) => ended(number));
    const pages = new EndedJobs(daemon.list, {}, []);
    const first = pages.loadMore();
    expect(pages.isLoading).toBe(true);
    await Promise.all([first, pages.loadMore()]);
    expect(daemon.calls).toHaveLength(1);
    expect(pages.isLoading).toBe(false);
  });

  it('have those of our projects beside those of all, so that others do not push ours away', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = [
      ...numbers(1, 10).map((number) => ended(number)),
      ...numbers(11, 400).map((number) => ended(number, { project_id: 'busy' })),
    ];
    const pages = new EndedJobs(daemon.list, {}, ['retail']);
    await pages.loadMore();
    for (const number of numbers(1, 10)) expect(pages.jobs.has(fakeJobId(number))).toBe(true);
    expect(pages.hasMore).toBe(true);
    await pages.loadMore();
    expect(pages.hasMore).toBe(false);
    // A filter by project has that list alone.
    const filtered = new EndedJobs(daemon.list, { project_id: 'busy' }, ['retail']);
    daemon.calls = [];
    await filtered.loadMore();
    expect(daemon.calls.map(({ project_id }) => project_id)).toEqual(['busy']);
  });

  it('end with the list of all, which has everything', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = numbers(1, 150).map((number) => ended(number));
    const pages = new EndedJobs(daemon.list, {}, ['retail', 'other']);
    await pages.loadMore();
    expect(pages.jobs.size).toBe(150);
    expect(pages.hasMore).toBe(false);
    daemon.calls = [];
    await pages.loadMore();
    expect(daemon.calls).toEqual([]);
  });

  it('end if nothing comes any more, whatever was promised', async () => {
    const pages = new EndedJobs(() => Promise.resolve({ jobs: [], total: 7 }), {}, []);
    await pages.loadMore();
    expect(pages.hasMore).toBe(false);
  });
});

describe('the list of jobs', () => {
  function listOf(daemon: FakeDaemon, store = new Map<string, Job>(), filter: JobFilter = {}) {
    const list = new JobsList(
      {
        store: { jobs: store },
        list: daemon.list,
        isOwn: ({ project_id }) => project_id === 'retail',
        ownProjectIds: () => ['retail'],
      },
      filter,
    );
    return { list, store, put: (job: Job) => void store.set(job.job_id, job) };
  }

  it('shows a page, then the next ones, and says how many are left', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = numbers(1, 450).map((number) => ended(number));
    const { list } = listOf(daemon);
    list.arrange();
    expect(list.hiddenCount).toBeUndefined();
    await list.reload();
    expect(list.arrange()).toBe(true);
    expect(list.shown).toEqual(idsDown(450, 251));
    expect(list.hiddenCount).toBe(250);
    await list.showMore();
    list.arrange();
    expect(list.shown).toEqual(idsDown(450, 51));
    expect(list.hiddenCount).toBe(50);
    await list.showMore();
    list.arrange();
    expect(list.shown).toHaveLength(450);
    expect(list.hiddenCount).toBe(0);
  });

  it('keeps to pages though the store knows many more, and needs no question for those', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = numbers(1, 900).map((number) => ended(number));
    const { list, put } = listOf(daemon);
    for (const job of daemon.jobs) put(job);
    await list.reload();
    list.arrange();
    expect(list.shown).toHaveLength(200);
    expect(list.hiddenCount).toBe(700);
    daemon.calls = [];
    await list.showMore();
    list.arrange();
    expect(list.shown).toHaveLength(400);
    expect(daemon.calls).toHaveLength(0);
  });

  it('shows no more ended jobs than VS Code draws in no time', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = numbers(1, 1_300).map((number) => ended(number));
    const { list } = listOf(daemon);
    await list.reload();
    for (let page = 2; page <= 9; page += 1) {
      expect(list.isFull).toBe(page > 5);
      await list.showMore();
      list.arrange();
    }
    expect(list.shown).toHaveLength(maxEndedLines);
    expect(list.hiddenCount).toBe(300);
  });

  it('shows live jobs first, and past a page of those nothing that has ended', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = [ended(1)];
    const { list, put } = listOf(daemon);
    for (const number of numbers(2, livePage + 11)) put(fakeJob(fakeJobId(number), 'running'));
    await list.reload();
    list.arrange();
    expect(list.shown).toHaveLength(livePage);
    expect(list.hiddenCount).toBe(11);
    await list.showMore();
    list.arrange();
    expect(list.shown).toHaveLength(livePage + 11);
    expect(list.shown.at(-1)).toBe(fakeJobId(1));
    expect(list.hiddenCount).toBe(0);
  });

  it('takes the state of the store before that of a page', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = [ended(1), ended(2)];
    const { list, put } = listOf(daemon);
    await list.reload();
    put(fakeJob(fakeJobId(1), 'running', { project_id: 'retail' }));
    expect(list.noteChange(fakeJobId(1))).toBe(true);
    list.arrange();
    expect(list.job(fakeJobId(1))?.status).toBe('running');
    expect(list.shown).toEqual([1, 2].map(fakeJobId));
    expect(list.noteChange(fakeJobId(1))).toBe(false);
  });

  it('misses nothing of the next page when a retry takes a job back to life', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = numbers(1, 300).map((number) => ended(number));
    const { list, put } = listOf(daemon);
    await list.reload();
    for (const number of numbers(250, 254)) {
      const running = fakeJob(fakeJobId(number), 'running', { project_id: 'retail' });
      daemon.delete(number);
      daemon.jobs.push(running);
      put(running);
      list.noteChange(fakeJobId(number));
    }
    await list.showMore();
    list.arrange();
    expect(list.shown).toHaveLength(300);
    expect(list.hiddenCount).toBe(0);
  });

  it('lets a job go that the filter no longer fits, though a page has it as it was', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = [ended(1, { status: 'failed' }), ended(2, { status: 'failed' })];
    const { list, put } = listOf(daemon, new Map(), { status: ['failed'] });
    await list.reload();
    list.arrange();
    expect(list.shown).toEqual([2, 1].map(fakeJobId));
    put(ended(1));
    expect(list.noteChange(fakeJobId(1))).toBe(true);
    list.arrange();
    expect(list.shown).toEqual([fakeJobId(2)]);
  });

  it('filters what is known at once, and shows what the daemon finds when it answers', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = [ended(1, { job_name: 'needle' }), ...numbers(2, 300).map((number) => ended(number))];
    const { list, put } = listOf(daemon);
    put(fakeJob(fakeJobId(301), 'running', { job_name: 'live needle' }));
    await list.reload();
    list.arrange();
    const answered = list.setFilter({ search: 'needle' });
    list.arrange();
    expect(list.isReading).toBe(true);
    expect(list.shown).toEqual([fakeJobId(301)]);
    await answered;
    list.arrange();
    expect(list.isReading).toBe(false);
    expect(list.shown).toEqual([301, 1].map(fakeJobId));
    put(fakeJob(fakeJobId(301), 'running', { job_name: 'renamed' }));
    expect(list.noteChange(fakeJobId(301))).toBe(true);
    list.arrange();
    expect(list.shown).toEqual([fakeJobId(1)]);
  });

  it('lets the last filter win, whichever answer comes last', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = [ended(1, { job_name: 'xx' }), ended(2, { job_name: 'yy' })];
    let releaseFirst = () => {};
    const first = new Promise<void>((resolve) => (releaseFirst = resolve));
    const list = new JobsList(
      {
        store: { jobs: new Map() },
        list: async (input) => {
          if (input.search === 'xx') await first;
          return daemon.list(input);
        },
        isOwn: () => true,
        ownProjectIds: () => [],
      },
      {},
    );
    const slow = list.setFilter({ search: 'xx' });
    await list.setFilter({ search: 'yy' });
    releaseFirst();
    await slow;
    list.arrange();
    expect(list.shown).toEqual([fakeJobId(2)]);
  });

  it('keeps what was there when a page cannot be read, and says why', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = numbers(1, 250).map((number) => ended(number));
    const { list } = listOf(daemon);
    await list.reload();
    list.arrange();
    daemon.failure = new Error('gone');
    await expect(list.reload()).rejects.toThrow('gone');
    await expect(list.showMore()).rejects.toThrow('gone');
    list.arrange();
    expect(list.shown).toHaveLength(200);
    expect(list.failure?.message).toBe('gone');
    daemon.failure = undefined;
    await list.showMore();
    list.arrange();
    expect(list.failure).toBeUndefined();
    expect(list.shown).toHaveLength(250);
  });

  it('shows a job that somebody asked for beyond its page, in its place', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = numbers(1, 300).map((number) => ended(number));
    const { list, put } = listOf(daemon);
    put(fakeJob(fakeJobId(400), 'running', { project_id: 'retail' }));
    await list.reload();
    list.add(ended(5));
    list.pin(fakeJobId(5));
    list.arrange();
    expect(list.shown.at(-1)).toBe(fakeJobId(5));
    expect(list.shown).toHaveLength(202);
    list.noteRemoval(fakeJobId(5));
    list.arrange();
    expect(list.shown).toHaveLength(201);
  });

  it('says that the order changed only if it did', async () => {
    const daemon = new FakeDaemon();
    daemon.jobs = [ended(1), ended(2)];
    const { list, put } = listOf(daemon);
    await list.reload();
    expect(list.arrange()).toBe(true);
    expect(list.arrange()).toBe(false);
    put(fakeJob(fakeJobId(9), 'pending'));
    expect(list.arrange()).toBe(true);
    list.clear();
    expect(list.arrange()).toBe(true);
    expect(list.shown).toEqual([fakeJobId(9)]);
    expect([...list.shown].every((id) => !isEnded(list.job(id)!))).toBe(true);
  });
});
