import type * as vscode from 'vscode';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import type { Job, Operation } from '../../daemon/protocol/entities.ts';
import type { EventBatch, Snapshot } from '../../daemon/protocol/events.ts';
import type { SessionLog } from './daemonSession.ts';
import { Emitter } from './emitter.ts';
import { JobTable } from './jobTable.ts';
import type { DaemonSession, JobStore, JobStoreChange } from './services.ts';

type Arrival = { readonly batch: EventBatch; next: number } | { readonly snapshot: Snapshot };

/** The longest time events are applied before others in the extension host get their turn. */
const sliceMs = 8;
/** Time is looked at after so many events. */
const eventsPerLook = 100;
/** As often as the daemon tells: with more, what is on the screen is older than it need be. */
const frameMs = 50;
const retryMs = 1_000;
/** The daemon takes no more at a time; those watched last are the ones looked at. */
const maxWatched = 100;
const operationsPage = 500;

/** Follows the daemon's events over the session's connections and tells of changes once a frame. */
export class EventJobStore implements JobStore {
  readonly #session: DaemonSession;
  readonly #log: SessionLog;
  readonly #table = new JobTable();
  readonly #emitter: Emitter<JobStoreChange>;
  readonly #watchers = new Map<string, number>();
  readonly #stateListener: vscode.Disposable;
  #arrivals: Arrival[] = [];
  #isLoaded = false;
  #sliceTimer: NodeJS.Immediate | undefined;
  #frameTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #lastFrameMs = Number.NEGATIVE_INFINITY;
  /** The connection that is followed, or is about to be. */
  #client: DaemonClient | undefined;
  /** Everything up to here has arrived. Undefined: nothing is known yet, or of another daemon. */
  #seq: number | undefined;
  #isSubscribing = false;
  #wantsSubscription = false;

  constructor(session: DaemonSession, log: SessionLog) {
    this.#session = session;
    this.#log = log;
    this.#emitter = new Emitter((error) => log.error('a listener of the job store failed', error));
    this.#stateListener = session.onDidChangeState(() => this.#follow());
    this.#follow();
  }

  get jobs(): ReadonlyMap<string, Job> {
    return this.#table.jobs;
  }

