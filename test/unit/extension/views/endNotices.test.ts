import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job, JobStatus } from '../../../../daemon/protocol/entities.ts';
import { Emitter } from '../../../../extension/platform/emitter.ts';
import type {
  CoreServices,
  DaemonAnswer,
  JobStoreChange,
  Notice,
} from '../../../../extension/platform/services.ts';
import { fakeJob, fakeJobId } from '../../../support/fakeJobService.ts';

vi.mock('vscode', () => ({
  commands: { executeCommand: async () => undefined },
  Disposable: {
    from: (...all: { dispose(): void }[]) => ({ dispose: () => all.forEach((each) => each.dispose()) }),
  },
}));
const { createEndNotices } = await import('../../../../extension/views/endNotices.ts');

const fail = (error: unknown): never => {
  throw error;
};
const [a, b] = [fakeJobId(1), fakeJobId(2)];
const jobs = new Map<string, Job>();
let shown: Notice[];
let kept: string[];
let answers: Emitter<DaemonAnswer>;
let changes: Emitter<JobStoreChange>;
let stop: { dispose(): void };

function begin(): void {
  answers = new Emitter(fail);
  changes = new Emitter(fail);
  const core = {
    jobs: { jobs, onDidChange: changes.event },
    settings: { notifyAtEnd: 'always' },
    context: {
      workspaceState: { get: () => kept, update: (_key: string, value: string[]) => (kept = value) },
    },
    notices: { show: (notice: Notice) => void shown.push(notice) },
  };
  stop = createEndNotices(core as unknown as CoreServices, answers.event as never);
}

function end(jobId: string, status: JobStatus, failed = 0): void {
  const progress = { ...fakeJob(jobId).progress, total: 2, failed, completed: 2 - failed };
  jobs.set(jobId, fakeJob(jobId, status, { job_name: jobId.slice(-1), duration_ms: 1000, progress }));
  const none = new Set<string>();
  changes.fire({
    isReset: false,
    changedJobs: new Set([jobId]),
    removedJobs: none,
    deletedJobs: none,
    changedOperations: new Map(),
    endedJobs: new Set([jobId]),
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  jobs.clear();
  shown = [];
  kept = [];
  begin();
});
afterEach(() => {
  stop.dispose();
  vi.useRealTimers();
});
const made = (job_id: string) => answers.fire({ method: 'jobs/submit', input: {}, result: { job_id } });
const wait = () => vi.advanceTimersByTime(2_000);

describe('the end of a job', () => {
  it('that was started here is told once, in the one place for notices', () => {
    made(a);
    end(a, 'completed');
    end(a, 'completed');
    wait();
    expect(shown).toMatchObject([
      {
        severity: 'info',
        message: '1: all 2 operations completed in 1.0 s.',
        jobId: a,
        followUps: [{ title: 'Show Job' }],
      },
    ]);
  });

  it('that was started elsewhere is not told here', () => {
    end(b, 'failed', 2);
    wait();
    expect(shown).toEqual([]);
  });

  it('with failures offers to look and to try again', () => {
    made(a);
    end(a, 'partial_success', 1);
    wait();
    expect(shown[0]).toMatchObject({ severity: 'warning', jobId: a });
    expect(shown[0]?.followUps?.map(({ title }) => title)).toEqual(['Show Failures', 'Retry Failed']);
  });

  it('of several at once is one notice, about no single job', () => {
    made(a);
    made(b);
    end(a, 'completed');
    end(b, 'failed', 2);
    wait();
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({ message: '2 jobs ended, 1 of them with 2 failed operations.' });
    expect(shown[0]).not.toHaveProperty('jobId');
  });

  it('is told also if the window was loaded again meanwhile', () => {
    made(a);
    stop.dispose();
    begin();
    end(a, 'completed');
    wait();
    expect(shown).toHaveLength(1);
    expect(kept).toEqual([]);
  });
});
