import { openOperation } from '../contributions/documents/openDocument.ts';
import type { Command } from './command.ts';
import { jobFits } from './jobs/jobFits.ts';
import { operationFor } from './jobs/operationFor.ts';

export const showOperation: Command = {
  id: 'ombudsman.showOperation',
  needs: 'daemon',
  async run(services, ...args) {
    const { jobId, operationId } = await operationFor(services, args, {
      ...jobFits.any,
      title: 'Show Operation',
      none: 'There are no jobs yet.',
      unfit: '',
      noOperation: 'This job has no operations.',
    });
    await openOperation(services, jobId, operationId);
  },
};
