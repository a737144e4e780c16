import { isJobEnded } from '../../daemon/protocol/endings.ts';
import type { Job } from '../../daemon/protocol/entities.ts';
import { formatRunning, formatDuration } from './format.ts';
import type { AnyStatus } from './words.ts';

/** How long an ended job stays under Active Jobs, so that nothing vanishes while it is looked at. */
export const lingerMs = 10 * 60_000;

/** Live jobs first, then those that ended a moment ago; newest first in both. */
export function activeJobs(jobs: ReadonlyMap<string, Job>, nowMs: number): Job[] {
  const shown = [...jobs.values()].filter(
    (job) =>
      !isJobEnded(job.status) ||
      (job.finished_at !== undefined && nowMs - Date.parse(job.finished_at) < lingerMs),
  );
  const rank = (job: Job) => (isJobEnded(job.status) ? 1 : 0);
  return shown.sort((a, b) => rank(a) - rank(b) || (a.job_id < b.job_id ? 1 : -1));
}

/** A cancelled job runs until its work is confirmed dead; until then it says so. */
export function shownStatus(thing: {
  readonly status: AnyStatus;
  readonly cancel_requested?: boolean;
}): AnyStatus {
  const isLive = thing.status === 'running' || thing.status === 'pending' || thing.status === 'paused';
  return thing.cancel_requested === true && isLive ? 'cancelling' : thing.status;
}

export function durationText(job: Job, nowMs: number): string {
  if (isJobEnded(job.status)) return formatDuration(job.duration_ms ?? job.progress.elapsed_ms);
  if (job.started_at === undefined) return '–';
  if (job.status !== 'running') return formatRunning(job.progress.elapsed_ms);
  return formatRunning(Math.max(job.progress.elapsed_ms, nowMs - Date.parse(job.started_at)));
}

/** Nothing while there is no ground for an estimate. */
export function etaText(job: Job): string {
  if (job.status !== 'running' || job.progress.eta_ms === null) return '–';
  return formatRunning(job.progress.eta_ms);
}

export const jobActions = ['pause', 'resume', 'cancel', 'retry', 'rerun', 'export', 'delete'] as const;
export type JobAction = (typeof jobActions)[number];

/** What can be done with a job as it stands. */
export function actionsOf(job: Job): ReadonlySet<JobAction> {
  const actions = new Set<JobAction>(['export']);
  if (isJobEnded(job.status)) {
    actions.add('delete').add('rerun');
    if (job.progress.failed + job.progress.cancelled + job.progress.skipped > 0) actions.add('retry');
    return actions;
  }
  if (job.cancel_requested === true) return actions;
  actions.add('cancel').add(job.status === 'paused' ? 'resume' : 'pause');
  return actions;
}
