import type { DaemonClient } from '../../client/connectDaemon.ts';
import { isJobEnded, type Job, type Operation } from '../../protocol/entities.ts';
import { ApiError } from '../../protocol/errors.ts';
import type { Session } from '../session.ts';
import { createJobState, type JobChange, type JobState } from './jobState.ts';

/** Shows a job while it runs. `stop` leaves the terminal as a person expects it. */
export interface FollowView {
  update(state: JobState, change: JobChange): void;
  /** One line about something beside the job: cancelling, the connection is lost. */
  notice(text: string): void;
  stop(): void;
  /** True if reasons of waiting operations are shown, so that it pays to ask for them. */
  readonly wantsWaiting: boolean;
}

/** A job with all its operations, as `run --format json` prints it. */
export interface JobWithOperations {
  readonly job: Job;
  readonly operations: readonly Operation[];
}

export interface FollowRequest {
  readonly session: Session;
  readonly jobId: string;
  readonly view: FollowView;
  /** Aborted: stop following, the job goes on. */
  readonly signal: AbortSignal;
}

const waitingPollMs = 2000;
/** Reasons are asked for only where a person could read them. */
const maxOperationsForWaiting = 1000;
const maxReconnectsWithoutNews = 5;

/** All operations of a job, page by page. */
export async function fetchOperations(client: DaemonClient, jobId: string): Promise<Operation[]> {
  const operations: Operation[] = [];
  for (;;) {
    const page = await client.call('jobs/operations', {
      job_id: jobId,
      limit: 500,
      offset: operations.length,
    });
    operations.push(...page.operations);
    if (page.operations.length === 0 || operations.length >= page.total) return operations;
  }
}

/** The job and its operations as they stand now. */
export async function fetchJob(client: DaemonClient, jobId: string): Promise<JobWithOperations> {
  const job = await client.call('jobs/get', { job_id: jobId });
  return { job, operations: await fetchOperations(client, jobId) };
}

type Outcome = 'ended' | 'connection_lost' | 'stopped';

const noChange: JobChange = { jobChanged: false, deleted: false, ended: [] };

async function updateWaiting(client: DaemonClient, state: JobState): Promise<void> {
  const { operations } = await client.call('jobs/waiting', { job_id: state.jobId });
  state.setWaiting(new Map(operations.map((each) => [each.operation_id, each.waiting])));
}

/** Asks for the reasons of waiting operations every two seconds: no event tells them, for they change without a transition. */
function pollWaiting(client: DaemonClient, state: JobState, view: FollowView): () => void {
  if (!view.wantsWaiting) return () => undefined;
  const timer = setInterval(() => {
    const total = state.job()?.progress.total ?? 0;
    if (total === 0 || total > maxOperationsForWaiting) return;
    updateWaiting(client, state).then(
      () => view.update(state, noChange),
      // A lost connection is told by onClose; a reason that is missing for two seconds is no news.
      () => undefined,
    );
  }, waitingPollMs);
  return () => clearInterval(timer);
}

/** Reads events into `state` until the job ended, the connection is gone, or nobody follows any more. */
async function followOnce(request: FollowRequest, client: DaemonClient, state: JobState): Promise<Outcome> {
  const { jobId, view, signal } = request;
  const disposers: (() => void)[] = [];
  let isClosed = false;
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      const apply = (change: JobChange): void => {
        if (change.deleted)
          reject(new ApiError('not_found', `Job ${jobId} was deleted while it was followed.`));
        view.update(state, change);
        const job = state.job();
        if (job !== undefined && isJobEnded(job.status)) resolve('ended');
      };
      const stop = () => resolve('stopped');
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      disposers.push(
        () => signal.removeEventListener('abort', stop),
        client.onClose(() => {
          isClosed = true;
          resolve('connection_lost');
        }),
        pollWaiting(client, state, view),
      );
      subscribe(client, state, apply).then((unsubscribe) => disposers.push(unsubscribe), reject);
    });
  } catch (error) {
    if (isClosed) return 'connection_lost';
    throw error;
  } finally {
    for (const dispose of disposers) dispose();
  }
}

async function subscribe(
  client: DaemonClient,
  state: JobState,
  apply: (change: JobChange) => void,
): Promise<() => void> {
  const subscription = await client.subscribe({ operations_of: [state.jobId] }, (batch) =>
    apply(state.applyBatch(batch)),
  );
  if (subscription.snapshot !== null) apply(state.applySnapshot(subscription.snapshot));
  // The snapshot holds the latest jobs only; an older one that ended long ago is asked for.
  if (state.job() === undefined) {
    const job = await client.call('jobs/get', { job_id: state.jobId });
    if (state.job() === undefined) state.setJob(job);
    apply(noChange);
  }
  // A connection that is gone has no subscription either.
  return () => void subscription.unsubscribe().catch(() => undefined);
}

/**
 * Follows a job to its end and returns it with all its operations; null if the signal stopped the following. A daemon that
 * goes away is looked for, and started, again: the job goes on where it was, so the display does too.
 */
export async function followJob(request: FollowRequest): Promise<JobWithOperations | null> {
  const { session, jobId, view } = request;
  const state = createJobState(jobId);
  let client = session.client;
  for (let losses = 0; ; losses += 1) {
    const before = state.job();
    const outcome = await followOnce(request, client, state);
    if (outcome === 'ended') return fetchJob(client, jobId);
    if (outcome === 'stopped') return null;
    if (state.job() !== before) losses = 0;
    if (losses >= maxReconnectsWithoutNews) {
      throw new LostDaemonError(jobId);
    }
    view.notice('The connection to the daemon is lost; looking for it again.');
    client = await session.reconnect();
    view.notice('Connected again.');
  }
}

/** The daemon went away again and again while a job was followed. */
export class LostDaemonError extends Error {
  override readonly name = 'LostDaemonError';
  constructor(jobId: string) {
    super(`The daemon went away several times while job ${jobId} was followed; see "daemon logs".`);
  }
}