  get hasLiveJobs(): boolean {
    return this.#table.hasLiveJobs;
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  get onDidChange(): vscode.Event<JobStoreChange> {
    return this.#emitter.event;
  }

  operation(jobId: string, operationId: string): Operation | undefined {
    return this.#table.operation(jobId, operationId);
  }

  watch(jobId: string): vscode.Disposable {
    const count = this.#watchers.get(jobId) ?? 0;
    // Taken out first: the one watched last stands last.
    this.#watchers.delete(jobId);
    this.#watchers.set(jobId, count + 1);
    if (count === 0) {
      this.#table.watch(jobId);
      this.#subscribeSoon();
    }
    let isWatched = true;
    return {
      dispose: () => {
        if (isWatched) this.#unwatch(jobId);
        isWatched = false;
      },
    };
  }

  learn(jobs: readonly Job[]): void {
    // What came before the answer is older than it.
    this.#applyArrivals(Number.POSITIVE_INFINITY);
    this.#table.learn(jobs);
    this.#tellSoon();
  }

  learnOperations(jobId: string, operations: readonly Operation[]): void {
    this.#applyArrivals(Number.POSITIVE_INFINITY);
    this.#table.learnOperations(jobId, operations);
    this.#tellSoon();
  }

  /** Another data directory: nothing that is known is of it. */
  clear(): void {
    this.#client = undefined;
    this.#seq = undefined;
    this.#arrivals = [];
    this.#isLoaded = false;
    this.#table.clear();
    this.#tellSoon();
    this.#follow();
  }

  dispose(): void {
    this.#stateListener.dispose();
    this.#client = undefined;
    clearImmediate(this.#sliceTimer);
    clearTimeout(this.#frameTimer);
    clearTimeout(this.#retryTimer);
    this.#arrivals = [];
    this.#emitter.dispose();
  }

  #unwatch(jobId: string): void {
    const count = (this.#watchers.get(jobId) ?? 1) - 1;
    if (count > 0) {
      this.#watchers.set(jobId, count);
      return;
    }
    this.#watchers.delete(jobId);
    this.#table.unwatch(jobId);
    this.#subscribeSoon();
  }

  #follow(): void {
    const { client } = this.#session;
    if (client === this.#client) return;
    this.#client = client;
    if (client !== undefined) this.#subscribeSoon();
  }

  /** Several changes of one turn are one call, and one call is under way at a time: each replaces the one before. */
  #subscribeSoon(): void {
    if (this.#wantsSubscription || this.#client === undefined) return;
    this.#wantsSubscription = true;
    if (!this.#isSubscribing) queueMicrotask(() => void this.#subscribe());
  }

  async #subscribe(): Promise<void> {
    this.#isSubscribing = true;
    while (this.#wantsSubscription && this.#client !== undefined) {
      this.#wantsSubscription = false;
      await this.#subscribeOnce(this.#client);
    }
    this.#wantsSubscription = false;
    this.#isSubscribing = false;
  }

  async #subscribeOnce(client: DaemonClient): Promise<void> {
    const isCurrent = () => client === this.#client;
    try {
      const { seq, snapshot } = await client.subscribe(
        {
          after_seq: this.#seq,
          operations_of: [...this.#watchers.keys()].slice(-maxWatched),
          detail: 'summary',
          operations_snapshot: false,
        },
        (batch) => {
          if (isCurrent()) this.#receive(batch);
        },
      );
      if (!isCurrent()) return;
      this.#seq = seq;
      if (snapshot !== null) this.#arrive({ snapshot });
      else if (!this.#isLoaded) this.#loaded();
    } catch (error) {
      // A lost connection brings the next one through the session; a daemon that refuses is asked again.
      if (!isCurrent() || this.#session.client !== client) return;
      this.#log.warn('the daemon does not tell of its jobs; asking again', error);
      clearTimeout(this.#retryTimer);
      this.#retryTimer = setTimeout(() => this.#subscribeSoon(), retryMs);
    }
  }

  #receive(batch: EventBatch): void {
    this.#seq = batch.to_seq;
    if (batch.snapshot === undefined) this.#arrive({ batch, next: 0 });
    else this.#arrive({ snapshot: batch.snapshot });
  }

  #arrive(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    this.#sliceTimer ??= setImmediate(() => this.#slice());
  }

  #slice(): void {
    this.#sliceTimer = undefined;
    this.#applyArrivals(sliceMs);
    if (this.#arrivals.length > 0) this.#sliceTimer = setImmediate(() => this.#slice());
    this.#tellSoon();
  }

  #applyArrivals(budgetMs: number): void {
    const untilMs = performance.now() + budgetMs;
    while (this.#arrivals.length > 0) {
      const arrival = this.#arrivals[0] as Arrival;
      if ('snapshot' in arrival) this.#applySnapshot(arrival.snapshot);
      else if (!this.#applyEvents(arrival, untilMs)) return;
      this.#arrivals.shift();
      if (performance.now() >= untilMs) return;
    }
  }

  /** False if the time was over before the events were. */
  #applyEvents(arrival: { readonly batch: EventBatch; next: number }, untilMs: number): boolean {
    const { events } = arrival.batch;
    while (arrival.next < events.length) {
      const end = Math.min(events.length, arrival.next + eventsPerLook);
      for (const event of events.slice(arrival.next, end)) this.#table.apply(event);
      arrival.next = end;
      if (end < events.length && performance.now() >= untilMs) return false;
    }
    return true;
  }

  #applySnapshot(snapshot: Snapshot): void {
    this.#table.reset(snapshot);
    if (!this.#isLoaded) this.#loaded();
    for (const jobId of this.#watchers.keys()) void this.#readOperations(jobId);
  }

  #loaded(): void {
    this.#isLoaded = true;
    this.#tellSoon();
  }

  /** A snapshot has no operations, and what happened to them before it is told by no event. */
  async #readOperations(jobId: string): Promise<void> {
    const client = this.#client;
    try {
      for (let offset = 0; client !== undefined; offset += operationsPage) {
        const { operations, total } = await client.call('jobs/operations', {
          job_id: jobId,
          detail: 'summary',
          limit: operationsPage,
          offset,
        });
        if (client !== this.#client || !this.#watchers.has(jobId)) return;
        this.learnOperations(jobId, operations);
        if (operations.length === 0 || offset + operations.length >= total) return;
      }
    } catch (error) {
      // Deleted meanwhile, or the connection is gone: the next snapshot tells.
      this.#log.debug(`operations of ${jobId} could not be read`, error);
    }
  }

  /** The first change after a quiet time is told at once, further ones once a frame. */
  #tellSoon(): void {
    if (this.#frameTimer !== undefined) return;
    const waitMs = Math.max(0, frameMs - (performance.now() - this.#lastFrameMs));
    this.#frameTimer = setTimeout(() => {
      this.#frameTimer = undefined;
      const change = this.#table.takeChange();
      if (change === undefined) return;
      this.#lastFrameMs = performance.now();
      this.#emitter.fire(change);
    }, waitMs);
  }
}
