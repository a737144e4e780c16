import type { DaemonEvent, Snapshot } from '../../protocol/events.ts';
import type { MethodParams } from '../../protocol/methods.ts';
import type { Detail } from '../../protocol/params.ts';
import type { ChangeListener, JobService } from '../jobs/service.ts';
import { withDetail } from '../jobs/views.ts';
import { errorText, type Logger } from '../log.ts';
import { EventLog, type Entity } from './eventLog.ts';
import { buildSnapshot } from './snapshot.ts';

/** A batch as JSON, made once for all clients that get it; `frame` keeps the bytes of each transport. */
export class SharedBatch {
  readonly json: string;
  readonly to_seq: number;
  readonly #frames = new Map<string, Buffer>();

  constructor(json: string, toSeq: number) {
    this.json = json;
    this.to_seq = toSeq;
  }

  frame(transport: string, make: (json: string) => string): Buffer {
    let frame = this.#frames.get(transport);
    if (frame === undefined) {
      frame = Buffer.from(make(this.json), 'utf8');
      this.#frames.set(transport, frame);
    }
    return frame;
  }
}

/** One client's connection, as the hub sees it. */
export interface EventSink {
  /** Bytes handed over and not yet taken by the operating system. */
  bufferedBytes(): number;
  send(batch: SharedBatch): void;
}

export interface Subscription {
  /** What the client knows when it has this answer; `snapshot` null: it goes on from its own after_seq. */
  readonly seq: number;
  readonly snapshot: Snapshot | null;
  /** Starts sending; called once the answer is on its way, so that no batch overtakes it. */
  activate(): void;
  unsubscribe(): void;
}

export interface EventHubOptions {
  readonly service: JobService;
  readonly log: Logger;
  /** At least so long between two batches of one client. */
  readonly flushIntervalMs?: number;
  /** Entries a client may lie behind before it gets a snapshot instead. */
  readonly ringSize?: number;
  /** A client with more than this unsent is passed over until it has caught up. */
  readonly highWaterBytes?: number;
  readonly recentJobs?: number;
  /**
   * More than these wait for the next batch: one message never gets too long to send between two others, nor for a client that
   * must not stand still while it parses one (an extension host: 50 ms).
   */
  readonly maxEventsPerBatch?: number;
  /** The same in characters of JSON: full operations with samples of differing rows are many times longer than others. */
  readonly maxBatchChars?: number;
  readonly now?: () => number;
}

interface Subscriber {
  readonly sink: EventSink;
  readonly operationsOf: ReadonlySet<string>;
  readonly detail: Detail;
  readonly hasOperationsSnapshot: boolean;
  /** What decides on the text of its batches: clients with the same key share them. */
  readonly filterKey: string;
  /** Everything up to here was looked at. */
  cursor: number;
  /** `to_seq` of the last batch sent; batches of one client join without a gap. */
  sentTo: number;
  isActive: boolean;
  isResyncing: boolean;
}

interface BuiltBatch {
  readonly cursor: number;
  /** Null: nothing of it concerns this client. */
  readonly batch: SharedBatch | null;
  readonly needsSnapshot: boolean;
}

/**
 * Tells clients what changed. A change only marks an entry in the log; the state is read when a batch goes out, so a client
 * gets the latest state of each thing and no queue grows for a slow one: its cursor stays behind, and once the log no longer
 * reaches back so far it gets a snapshot. End states are therefore never dropped.
 */
