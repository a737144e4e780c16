import type { Command } from './command.ts';
import { jobFits } from './jobs/jobFits.ts';
import { jobsFor } from './jobs/pickJobs.ts';
import { secretsOfJob } from './jobs/projectOfJob.ts';
import { forEachJob } from './jobs/steer.ts';

/** Executes again, in the same job, what failed and what was skipped or cancelled for it. */
export const retryFailed: Command = {
  id: 'ombudsman.retryFailed',
  needs: 'daemon',
  async run(services, ...args) {
    const title = 'Retry Failed Operations';
    const jobs = await jobsFor(services, args, {
      ...jobFits.retryable,
      title,
      none: 'No job has operations that failed: there is nothing to retry.',
      unfit: 'has no operation that failed, so there is nothing to retry',
    });
    const words = { title, done: 'Retrying', participle: 'retried' };
    await forEachJob(services, jobs, words, async (job) =>
      services.session.call('jobs/retry', { job_id: job.job_id, secrets: await secretsOfJob(services, job) }),
    );
  },
};
