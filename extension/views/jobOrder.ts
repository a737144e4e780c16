import type { Job, JobStatus } from '../../daemon/protocol/entities.ts';
import { isEnded } from './viewItem.ts';

/** Running, queued, paused, then whatever has ended. */
const ranks: Readonly<Record<JobStatus, number>> = {
  running: 0,
  pending: 1,
  paused: 2,
  completed: 3,
  partial_success: 3,
  failed: 3,
  cancelled: 3,
};

interface Place {
  readonly jobId: string;
  readonly rank: number;
  readonly isOwn: boolean;
  readonly priority: number;
  readonly finishedAt: string;
}

function placeOf(job: Job, isOwn: boolean): Place {
  return {
    jobId: job.job_id,
    rank: ranks[job.status],
    isOwn,
    priority: job.status === 'pending' ? job.priority : 0,
    finishedAt: isEnded(job.status) ? (job.finished_at ?? '') : '',
  };
}

/** Equal for two states of a job between which its place among the others cannot have changed. */
export function placeKey(job: Job, isOwn: boolean): string {
  const { rank, priority, finishedAt } = placeOf(job, isOwn);
  return `${rank}/${isOwn ? 0 : 1}/${priority}/${finishedAt}`;
}

function comparePlaces(a: Place, b: Place): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.isOwn !== b.isOwn) return a.isOwn ? -1 : 1;
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.finishedAt !== b.finishedAt) return a.finishedAt < b.finishedAt ? 1 : -1;
  // Ids sort by creation. What is queued begins with what comes next, everything else with the newest.
  const sign = a.rank === ranks.pending ? 1 : -1;
  return a.jobId < b.jobId ? -sign : sign;
}

/** Ids of the jobs in the order of the view. */
export function orderedJobs(jobs: Iterable<Job>, isOwn: (job: Job) => boolean): string[] {
  const places: Place[] = [];
  for (const job of jobs) places.push(placeOf(job, isOwn(job)));
  return places.sort(comparePlaces).map(({ jobId }) => jobId);
}