export class EventHub implements ChangeListener {
  readonly log: EventLog;
  readonly #options: Required<Omit<EventHubOptions, 'service' | 'log'>>;
  readonly #service: JobService;
  readonly #logger: Logger;
  readonly #subscribers = new Set<Subscriber>();
  #timer: NodeJS.Timeout | undefined;
  #lastFlushMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: EventHubOptions) {
    const { service, log, ...rest } = options;
    this.#service = service;
    this.#logger = log;
    this.#options = {
      flushIntervalMs: 50,
      ringSize: 100_000,
      highWaterBytes: 1_048_576,
      recentJobs: 200,
      maxEventsPerBatch: 2_000,
      maxBatchChars: 524_288,
      now: Date.now,
      ...rest,
    };
    // Milliseconds times 1000: grows over restarts as long as there are fewer than a million changes a second.
    this.log = new EventLog(this.#options.ringSize, this.#options.now() * 1000);
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  jobChanged(jobId: string): void {
    this.#append(jobId, null);
  }

  operationChanged(jobId: string, index: number): void {
    this.#append(jobId, index);
  }

  jobDeleted(jobId: string): void {
    this.#append(jobId, null, true);
  }

  /** Rejects only if a snapshot could not be read. */
  async subscribe(params: MethodParams<'events/subscribe'>, sink: EventSink): Promise<Subscription> {
    const operationsOf = new Set(params.operations_of ?? []);
    const canResume = params.after_seq !== undefined && this.log.covers(params.after_seq);
    const seq = canResume ? (params.after_seq ?? 0) : this.log.head;
    const subscriber: Subscriber = {
      sink,
      operationsOf,
      detail: params.detail,
      hasOperationsSnapshot: params.operations_snapshot,
      filterKey: `${params.detail} ${[...operationsOf].sort().join()}`,
      cursor: seq,
      sentTo: seq,
      isActive: false,
      isResyncing: false,
    };
    const snapshot = canResume ? null : await this.#snapshot(subscriber);
    return {
      seq,
      snapshot,
      activate: () => {
        if (this.#isClosed) return;
        subscriber.isActive = true;
        this.#subscribers.add(subscriber);
        if (subscriber.cursor < this.log.head) this.#schedule();
      },
      unsubscribe: () => {
        subscriber.isActive = false;
        this.#subscribers.delete(subscriber);
      },
    };
  }

  /** Sends what is due now to everyone who can take it. Called by the hub's own timer. */
  flush(): void {
    this.#lastFlushMs = performance.now();
    const built = new Map<string, BuiltBatch>();
    let isSomebodyBehind = false;
    for (const subscriber of this.#subscribers) {
      if (subscriber.cursor < this.log.head) this.#serve(subscriber, built);
      isSomebodyBehind ||= subscriber.isActive && subscriber.cursor < this.log.head;
    }
    if (isSomebodyBehind) this.#schedule();
  }

  /** Sends what is still due, then nothing more. */
  close(): void {
    if (this.#isClosed) return;
    this.flush();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#subscribers.clear();
  }

  #append(jobId: string, index: number | null, isDeleted = false): void {
    this.log.append(jobId, index, this.#options.now(), isDeleted);
    if (this.#subscribers.size > 0) this.#schedule();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    const sinceLastMs = performance.now() - this.#lastFlushMs;
    const waitMs = Math.max(0, Math.ceil(this.#options.flushIntervalMs - sinceLastMs));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.flush();
    }, waitMs);
  }

  #serve(subscriber: Subscriber, built: Map<string, BuiltBatch>): void {
    if (subscriber.isResyncing || subscriber.sink.bufferedBytes() > this.#options.highWaterBytes) return;
    if (!this.log.covers(subscriber.cursor)) {
      void this.#resync(subscriber);
      return;
    }
    const key = `${subscriber.cursor} ${subscriber.sentTo} ${subscriber.filterKey}`;
    let next = built.get(key);
    if (next === undefined) {
      next = this.#build(subscriber);
      built.set(key, next);
    }
    if (next.needsSnapshot) {
      void this.#resync(subscriber);
      return;
    }
    subscriber.cursor = next.cursor;
    if (next.batch !== null) this.#send(subscriber, next.batch);
  }

  #build(subscriber: Subscriber): BuiltBatch {
    const { maxEventsPerBatch, maxBatchChars } = this.#options;
    const events: string[] = [];
    let chars = 0;
    let needsSnapshot = false;
    const cursor = this.log.walk(subscriber.cursor, (entity) => {
      const event = this.#event(entity, subscriber);
      if (event === 'not in memory') needsSnapshot = true;
      else if (event !== null) {
        const text = JSON.stringify(event);
        events.push(text);
        chars += text.length;
      }
      return !needsSnapshot && events.length < maxEventsPerBatch && chars < maxBatchChars;
    });
    if (needsSnapshot || events.length === 0) return { cursor, batch: null, needsSnapshot };
    const json = `{"from_seq":${subscriber.sentTo + 1},"to_seq":${cursor},"events":[${events.join()}]}`;
    return { cursor, batch: new SharedBatch(json, cursor), needsSnapshot };
  }

  #event(entity: Entity, { operationsOf, detail }: Subscriber): DaemonEvent | 'not in memory' | null {
    const { job_id, seq, index } = entity;
    if (index !== null && !operationsOf.has(job_id)) return null;
    const at = new Date(entity.at_ms).toISOString();
    if (entity.is_deleted) return { type: 'job_deleted', seq, at, job_id };
    if (index === null) {
      const job = this.#service.job(job_id);
      return job === undefined ? 'not in memory' : { type: 'job', seq, at, job };
    }
    const operation = this.#service.operation(job_id, index);
    if (operation !== undefined)
      return { type: 'operation', seq, at, job_id, operation: withDetail(operation, detail) };
    // Of a deleted job nothing is left to tell; that it is gone, its own entry says.
    return this.#service.job(job_id) === undefined ? null : 'not in memory';
  }

  async #resync(subscriber: Subscriber): Promise<void> {
    subscriber.isResyncing = true;
    const seq = this.log.head;
    try {
      const snapshot = await this.#snapshot(subscriber);
      if (!subscriber.isActive) return;
      subscriber.cursor = seq;
      const json = JSON.stringify({ from_seq: seq, to_seq: seq, events: [], snapshot });
      this.#send(subscriber, new SharedBatch(json, seq));
    } catch (error) {
      this.#logger.error('no snapshot for a client that fell behind; trying again', {
        error: errorText(error),
      });
    } finally {
      subscriber.isResyncing = false;
      if (subscriber.isActive && subscriber.cursor < this.log.head) this.#schedule();
    }
  }

  #send(subscriber: Subscriber, batch: SharedBatch): void {
    subscriber.sentTo = batch.to_seq;
    subscriber.sink.send(batch);
  }

  #snapshot({ operationsOf, detail, hasOperationsSnapshot }: Subscriber): Promise<Snapshot> {
    const { recentJobs } = this.#options;
    const request = { operationsOf, detail, hasOperations: hasOperationsSnapshot, recentJobs };
    return buildSnapshot(this.#service, request);
  }
}
