import type { Job, Operation } from '../../protocol/entities.ts';
import type { MethodName, MethodParams, MethodResult } from '../../protocol/methods.ts';

/** Methods that jobs answers; daemon/* and events/* belong to the server's edge. */
export type JobMethodName = Exclude<MethodName, `daemon/${string}` | `events/${string}`>;

export type JobHandlers = {
  readonly [M in JobMethodName]: (params: MethodParams<M>) => Promise<MethodResult<M>>;
};

/** Told after a change is durable and in memory; must return at once (the event hub only marks what changed). */
export interface ChangeListener {
  jobChanged(jobId: string): void;
  operationChanged(jobId: string, index: number): void;
  jobDeleted(jobId: string): void;
}

/** What status and idle stop need to know. */
export interface ServiceStatus {
  readonly live_jobs: number;
  readonly running_operations: number;
  readonly waiting_operations: number;
  readonly limits: MethodResult<'daemon/status'>['limits'];
  readonly engines: MethodResult<'daemon/status'>['engines'];
  readonly storage: MethodResult<'daemon/status'>['storage'];
}

export interface JobService {
  readonly handlers: JobHandlers;
  /** Opens the store, takes up the jobs that were live, starts scheduling. */
  start(): Promise<void>;
  addListener(listener: ChangeListener): () => void;
  /** State as of now, for events: undefined if there is no such job or it is not in memory. */
  job(jobId: string): Job | undefined;
  operation(jobId: string, index: number): Operation | undefined;
  /** Live jobs first, then the latest ended ones, at most `limit`. */
  recentJobs(limit: number): Job[];
  operations(jobId: string): Operation[] | undefined;
  status(): ServiceStatus;
  /** Starts nothing new; resolves when what runs has ended. Live jobs stay live and go on at the next start. */
  drain(): Promise<void>;
  /** Stops now: engines are ended, their attempts go on as `interrupted` at the next start; everything is on disk. */
  stop(): Promise<void>;
}
