/** The files of each job: its document, and beside it the journal while the job is live. */
import { join } from 'node:path';
import { isJobEnded } from '../../protocol/entities.ts';
import { jobIdSchema } from '../../protocol/primitives.ts';
import { openDocument, setAside, type StorageContext } from './documents.ts';
import { StorageError, isMissing, toStorageError } from './errors.ts';
import { jobDocumentKind } from './jobDocument.ts';
import { Journal } from './journal.ts';
import { readJournal, type JournalContent } from './journalReader.ts';
import { KeyedLock } from './keyedLock.ts';
import type { JobDocument, JournalRecord } from './schemas.ts';
import type { LoadedJob } from './store.ts';
import { unlinkQuietly } from './temporary.ts';

type JobJournal = Journal<JournalRecord>;

export class JobFiles {
  readonly #dir: string;
  readonly #context: StorageContext;
  readonly #live = new Map<string, JobJournal>();
  readonly #locks = new KeyedLock();
  /** Damaged documents by the path they were read from. */
  readonly #setAside = new Map<string, string>();

  constructor(dir: string, context: StorageContext) {
    this.#dir = dir;
    this.#context = {
      ...context,
      notice: (notice) => {
        if (notice.kept !== undefined) this.#setAside.set(notice.path, notice.kept);
        context.notice(notice);
      },
    };
  }

  /** Where the damaged document of a job lies. */
  setAside(jobId: string): string | undefined {
    return this.#setAside.get(this.documentPath(jobId));
  }

  /** Set aside by an earlier daemon. */
  knowSetAside(jobId: string, kept: string): void {
    this.#setAside.set(this.documentPath(jobId), kept);
  }

  documentPath(jobId: string): string {
    return join(this.#dir, `${checkedId(jobId)}.json`);
  }

  journalPath(jobId: string): string {
    return join(this.#dir, `${checkedId(jobId)}.journal`);
  }

  journalOf(jobId: string): JobJournal | undefined {
    return this.#live.get(jobId);
  }

  /** Journal first, document second: a crash between them leaves an empty journal that the next start removes. */
  async create(document: JobDocument): Promise<void> {
    const snapshot = snapshotOf(document);
    const jobId = snapshot.state.job_id;
    const { files, health } = this.#context;
    const path = this.documentPath(jobId);
    await this.#locks.run(jobId, async () => {
      let journal: JobJournal | undefined;
      try {
        if (this.#live.has(jobId) || (await files.exists(path))) throw existsError(jobId, path);
        journal = await Journal.create(this.journalPath(jobId), snapshot.journal_seq, files, health);
        // Its sync of the folder covers the journal's name too.
        await this.#write(snapshot);
        this.#live.set(jobId, journal);
      } catch (error) {
        if (journal !== undefined) await this.#undoCreate(path, journal);
        throw this.#failure(error, 'creating', path);
      }
    });
  }

  async #undoCreate(path: string, journal: JobJournal): Promise<void> {
    const { files } = this.#context;
    await unlinkQuietly(files, path);
    await journal.remove().catch(() => undefined);
    await files.syncDir(this.#dir).catch(() => undefined);
  }

  /** Not async: the journal's one promise a group is handed to the caller as it is. */
  append(jobId: string, records: readonly JournalRecord[]): Promise<void> {
    const journal = this.#live.get(jobId);
    if (journal !== undefined) return journal.append(records);
    return this.#takenUp(jobId).then((taken) => taken.append(records));
  }

  async compact(document: JobDocument): Promise<void> {
    const snapshot = snapshotOf(document);
    const jobId = snapshot.state.job_id;
    const journal = await this.#takenUp(jobId);
    await this.#locks.run(jobId, async () => {
      const { journal_seq: seq } = snapshot;
      if (seq < journal.startSeq || seq > journal.lastSeq)
        throw seqError(jobId, seq, journal.startSeq, journal.lastSeq);
      await this.#write(snapshot);
      await journal.dropThrough(seq);
    });
  }

  async finish(document: JobDocument): Promise<void> {
    const snapshot = snapshotOf(document);
    const jobId = snapshot.state.job_id;
    const { files } = this.#context;
    const journal = await this.#takenUp(jobId);
    await this.#locks.run(jobId, async () => {
      await journal.drain();
      if (snapshot.journal_seq !== journal.lastSeq)
        throw seqError(jobId, snapshot.journal_seq, journal.lastSeq, journal.lastSeq);
      await this.#write(snapshot);
      try {
        await journal.remove();
      } catch (error) {
        throw this.#failure(error, 'removing', journal.path);
      }
      this.#live.delete(jobId);
      // If a power cut brings the journal back, the job is taken up once more, found ended, and finished again.
      await files.syncDir(this.#dir).catch((error: unknown) => this.#failure(error, 'syncing', this.#dir));
    });
  }

  async reopen(jobId: string): Promise<void> {
    const { files, health } = this.#context;
    const path = this.journalPath(jobId);
    await this.#locks.run(jobId, async () => {
      if (this.#live.has(jobId)) return;
      const document = await this.#read(jobId);
      let journal: JobJournal | undefined;
      try {
        if (await files.exists(path)) throw existsError(jobId, path);
        journal = await Journal.create(path, document.journal_seq, files, health);
        await files.syncDir(this.#dir);
        this.#live.set(jobId, journal);
      } catch (error) {
        await journal?.remove().catch(() => undefined);
        throw this.#failure(error, 'creating', path);
      }
    });
  }

  /** Document and records after it. A job with a journal, or one that has not ended, is taken up: it can be appended to. */
  async load(jobId: string): Promise<LoadedJob> {
    return this.#locks.run(jobId, async () => {
      const document = await this.#read(jobId);
      const journal = this.#live.get(jobId);
      const records =
        journal === undefined
          ? await this.#takeUp(jobId, document)
          : (await this.#readLive(journal, document.journal_seq)).records;
      return { document, records };
    });
  }

  /** The document, or null if there is none or it was damaged and has been set aside. */
  async readDocument(jobId: string): Promise<JobDocument | null> {
    const low = openDocument(this.documentPath(jobId), jobDocumentKind, this.#context);
    await low.read();
    return low.data;
  }

  async remove(jobId: string): Promise<void> {
    const { files } = this.#context;
    const path = this.documentPath(jobId);
    await this.#locks.run(jobId, async () => {
      try {
        const journal = this.#live.get(jobId);
        await unlinkIfThere(this.#context, path);
        if (journal !== undefined) await journal.remove();
        else await unlinkIfThere(this.#context, this.journalPath(jobId));
        this.#live.delete(jobId);
        await files.syncDir(this.#dir);
      } catch (error) {
        throw this.#failure(error, 'removing', path);
      }
    });
  }

  async close(): Promise<void> {
    await this.#locks.idle();
    await Promise.all([...this.#live.values()].map((journal) => journal.close()));
    this.#live.clear();
  }

  async #takenUp(jobId: string): Promise<JobJournal> {
    const known = this.#live.get(jobId);
    if (known !== undefined) return known;
    await this.load(jobId);
    const journal = this.#live.get(jobId);
    if (journal === undefined) throw notLiveError(jobId);
    return journal;
  }

  async #read(jobId: string): Promise<JobDocument> {
    const path = this.documentPath(jobId);
    const before = await this.#context.files.exists(path).catch(() => true);
    const document = await this.readDocument(jobId);
    if (document !== null) return document;
    if (!before) throw missingError(jobId);
    const journalPath = this.journalPath(jobId);
    if (await this.#context.files.exists(journalPath).catch(() => false)) await this.setAsideJournal(jobId);
    throw new StorageError(
      'damaged',
      `The document of job ${jobId} is damaged and was set aside.`,
      setAsideHint(path, this.#setAside.get(path)),
      { path },
    );
  }

  /** Keeps a journal that has no document to go with. */
  async setAsideJournal(jobId: string): Promise<void> {
    const path = this.journalPath(jobId);
    try {
      const kept = await setAside(path, this.#context, 'move');
      this.#context.notice({ path, message: `${path} has no usable document. It was set aside as ${kept}.` });
    } catch (error) {
      const failure = toStorageError(error, 'setting aside', path);
      this.#context.notice({ path, message: `${path} has no usable document. ${failure.message}` });
    }
  }

  async #readLive(journal: JobJournal, afterSeq: number): Promise<JournalContent<JournalRecord>> {
    return journal.exclusive(async () => {
      try {
        const bytes = await this.#context.files.read(journal.path, journal.bytes);
        return await readJournal<JournalRecord>(bytes, afterSeq);
      } catch (error) {
        throw toStorageError(error, 'reading', journal.path);
      }
    });
  }

  async #takeUp(jobId: string, document: JobDocument): Promise<JournalRecord[]> {
    const { files, health } = this.#context;
    const path = this.journalPath(jobId);
    const bytes = await files.read(path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw toStorageError(error, 'reading', path);
    });
    if (bytes === undefined) {
      if (!isJobEnded(document.state.status)) await this.#createMissing(jobId, document);
      return [];
    }
    const content = await readJournal<JournalRecord>(bytes, document.journal_seq);
    if (content.damage !== undefined && !(await this.#keepDamaged(path, content.damage)))
      return content.records;
    const journal: JobJournal = new Journal(path, startOf(content, document, bytes.length), files, health);
    // A folder that cannot be written is still readable; the next append says what is wrong.
    if (!journal.isClean) await journal.repair().catch(() => undefined);
    this.#live.set(jobId, journal);
    return content.records;
  }

  /** A document that has not ended stands for a live job even if its journal was lost. */
  async #createMissing(jobId: string, document: JobDocument): Promise<void> {
    const { files, health } = this.#context;
    const path = this.journalPath(jobId);
    try {
      const journal: JobJournal = await Journal.create(path, document.journal_seq, files, health);
      await files.syncDir(this.#dir);
      this.#live.set(jobId, journal);
    } catch (error) {
      this.#failure(error, 'creating', path);
    }
  }

  /** True once the damaged journal is safe under another name; before that nothing of it may be cut off. */
  async #keepDamaged(path: string, damage: string): Promise<boolean> {
    const told = `${path} is damaged: ${damage}. What stands before it is used.`;
    try {
      const kept = await setAside(path, this.#context, 'copy');
      this.#context.notice({ path, message: `${told} A copy of the whole file is kept as ${kept}.` });
      return true;
    } catch (error) {
      const failure = this.#failure(error, 'copying', path);
      this.#context.notice({ path, message: `${told} ${failure.message}` });
      return false;
    }
  }

  async #write(document: JobDocument): Promise<void> {
    const low = openDocument(this.documentPath(document.state.job_id), jobDocumentKind, this.#context);
    low.data = document;
    await low.write();
  }

  #failure(error: unknown, doing: string, path: string): StorageError {
    const failure = toStorageError(error, doing, path);
    if (failure.code !== 'conflict' && failure.code !== 'not_found') this.#context.health.failed(failure);
    return failure;
  }
}

/** Everything the caller may replace while we write. Operations and the plan are replaced by the caller, never changed. */
function snapshotOf(document: JobDocument): JobDocument {
  return { ...document, state: { ...document.state }, operations: document.operations.slice() };
}

function startOf(content: JournalContent<JournalRecord>, document: JobDocument, fileBytes: number) {
  const isBehind = content.lastSeq === undefined || content.lastSeq < document.journal_seq;
  // A prefix that ends before the document's own seq has nothing to add; kept, it would leave a gap before the next record.
  if (isBehind) {
    const seq = document.journal_seq;
    return { lastSeq: seq, bytes: 0, hasBadTail: fileBytes > 0, marks: [{ seq, end: 0 }] };
  }
  return {
    lastSeq: content.lastSeq ?? document.journal_seq,
    bytes: content.goodBytes,
    hasBadTail: fileBytes > content.goodBytes,
    marks: content.marks,
  };
}

async function unlinkIfThere({ files }: StorageContext, path: string): Promise<void> {
  try {
    await files.unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Before an id becomes part of a path: 26 characters without a dot or a slash. */
export function checkedId(jobId: string): string {
  if (!jobIdSchema.safeParse(jobId).success)
    throw new StorageError(
      'not_found',
      `"${jobId}" is not a job id.`,
      'A job id has 26 characters; see the list of jobs.',
    );
  return jobId;
}

/** What can be done about a damaged document. */
export function setAsideHint(path: string, kept: string | undefined): string {
  if (kept === undefined) return `Run the batch again; the damaged file is ${path}.`;
  return `It is kept as ${kept}. Run the batch again; or mend the file, name it ${path}, and restart the daemon.`;
}

function missingError(jobId: string): StorageError {
  return new StorageError(
    'not_found',
    `There is no job ${jobId}.`,
    'It may have been deleted; see the list of jobs.',
  );
}

function notLiveError(jobId: string): StorageError {
  return new StorageError(
    'conflict',
    `Job ${jobId} has ended; its journal is closed.`,
    'Retry it to take it up again.',
  );
}

function existsError(jobId: string, path: string): StorageError {
  return new StorageError('conflict', `Job ${jobId} exists already.`, 'A new job needs an id of its own.', {
    path,
  });
}

function seqError(jobId: string, seq: number, from: number, to: number): StorageError {
  return new StorageError(
    'conflict',
    `The document of job ${jobId} claims records up to ${seq}; its journal allows ${from} to ${to}.`,
    'This is a mistake of the program: a document contains exactly the acknowledged records.',
  );
}
