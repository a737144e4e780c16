import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../daemon/protocol/entities.ts';
import { DaemonConnection } from '../../extension/platform/daemonSession.ts';
import { EventJobStore } from '../../extension/platform/jobStore.ts';
import type { JobStoreChange } from '../../extension/platform/services.ts';
import { serverPath } from '../support/daemon.ts';
import { fakeJob, fakeJobId, fakeOperation } from '../support/fakeJobService.ts';
import { silentLog } from '../support/jobs.ts';
import { startLocalDaemon, type LocalDaemon } from '../support/localDaemon.ts';
import { startProjectDaemon } from '../support/projectDaemon.ts';

const [jobA, jobB, jobC] = [fakeJobId(1), fakeJobId(2), fakeJobId(3)] as const;

interface Window {
  readonly session: DaemonConnection;
  readonly jobs: EventJobStore;
  readonly changes: JobStoreChange[];
  /** Resolves when the condition holds; looked at after every change. */
  readonly until: (condition: () => boolean) => Promise<void>;
}
const opened: Window[] = [];

function openWindow(dataDir: string): Window {
  const session = new DaemonConnection({
    dataDir: () => dataDir,
    serverPath: serverPath(),
    isTrusted: () => true,
    hasLiveJobs: (): boolean => jobs.hasLiveJobs,
    log: silentLog,
    random: () => 0,
  });
  const jobs: EventJobStore = new EventJobStore(session, silentLog);
  const changes: JobStoreChange[] = [];
  jobs.onDidChange((change) => changes.push(change));
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const listener = jobs.onDidChange(() => look());
      const look = (): void => {
        if (!condition()) return;
        listener.dispose();
        resolve();
      };
      look();
    });
  const window = { session, jobs, changes, until };
  opened.push(window);
  return window;
}

afterEach(() => {
  for (const { session, jobs } of opened.splice(0)) {
    jobs.dispose();
    session.dispose();
  }
});

