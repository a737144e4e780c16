import type { Job } from '../../protocol/entities.ts';
import type { MethodParams } from '../../protocol/methods.ts';

type Query = MethodParams<'jobs/list'>;
type Sort = NonNullable<Query['sort']>;

/** What a search looks through: name, project, tags and id, in lower case. */
export function searchText(job: Job): string {
  return [job.job_name, job.project_id ?? '', ...job.tags, job.job_id].join('\n').toLowerCase();
}

type Test<E> = (job: Job, entry: E) => boolean;

/** The test a job must pass for the query, undefined if all pass; `textOf` gives the search text of what the job stands in. */
export function jobFilter<E>(query: Query, textOf: (entry: E) => string): Test<E> | undefined {
  const tests: Test<E>[] = [];
  const { status, job_type: type, project_id: projectId, tags, search } = query;
  if (status !== undefined) tests.push(oneOf(status, (job) => job.status));
  if (type !== undefined) tests.push(oneOf(type, (job) => job.job_type));
  if (projectId !== undefined) tests.push((job) => job.project_id === projectId);
  if (tags !== undefined && tags.length > 0) tests.push((job) => tags.every((tag) => job.tags.includes(tag)));
  if (query.created_after !== undefined) {
    const from = isoOf(query.created_after);
    tests.push((job) => job.created_at >= from);
  }
  if (query.created_before !== undefined) {
    const to = isoOf(query.created_before);
    tests.push((job) => job.created_at < to);
  }
  const wanted = search?.trim().toLowerCase() ?? '';
  if (wanted !== '') tests.push((_job, entry) => textOf(entry).includes(wanted));
  if (tests.length === 0) return undefined;
  return (job, entry) => tests.every((test) => test(job, entry));
}

function oneOf<T>(wanted: T | readonly T[], of: (job: Job) => T): (job: Job) => boolean {
  const set: ReadonlySet<T> = new Set(Array.isArray(wanted) ? (wanted as readonly T[]) : [wanted as T]);
  return (job) => set.has(of(job));
}

/** A moment a person typed, as the journal writes moments: those compare as text. */
export function isoOf(moment: string): string {
  return new Date(moment).toISOString();
}

const sortKeys: Record<string, (job: Job) => string | number | undefined> = {
  finished_at: (job) => job.finished_at,
  duration_ms: (job) => job.duration_ms,
  job_name: (job) => job.job_name.toLowerCase(),
  status: (job) => job.status,
};

/** True if the sort is the order of ids, which the index keeps anyway. */
export function isIdOrder(sort: Sort): boolean {
  return sort === 'created_at' || sort === '-created_at';
}

/**
 * Sorts what comes oldest first. Jobs without the value (a live job has no end) come last in either direction; equal ones stand
 * newest first.
 */
export function sortEntries<E extends { readonly summary: { readonly job: Job } }>(
  entries: readonly E[],
  sort: Sort,
): E[] {
  const isDescending = sort.startsWith('-');
  const keyOf = sortKeys[isDescending ? sort.slice(1) : sort] ?? ((job: Job) => job.job_id);
  const sign = isDescending ? -1 : 1;
  const keyed = entries.map((entry) => ({ entry, key: keyOf(entry.summary.job) })).reverse();
  keyed.sort((a, b) => {
    if (a.key === b.key) return 0;
    if (a.key === undefined) return 1;
    if (b.key === undefined) return -1;
    return a.key < b.key ? -sign : sign;
  });
  return keyed.map(({ entry }) => entry);
}
