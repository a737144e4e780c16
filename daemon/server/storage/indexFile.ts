/**
 * index.json, the whole index as of some moment, and index.log, what has changed since: so a job's end costs one line, however
 * many jobs there are. Both are a cache: whatever is wrong with them, the documents of the jobs tell it all again.
 */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as z from 'zod';
import { schemaVersion } from '../../protocol/version.ts';
import { openDocument, setAside, type DocumentKind, type StorageContext } from './documents.ts';
import { isMissing, toStorageError } from './errors.ts';
import type { ActivityBucket, RunHistory } from './history.ts';
import type { JobIndex } from './jobIndex.ts';
import { Journal } from './journal.ts';
import { readJournal } from './journalReader.ts';
import { UnusableDocument, indexMigrations } from './migrations/migrations.ts';
import type { LedgerRow, RunLedger } from './runLedger.ts';
import type { JobSummary, OperationHistory } from './schemas.ts';
import type { HistorySample } from './store.ts';
import { rowOf, summaryColumns, summaryOf, type SummaryRow } from './summaryRows.ts';

/** The checksum vouches for the long lists, as it does for the lines of a journal; checking 100,000 shapes would cost a second. */
const indexSchema = z.object({
  schema_version: z.number().int(),
  /** Lines of index.log up to and with this seq are contained. */
  log_seq: z.number().int().nonnegative(),
  columns: z.array(z.string()),
  jobs: z.custom<SummaryRow[]>(Array.isArray),
  /** Ended jobs that were taken back to life and have told nothing since. */
  reopened: z.array(z.string()),
  history: z.custom<OperationHistory[]>(Array.isArray),
  activity: z.custom<ActivityBucket[]>(Array.isArray),
  /** Left out where they are not all known: by version 0.1.0, which knew of none, and until they are read from the jobs. */
  runs: z.custom<LedgerRow[]>(Array.isArray).optional(),
});
type IndexDocument = z.infer<typeof indexSchema>;

const indexKind: DocumentKind<IndexDocument> = {
  migrations: indexMigrations,
  isChecksummed: true,
  validate(raw) {
    const document = indexSchema.parse(raw);
    if (document.columns.join() !== summaryColumns.join())
      throw new UnusableDocument('its columns are not those of this version');
    return document;
  },
};

type Change =
  | { type: 'put'; summary: JobSummary }
  | { type: 'reopened'; job_id: string }
  | { type: 'removed'; job_id: string }
  | { type: 'samples'; samples: readonly HistorySample[] };
type IndexRecord = Change & { seq: number };

/** The log is folded into index.json when it is longer than this and than a quarter of index.json's jobs would be. */
const foldAfterBytes = 1024 * 1024;
const bytesPerJob = 350;
const samplesPerRecord = 500;

/** What the file is the memory of. */
export interface IndexContent {
  readonly index: JobIndex;
  readonly history: RunHistory;
  readonly ledger: RunLedger;
}

export class IndexFile {
  readonly #path: string;
  readonly #logPath: string;
  readonly #index: JobIndex;
  readonly #history: RunHistory;
  readonly #ledger: RunLedger;
  readonly #context: StorageContext;
  #log: Journal<IndexRecord>;
  /** Changes that could not be logged. While one of them is not in index.json, only memory knows it, and folding is due. */
  #lost = 0;
  #lostAndFolded = 0;
  #foldAtBytes = foldAfterBytes;
  #folding: Promise<void> | undefined;
  #nextFold: Promise<void> | undefined;
  #knowsRuns = true;

  constructor(dir: string, { index, history, ledger }: IndexContent, context: StorageContext) {
    this.#path = join(dir, 'index.json');
    this.#logPath = join(dir, 'index.log');
    this.#index = index;
    this.#history = history;
    this.#ledger = ledger;
    this.#context = context;
    this.#log = this.#journal({ lastSeq: 0, bytes: 0, hasBadTail: false, marks: [{ seq: 0, end: 0 }] });
  }

  /** False: the file is of a version that kept no runs, and the ledger lacks those from before. */
  get knowsRuns(): boolean {
    return this.#knowsRuns;
  }

  /** The ledger has learnt the runs that the file lacked. */
  async learntRuns(): Promise<void> {
    this.#knowsRuns = true;
    await this.fold();
  }

