import type { Job, JobStatus, Operation } from '../../daemon/protocol/entities.ts';
import { ApiError } from '../../daemon/protocol/errors.ts';
import type { MethodParams } from '../../daemon/protocol/methods.ts';
import type {
  ChangeListener,
  JobHandlers,
  JobMethodName,
  JobService,
  ServiceStatus,
} from '../../daemon/server/jobs/service.ts';

const createdAt = '2026-01-31T12:00:00.000Z';

/** A job id from a number: valid, sortable. */
export function fakeJobId(number: number): string {
  return `01J${String(number).padStart(23, '0')}`;
}

export function fakeJob(jobId: string, status: JobStatus = 'running', changes: Partial<Job> = {}): Job {
  return {
    job_id: jobId,
    job_name: `job ${jobId}`,
    job_type: 'mixed',
    status,
    project_id: null,
    tags: [],
    priority: 0,
    parallel_execution: true,
    max_parallel: 4,
    stop_on_error: false,
    created_at: createdAt,
    progress: {
      total: 1,
      completed: 0,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      running: 1,
      percent: 0,
      current_operations: [],
      eta_ms: null,
      elapsed_ms: 0,
      rows_processed: 0,
    },
    ...changes,
  };
}

export function fakeOperation(index: number, changes: Partial<Operation> = {}): Operation {
  return {
    operation_id: `op-${String(index + 1).padStart(4, '0')}`,
    index,
    name: `operation ${index}`,
    type: 'command',
    status: 'running',
    depends_on: [],
    attempts: [],
    artifacts: [],
    ...changes,
  };
}

/** Jobs in memory that a test changes by hand; what it does not hold, it answers as the real service would. */
export class FakeJobService implements JobService {
  readonly jobs = new Map<string, Job>();
  readonly operationsOf = new Map<string, Operation[]>();
  /** Every call that reached a handler, with its parsed params. */
  readonly calls: { method: JobMethodName; params: unknown }[] = [];
  readonly handlers: JobHandlers;
  liveJobs = 0;
  stops = 0;
  drained: Promise<void> = Promise.resolve();
  /** Replaces the answer of one method. */
  readonly answers = new Map<JobMethodName, (params: unknown) => Promise<unknown>>();
  readonly #listeners = new Set<ChangeListener>();

  constructor() {
    const known = (jobId: string): Job => {
      const job = this.jobs.get(jobId);
      if (job === undefined) throw new ApiError('not_found', `there is no job ${jobId}`);
      return job;
    };
    const defaults: { [M in JobMethodName]?: (params: MethodParams<M>) => unknown } = {
      'jobs/get': ({ job_id }) => known(job_id),
      'jobs/list': ({ limit, offset }) => {
        const all = [...this.jobs.values()];
        return { jobs: all.slice(offset, offset + limit), total: all.length };
      },
      'jobs/operations': ({ job_id, limit, offset }) => {
        known(job_id);
        const all = this.operationsOf.get(job_id) ?? [];
        return { operations: all.slice(offset, offset + limit), total: all.length };
      },
      'jobs/delete': ({ job_id }) => ({ deleted: true, job_id: known(job_id).job_id }),
      'jobs/export': ({ job_id, format }) => ({
        content_type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
        content: format === 'csv' ? `job_id\r\n${job_id}\r\n` : JSON.stringify(known(job_id)),
      }),
      'jobs/submit': () => ({
        job_id: fakeJobId(1),
        status: 'pending',
        total_operations: 1,
        diagnostics: [],
      }),
      'data/bulkGenerate': ({ items }) => ({
        job_id: fakeJobId(1),
        status: 'pending',
        total_operations: items.length,
        diagnostics: [],
      }),
      'projects/list': () => ({ projects: [] }),
    };
    this.handlers = new Proxy({} as JobHandlers, {
      get: (_target, name) => async (params: unknown) => {
        const method = name as JobMethodName;
        this.calls.push({ method, params });
        const answer =
          this.answers.get(method) ?? (defaults[method] as ((params: unknown) => unknown) | undefined);
        if (answer === undefined) throw new Error(`the fake has no answer for ${method}`);
        return answer(params);
      },
    });
  }

  change(job: Job): void {
    this.jobs.set(job.job_id, job);
    for (const listener of this.#listeners) listener.jobChanged(job.job_id);
  }

  changeOperation(jobId: string, operation: Operation): void {
    const all = this.operationsOf.get(jobId) ?? [];
    all[operation.index] = operation;
    this.operationsOf.set(jobId, all);
    for (const listener of this.#listeners) listener.operationChanged(jobId, operation.index);
  }

  delete(jobId: string): void {
    this.jobs.delete(jobId);
    this.operationsOf.delete(jobId);
    for (const listener of this.#listeners) listener.jobDeleted(jobId);
  }

  start = async (): Promise<void> => undefined;

  addListener(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  job = (jobId: string): Job | undefined => this.jobs.get(jobId);
  operation = (jobId: string, index: number): Operation | undefined => this.operationsOf.get(jobId)?.[index];
  operations = (jobId: string): Operation[] | undefined => this.operationsOf.get(jobId);
  recentJobs = (limit: number): Job[] => [...this.jobs.values()].slice(0, limit);

  status(): ServiceStatus {
    return {
      live_jobs: this.liveJobs,
      running_operations: 0,
      waiting_operations: 0,
      limits: [{ kind: 'daemon', name: 'daemon', limit: 16, in_use: 0 }],
      engines: [],
      storage: { ok: true },
    };
  }

  drain = (): Promise<void> => this.drained;

  stop = async (): Promise<void> => {
    this.stops += 1;
  };
}
