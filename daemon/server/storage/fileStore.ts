import { join } from 'node:path';
import pLimit from 'p-limit';
import { isJobEnded } from '../../protocol/entities.ts';
import { jobIdSchema } from '../../protocol/primitives.ts';
import type { StorageContext } from './documents.ts';
import { StorageError, toStorageError } from './errors.ts';
import { nodeFiles, type Files } from './files.ts';
import { Health } from './health.ts';
import { RunHistory } from './history.ts';
import { IndexFile } from './indexFile.ts';
import { JobFiles, checkedId } from './jobFiles.ts';
import { JobIndex } from './jobIndex.ts';
import { makeFolders, readJobFolder, refuseNewer, removeTemporaries } from './openDirectory.ts';
import { defaultRetention, expiredJobs, isOrphan, type RetentionLimits } from './retention.ts';
import { RunLedger } from './runLedger.ts';
import type { JobDocument, JobSummary, JournalRecord } from './schemas.ts';
import { computeStatistics } from './statistics.ts';
import type { HistorySample, JobStore, LoadedJob, StorageNotice } from './store.ts';
import { samplesOf, summarise } from './summary.ts';

export interface FileStoreOptions {
  /** Absolute path of the data directory; made if it is not there. */
  readonly dataDir: string;
  readonly retention?: Partial<RetentionLimits>;
  /** Told of files set aside after `open` has returned (a document or journal found damaged when it is read). */
  readonly onNotice?: (notice: StorageNotice) => void;
  /** The file system; tests put faults in. */
  readonly files?: Files;
  readonly now?: () => Date;
}

/** Documents read at once while the index is made again. */
const readsAtOnce = 8;
/** Jobs whose runs are learnt after an update: as many as retention keeps unless somebody asked for more. */
const readForRuns = 10_000;
/** So many lost index entries are read before `open` returns, the newest first; the rest while the daemon already works. */
const readBeforeReady = 500;

/** The store of a data directory, for one process at a time (who holds the directory is the daemon's start lock). */
export function createFileStore(options: FileStoreOptions): FileStore {
  return new FileStore(options);
}

