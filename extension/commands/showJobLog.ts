import { openJobLog } from '../contributions/documents/openDocument.ts';
import { operationsOf } from './arguments.ts';
import type { Command } from './command.ts';
import { jobFits } from './jobs/jobFits.ts';
import { jobFor } from './jobs/pickJobs.ts';

export const showJobLog: Command = {
  id: 'ombudsman.showJobLog',
  needs: 'daemon',
  async run(services, ...args) {
    const [operation] = operationsOf(args);
    if (operation !== undefined) {
      await openJobLog(services, operation.jobId, operation.operationId);
      return;
    }
    const choice = { ...jobFits.any, title: 'Show Job Log', none: 'There are no jobs yet.', unfit: '' };
    const { job_id } = await jobFor(services, args, choice);
    await openJobLog(services, job_id);
  },
};
