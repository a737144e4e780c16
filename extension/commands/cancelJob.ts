import { plural } from '../../daemon/client/text.ts';
import type { Command } from './command.ts';
import { jobFits } from './jobs/jobFits.ts';
import { jobsFor } from './jobs/pickJobs.ts';
import { forEachJob } from './jobs/steer.ts';
import { confirm } from './ui/confirm.ts';

export const cancelJob: Command = {
  id: 'ombudsman.cancelJob',
  needs: 'daemon',
  async run(services, ...args) {
    const title = 'Cancel Jobs';
    const jobs = await jobsFor(services, args, {
      ...jobFits.cancelable,
      title,
      none: 'No job is running, queued or paused: there is nothing to cancel.',
      unfit: 'is no longer running or is being cancelled already',
    });
    if (jobs.length > 1) {
      const detail = 'What is running is stopped; finished operations keep their results.';
      await confirm(`Cancel ${plural(jobs.length, 'job')}?`, 'Cancel Jobs', detail);
    }
    // The daemon says `cancelled` when the work is dead: until then the tree shows that it is being cancelled.
    const words = { title, done: 'Cancelling', participle: 'cancelled' };
    await forEachJob(services, jobs, words, ({ job_id }) => services.session.call('jobs/cancel', { job_id }));
  },
};
