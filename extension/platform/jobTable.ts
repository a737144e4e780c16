import { isJobEnded } from '../../daemon/protocol/endings.ts';
import type { Job, Operation } from '../../daemon/protocol/entities.ts';
import type { DaemonEvent, Snapshot } from '../../daemon/protocol/events.ts';
import type { JobStoreChange } from './services.ts';

interface Known<T> {
  readonly value: T;
  /** By events: whatever happens to it durably is told by a further one. False: learnt from an answer. */
  readonly isTold: boolean;
}

/**
 * What is known of jobs and of the operations of watched jobs, and what changed since it was last asked. No vscode, no time,
 * no socket.
 *
 * Events come in the order of what they tell and always win. Answers carry no sequence number; they are ordered by what only
 * grows in the thing itself: a job's working time (it goes on over retries), an operation's attempts. Against an event an answer must
 * be strictly newer: on a tie the event that would tell the difference is on its way.
 */
export class JobTable {
  readonly #jobs = new Map<string, Known<Job>>();
  /** job_id -> operation_id; the keys are the watched jobs. */
  readonly #operations = new Map<string, Map<string, Known<Operation>>>();
  readonly #maxEndedJobs: number;
  #sorted: Map<string, Job> | undefined;
  #liveJobs = 0;
  #isReset = false;
  #changedJobs = new Set<string>();
  #removedJobs = new Set<string>();
  #deletedJobs = new Set<string>();
  #endedJobs = new Set<string>();
  #changedOperations = new Map<string, Set<string>>();

  constructor(maxEndedJobs = 5_000) {
    this.#maxEndedJobs = maxEndedJobs;
  }

