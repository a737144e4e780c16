/**
 * An append-only file of records with growing `seq`. One write is in flight; all that arrives meanwhile goes out together in
 * the next one, under one sync and one promise. A failed write is undone, and the next append tries again.
 */
import { dirname } from 'node:path';
import { encodeLine } from './checksum.ts';
import { StorageError, isMissing, toStorageError } from './errors.ts';
import type { Files, OpenFile } from './files.ts';
import type { Health } from './health.ts';
import type { JournalMark } from './journalReader.ts';
import { markEveryBytes } from './journalReader.ts';
import { tempPath, unlinkQuietly } from './temporary.ts';

/** What the file holds when a journal is opened over it. */
export interface JournalStart {
  /** Records up to this seq are durable, in the file or in the document beside it; the next one has seq + 1. */
  readonly lastSeq: number;
  /** Bytes that are good; what stands behind them is cut off. */
  readonly bytes: number;
  readonly hasBadTail: boolean;
  /** Known places between records, ascending; the first is { seq: the seq before the first record, end: 0 }. */
  readonly marks: JournalMark[];
}

interface Group {
  text: string;
  lastSeq: number;
  isSynced: boolean;
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: StorageError): void;
}

function newGroup(): Group {
  let settle: Pick<Group, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
  // Callers see the rejection on the promise they hold; without this a caller that went away would end the process.
  promise.catch(() => undefined);
  return { text: '', lastSeq: 0, isSynced: false, promise, ...(settle as Pick<Group, 'resolve' | 'reject'>) };
}

export class Journal<R extends { readonly seq: number }> {
  readonly path: string;
  readonly #files: Files;
  readonly #health: Health;
  #file: OpenFile | undefined;
  #bytes: number;
  #marks: JournalMark[];
  #lastDurable: number;
  #lastQueued: number;
  #hasBadTail: boolean;
  /** A rename or creation that is not yet certain to survive a power cut. */
  #isFolderUnsynced = false;
  #pending: Group | undefined;
  #isTaken = false;
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(path: string, start: JournalStart, files: Files, health: Health) {
    this.path = path;
    this.#files = files;
    this.#health = health;
    this.#bytes = start.bytes;
    this.#marks = start.marks.slice();
    this.#lastDurable = start.lastSeq;
    this.#lastQueued = start.lastSeq;
    this.#hasBadTail = start.hasBadTail;
  }

  /** Makes an empty file; its name survives a power cut only once the caller has synced the folder. */
  static async create<R extends { readonly seq: number }>(
    path: string,
    lastSeq: number,
    files: Files,
    health: Health,
  ): Promise<Journal<R>> {
    const start = { lastSeq, bytes: 0, hasBadTail: false, marks: [{ seq: lastSeq, end: 0 }] };
    const journal = new Journal<R>(path, start, files, health);
    journal.#file = await files.open(path, 'create', true);
    return journal;
  }

  /** The last record that is on disk. */
  get lastSeq(): number {
    return this.#lastDurable;
  }

  /** What the next record must be numbered. */
  get nextSeq(): number {
    return this.#lastQueued + 1;
  }

  /** The seq before the first record of the file: shortening cannot go back behind it. */
  get startSeq(): number {
    return this.#marks[0]?.seq ?? this.#lastDurable;
  }

  /** Length of the file in bytes, as far as it is good. */
  get bytes(): number {
    return this.#bytes;
  }

  /** False while an undone write may still have left bytes behind the good ones. */
  get isClean(): boolean {
    return !this.#hasBadTail;
  }

