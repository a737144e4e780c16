/** Which jobs a command is for, as the daemon sees it. Free of vscode. */
import { isJobEnded, type Job, type JobStatus } from '../../../daemon/protocol/entities.ts';

export interface JobFit {
  readonly fits: (job: Job) => boolean;
  /** What to ask the daemon for; left out: all. */
  readonly statuses?: readonly JobStatus[];
}

const live: readonly JobStatus[] = ['pending', 'running', 'paused'];
const ended: readonly JobStatus[] = ['completed', 'partial_success', 'failed', 'cancelled'];

function isLive(job: Job): boolean {
  return !isJobEnded(job.status) && job.cancel_requested !== true;
}

export const jobFits = {
  any: { fits: () => true },
  cancelable: { fits: isLive, statuses: live },
  pausable: {
    fits: (job) => isLive(job) && job.status !== 'paused',
    statuses: ['pending', 'running'],
  },
  resumable: { fits: (job) => isLive(job) && job.status === 'paused', statuses: ['paused'] },
  /** Skipped and cancelled operations are executed again together with the failed ones. */
  retryable: {
    fits: ({ progress }) => progress.failed + progress.skipped + progress.cancelled > 0,
    statuses: ['running', 'paused', 'partial_success', 'failed', 'cancelled'],
  },
  withFailures: {
    fits: ({ progress }) => progress.failed > 0,
    statuses: ['running', 'paused', 'partial_success', 'failed', 'cancelled'],
  },
  ended: { fits: (job) => isJobEnded(job.status), statuses: ended },
  withDefinition: { fits: (job) => job.definition_file !== undefined },
} as const satisfies Record<string, JobFit>;
