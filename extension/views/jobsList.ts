import type { Job } from '../../daemon/protocol/entities.ts';
import type { JobFilter, JobStore } from '../platform/services.ts';
import { EndedJobs, jobsPage, type ListJobs } from './endedJobs.ts';
import { matchesFilter } from './jobFilter.ts';
import { orderedJobs, placeKey } from './jobOrder.ts';
import { isEnded } from './viewItem.ts';

export interface JobsListDeps {
  readonly store: Pick<JobStore, 'jobs'>;
  readonly list: ListJobs;
  /** Of a project in the folders of this window. */
  readonly isOwn: (job: Job) => boolean;
  readonly ownProjectIds: () => readonly string[];
}

/** More live jobs than anybody reads at once; beyond, the list has more. */
export const livePage = 500;
/** See restItem. Live jobs are all shown to whoever asks for them. */
export const maxEndedLines = 1_000;

/**
 * Which jobs are shown, and in what order: the live ones that match the filter, then the latest ended ones, of the store and of the
 * pages read so far, as many as were asked for. Nothing here tells anybody; the caller arranges when it is time to draw.
 */
export class JobsList {
  readonly #deps: JobsListDeps;
  readonly #places = new Map<string, string>();
  #ended: EndedJobs;
  #next: EndedJobs | undefined;
  #filter: JobFilter;
  #shown: readonly string[] = [];
  #liveLimit = livePage;
  #endedLimit = jobsPage;
  #hiddenLive = 0;
  #hiddenEnded = 0;
  #shownEnded = 0;
  /** Somebody asked to see these, wherever they stand. */
  readonly #pinned = new Set<string>();
  #failure: Error | undefined;

  constructor(deps: JobsListDeps, filter: JobFilter) {
    this.#deps = deps;
    this.#filter = filter;
    this.#ended = new EndedJobs(deps.list, filter, []);
  }

  get filter(): JobFilter {
    return this.#filter;
  }

  /** As of the last `arrange`. */
  get shown(): readonly string[] {
    return this.#shown;
  }

  get isReading(): boolean {
    return this.#next !== undefined;
  }

  /** Why the last page could not be read. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  get isLoadingMore(): boolean {
    return this.#ended.isLoading || this.isReading;
  }

  /** How many jobs are not shown: undefined if the daemon has not told yet, 0 if there are none. */
  get hiddenCount(): number | undefined {
    if (!this.#ended.hasMore) return this.#hiddenLive + this.#hiddenEnded;
    const { total } = this.#ended;
    if (total === undefined) return undefined;
    return Math.max(1, this.#hiddenLive + Math.max(this.#hiddenEnded, total - this.#shownEnded));
  }

  /** True if it shows as many ended jobs as it may. */
  get isFull(): boolean {
    return this.#hiddenLive === 0 && this.#endedLimit >= maxEndedLines;
  }

  job(jobId: string): Job | undefined {
    return this.#deps.store.jobs.get(jobId) ?? this.#ended.jobs.get(jobId);
  }

  /** Takes another filter; until the daemon has answered, what is known and matches is shown. Rejects as the call does. */
  async setFilter(filter: JobFilter): Promise<void> {
    this.#filter = filter;
    this.#liveLimit = livePage;
    this.#endedLimit = jobsPage;
    this.#pinned.clear();
    await this.reload();
  }

  /** Reads the first page anew; the pages known so far stand until it is there. Rejects as the call does. */
  async reload(): Promise<void> {
    const next = new EndedJobs(this.#deps.list, this.#filter, this.#deps.ownProjectIds());
    this.#next = next;
    try {
      await next.loadMore();
      if (this.#next !== next) return;
      this.#ended = next;
      this.#failure = undefined;
    } catch (error) {
      if (this.#next === next) this.#failure = asError(error);
      throw error;
    } finally {
      if (this.#next === next) this.#next = undefined;
    }
  }

  /** The next live ones if there are more, else the next page of ended ones. Rejects as the call does. */
  async showMore(): Promise<void> {
    if (this.#hiddenLive > 0) {
      this.#liveLimit += livePage;
      return;
    }
    if (this.isFull) return;
    this.#endedLimit += jobsPage;
    if (this.#hiddenEnded >= jobsPage || !this.#ended.hasMore) return;
    try {
      await this.#ended.loadMore();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = asError(error);
      throw error;
    }
  }

  /** Forgets all pages. */
  clear(): void {
    this.#ended = new EndedJobs(this.#deps.list, this.#filter, []);
    this.#next = undefined;
  }

  /** Takes in a job that nobody listed. */
  add(job: Job): void {
    this.#ended.add(job);
  }

  /** Shows this job on whatever page it stands, if it matches. */
  pin(jobId: string): void {
    this.#pinned.add(jobId);
  }

  /** True if the order may be another one for what became of this job. */
  noteChange(jobId: string): boolean {
    const job = this.#deps.store.jobs.get(jobId);
    if (job === undefined) return false;
    if (!isEnded(job.status)) this.#ended.remove(jobId);
    const place = this.#matches(job) ? placeKey(job, this.#deps.isOwn(job)) : undefined;
    return place !== this.#places.get(jobId);
  }

  noteRemoval(jobId: string): void {
    this.#ended.remove(jobId);
    this.#next?.remove(jobId);
  }

  /** Orders what is known. True if other jobs are shown now, or in another order. */
  arrange(): boolean {
    const { store, isOwn } = this.#deps;
    const matching = new Map<string, Job>();
    for (const [id, job] of this.#ended.jobs) if (this.#matches(job)) matching.set(id, job);
    for (const [id, job] of store.jobs) {
      if (this.#matches(job)) matching.set(id, job);
      else matching.delete(id);
    }
    this.#places.clear();
    for (const [id, job] of matching) this.#places.set(id, placeKey(job, isOwn(job)));
    const all = orderedJobs(matching.values(), isOwn);
    const liveCount = countWhile(all, (id) => !isEnded((matching.get(id) as Job).status));
    const liveLimit = Math.min(liveCount, this.#liveLimit);
    const endedLimit = liveLimit < liveCount ? liveCount : liveCount + this.#endedLimit;
    const isShown = (id: string, at: number) =>
      this.#pinned.has(id) || (at < liveCount ? at < liveLimit : at < endedLimit);
    const shown = all.filter(isShown);
    const shownLive = all.slice(0, liveCount).filter(isShown).length;
    this.#shownEnded = shown.length - shownLive;
    this.#hiddenLive = liveCount - shownLive;
    this.#hiddenEnded = all.length - liveCount - this.#shownEnded;
    const isSame = shown.length === this.#shown.length && shown.every((id, at) => id === this.#shown[at]);
    this.#shown = shown;
    return !isSame;
  }

  #matches(job: Job): boolean {
    return matchesFilter(job, this.#filter);
  }
}

function countWhile<T>(values: readonly T[], test: (value: T) => boolean): number {
  const end = values.findIndex((value) => !test(value));
  return end === -1 ? values.length : end;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
