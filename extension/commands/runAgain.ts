import type { GivenSecrets } from '../../daemon/protocol/params.ts';
import type { Command } from './command.ts';
import { jobFits } from './jobs/jobFits.ts';
import { jobsFor } from './jobs/pickJobs.ts';
import { projectDirsOf, secretsOf } from './jobs/projectOfJob.ts';
import { forEachJob } from './jobs/steer.ts';
import { showStarted } from './run/showStarted.ts';
import { withSecrets } from './run/submit.ts';

/** New jobs with the definitions as they were accepted then. Returns the first new job. */
export const runAgain: Command = {
  id: 'ombudsman.runAgain',
  needs: 'daemon',
  async run(services, ...args) {
    const title = 'Run Again';
    const jobs = await jobsFor(services, args, {
      ...jobFits.ended,
      title,
      none: 'No job has ended yet: there is nothing to run again.',
      unfit: 'has not ended yet, so it cannot run again',
    });
    const words = { title, done: 'Started again', participle: 'started again' };
    const started: string[] = [];
    try {
      await forEachJob(services, jobs, words, async (job) => {
        const projectDirs = await projectDirsOf(services, job);
        const again = async (secrets: GivenSecrets) =>
          services.session.call('jobs/rerun', { job_id: job.job_id, secrets });
        // Jobs are started at once, and questions of several would stand on top of each other.
        const { job_id } = await (jobs.length === 1
          ? withSecrets(services, { title, projectDirs }, async (secretsNow) => again(await secretsNow()))
          : again(await secretsOf(services, projectDirs)));
        started.push(job_id);
      });
    } finally {
      // Of several jobs some may run again although others cannot.
      await showStarted(services, started);
    }
    return { job_id: started[0] };
  },
};
