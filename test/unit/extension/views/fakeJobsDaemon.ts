import type { Job, Operation, OperationStatus } from '../../../../daemon/protocol/entities.ts';
import type { MethodInput, MethodName, MethodResult } from '../../../../daemon/protocol/methods.ts';
import { JobTable } from '../../../../extension/platform/jobTable.ts';
import type { JobStore, JobStoreChange } from '../../../../extension/platform/services.ts';
import { fakeJob, fakeOperation } from '../../../support/fakeJobService.ts';

const ranks: Record<OperationStatus, number> = {
  failed: 0,
  running: 1,
  pending: 2,
  skipped: 3,
  cancelled: 4,
  completed: 5,
};

/** The store of this window (its real table) and a daemon that answers lists, both fed by `tell` and `happen`. */
export class FakeJobsDaemon {
  readonly jobs = new Map<string, Job>();
  readonly operations = new Map<string, Operation[]>();
  readonly calls: { method: string; input: Record<string, unknown> }[] = [];
  readonly watched = new Set<string>();
  readonly table = new JobTable();
  isLoaded = true;
  isConnected = true;
  #listeners = new Set<(change: JobStoreChange) => void>();

  readonly store: JobStore = (() => {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the store's getters look at the daemon
    const daemon = this;
    return {
      get jobs() {
        return daemon.table.jobs;
      },
      get isLoaded() {
        return daemon.isLoaded;
      },
      operation: (jobId, operationId) => this.table.operation(jobId, operationId),
      onDidChange: (listener) => {
        this.#listeners.add(listener);
        return { dispose: () => void this.#listeners.delete(listener) };
      },
      watch: (jobId) => {
        this.watched.add(jobId);
        this.table.watch(jobId);
        return {
          dispose: () => {
            this.watched.delete(jobId);
            this.table.unwatch(jobId);
          },
        };
      },
      learn: (jobs) => this.table.learn(jobs),
      learnOperations: (jobId, operations) => this.table.learnOperations(jobId, operations),
      dispose: () => undefined,
    };
  })();

  /** A job of so many pending operations. */
  make(jobId: string, count: number, changes: Partial<Job> = {}): void {
    const base = fakeJob(jobId, 'running', changes);
    this.jobs.set(jobId, { ...base, progress: { ...base.progress, total: count, running: 0 } });
    this.operations.set(
      jobId,
      Array.from({ length: count }, (_, index) => fakeOperation(index, { status: 'pending' })),
    );
  }

  /** The daemon's state of a job, told by an event. */
  job(jobId: string, changes: Partial<Job>): void {
    this.jobs.set(jobId, { ...(this.jobs.get(jobId) ?? fakeJob(jobId)), ...changes });
    this.tell(jobId);
  }

  tell(jobId: string): void {
    const job = this.jobs.get(jobId)!;
    this.table.apply({ type: 'job', seq: 1, at: job.created_at, job });
  }

  delete(jobId: string): void {
    this.jobs.delete(jobId);
    this.table.apply({ type: 'job_deleted', seq: 1, at: '2026-01-31T12:00:00.000Z', job_id: jobId });
  }

  operation(jobId: string, index: number, changes: Partial<Operation>): void {
    const all = this.operations.get(jobId)!;
    const operation = { ...all[index]!, ...changes };
    all[index] = operation;
    const at = '2026-01-31T12:00:00.000Z';
    if (this.watched.has(jobId)) {
      this.table.apply({ type: 'operation', seq: 1, at, job_id: jobId, operation });
    }
  }

  /** Tells what changed, as the store does once a frame. */
  flush(changes: Partial<JobStoreChange> = {}): void {
    const change = this.table.takeChange();
    if (change === undefined) return;
    for (const listener of this.#listeners) listener({ ...change, ...changes });
  }

  readonly call = async <M extends MethodName>(
    method: M,
    input: MethodInput<M>,
  ): Promise<MethodResult<M>> => {
    this.calls.push({ method, input: input });
    await Promise.resolve();
    if (!this.isConnected) throw new Error('there is no connection to the daemon');
    if (method === 'jobs/operations') return this.#operations(input as never) as MethodResult<M>;
    if (method === 'jobs/list') return this.#list(input as never) as MethodResult<M>;
    const { job_id: jobId } = input as { job_id: string };
    const job = this.jobs.get(jobId);
    if (job === undefined) throw Object.assign(new Error('no such job'), { kind: 'not_found' });
    return job as MethodResult<M>;
  };

  /** Ids in the order of `failed_first`. */
  failedFirst(jobId: string): string[] {
    return [...this.operations.get(jobId)!]
      .sort((a, b) => ranks[a.status] - ranks[b.status] || a.index - b.index)
      .map(({ operation_id: id }) => id);
  }

  #operations(input: MethodInput<'jobs/operations'>): MethodResult<'jobs/operations'> {
    const all = new Map(this.operations.get(input.job_id)!.map((each) => [each.operation_id, each]));
    const { offset = 0, limit = 100, operation_ids: wanted } = input;
    const ids = this.failedFirst(input.job_id).filter((id) => wanted === undefined || wanted.includes(id));
    return {
      operations: ids.slice(offset, offset + limit).map((id) => all.get(id)!),
      total: ids.length,
    };
  }

  #list({ status, offset = 0, limit = 50 }: MethodInput<'jobs/list'>): MethodResult<'jobs/list'> {
    const found = [...this.jobs.values()]
      .filter((job) => (status as string[]).includes(job.status))
      .sort((a, b) => ((a.finished_at ?? '') < (b.finished_at ?? '') ? 1 : -1));
    return { jobs: found.slice(offset, offset + limit), total: found.length };
  }
}
