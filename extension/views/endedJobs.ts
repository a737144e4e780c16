import type { Job } from '../../daemon/protocol/entities.ts';
import type { MethodInput, MethodResult } from '../../daemon/protocol/methods.ts';
import type { JobFilter } from '../platform/services.ts';
import { endedQuery } from './jobFilter.ts';
import { isEnded } from './viewItem.ts';

export const jobsPage = 200;
const smallestPage = 25;

export type ListJobs = (input: MethodInput<'jobs/list'>) => Promise<MethodResult<'jobs/list'>>;

/** One list of the daemon that is read page by page. */
interface Source {
  readonly query: MethodInput<'jobs/list'>;
  readonly limit: number;
  readonly seen: Set<string>;
  /** How many of the daemon's list are known; what ends meanwhile comes in front and only makes the next page overlap. */
  offset: number;
  total: number | undefined;
}

/**
 * Ended jobs as pages of `jobs/list`, the latest first: those of this window's projects and, beside them, all. With one list of
 * all, a busy other workspace would push this one's jobs pages away.
 */
export class EndedJobs {
  readonly #list: ListJobs;
  readonly #jobs = new Map<string, Job>();
  readonly #sources: readonly Source[];
  #loading: Promise<void> | undefined;

  constructor(list: ListJobs, filter: JobFilter, ownProjectIds: readonly string[]) {
    this.#list = list;
    const query = endedQuery(filter);
    const own = query?.project_id === undefined ? ownProjectIds : [];
    const ownLimit = Math.max(smallestPage, Math.floor(jobsPage / Math.max(1, own.length)));
    this.#sources =
      query === null
        ? []
        : [
            ...own.map((project_id) => newSource({ ...query, project_id }, ownLimit)),
            newSource(query, jobsPage),
          ];
  }

  get jobs(): ReadonlyMap<string, Job> {
    return this.#jobs;
  }

  get isLoading(): boolean {
    return this.#loading !== undefined;
  }

  /** Once the list of all is read to its end, the others have nothing to add. */
  get hasMore(): boolean {
    const all = this.#sources.at(-1);
    return all !== undefined && isUnfinished(all);
  }

  /** How many the daemon has that match; undefined while not asked. */
  get total(): number | undefined {
    return this.#sources.at(-1)?.total;
  }

  /** The next page; callers at the same time share it. Rejects as the call does; what was read by then is kept. */
  loadMore(): Promise<void> {
    this.#loading ??= this.#loadPages().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #loadPages(): Promise<void> {
    if (!this.hasMore) return;
    await Promise.all(
      this.#sources.filter(isUnfinished).map(async (source) => {
        const { limit, offset, query } = source;
        const { jobs, total } = await this.#list({ ...query, limit, offset });
        source.total = total;
        // An empty page ends the list even if it shrank while it was read.
        source.offset = jobs.length === 0 ? total : offset + jobs.length;
        for (const job of jobs) {
          source.seen.add(job.job_id);
          this.#jobs.set(job.job_id, job);
        }
      }),
    );
  }

  /** One that was learnt by another way, such as a job somebody asked to see. */
  add(job: Job): void {
    if (isEnded(job.status)) this.#jobs.set(job.job_id, job);
  }

  /** It was deleted, or a retry took it back to life: the daemon's lists have moved up by one. */
  remove(jobId: string): void {
    this.#jobs.delete(jobId);
    for (const source of this.#sources) {
      if (!source.seen.delete(jobId)) continue;
      source.offset = Math.max(0, source.offset - 1);
      if (source.total !== undefined) source.total = Math.max(0, source.total - 1);
    }
  }
}

function newSource(query: MethodInput<'jobs/list'>, limit: number): Source {
  return { query, limit, seen: new Set(), offset: 0, total: undefined };
}

function isUnfinished({ offset, total }: Source): boolean {
  return total === undefined || offset < total;
}