  /** Fills index, history and ledger. False: something was missing or damaged, and all documents must be read again. */
  async load(): Promise<boolean> {
    const { files } = this.#context;
    const low = openDocument(this.#path, indexKind, this.#context);
    await low.read();
    const document = low.data;
    const bytes = await files.read(this.#logPath).catch((error: unknown) => {
      if (isMissing(error)) return Buffer.alloc(0);
      throw toStorageError(error, 'reading', this.#logPath);
    });
    if (document === null) {
      // Changes to an index that is lost say nothing; the documents say all.
      this.#log = this.#journal({
        lastSeq: 0,
        bytes: 0,
        hasBadTail: bytes.length > 0,
        marks: [{ seq: 0, end: 0 }],
      });
      this.#lost += 1;
      return false;
    }
    this.#fill(document);
    return this.#replay(bytes, document.log_seq);
  }

  #fill(document: IndexDocument): void {
    for (const row of document.jobs) this.#index.put(summaryOf(row));
    for (const jobId of document.reopened) this.#index.markReopened(jobId);
    this.#history.restore(document.history, document.activity);
    this.#ledger.restore(document.runs ?? []);
    this.#knowsRuns = document.runs !== undefined;
  }

  async #replay(bytes: Buffer, logSeq: number): Promise<boolean> {
    const content = await readJournal<IndexRecord>(bytes, logSeq);
    for (const record of content.records) this.#apply(record);
    const isBehind = content.lastSeq === undefined || content.lastSeq < logSeq;
    const goodBytes = isBehind ? 0 : content.goodBytes;
    this.#log = this.#journal({
      lastSeq: isBehind ? logSeq : (content.lastSeq ?? logSeq),
      bytes: goodBytes,
      hasBadTail: bytes.length > goodBytes,
      marks: isBehind ? [{ seq: logSeq, end: 0 }] : content.marks,
    });
    if (content.damage === undefined) return true;
    this.#lost += 1;
    this.#index.clear();
    this.#history.clear();
    this.#ledger.clear();
    this.#knowsRuns = true;
    const told = `${this.#logPath} is damaged: ${content.damage}. The index is made again from the jobs.`;
    const kept = await setAside(this.#logPath, this.#context, 'copy').catch(() => undefined);
    const where = kept === undefined ? '' : ` A copy of the whole file is kept as ${kept}.`;
    this.#context.notice({ path: this.#logPath, message: `${told}${where}` });
    return false;
  }

  #apply(record: IndexRecord): void {
    switch (record.type) {
      case 'put':
        this.#index.put(record.summary);
        return;
      case 'reopened':
        this.#index.markReopened(record.job_id);
        return;
      case 'removed':
        this.#index.remove(record.job_id);
        return;
      case 'samples':
        for (const sample of record.samples) this.take(sample);
    }
  }

  /** Takes a sample into memory: what a job that is read again has to tell. */
  take(sample: HistorySample): void {
    this.#history.add(sample);
    for (const run of sample.runs ?? []) this.#ledger.add(run);
  }

  /** Keeps a summary that is already in memory. Never rejects: a cache that cannot be written is written later, or made again. */
  async put(summary: JobSummary, isSynced: boolean): Promise<void> {
    await this.#change({ type: 'put', summary }, isSynced);
  }

  /** Keeps samples of a finished job; never rejects. The event loop gets a turn between parts of a long list. */
  async addSamples(samples: readonly HistorySample[]): Promise<void> {
    for (let start = 0; start < samples.length; start += samplesPerRecord) {
      const part = samples.slice(start, start + samplesPerRecord);
      for (const sample of part) this.take(sample);
      await this.#change({ type: 'samples', samples: part }, true);
      await nextTurn();
    }
  }

  async removed(jobId: string): Promise<void> {
    await this.#change({ type: 'removed', job_id: jobId }, true);
  }

  /**
   * Makes durable that an ended job is live again. Rejects if it cannot: an index that called the job ended would not be
   * asked again after a crash.
   */
  async reopened(jobId: string): Promise<void> {
    if (this.#isFoldDue) await this.fold();
    await this.#log.append([{ seq: this.#log.nextSeq, type: 'reopened', job_id: jobId }]);
  }

  async #change(change: Change, isSynced: boolean): Promise<void> {
    try {
      if (this.#isFoldDue) {
        await this.fold();
        return;
      }
      await this.#log.append([{ seq: this.#log.nextSeq, ...change }], isSynced);
    } catch {
      // health() tells it; the next change tries again with the whole index.
      this.#lost += 1;
      return;
    }
    if (this.#log.bytes > this.#foldAtBytes && this.#folding === undefined)
      this.fold().catch(() => undefined);
  }

  get #isFoldDue(): boolean {
    return this.#lost > this.#lostAndFolded;
  }

  /**
   * Writes index.json whole, as memory is at the call or later, and shortens the log. Rejects if the disk refuses; then the old
   * ones stay. One at a time: an older index must never be renamed over a newer one whose log is already shorter.
   */
  fold(): Promise<void> {
    if (this.#folding === undefined) return this.#startFold();
    this.#nextFold ??= this.#folding
      .catch(() => undefined)
      .then(() => {
        this.#nextFold = undefined;
        return this.#startFold();
      });
    return this.#nextFold;
  }

  #startFold(): Promise<void> {
    const folding = this.#fold().finally(() => {
      if (this.#folding === folding) this.#folding = undefined;
    });
    this.#folding = folding;
    return folding;
  }

  async #fold(): Promise<void> {
    // Not again for every change while the disk refuses.
    this.#foldAtBytes = this.#log.bytes + foldAfterBytes;
    const lost = this.#lost;
    const low = openDocument(this.#path, indexKind, this.#context);
    // Everything up to this seq is in memory by now, and perhaps more: to replay a change a second time changes nothing.
    const seq = this.#log.lastSeq;
    const entries = this.#index.all();
    low.data = {
      schema_version: schemaVersion,
      log_seq: seq,
      columns: summaryColumns,
      jobs: entries.map(({ summary }) => rowOf(summary)),
      reopened: entries.filter(({ isReopened }) => isReopened).map(({ summary }) => summary.job.job_id),
      history: this.#history.all(),
      activity: this.#history.activity(),
      ...(this.#knowsRuns && { runs: this.#ledger.rows() }),
    };
    await low.write();
    await this.#log.dropThrough(seq);
    this.#lostAndFolded = lost;
    this.#foldAtBytes = Math.max(foldAfterBytes, (this.#index.size * bytesPerJob) / 4);
  }

  async close(): Promise<void> {
    await (this.#nextFold ?? this.#folding)?.catch(() => undefined);
    if (this.#isFoldDue) await this.fold().catch(() => undefined);
    await this.#log.close();
  }

  #journal(start: ConstructorParameters<typeof Journal>[1]): Journal<IndexRecord> {
    return new Journal(this.#logPath, start, this.#context.files, this.#context.health);
  }
}