  /** Newest first. */
  get jobs(): ReadonlyMap<string, Job> {
    if (this.#sorted === undefined) {
      const ids = [...this.#jobs.keys()].sort().reverse();
      this.#sorted = new Map(ids.map((id) => [id, (this.#jobs.get(id) as Known<Job>).value]));
    }
    return this.#sorted;
  }

  get hasLiveJobs(): boolean {
    return this.#liveJobs > 0;
  }

  operation(jobId: string, operationId: string): Operation | undefined {
    return this.#operations.get(jobId)?.get(operationId)?.value;
  }

  watch(jobId: string): void {
    if (!this.#operations.has(jobId)) this.#operations.set(jobId, new Map());
  }

  unwatch(jobId: string): void {
    this.#operations.delete(jobId);
    this.#changedOperations.delete(jobId);
  }

  apply(event: DaemonEvent): void {
    if (event.type === 'job') this.#put(event.job, true);
    else if (event.type === 'job_deleted') this.#delete(event.job_id);
    else this.#putOperation(event.job_id, event.operation, true);
  }

  /**
   * The daemon's own account of where things stand: jobs it does not name are gone from here (they may have been deleted
   * meanwhile). Operations stay until they are read again, and any answer replaces them.
   */
  reset(snapshot: Snapshot): void {
    const named = new Set(snapshot.jobs.map(({ job_id }) => job_id));
    for (const id of [...this.#jobs.keys()]) if (!named.has(id)) this.#remove(id);
    for (const job of snapshot.jobs) this.#put(job, true);
    for (const operations of this.#operations.values()) {
      for (const [id, { value }] of operations) operations.set(id, { value, isTold: false });
    }
    for (const [jobId, operations] of Object.entries(snapshot.operations)) {
      for (const operation of operations) this.#putOperation(jobId, operation, true);
    }
    this.#isReset = true;
  }

  /** Another daemon is meant from now on. */
  clear(): void {
    for (const id of [...this.#jobs.keys()]) this.#remove(id);
    for (const operations of this.#operations.values()) operations.clear();
    this.#isReset = true;
  }

  learn(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const known = this.#jobs.get(job.job_id);
      if (known !== undefined && !mayReplace(jobAge(job) - jobAge(known.value), known.isTold)) {
        this.#touch(job.job_id, known);
        continue;
      }
      this.#put(job, false);
    }
  }

  learnOperations(jobId: string, operations: readonly Operation[]): void {
    const knownOfJob = this.#operations.get(jobId);
    if (knownOfJob === undefined) return;
    for (const operation of operations) {
      const known = knownOfJob.get(operation.operation_id);
      const isNewer =
        known === undefined || mayReplace(operationAge(operation) - operationAge(known.value), known.isTold);
      if (isNewer) this.#putOperation(jobId, operation, false);
    }
  }

  /** What changed since the last call; undefined if nothing did. */
  takeChange(): JobStoreChange | undefined {
    this.#evict();
    const isNothing =
      !this.#isReset &&
      this.#changedJobs.size === 0 &&
      this.#removedJobs.size === 0 &&
      this.#deletedJobs.size === 0 &&
      this.#changedOperations.size === 0;
    if (isNothing) return undefined;
    const change: JobStoreChange = {
      isReset: this.#isReset,
      changedJobs: this.#changedJobs,
      removedJobs: this.#removedJobs,
      deletedJobs: this.#deletedJobs,
      changedOperations: this.#changedOperations,
      endedJobs: this.#endedJobs,
    };
    this.#isReset = false;
    this.#changedJobs = new Set();
    this.#removedJobs = new Set();
    this.#deletedJobs = new Set();
    this.#endedJobs = new Set();
    this.#changedOperations = new Map();
    return change;
  }

  #put(job: Job, isTold: boolean): void {
    const id = job.job_id;
    const before = this.#jobs.get(id)?.value;
    const wasLive = before !== undefined && !isJobEnded(before.status);
    const isLive = !isJobEnded(job.status);
    this.#liveJobs += Number(isLive) - Number(wasLive);
    this.#touch(id, { value: job, isTold });
    if (before === undefined) this.#sorted = undefined;
    else this.#sorted?.set(id, job);
    this.#changedJobs.add(id);
    this.#removedJobs.delete(id);
    this.#deletedJobs.delete(id);
    if (wasLive && !isLive) this.#endedJobs.add(id);
    else if (isLive) this.#endedJobs.delete(id);
  }

  /** The order of the map is that of use: what nobody has named for longest goes first. */
  #touch(id: string, known: Known<Job>): void {
    this.#jobs.delete(id);
    this.#jobs.set(id, known);
  }

  /** One that was never known here, or is no longer, may still stand in a list that somebody read. */
  #delete(id: string): void {
    this.#remove(id);
    this.#deletedJobs.add(id);
  }

  #remove(id: string): void {
    const before = this.#jobs.get(id)?.value;
    this.#operations.get(id)?.clear();
    this.#changedOperations.delete(id);
    if (before === undefined) return;
    if (!isJobEnded(before.status)) this.#liveJobs -= 1;
    this.#jobs.delete(id);
    this.#sorted?.delete(id);
    this.#changedJobs.delete(id);
    this.#endedJobs.delete(id);
    this.#removedJobs.add(id);
  }

  #putOperation(jobId: string, operation: Operation, isTold: boolean): void {
    const known = this.#operations.get(jobId);
    if (known === undefined) return;
    const id = operation.operation_id;
    known.set(id, { value: operation, isTold });
    let changed = this.#changedOperations.get(jobId);
    if (changed === undefined) {
      changed = new Set();
      this.#changedOperations.set(jobId, changed);
    }
    changed.add(id);
  }

  #evict(): void {
    let surplus = this.#jobs.size - this.#liveJobs - this.#maxEndedJobs;
    if (surplus <= 0) return;
    for (const [id, { value }] of this.#jobs) {
      if (surplus <= 0) return;
      if (!isJobEnded(value.status) || this.#operations.has(id)) continue;
      this.#remove(id);
      surplus -= 1;
    }
  }
}

function mayReplace(difference: number, isTold: boolean): boolean {
  return isTold ? difference > 0 : difference >= 0;
}

/** Milliseconds the job has worked: the same clock from its start over every retry to its last end. */
function jobAge(job: Job): number {
  return job.progress.elapsed_ms;
}

/** Attempts begun and ended. */
function operationAge({ attempts }: Operation): number {
  return attempts.length * 2 - (attempts.at(-1)?.finished_at === undefined ? 1 : 0);
}
