import type { OperationProgress } from '../../protocol/entities.ts';
import type { BatchPlan } from '../../protocol/plan.ts';
import { schemaVersion } from '../../protocol/version.ts';
import type { JobDocument, JobState, JournalRecord, OperationState } from '../storage/schemas.ts';
import type { JobStore } from '../storage/store.ts';
import { isoNow } from './isoNow.ts';
import { applyRecord, type JobFrame } from './stateMachine.ts';

type WithoutSeq<T> = T extends unknown ? Omit<T, 'seq' | 'at'> : never;
/** A journal record before it has its place and time. */
export type RecordDraft = WithoutSeq<JournalRecord>;

export interface LiveJobEvents {
  jobChanged(job: LiveJob): void;
  operationChanged(job: LiveJob, index: number): void;
  /** The disk refuses (full, read-only …); the records are kept and tried again. */
  storageFailed(job: LiveJob, error: unknown): void;
  /** A record that the state does not allow: a fault of ours. It is passed over, here as when the journal is read again. */
  recordRefused(job: LiveJob, record: JournalRecord, error: unknown): void;
}

interface Waiting {
  draft: RecordDraft;
  at: string;
  onDurable: (() => void) | undefined;
  /** Set for what a client asked for: a disk that refuses is told to the client, and the record is dropped. */
  onRefused: ((error: unknown) => void) | undefined;
}

export interface StatusCounts {
  pending: number;
  running: number;
  completed: number;
  failed: number;
  skipped: number;
  cancelled: number;
}

const compactAfterBytes = 16 * 1024 * 1024;
const storageRetryMs = 1_000;

/**
 * A job in memory and its journal. Order of truth: a record is durable first, then applied here, then told. Everything handed
 * in during one turn of the event loop, and while a write is under way, goes to disk as one group; so the end of one operation and
 * the start of the next share one commit.
 */
export class LiveJob {
  readonly id: string;
  readonly plan: BatchPlan;
  readonly frame: JobFrame;
  readonly counts: StatusCounts = {
    pending: 0,
    running: 0,
    completed: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
  };
  /** Rows of ended operations. */
  rowsEnded = 0;
  /** What running operations have told of their progress; not durable, gone with the attempt. */
  readonly progress = new Map<number, OperationProgress>();
  readonly running = new Set<number>();

  readonly #store: JobStore;
  readonly #events: LiveJobEvents;
  #seq: number;
  #outbox: Waiting[] = [];
  #isWriting = false;
  #isFlushScheduled = false;
  #isCompacting = false;
  #whenIdle: (() => void)[] = [];

