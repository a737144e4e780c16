import type { Command } from './command.ts';
import { jobFits } from './jobs/jobFits.ts';
import { jobsFor } from './jobs/pickJobs.ts';
import { forEachJob } from './jobs/steer.ts';

export const pauseJob: Command = {
  id: 'ombudsman.pauseJob',
  needs: 'daemon',
  async run(services, ...args) {
    const title = 'Pause Jobs';
    const jobs = await jobsFor(services, args, {
      ...jobFits.pausable,
      title,
      none: 'No job is running: there is nothing to pause.',
      unfit: 'is not running, so it cannot be paused',
    });
    const words = { title, done: 'Paused', participle: 'paused' };
    await forEachJob(services, jobs, words, ({ job_id }) => services.session.call('jobs/pause', { job_id }));
  },
};
