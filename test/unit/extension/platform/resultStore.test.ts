import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DaemonClient } from '../../../../daemon/client/connectDaemon.ts';
import type { Job } from '../../../../daemon/protocol/entities.ts';
import { ApiError } from '../../../../daemon/protocol/errors.ts';
import type { DaemonState } from '../../../../extension/platform/daemonState.ts';
import { Emitter } from '../../../../extension/platform/emitter.ts';
import { DaemonResultStore } from '../../../../extension/platform/resultStore.ts';
import type {
  DaemonSession,
  JobStore,
  JobStoreChange,
  ProjectResults,
} from '../../../../extension/platform/services.ts';
import { fakeJob, fakeJobId } from '../../../support/fakeJobService.ts';
import { silentLog } from '../../../support/jobs.ts';

const ready: DaemonState = { name: 'ready', pid: 1, version: '1', dataDir: '/d' };
const results = (path: string, pipelines: ProjectResults['pipelines'] = []): ProjectResults => ({
  project_id: path.slice(1),
  path,
  pipelines,
  batch_files: [],
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function daemon() {
  const states = new Emitter<DaemonState>(() => undefined);
  const changes = new Emitter<JobStoreChange>(() => undefined);
  const jobs = new Map<string, Job>();
  const asked: string[] = [];
  const told: string[] = [];
  let answer: (dir: string) => Promise<ProjectResults> = async (dir) => results(dir);
  const client = {
    call: (_method: string, { project }: { project: string }) => {
      asked.push(project);
      return answer(project);
    },
  } as unknown as DaemonClient;
  const session: { client: DaemonClient | undefined } & Pick<DaemonSession, 'onDidChangeState'> = {
    client,
    onDidChangeState: states.event,
  };
  const store = new DaemonResultStore(
    session as DaemonSession,
    { jobs, onDidChange: changes.event } as unknown as JobStore,
    silentLog,
  );
  store.onDidChange((dir) => told.push(dir));
  return {
    store,
    session,
    client,
    asked,
    told,
    states,
    answerWith: (next: typeof answer) => (answer = next),
    /** Jobs as the store tells of them, and time for what follows from it. */
    happen: async (changed: readonly Job[], more: Partial<JobStoreChange> = {}) => {
      asked.length = 0;
      told.length = 0;
      for (const job of changed) jobs.set(job.job_id, job);
      changes.fire({
        isReset: false,
        changedJobs: new Set(changed.map(({ job_id }) => job_id)),
        removedJobs: new Set(),
        deletedJobs: new Set(),
        endedJobs: new Set(),
        changedOperations: new Map(),
        ...more,
      });
      await vi.advanceTimersByTimeAsync(1_000);
    },
  };
}

describe('last results', () => {
  const ofA = (status: Job['status']) => fakeJob(fakeJobId(1), status, { project_id: 'a' });

  it('are asked for once by all who want them at the same time', async () => {
    const { store, asked, told } = daemon();
    expect(store.get('/a')).toBeUndefined();
    const [one, other] = await Promise.all([store.load('/a'), store.load('/a')]);
    expect(one).toEqual(results('/a'));
    expect(other).toBe(one);
    expect(store.get('/a')).toBe(one);
    expect(asked).toEqual(['/a']);
    expect(told).toEqual(['/a']);
  });

  it('are asked for again when a job of the project begins or ends, not while it goes on', async () => {
    const { store, asked, happen } = daemon();
    await Promise.all([store.load('/a'), store.load('/b')]);
    await happen([ofA('running')]);
    expect(asked).toEqual(['/a']);
    await happen([ofA('running')]);
    expect(asked).toEqual([]);
    await happen([ofA('completed')]);
    expect(asked).toEqual(['/a']);
    await happen([ofA('running')]);
    expect(asked).toEqual(['/a']);
  });

  it('are asked for again of all projects after a job over several, a deletion or a snapshot', async () => {
    const { store, asked, happen } = daemon();
    await Promise.all([store.load('/a'), store.load('/b')]);
    await happen([fakeJob(fakeJobId(2), 'completed', { project_id: null })]);
    expect(asked).toEqual(['/a', '/b']);
    await happen([], { removedJobs: new Set([fakeJobId(2)]), deletedJobs: new Set([fakeJobId(2)]) });
    expect(asked).toEqual(['/a', '/b']);
    // One that is only no longer kept here.
    await happen([], { removedJobs: new Set([fakeJobId(3)]) });
    expect(asked).toEqual([]);
    await happen([], { isReset: true });
    expect(asked).toEqual(['/a', '/b']);
  });

  it('are told of only if they are others', async () => {
    const { store, told, happen, answerWith } = daemon();
    await store.load('/a');
    await happen([ofA('completed')]);
    expect(told).toEqual([]);
    answerWith(async (dir) => ({ ...results(dir), batch_files: [outcome] }));
    await happen([ofA('running')]);
    expect(told).toEqual(['/a']);
  });
  const outcome: ProjectResults['batch_files'][number] = {
    file: '/a/x.batch.yaml',
    job_id: fakeJobId(1),
    status: 'running',
    created_at: '2026-01-31T12:00:00.000Z',
    total: 1,
    completed: 0,
    failed: 0,
  };

  it('that were asked for before an end are asked for once more', async () => {
    const { store, asked, happen, answerWith } = daemon();
    await store.load('/a');
    const answers: (() => void)[] = [];
    answerWith((dir) => new Promise((resolve) => answers.push(() => resolve(results(dir)))));
    const early = store.load('/a');
    await happen([ofA('completed')]);
    expect(answers).toHaveLength(1);
    answers[0]?.();
    await early;
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toEqual(['/a']);
    expect(answers).toHaveLength(2);
  });

  it('are asked for when a daemon is there at last', async () => {
    const { store, session, client, asked, told, states } = daemon();
    session.client = undefined;
    expect(await store.load('/a')).toBeUndefined();
    expect(asked).toEqual([]);
    session.client = client;
    states.fire(ready);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual(['/a']);
  });

  it('go when the daemon knows no such project any more, and stay when it cannot be asked', async () => {
    const { store, answerWith } = daemon();
    await store.load('/a');
    answerWith(() => Promise.reject(new Error('connection lost')));
    expect(await store.load('/a')).toEqual(results('/a'));
    answerWith(() => Promise.reject(new ApiError('not_found', 'no project')));
    expect(await store.load('/a')).toBeUndefined();
    expect(store.get('/a')).toBeUndefined();
  });
});
