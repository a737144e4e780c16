/** Which ended jobs are past the limits, and which folders of artifacts belong to no job. Decides only; the store removes. */
import { isJobEnded, type Job } from '../../protocol/entities.ts';

export interface RetentionLimits {
  readonly maxAgeDays: number;
  readonly maxJobs: number;
  /** Documents, logs and artifacts of all jobs together. */
  readonly maxBytes: number;
}

export const defaultRetention: RetentionLimits = {
  maxAgeDays: 90,
  maxJobs: 10_000,
  maxBytes: 20 * 1024 ** 3,
};

const dayMs = 86_400_000;

/**
 * Ids of ended jobs to remove, oldest first: too old, too many, too big together. Live jobs are never among them, but their number
 * and bytes count. `jobs` are in the order of creation, oldest first; `bytesOf` tells what a job takes.
 */
export async function expiredJobs(
  jobs: readonly Job[],
  limits: RetentionLimits,
  now: Date,
  bytesOf: (jobId: string) => Promise<number>,
): Promise<string[]> {
  const oldest = new Date(now.getTime() - limits.maxAgeDays * dayMs).toISOString();
  const expired: string[] = [];
  let count = 0;
  let bytes = 0;
  // Newest first: what is kept is the latest that fits.
  for (const job of jobs.toReversed()) {
    if (!isJobEnded(job.status)) {
      count += 1;
      bytes += await bytesOf(job.job_id);
      continue;
    }
    const isKept =
      (job.finished_at ?? job.created_at) >= oldest && count < limits.maxJobs && bytes < limits.maxBytes;
    const size = isKept ? await bytesOf(job.job_id) : 0;
    if (isKept && bytes + size <= limits.maxBytes) {
      count += 1;
      bytes += size;
    } else {
      expired.push(job.job_id);
    }
  }
  return expired.reverse();
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The moment in a ULID, ms since the epoch. */
export function timeOfId(jobId: string): number {
  let time = 0;
  for (const digit of jobId.slice(0, 10)) time = time * 32 + crockford.indexOf(digit);
  return time;
}

/**
 * True for a folder of artifacts whose job is gone: a removal that was cut off. Not while it is younger than a day, because a job's
 * log may be begun before the job is.
 */
export function isOrphan(jobId: string, isKnown: boolean, now: Date): boolean {
  return !isKnown && timeOfId(jobId) < now.getTime() - dayMs;
}
