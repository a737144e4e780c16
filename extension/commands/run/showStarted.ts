import type { Services } from '../../platform/services.ts';

/** Brings the first of some new jobs into view. That a job runs does not hang on whether it could be shown. */
export async function showStarted(services: Services, jobIds: readonly string[]): Promise<void> {
  const [first] = jobIds;
  if (first === undefined) return;
  try {
    await services.jobsView.reveal(first);
  } catch (error) {
    services.log.warn(`job ${first} could not be shown: ${String(error)}`);
  }
}
