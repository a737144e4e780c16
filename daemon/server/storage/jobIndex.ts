/** Summaries of all jobs in memory, in the order of their ids (which is the order of creation): lists come from here. */
import { isJobEnded, type Job } from '../../protocol/entities.ts';
import type { MethodParams } from '../../protocol/methods.ts';
import { isIdOrder, jobFilter, searchText, sortJobs } from './listing.ts';
import type { JobSummary } from './schemas.ts';

interface Entry {
  readonly summary: JobSummary;
  /** An ended job was taken back to life and the new summary is not known yet. */
  readonly isReopened: boolean;
  /** Made when somebody searches; a live job's changes far more often than that. */
  text: string | undefined;
}

export class JobIndex {
  readonly #entries = new Map<string, Entry>();
  /** Ids, ascending. */
  #order: string[] = [];

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
    if (!this.#entries.has(jobId)) this.#insert(jobId);
    this.#entries.set(jobId, { summary, isReopened: false, text: undefined });
  }

  markReopened(jobId: string): void {
    const entry = this.#entries.get(jobId);
    if (entry !== undefined) this.#entries.set(jobId, { ...entry, isReopened: true });
  }

  remove(jobId: string): void {
    if (!this.#entries.delete(jobId)) return;
    const place = this.#placeOf(jobId);
    this.#order.splice(place, 1);
  }

  /** Removes all for which `isGone` holds, in one pass. */
  removeWhere(isGone: (jobId: string) => boolean): string[] {
    const gone = this.#order.filter(isGone);
    if (gone.length === 0) return gone;
    for (const jobId of gone) this.#entries.delete(jobId);
    this.#order = this.#order.filter((jobId) => this.#entries.has(jobId));
    return gone;
  }

  clear(): void {
    this.#entries.clear();
    this.#order = [];
  }

  /** A snapshot, oldest first. */
  all(): { summary: JobSummary; isReopened: boolean }[] {
    return this.#order.map((jobId) => this.#entries.get(jobId) as Entry);
  }

  *jobs(): Generator<Job, void, void> {
    for (const { summary } of this.#entries.values()) yield summary.job;
  }

  list(query: MethodParams<'jobs/list'>): { jobs: Job[]; total: number } {
    const sort = query.sort ?? '-created_at';
    const matches = jobFilter(query, (job) => this.#textOf(job));
    const found: Job[] = [];
    for (let place = this.#order.length - 1; place >= 0; place -= 1) {
      const job = (this.#entries.get(this.#order[place] as string) as Entry).summary.job;
      if (matches(job)) found.push(job);
    }
    const sorted = isIdOrder(sort)
      ? sort === 'created_at'
        ? found.reverse()
        : found
      : sortJobs(found, sort);
    return { jobs: sorted.slice(query.offset, query.offset + query.limit), total: found.length };
  }

  #textOf(job: Job): string {
    const entry = this.#entries.get(job.job_id) as Entry;
    return (entry.text ??= searchText(job));
  }

  #insert(jobId: string): void {
    const last = this.#order.at(-1);
    if (last === undefined || last < jobId) this.#order.push(jobId);
    else this.#order.splice(this.#placeOf(jobId), 0, jobId);
  }

  /** Where the id stands, or would stand. */
  #placeOf(jobId: string): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle] as string) < jobId) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
