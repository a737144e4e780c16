import { ApiError } from '../../protocol/errors.ts';
import { setAsideHint } from '../storage/jobFiles.ts';
import type { JobStore } from '../storage/store.ts';

/** The error for a job that is not there: never was, was deleted, or was lost with its document, which is then named. */
export function noSuchJob(jobId: string, store: Pick<JobStore, 'setAside'>): ApiError {
  const kept = store.setAside(jobId);
  if (kept !== undefined) {
    const message = `The document of job ${jobId} is damaged and was set aside.`;
    return new ApiError('not_found', message, { hint: setAsideHint(`${jobId}.json`, kept) });
  }
  return new ApiError('not_found', `There is no job ${jobId}.`, {
    hint: 'jobs/list tells the jobs there are.',
  });
}
