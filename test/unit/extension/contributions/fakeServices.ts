import type { Job, Operation } from '../../../../daemon/protocol/entities.ts';
import type { MethodName } from '../../../../daemon/protocol/methods.ts';
import type { DaemonState } from '../../../../extension/platform/daemonState.ts';
import { Emitter } from '../../../../extension/platform/emitter.ts';
import type { JobStoreChange, Services } from '../../../../extension/platform/services.ts';

type Answers = Partial<Record<MethodName, (input: never) => unknown>>;

/** A session and a job store whose answers and events a test makes. */
export class FakeServices {
  readonly jobMap = new Map<string, Job>();
  readonly operations = new Map<string, Operation>();
  readonly calls: { method: MethodName; input: Record<string, unknown> }[] = [];
  readonly changes = new Emitter<JobStoreChange>((error) => {
    throw error;
  });
  readonly states = new Emitter<DaemonState>((error) => {
    throw error;
  });
  state: DaemonState = { name: 'ready', pid: 1, version: '1', dataDir: '/data' };
  held = 0;
  watched = 0;
  answers: Answers = {};

  get services(): Pick<Services, 'session' | 'jobs'> {
    return { session: this.#session(), jobs: this.#jobs() } as Pick<Services, 'session' | 'jobs'>;
  }

  change(more: Partial<JobStoreChange>): void {
    this.changes.fire({
      isReset: false,
      changedJobs: new Set(),
      removedJobs: new Set(),
      deletedJobs: new Set(),
      changedOperations: new Map(),
      endedJobs: new Set(),
      ...more,
    });
  }

  setState(state: DaemonState): void {
    this.state = state;
    this.states.fire(state);
  }

  #session(): object {
    const getState = (): DaemonState => this.state;
    return {
      get state() {
        return getState();
      },
      get client() {
        return getState().name === 'ready' ? {} : undefined;
      },
      onDidChangeState: this.states.event,
      hold: () => this.#count('held'),
      call: async (method: MethodName, input: Record<string, unknown>) => {
        this.calls.push({ method, input });
        const answer = this.answers[method];
        if (answer === undefined) throw new Error(`nobody answers ${method}`);
        return Promise.resolve(answer(input as never));
      },
    };
  }

  #jobs(): object {
    return {
      jobs: this.jobMap,
      operation: (_jobId: string, id: string) => this.operations.get(id),
      onDidChange: this.changes.event,
      watch: () => this.#count('watched'),
      learn: (jobs: readonly Job[]) => {
        for (const job of jobs) this.jobMap.set(job.job_id, job);
        this.change({ changedJobs: new Set(jobs.map(({ job_id }) => job_id)) });
      },
    };
  }

  #count(what: 'held' | 'watched'): { dispose(): void } {
    this[what] += 1;
    return { dispose: () => void (this[what] -= 1) };
  }
}
