import type { Command } from './command.ts';
import { jobFits } from './jobs/jobFits.ts';
import { jobsFor } from './jobs/pickJobs.ts';
import { secretsOfJob } from './jobs/projectOfJob.ts';
import { forEachJob } from './jobs/steer.ts';

export const resumeJob: Command = {
  id: 'ombudsman.resumeJob',
  needs: 'daemon',
  async run(services, ...args) {
    const title = 'Resume Jobs';
    const jobs = await jobsFor(services, args, {
      ...jobFits.resumable,
      title,
      none: 'No job is paused: there is nothing to resume.',
      unfit: 'is not paused, so there is nothing to resume',
    });
    const words = { title, done: 'Resumed', participle: 'resumed' };
    await forEachJob(services, jobs, words, async (job) =>
      services.session.call('jobs/resume', {
        job_id: job.job_id,
        secrets: await secretsOfJob(services, job),
      }),
    );
  },
};
