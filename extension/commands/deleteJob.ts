import type { Job } from '../../daemon/protocol/entities.ts';
import { isJobEnded } from '../../daemon/protocol/entities.ts';
import { jobIdsOf } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { jobFits } from './jobs/jobFits.ts';
import { currentJob, jobsFor } from './jobs/pickJobs.ts';
import { forEachJob } from './jobs/steer.ts';
import { deletionOf } from './jobs/deletion.ts';
import { confirm } from './ui/confirm.ts';

export const deleteJob: Command = {
  id: 'ombudsman.deleteJob',
  needs: 'daemon',
  async run(services, ...args) {
    const title = 'Delete Jobs';
    const given = jobIdsOf(args);
    const jobs: Job[] =
      given.length > 0
        ? await Promise.all(given.map((jobId) => currentJob(services, jobId, jobFits.ended)))
        : await jobsFor(services, [], {
            ...jobFits.ended,
            title,
            none: 'No job has ended yet: only ended jobs can be deleted.',
            unfit: 'has not ended',
          });
    const ended = jobs.filter(({ status }) => isJobEnded(status));
    const { question, detail, refusal } = deletionOf(jobs);
    if (refusal !== undefined) {
      const cancel = {
        title: 'Cancel Job',
        command: 'ombudsman.cancelJob',
        args: [jobs.map(({ job_id }) => job_id)],
      };
      throw new Refusal(refusal, [cancel], 'warning');
    }
    await confirm(question, 'Delete', detail);
    const words = { title, done: 'Deleted', participle: 'deleted' };
    await forEachJob(services, ended, words, ({ job_id }) =>
      services.session.call('jobs/delete', { job_id }),
    );
  },
};
