/** Summaries of all jobs in memory, in the order of their ids (which is the order of creation): lists come from here. */
import { isJobEnded, type Job } from '../../protocol/entities.ts';
import type { MethodParams } from '../../protocol/methods.ts';
import { isIdOrder, jobFilter, searchText, sortEntries } from './listing.ts';
import type { JobSummary } from './schemas.ts';

interface Entry {
  readonly jobId: string;
  summary: JobSummary;
  /** An ended job was taken back to life and the new summary is not known yet. */
  isReopened: boolean;
  /** Made when somebody searches; a live job's changes far more often than that. */
  text: string | undefined;
}

export class JobIndex {
  readonly #entries = new Map<string, Entry>();
  /** The same entries by ascending id: scanned for lists, where a look-up by id for each would cost most of the time. */
  #order: Entry[] = [];
  /** The latest job of each batch file; null after a removal that may have taken one away. */
  #latestOfFiles: Map<string, string> | null = new Map();

  get size(): number {
    return this.#entries.size;
  }

  has(jobId: string): boolean {
    return this.#entries.has(jobId);
  }

  get(jobId: string): JobSummary | undefined {
    return this.#entries.get(jobId)?.summary;
  }

  /** True if, by what the index knows, the job has not ended. */
  saysLive(jobId: string): boolean {
    const entry = this.#entries.get(jobId);
    return entry !== undefined && (entry.isReopened || !isJobEnded(entry.summary.job.status));
  }

  put(summary: JobSummary): void {
    const { job_id: jobId } = summary.job;
    const known = this.#entries.get(jobId);
    if (known === undefined) {
      this.#insert({ jobId, summary, isReopened: false, text: undefined });
      return;
    }
    known.summary = summary;
    known.isReopened = false;
    known.text = undefined;
  }

  markReopened(jobId: string): void {
    const entry = this.#entries.get(jobId);
    if (entry !== undefined) entry.isReopened = true;
  }

  remove(jobId: string): void {
    if (!this.#entries.delete(jobId)) return;
    this.#order.splice(this.#placeOf(jobId), 1);
    this.#latestOfFiles = null;
  }

  /** Removes all for which `isGone` holds, in one pass. */
  removeWhere(isGone: (jobId: string) => boolean): void {
    this.#latestOfFiles = null;
    this.#order = this.#order.filter(({ jobId }) => {
      if (!isGone(jobId)) return true;
      this.#entries.delete(jobId);
      return false;
    });
  }

  clear(): void {
    this.#entries.clear();
    this.#order = [];
    this.#latestOfFiles = new Map();
  }

  /** The latest job of each batch file: ids by file. Made again when first asked after a removal, otherwise kept up. */
  latestOfFiles(): ReadonlyMap<string, string> {
    if (this.#latestOfFiles !== null) return this.#latestOfFiles;
    const latest = (this.#latestOfFiles = new Map<string, string>());
    for (const { jobId, summary } of this.#order) noteFile(latest, jobId, summary);
    return latest;
  }

  /** A snapshot, oldest first. */
  all(): { summary: JobSummary; isReopened: boolean }[] {
    return this.#order.map(({ summary, isReopened }) => ({ summary, isReopened }));
  }

  *jobs(): Generator<Job, void, void> {
    for (const { summary } of this.#order) yield summary.job;
  }

  list(query: MethodParams<'jobs/list'>): { jobs: Job[]; total: number } {
    const sort = query.sort ?? '-created_at';
    const matches = jobFilter(query, (entry: Entry) => (entry.text ??= searchText(entry.summary.job)));
    const found =
      matches === undefined ? this.#order : this.#order.filter((entry) => matches(entry.summary.job, entry));
    const { offset, limit } = query;
    const page = isIdOrder(sort)
      ? pageOf(found, offset, limit, sort === '-created_at')
      : sortEntries(found, sort).slice(offset, offset + limit);
    return { jobs: page.map((entry) => entry.summary.job), total: found.length };
  }

  #insert(entry: Entry): void {
    this.#entries.set(entry.jobId, entry);
    if (this.#latestOfFiles !== null) noteFile(this.#latestOfFiles, entry.jobId, entry.summary);
    const last = this.#order.at(-1);
    if (last === undefined || last.jobId < entry.jobId) this.#order.push(entry);
    else this.#order.splice(this.#placeOf(entry.jobId), 0, entry);
  }

  /** Where the id stands, or would stand. */
  #placeOf(jobId: string): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle] as Entry).jobId < jobId) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function noteFile(latest: Map<string, string>, jobId: string, { job }: JobSummary): void {
  const { definition_file: file } = job;
  if (file !== undefined && jobId > (latest.get(file) ?? '')) latest.set(file, jobId);
}

function pageOf(entries: readonly Entry[], offset: number, limit: number, isReversed: boolean): Entry[] {
  if (!isReversed) return entries.slice(offset, offset + limit);
  const end = Math.max(0, entries.length - offset);
  return entries.slice(Math.max(0, end - limit), end).reverse();
}