  constructor(document: JobDocument, lastSeq: number, store: JobStore, events: LiveJobEvents) {
    this.id = document.state.job_id;
    this.plan = document.plan;
    this.frame = { state: document.state, operations: document.operations };
    this.#seq = lastSeq;
    this.#store = store;
    this.#events = events;
    document.operations.forEach((operation, index) => this.#count(index, undefined, operation));
  }

  get state(): JobState {
    return this.frame.state;
  }

  /** Applies a record read back from the journal at start: it is durable already and nobody is told. */
  replay(record: JournalRecord): void {
    this.#apply(record, false);
    this.#seq = record.seq;
  }

  /** Hands in a record of what happened. `onDurable` runs after it is on disk and applied; a refusing disk is tried again. */
  commit(draft: RecordDraft, onDurable?: () => void): void {
    this.#enqueue({ draft, at: isoNow(), onDurable, onRefused: undefined });
  }

  /** Hands in records somebody asked for; rejects, with nothing changed, if the disk refuses. */
  async request(drafts: readonly RecordDraft[]): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      drafts.forEach((draft, n) => {
        const isLast = n === drafts.length - 1;
        this.#enqueue({
          draft,
          at: isoNow(),
          onDurable: isLast ? resolve : undefined,
          onRefused: reject,
        });
      });
    });
  }

  /** Resolves when nothing is waiting to be written. */
  async settled(): Promise<void> {
    if (this.#outbox.length === 0 && !this.#isWriting) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  document(): JobDocument {
    const { state, operations } = this.frame;
    return {
      schema_version: schemaVersion,
      journal_seq: this.#seq,
      state,
      plan: this.plan,
      operations: operations.slice(),
    };
  }

  setProgress(index: number, progress: OperationProgress): void {
    if (!this.running.has(index)) return;
    this.progress.set(index, progress);
    this.#events.operationChanged(this, index);
    this.#events.jobChanged(this);
  }

  #enqueue(waiting: Waiting): void {
    this.#outbox.push(waiting);
    this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    if (this.#isFlushScheduled || this.#isWriting) return;
    this.#isFlushScheduled = true;
    // After the microtasks of this turn: what they hand in belongs to the same group.
    setImmediate(() => {
      this.#isFlushScheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    if (this.#isWriting || this.#outbox.length === 0) return;
    this.#isWriting = true;
    const group = this.#outbox;
    this.#outbox = [];
    const records = group.map((waiting, n) => ({ seq: this.#seq + 1 + n, at: waiting.at, ...waiting.draft }));
    let hasFailed = false;
    try {
      await this.#store.append(this.id, records);
    } catch (error) {
      hasFailed = true;
      this.#refuse(group, error);
    }
    this.#isWriting = false;
    if (hasFailed) {
      setTimeout(() => void this.#flush(), storageRetryMs);
      return;
    }
    this.#applyGroup(group, records);
    if (this.#outbox.length > 0) this.#scheduleFlush();
    else for (const resolve of this.#whenIdle.splice(0)) resolve();
    this.#compactIfLong();
  }

  #applyGroup(group: readonly Waiting[], records: readonly JournalRecord[]): void {
    for (const [n, record] of records.entries()) {
      this.#seq = record.seq;
      this.#apply(record, true);
      group[n]?.onDurable?.();
    }
    this.#events.jobChanged(this);
  }

  /** What was not written is handed in again, in order and ahead of what came later; what a client asked for is refused. */
  #refuse(group: readonly Waiting[], error: unknown): void {
    this.#events.storageFailed(this, error);
    const kept = group.filter((waiting) => waiting.onRefused === undefined);
    this.#outbox = [...kept, ...this.#outbox];
    for (const waiting of group) waiting.onRefused?.(error);
  }

  #apply(record: JournalRecord, isTold: boolean): void {
    try {
      this.#applyOrThrow(record, isTold);
    } catch (error) {
      this.#events.recordRefused(this, record, error);
    }
  }

  #applyOrThrow(record: JournalRecord, isTold: boolean): void {
    if (record.type === 'job_retried') {
      const previous = record.ops.map((index) => this.frame.operations[index]);
      applyRecord(this.frame, record);
      record.ops.forEach((index, n) => {
        this.#count(index, previous[n], this.frame.operations[index] as OperationState);
        if (isTold) this.#events.operationChanged(this, index);
      });
      return;
    }
    if (!('op' in record)) {
      applyRecord(this.frame, record);
      return;
    }
    const previous = this.frame.operations[record.op];
    applyRecord(this.frame, record);
    this.#count(record.op, previous, this.frame.operations[record.op] as OperationState);
    // Progress belongs to one attempt.
    if (record.type !== 'op_child') this.progress.delete(record.op);
    if (isTold) this.#events.operationChanged(this, record.op);
  }

  #count(index: number, previous: OperationState | undefined, next: OperationState): void {
    if (previous !== undefined) {
      this.counts[previous.status]--;
      this.rowsEnded -= previous.rows_processed ?? 0;
    }
    this.counts[next.status]++;
    this.rowsEnded += next.rows_processed ?? 0;
    if (next.status === 'running') this.running.add(index);
    else this.running.delete(index);
  }

  #compactIfLong(): void {
    if (this.#isCompacting || this.#store.journalBytes(this.id) < compactAfterBytes) return;
    this.#isCompacting = true;
    void this.#store
      .compact(this.document())
      .catch((error: unknown) => this.#events.storageFailed(this, error))
      .finally(() => {
        this.#isCompacting = false;
      });
  }
}