describe('the job store, on the events of a daemon', () => {
  let local: LocalDaemon;
  beforeEach(async () => {
    local = await startLocalDaemon();
  });
  afterEach(async () => {
    for (const { session } of opened) session.dispose();
    await local.dispose();
  });

  async function connected(): Promise<Window> {
    const window = openWindow(local.dataDir);
    await window.session.look();
    await window.until(() => window.jobs.isLoaded);
    return window;
  }

  it('has nothing until it is connected, then what the daemon has', async () => {
    local.service.change(fakeJob(jobA, 'completed'));
    const window = openWindow(local.dataDir);
    expect(window.jobs.isLoaded).toBe(false);
    expect(window.jobs.jobs.size).toBe(0);
    await window.session.look();
    await window.until(() => window.changes.length > 0);
    expect(window.jobs.isLoaded).toBe(true);
    expect(window.changes[0]).toMatchObject({ isReset: true, changedJobs: new Set([jobA]) });
    expect([...window.jobs.jobs.keys()]).toEqual([jobA]);
  });

  it('has nothing of an older daemon: only who needs one replaces it', async () => {
    Object.assign(local.daemon.registration, { version: '0.0.0-an-older-one' });
    const { session, jobs } = openWindow(local.dataDir);
    await session.look();
    expect(session.state).toEqual({ name: 'locating', isBusy: false });
    expect(jobs.isLoaded).toBe(false);
  });

  it('tells of many changes in few frames, each thing once', async () => {
    const { jobs, changes, until } = await connected();
    await until(() => changes.length > 0);
    changes.length = 0;
    jobs.watch(jobA);
    local.service.change(fakeJob(jobA));
    for (let index = 0; index < 5_000; index += 1)
      local.service.changeOperation(jobA, fakeOperation(index, { status: 'running' }));
    for (let index = 0; index < 5_000; index += 1)
      local.service.changeOperation(jobA, fakeOperation(index, { status: 'completed' }));
    local.service.change(fakeJob(jobA, 'completed'));
    const isDone = (index: number): boolean =>
      jobs.operation(jobA, fakeOperation(index).operation_id)?.status === 'completed';
    await until(() => isDone(0) && isDone(4_999) && jobs.jobs.get(jobA)?.status === 'completed');
    expect(Array.from({ length: 5_000 }, (_, index) => isDone(index)).every(Boolean)).toBe(true);
    expect(changes.length).toBeLessThan(50);
    const told = new Set(
      changes.flatMap(({ changedOperations }) => [...(changedOperations.get(jobA) ?? [])]),
    );
    expect(told.size).toBe(5_000);
  });

  it('misses nothing of a job it begins to watch while others change, however often the watched ones change', async () => {
    const { jobs, until } = await connected();
    const watched = [jobA, jobB, jobC];
    for (const id of watched) local.service.change(fakeJob(id));
    await until(() => jobs.jobs.size === 3);
    let round = 0;
    const finished = new Map<string, number>();
    for (const [position, id] of watched.entries()) {
      jobs.watch(id);
      // Between asking for the subscription and its answer, and between one subscription and the next.
      for (let turn = 0; turn < 30; turn += 1) {
        for (const other of watched.slice(0, position + 1)) {
          round += 1;
          local.service.changeOperation(other, fakeOperation(turn, { name: `${other} ${round}` }));
          finished.set(`${other} ${turn}`, round);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const isLatest = (): boolean =>
      [...finished].every(([key, number]) => {
        const [id = '', turn = ''] = key.split(' ');
        return jobs.operation(id, fakeOperation(Number(turn)).operation_id)?.name === `${id} ${number}`;
      });
    await until(isLatest);
    expect(isLatest()).toBe(true);
  });

  it('keeps operations of a job as long as one of several watches it', async () => {
    const { jobs, until } = await connected();
    local.service.change(fakeJob(jobA));
    const [first, second] = [jobs.watch(jobA), jobs.watch(jobA)];
    local.service.changeOperation(jobA, fakeOperation(0));
    await until(() => jobs.operation(jobA, 'op-0001') !== undefined);
    first.dispose();
    first.dispose();
    expect(jobs.operation(jobA, 'op-0001')).toBeDefined();
    second.dispose();
    expect(jobs.operation(jobA, 'op-0001')).toBeUndefined();
    // A subscription without it: what happens to it is no longer sent.
    local.service.changeOperation(jobA, fakeOperation(0, { status: 'completed' }));
    local.service.change(fakeJob(jobB));
    await until(() => jobs.jobs.has(jobB));
    expect(jobs.operation(jobA, 'op-0001')).toBeUndefined();
  });

  it('keeps what it knows while the connection is lost, and goes on where it was', async () => {
    const { session, jobs, changes, until } = await connected();
    local.service.change(fakeJob(jobA));
    jobs.watch(jobA);
    local.service.changeOperation(jobA, fakeOperation(0));
    await until(() => jobs.operation(jobA, 'op-0001') !== undefined);
    changes.length = 0;
    session.client?.close();
    await new Promise<void>((resolve) => {
      const listener = session.onDidChangeState(({ name }) => {
        if (name !== 'connecting') return;
        listener.dispose();
        resolve();
      });
    });
    expect(jobs.isLoaded).toBe(true);
    expect(jobs.jobs.get(jobA)?.status).toBe('running');
    local.service.changeOperation(jobA, fakeOperation(0, { status: 'completed' }));
    local.service.change(fakeJob(jobA, 'completed'));
    await until(() => jobs.jobs.get(jobA)?.status === 'completed');
    expect(jobs.operation(jobA, 'op-0001')?.status).toBe('completed');
    expect(changes.some(({ isReset }) => isReset)).toBe(false);
    expect(changes.flatMap(({ endedJobs }) => [...endedJobs])).toEqual([jobA]);
  });

  it('takes an answer after the events that came before it', async () => {
    const { jobs, until, session } = await connected();
    const aged = (status: Job['status'], elapsed_ms: number): Job => {
      const job = fakeJob(jobA, status);
      return { ...job, progress: { ...job.progress, elapsed_ms } };
    };
    local.service.change(aged('running', 1));
    await until(() => jobs.jobs.has(jobA));
    jobs.learn([aged('completed', 2)]);
    expect(jobs.jobs.get(jobA)?.status).toBe('completed');
    jobs.learn([aged('running', 1)]);
    expect(jobs.jobs.get(jobA)?.status).toBe('completed');
    expect(session.state.name).toBe('ready');
  });

  it('forgets everything when another daemon is meant', async () => {
    const { jobs, until, session, changes } = await connected();
    local.service.change(fakeJob(jobA));
    await until(() => jobs.jobs.size === 1);
    changes.length = 0;
    jobs.clear();
    session.switchDataDir();
    expect(jobs.isLoaded).toBe(false);
    expect(jobs.jobs.size).toBe(0);
    // It is the same one here: then all of it comes again, as news.
    await until(() => jobs.jobs.size === 1);
    expect(changes.some(({ isReset, changedJobs }) => isReset && changedJobs.has(jobA))).toBe(true);
  });
});

it('a daemon killed in the middle of a job comes back by itself, and job and operations are right again', async () => {
  const operations = Array.from({ length: 12 }, (_, index) => ({
    name: `step ${index + 1}`,
    type: 'command',
    program: process.execPath,
    args: ['-e', `setTimeout(() => {}, ${index < 4 ? 0 : 300})`],
  }));
  const project = await startProjectDaemon({
    'ombudsman.yaml': 'name: steps\nconnections: { files: { type: files, path: . } }\n',
  });
  try {
    const { session, jobs, changes, until } = openWindow(project.daemon.dataDir);
    const made = await session.call('jobs/submit', {
      project: project.dir,
      definition: { job_name: 'steps', max_parallel: 2, operations },
    });
    if (!('job_id' in made)) throw new Error('a plan and no job');
    const { job_id: id } = made;
    jobs.watch(id);
    const completed = (): number =>
      operations.filter(
        (_, index) => jobs.operation(id, fakeOperation(index).operation_id)?.status === 'completed',
      ).length;
    await until(() => completed() >= 4 && completed() < 10);
    const before = completed();
    changes.length = 0;
    await project.daemon.kill();
    await until(() => changes.some(({ isReset }) => isReset));
    expect(completed()).toBeGreaterThanOrEqual(before);
    await until(() => jobs.jobs.get(id)?.status === 'completed' && completed() === operations.length);
    expect(jobs.jobs.get(id)?.progress).toMatchObject({ total: 12, completed: 12, failed: 0 });
    expect(changes.flatMap(({ endedJobs }) => [...endedJobs])).toEqual([id]);
    const interrupted = operations.filter(
      (_, index) => (jobs.operation(id, fakeOperation(index).operation_id)?.attempts.length ?? 0) > 1,
    );
    expect(interrupted.length).toBeGreaterThan(0);
  } finally {
    for (const { session } of opened) session.dispose();
    await project.dispose();
  }
});