  /**
   * Resolves when the records are on disk (with `isSynced` false: handed to the operating system). All callers of one group
   * get the same promise. Rejects with a StorageError after the write was undone; everything queued behind it is rejected too,
   * so the caller numbers again from the last record that was acknowledged.
   */
  append(records: readonly R[], isSynced = true): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError(this.path));
    let seq = this.#lastQueued;
    let text = '';
    for (const record of records) {
      seq += 1;
      if (record.seq !== seq) return Promise.reject(orderError(this.path, seq, record.seq));
      text += encodeLine(record);
    }
    this.#lastQueued = seq;
    const group = (this.#pending ??= newGroup());
    group.text += text;
    group.lastSeq = seq;
    group.isSynced ||= isSynced;
    this.#schedule();
    return group.promise;
  }

  /** Runs `work` while no write is in flight and none starts. What was appended before the call may still be waiting. */
  async exclusive<T>(work: () => Promise<T>): Promise<T> {
    await this.#take();
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /** Resolves when nothing appended so far is waiting any more; whether it reached the disk its own callers are told. */
  async drain(): Promise<void> {
    const pending = this.#pending;
    if (pending !== undefined) await pending.promise.catch(() => undefined);
    // A group in flight has left `pending`; its turn ends when its bytes are synced or undone.
    else await this.exclusive(async () => undefined);
  }

  /** Shortens the file to the records after `seq`, by a new file renamed over the old one. */
  async dropThrough(seq: number): Promise<void> {
    await this.exclusive(async () => {
      if (seq > this.#lastDurable) throw orderError(this.path, this.#lastDurable, seq);
      const temp = tempPath(this.path);
      let next: OpenFile | undefined;
      try {
        const tail = await this.#bytesAfter(seq);
        next = await this.#files.open(temp, 'create', true);
        await next.write(tail, 0);
        await next.datasync();
        // Windows does not rename over an open file. If the rename fails, the old file is opened again by the next append.
        await this.#closeFile();
        await this.#files.rename(temp, this.path);
        this.#file = next;
        this.#bytes = tail.length;
        this.#marks = [{ seq, end: 0 }];
        this.#hasBadTail = false;
        this.#isFolderUnsynced = true;
        await this.#syncFolder();
        this.#health.succeeded();
      } catch (error) {
        if (next !== undefined && next !== this.#file) {
          await next.close().catch(() => undefined);
          await unlinkQuietly(this.#files, temp);
        }
        throw this.#failure(error, 'shortening');
      }
    });
  }

  /** Cuts off what is not good now rather than at the next append. */
  async repair(): Promise<void> {
    await this.exclusive(async () => {
      try {
        await this.#ready();
      } catch (error) {
        throw this.#failure(error, 'repairing');
      }
    });
  }

  /** Writes what is waiting and closes the file. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.drain();
    await this.exclusive(() => this.#closeFile());
  }

  /** Closes and deletes the file. After a failure the journal is as before. */
  async remove(): Promise<void> {
    await this.exclusive(async () => {
      await this.#closeFile();
      await this.#files.unlink(this.path).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
      this.#isClosed = true;
    });
  }

  #schedule(): void {
    if (this.#isTaken || this.#pending === undefined) return;
    this.#isTaken = true;
    // nextTick runs after all microtasks of this turn: everybody whom one sync has released joins the next group.
    process.nextTick(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    const group = this.#pending;
    this.#pending = undefined;
    if (group !== undefined) await this.#write(group);
    this.#release();
  }

  async #write(group: Group): Promise<void> {
    try {
      await this.#ready();
      if (group.text !== '') {
        const data = Buffer.from(group.text);
        const file = this.#file as OpenFile;
        this.#hasBadTail = true;
        await file.write(data, this.#bytes);
        if (group.isSynced) await file.datasync();
        this.#hasBadTail = false;
        this.#bytes += data.length;
        this.#lastDurable = group.lastSeq;
        this.#mark();
      }
      this.#health.succeeded();
      group.resolve();
    } catch (error) {
      const failure = this.#failure(error, 'appending to');
      // Undone at once if the disk lets us, so that room is given back; otherwise before the next write.
      await this.#ready().catch(() => undefined);
      const follower = this.#pending;
      this.#pending = undefined;
      this.#lastQueued = this.#lastDurable;
      group.reject(failure);
      follower?.reject(failure);
    }
  }

  #mark(): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && this.#bytes - last.end < markEveryBytes) return;
    this.#marks.push({ seq: this.#lastDurable, end: this.#bytes });
  }

  /** The file open, without a bad tail, its name durable. */
  async #ready(): Promise<void> {
    this.#file ??= await this.#files.open(this.path, 'edit', true);
    if (this.#hasBadTail) {
      await this.#file.truncate(this.#bytes);
      this.#hasBadTail = false;
    }
    if (this.#isFolderUnsynced) await this.#syncFolder();
  }

  async #syncFolder(): Promise<void> {
    await this.#files.syncDir(dirname(this.path));
    this.#isFolderUnsynced = false;
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #bytesAfter(seq: number): Promise<Buffer> {
    if (seq === this.#lastDurable) return Buffer.alloc(0);
    const mark = this.#marks.findLast((known) => known.seq <= seq);
    if (mark === undefined) throw orderError(this.path, this.startSeq + 1, seq);
    this.#file ??= await this.#files.open(this.path, 'edit', true);
    const tail = await this.#file.read(mark.end, this.#bytes - mark.end);
    let start = 0;
    for (let skipped = mark.seq; skipped < seq; skipped += 1) start = tail.indexOf(10, start) + 1;
    return tail.subarray(start);
  }

  #failure(error: unknown, doing: string): StorageError {
    const failure = toStorageError(error, doing, this.path);
    this.#health.failed(failure);
    return failure;
  }

  async #take(): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    this.#isTaken = false;
    this.#schedule();
  }
}

function closedError(path: string): StorageError {
  return new StorageError(
    'conflict',
    `The journal ${path} is closed.`,
    'The job has ended or the daemon stops.',
    {
      path,
    },
  );
}

function orderError(path: string, expected: number, got: number): StorageError {
  return new StorageError(
    'conflict',
    `The journal ${path} expects the record with seq ${expected}, not ${got}.`,
    'This is a mistake of the program: number again from the last acknowledged record.',
    { path },
  );
}
