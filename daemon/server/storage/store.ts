import type { MethodParams } from '../../protocol/methods.ts';
import type { Job, Statistics } from '../../protocol/entities.ts';
import type { NamedRun, RunLedger } from './runLedger.ts';
import type { JobDocument, JobSummary, JournalRecord, OperationHistory, RunSample } from './schemas.ts';

/** What was found on start that a person should know: files set aside, documents that could not be read. */
export interface StorageNotice {
  readonly path: string;
  readonly message: string;
  /** Where a damaged file is now, if it could be moved. */
  readonly kept?: string;
}

/** A job whose journal exists: it was live when the daemon last stopped. */
export interface LoadedJob {
  readonly document: JobDocument;
  /** Records after `document.journal_seq`, in order; a torn last line is dropped. */
  readonly records: JournalRecord[];
}

/**
 * Everything durable about jobs. Every promise resolves only when the bytes are on disk; a rejected one is a StorageError
 * (disk full, read-only …) and nothing was changed that a reader could see.
 */
export interface JobStore {
  /** Reads the index, takes up the directory, returns ids of live jobs (those with a journal) and what was set aside. */
  open(): Promise<{ live_job_ids: string[]; notices: StorageNotice[] }>;
  /** Writes the document of a new job and opens its journal. */
  create(document: JobDocument, summary: JobSummary): Promise<void>;
  /**
   * Appends records to the job's journal in order. One write is in flight per journal; what arrives meanwhile goes out together.
   * `seq` must follow the last record without a gap. When a group is refused, everything queued behind it is refused with it:
   * number again from the last acknowledged record.
   */
  append(jobId: string, records: readonly JournalRecord[]): Promise<void>;
  /**
   * Rewrites the document (compaction); `document.journal_seq` says which records it contains, all of them acknowledged. The
   * journal is shortened afterwards; appends go on meanwhile.
   */
  compact(document: JobDocument): Promise<void>;
  /** Bytes of the journal since the last compaction: the caller compacts when it grows past its measure. */
  journalBytes(jobId: string): number;
  /**
   * The end of a job: document rewritten, journal removed, summary and history in the index. `document.journal_seq` is the last
   * appended record. A crash in here leaves the job live with an ended document: `finish` it again; samples are not counted twice.
   */
  finish(document: JobDocument, summary: JobSummary, samples: readonly HistorySample[]): Promise<void>;
  /** Takes an ended job back to life: opens a journal for it (retry). */
  reopen(jobId: string): Promise<void>;
  load(jobId: string): Promise<LoadedJob>;
  /** Summary of a live job, for lists; in memory, written to the index at the next chance. */
  updateSummary(summary: JobSummary): void;
  /** Removes document, journal, log and artifacts. */
  remove(jobId: string): Promise<void>;
  has(jobId: string): boolean;
  /** Where the damaged document of a job lies that is no longer known for it. */
  setAside(jobId: string): string | undefined;
  summary(jobId: string): JobSummary | undefined;
  list(query: MethodParams<'jobs/list'>): { jobs: Job[]; total: number };
  statistics(query: MethodParams<'statistics/get'>, now: Date): Statistics;
  /** Runs of pipelines and extractions; those of live jobs are added as they end, and `finish` makes them last. */
  readonly runs: RunLedger;
  /** The latest job of each batch file: ids by file. */
  latestOfFiles(): ReadonlyMap<string, string>;
  history(projectId: string | null, type: string, name: string): OperationHistory | undefined;
  /** Deletes ended jobs past the limits of age, count and bytes; returns their ids. */
  applyRetention(now: Date): Promise<string[]>;
  /** Absolute folder of a job's artifacts. */
  artifactDir(jobId: string): string;
  scratchDir(): string;
  /** Whether the last write went well; with the reason if not. */
  health(): { ok: boolean; message?: string };
  close(): Promise<void>;
}

export interface HistorySample {
  readonly project_id: string | null;
  readonly type: OperationHistory['type'];
  readonly name: string;
  readonly sample: RunSample;
  /** The pipelines that ran in it, or the catalog it has read. */
  readonly runs?: readonly NamedRun[];
}
