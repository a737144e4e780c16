import { setImmediate as nextTurn } from 'node:timers/promises';
import { DaemonUnreachableError } from '../../daemon/client/errors.ts';
import { isJobEnded, isOperationEnded, type Job, type Operation } from '../../daemon/protocol/entities.ts';
import type { DaemonState } from '../platform/daemonState.ts';
import type { JobStoreChange, Services } from '../platform/services.ts';

/** What is told of a job while it runs. Each operation is told once when it runs and once, with its result, when it ended. */
export interface JobListener {
  running(operations: readonly Operation[]): void;
  ended(operations: readonly Operation[]): void;
  changed(job: Job): void;
}

/** Results are large: so many are asked for at once, and everybody else has a turn between. */
const resultsPage = 20;
const summariesPage = 500;

type Following = Pick<Services, 'session' | 'jobs'>;

/**
 * Follows a job that was just made to its end and returns it as it ended. Rejects if it was deleted, or if the daemon is gone and
 * does not come back.
 */
export async function followJob(services: Following, jobId: string, listener: JobListener): Promise<Job> {
  const following = new JobFollowing(services, jobId, listener);
  try {
    return await following.ended;
  } finally {
    following.dispose();
  }
}

class JobFollowing {
  readonly ended: Promise<Job>;
  readonly #services: Following;
  readonly #jobId: string;
  readonly #listener: JobListener;
  readonly #disposables: { dispose(): void }[];
  readonly #running = new Set<string>();
  readonly #told = new Set<string>();
  /** Ended, not yet told. */
  readonly #due = new Set<string>();
  /** What happened before this job was watched, or while the daemon was away, is told by no event. */
  #needsSweep = true;
  #isLooking = false;
  #isPoked = false;
  #isDisposed = false;
  #resolve: (job: Job) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(services: Following, jobId: string, listener: JobListener) {
    this.#services = services;
    this.#jobId = jobId;
    this.#listener = listener;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { jobs, session } = services;
    this.#disposables = [
      session.hold(),
      jobs.watch(jobId),
      jobs.onDidChange((change) => this.#changed(change)),
      session.onDidChangeState((state) => this.#stateChanged(state)),
    ];
    this.#poke();
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #changed({ isReset, changedJobs, removedJobs, changedOperations }: JobStoreChange): void {
    if (removedJobs.has(this.#jobId)) {
      this.#reject(new Error(`Job ${this.#jobId} was deleted while it was followed.`));
      return;
    }
    if (isReset) this.#needsSweep = true;
    const changed = [...(changedOperations.get(this.#jobId) ?? [])].flatMap((id) => {
      const operation = this.#services.jobs.operation(this.#jobId, id);
      return operation === undefined ? [] : [operation];
    });
    this.#note(changed);
    if (isReset || changed.length > 0 || changedJobs.has(this.#jobId)) this.#poke();
  }

  #stateChanged(state: DaemonState): void {
    if (state.name === 'ready') this.#poke();
    else if (state.name === 'failed' || state.name === 'incompatible') {
      this.#reject(new DaemonUnreachableError(state.message));
    }
  }

  #note(operations: readonly Operation[]): void {
    const started: Operation[] = [];
    for (const operation of operations) {
      const { operation_id: id, status } = operation;
      if (this.#told.has(id)) continue;
      if (isOperationEnded(status)) this.#due.add(id);
      else if (status === 'running' && !this.#running.has(id)) {
        this.#running.add(id);
        started.push(operation);
      }
    }
    if (started.length > 0) this.#listener.running(started);
  }

  #poke(): void {
    this.#isPoked = true;
    if (!this.#isLooking) void this.#look();
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#isPoked && !this.#isDisposed) {
      this.#isPoked = false;
      try {
        await this.#lookOnce();
      } catch (error) {
        // The session looks for the daemon, or says that it gave up; what is due stays due.
        if (!(error instanceof DaemonUnreachableError)) this.#reject(toError(error));
      }
    }
    this.#isLooking = false;
  }

  async #lookOnce(): Promise<void> {
    // Asked first: what ended before the job did is told before the end of the job.
    const job = this.#services.jobs.jobs.get(this.#jobId) ?? (await this.#askForJob());
    this.#listener.changed(job);
    const isEnded = isJobEnded(job.status);
    if (this.#needsSweep || isEnded) await this.#sweep();
    await this.#tellDue();
    if (isEnded) this.#resolve(job);
  }

  #askForJob(): Promise<Job> {
    return this.#services.session.call('jobs/get', { job_id: this.#jobId });
  }

  async #sweep(): Promise<void> {
    this.#needsSweep = false;
    try {
      await this.#noteAll();
    } catch (error) {
      this.#needsSweep = true;
      throw error;
    }
  }

  async #noteAll(): Promise<void> {
    for (let offset = 0; ; offset += summariesPage) {
      const { operations, total } = await this.#services.session.call('jobs/operations', {
        job_id: this.#jobId,
        detail: 'summary',
        limit: summariesPage,
        offset,
      });
      this.#note(operations);
      if (operations.length === 0 || offset + operations.length >= total) return;
    }
  }

  async #tellDue(): Promise<void> {
    while (this.#due.size > 0 && !this.#isDisposed) {
      const ids = [...this.#due].slice(0, resultsPage);
      const { operations } = await this.#services.session.call('jobs/operations', {
        job_id: this.#jobId,
        operation_ids: ids,
        detail: 'full',
        limit: resultsPage,
      });
      for (const id of ids) {
        this.#due.delete(id);
        this.#told.add(id);
      }
      this.#listener.ended(operations);
      await nextTurn();
    }
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