export class FileStore implements JobStore {
  readonly #dir: string;
  readonly #limits: RetentionLimits;
  readonly #context: StorageContext;
  readonly #health = new Health();
  readonly #index = new JobIndex();
  readonly #history = new RunHistory();
  readonly runs = new RunLedger((jobId) => this.#known.has(jobId));
  readonly #indexFile: IndexFile;
  readonly #jobs: JobFiles;
  /** Ids of all jobs on disk; the index may still be learning of some. */
  readonly #known = new Set<string>();
  /** What a job takes on disk, in bytes, once it has ended. */
  readonly #sizes = new Map<string, number>();
  #foundAtOpen: StorageNotice[] | undefined = [];
  #rebuilding: Promise<void> = Promise.resolve();
  #isClosing = false;

  constructor(options: FileStoreOptions) {
    this.#dir = options.dataDir;
    this.#limits = { ...defaultRetention, ...options.retention };
    this.#context = {
      files: options.files ?? nodeFiles,
      health: this.#health,
      now: options.now ?? (() => new Date()),
      notice: (notice) => {
        if (this.#foundAtOpen !== undefined) this.#foundAtOpen.push(notice);
        else options.onNotice?.(notice);
      },
    };
    this.#jobs = new JobFiles(join(this.#dir, 'jobs'), this.#context);
    const content = { index: this.#index, history: this.#history, ledger: this.runs };
    this.#indexFile = new IndexFile(this.#dir, content, this.#context);
  }

  async open(): Promise<{ live_job_ids: string[]; notices: StorageNotice[] }> {
    await makeFolders(this.#dir, ['jobs', 'artifacts', 'scratch'], this.#context);
    await removeTemporaries(this.#dir, this.#context);
    // First of all the index: if a newer version wrote it, nothing else is touched.
    const isWhole = await this.#indexFile.load();
    const { documents, journals, setAside } = await readJobFolder(join(this.#dir, 'jobs'), this.#context);
    for (const jobId of documents) this.#known.add(jobId);
    for (const [jobId, kept] of setAside) this.#jobs.knowSetAside(jobId, kept);
    this.#index.removeWhere((jobId) => !documents.has(jobId));

    const live = new Set<string>();
    for (const jobId of journals) {
      if (!documents.has(jobId)) await this.#loneJournal(jobId);
      else live.add(jobId);
    }
    for (const jobId of live) await refuseNewer(this.#jobs.documentPath(jobId), this.#context);
    const unread = [...documents]
      .filter((jobId) => !this.#index.has(jobId) || (this.#index.saysLive(jobId) && !journals.has(jobId)))
      .sort()
      .reverse();
    const isFirst = (jobId: string, place: number) => place < readBeforeReady || this.#index.has(jobId);
    await this.#learnAll(
      unread.filter((jobId, place) => isFirst(jobId, place) || live.has(jobId)),
      live,
    );
    const later = unread.filter((jobId, place) => !isFirst(jobId, place) && !live.has(jobId));
    if (!isWhole || unread.length > 0) await this.#indexFile.fold().catch(() => undefined);
    this.#rebuilding = this.#learnLater(later);

    const notices = this.#foundAtOpen ?? [];
    this.#foundAtOpen = undefined;
    return { live_job_ids: [...live].filter((jobId) => this.#known.has(jobId)).sort(), notices };
  }

  /** Resolves when the index knows every job: after `open`, except where more than 500 entries had been lost. */
  async indexed(): Promise<void> {
    await this.#rebuilding;
  }

  async create(document: JobDocument, summary: JobSummary): Promise<void> {
    const { job_id: jobId } = document.state;
    await this.#jobs.create(document);
    this.#known.add(jobId);
    this.#index.put(summary);
    await this.#indexFile.put(summary, false);
  }

  append(jobId: string, records: readonly JournalRecord[]): Promise<void> {
    return this.#jobs.append(jobId, records);
  }

  async compact(document: JobDocument): Promise<void> {
    await this.#jobs.compact(document);
  }

  journalBytes(jobId: string): number {
    return this.#jobs.journalOf(jobId)?.bytes ?? 0;
  }

  async finish(document: JobDocument, summary: JobSummary, samples: readonly HistorySample[]): Promise<void> {
    const { job_id: jobId } = document.state;
    await this.#jobs.finish(document);
    this.#sizes.delete(jobId);
    this.#index.put(summary);
    // Samples first: a crash between the two leaves the entry live, the document is read again, and no sample counts twice.
    await this.#indexFile.addSamples(samples);
    await this.#indexFile.put(summary, true);
  }

  async reopen(jobId: string): Promise<void> {
    this.#requireKnown(jobId);
    // The index first: if we die before the journal exists, the entry sends the next start back to the document.
    try {
      await this.#indexFile.reopened(jobId);
    } catch (error) {
      throw toStorageError(error, 'reopening', this.#jobs.documentPath(jobId));
    }
    await this.#jobs.reopen(jobId);
    this.#sizes.delete(jobId);
    this.#index.markReopened(jobId);
  }

  async load(jobId: string): Promise<LoadedJob> {
    try {
      return await this.#jobs.load(jobId);
    } catch (error) {
      if (error instanceof StorageError && (error.code === 'damaged' || error.code === 'not_found'))
        await this.#forget(jobId);
      throw error;
    }
  }

  updateSummary(summary: JobSummary): void {
    const { job } = summary;
    if (!this.#known.has(job.job_id)) return;
    const before = this.#index.get(job.job_id)?.job;
    this.#index.put(summary);
    // Numbers of a live job are told again by its journal after a crash; the log gets what a list could get wrong for long.
    const isSame = before?.status === job.status && before.cancel_requested === job.cancel_requested;
    if (!isSame) void this.#indexFile.put(summary, false);
  }

  async remove(jobId: string): Promise<void> {
    this.#requireKnown(jobId);
    await this.#jobs.remove(jobId);
    await this.#removeArtifacts(jobId);
    await this.#forget(jobId);
  }

  has(jobId: string): boolean {
    return this.#known.has(jobId);
  }

  setAside(jobId: string): string | undefined {
    return this.#known.has(jobId) ? undefined : this.#jobs.setAside(jobId);
  }

  summary(jobId: string): JobSummary | undefined {
    return this.#index.get(jobId);
  }

  list(query: Parameters<JobStore['list']>[0]): ReturnType<JobStore['list']> {
    return this.#index.list(query);
  }

  statistics(query: Parameters<JobStore['statistics']>[0], now: Date): ReturnType<JobStore['statistics']> {
    return computeStatistics(query, {
      jobs: this.#index.jobs(),
      histories: this.#history.all(),
      operationsPerHour: this.#operationsInLastHour(now.getTime(), query.project_id),
    });
  }

  latestOfFiles(): ReadonlyMap<string, string> {
    return this.#index.latestOfFiles();
  }

  history(projectId: string | null, type: string, name: string): ReturnType<JobStore['history']> {
    return this.#history.find(projectId, type, name);
  }

  async applyRetention(now: Date): Promise<string[]> {
    await this.#rebuilding;
    const jobs = this.#index.all().map(({ summary }) => summary.job);
    const expired = await expiredJobs(jobs, this.#limits, now, (jobId) => this.#bytesOf(jobId));
    const removed: string[] = [];
    for (const jobId of expired) {
      // Taken back to life while we were counting.
      if (this.#jobs.journalOf(jobId) !== undefined || this.#index.saysLive(jobId)) continue;
      await this.remove(jobId);
      removed.push(jobId);
    }
    await this.#removeOrphans(now);
    return removed;
  }

  artifactDir(jobId: string): string {
    return join(this.#dir, 'artifacts', checkedId(jobId));
  }

  scratchDir(): string {
    return join(this.#dir, 'scratch');
  }

  health(): { ok: boolean; message?: string } {
    return this.#health.report();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#rebuilding;
    await this.#jobs.close();
    await this.#indexFile.close();
  }

  #requireKnown(jobId: string): void {
    checkedId(jobId);
    if (!this.#known.has(jobId))
      throw new StorageError('not_found', `There is no job ${jobId}.`, 'See the list of jobs.');
  }

  /** A journal without a document: of a creation that was never acknowledged, or of a document that is lost. */
  async #loneJournal(jobId: string): Promise<void> {
    const { files } = this.#context;
    const path = this.#jobs.journalPath(jobId);
    const bytes = await files.treeBytes(path).catch(() => 1);
    if (bytes > 0) await this.#jobs.setAsideJournal(jobId);
    else await files.unlink(path).catch(() => undefined);
  }

  /** Reads documents that the index knows nothing (or nothing certain) of, several at once. Adds to `live` those not at an end. */
  async #learnAll(jobIds: readonly string[], live: Set<string>): Promise<void> {
    const limit = pLimit(readsAtOnce);
    await Promise.all(jobIds.map((jobId) => limit(() => this.#learn(jobId, live))));
  }

  async #learn(jobId: string, live: Set<string>): Promise<void> {
    if (this.#isClosing || !this.#known.has(jobId)) return;
    try {
      const document = await this.#jobs.readDocument(jobId);
      // Gone, or told by a newer summary while we were reading.
      if (!this.#known.has(jobId) || (this.#index.has(jobId) && !this.#index.saysLive(jobId))) return;
      if (document === null) {
        await this.#lostDocument(jobId);
        return;
      }
      if (!isJobEnded(document.state.status)) live.add(jobId);
      this.#index.put(summarise(document));
      for (const sample of samplesOf(document)) this.#indexFile.take(sample);
    } catch (error) {
      const failure = toStorageError(error, 'reading', this.#jobs.documentPath(jobId));
      if (failure.code === 'newer_version' && this.#foundAtOpen !== undefined) throw failure;
      this.#context.notice({ path: failure.path ?? this.#dir, message: failure.message });
    }
  }

  async #learnLater(jobIds: readonly string[]): Promise<void> {
    if (jobIds.length > 0) {
      await this.#learnAll(jobIds, new Set());
      await this.#indexFile.fold().catch(() => undefined);
    }
    if (!this.#indexFile.knowsRuns) await this.#learnRuns();
  }

  /** Once after an update from a version whose index kept no runs: one job after another, beside what the daemon does. */
  async #learnRuns(): Promise<void> {
    const newestFirst = [...this.#known].sort().reverse().slice(0, readForRuns);
    for (const jobId of newestFirst) {
      if (this.#isClosing) return;
      if (!this.#known.has(jobId) || this.#index.saysLive(jobId)) continue;
      // A damaged or lost document is told of when somebody asks for its job.
      const document = await this.#jobs.readDocument(jobId).catch(() => null);
      if (document !== null)
        for (const { runs } of samplesOf(document)) runs?.forEach((run) => this.runs.add(run));
    }
    await this.#indexFile.learntRuns().catch(() => undefined);
  }

  async #lostDocument(jobId: string): Promise<void> {
    const { files } = this.#context;
    const hasJournal = await files.exists(this.#jobs.journalPath(jobId)).catch(() => false);
    if (hasJournal) await this.#jobs.setAsideJournal(jobId);
    this.#known.delete(jobId);
    this.#index.remove(jobId);
  }

  async #forget(jobId: string): Promise<void> {
    this.#known.delete(jobId);
    this.#sizes.delete(jobId);
    if (!this.#index.has(jobId)) return;
    this.#index.remove(jobId);
    await this.#indexFile.removed(jobId);
  }

  /** What stays because of an error is an orphan, which the next retention removes. */
  async #removeArtifacts(jobId: string): Promise<void> {
    const path = this.artifactDir(jobId);
    try {
      await this.#context.files.removeTree(path);
    } catch (error) {
      this.#health.failed(toStorageError(error, 'removing', path));
    }
  }

  async #removeOrphans(now: Date): Promise<void> {
    const names = await this.#context.files.list(join(this.#dir, 'artifacts')).catch(() => []);
    for (const name of names) {
      if (!jobIdSchema.safeParse(name).success) continue;
      if (isOrphan(name, this.#known.has(name), now)) await this.#removeArtifacts(name);
    }
  }

  async #bytesOf(jobId: string): Promise<number> {
    const known = this.#sizes.get(jobId);
    if (known !== undefined) return known;
    const { files } = this.#context;
    try {
      const [document, artifacts] = await Promise.all([
        files.treeBytes(this.#jobs.documentPath(jobId)),
        files.treeBytes(this.artifactDir(jobId)),
      ]);
      if (!this.#index.saysLive(jobId)) this.#sizes.set(jobId, document + artifacts);
      return document + artifacts;
    } catch (error) {
      throw toStorageError(error, 'measuring', this.artifactDir(jobId));
    }
  }

  /** Ended operations of finished jobs to ten seconds; of live jobs, whose samples are not told yet, by their share of the hour. */
  #operationsInLastHour(nowMs: number, projectId: string | undefined): number {
    const hourMs = 3_600_000;
    let count = this.#history.endedInLastHour(nowMs, projectId);
    for (const job of this.#index.jobs()) {
      if (isJobEnded(job.status) || job.started_at === undefined) continue;
      if (projectId !== undefined && job.project_id !== projectId) continue;
      const elapsedMs = nowMs - Date.parse(job.started_at);
      const share = elapsedMs <= hourMs ? 1 : hourMs / elapsedMs;
      count += (job.progress.completed + job.progress.failed) * share;
    }
    return Math.round(count);
  }
}
