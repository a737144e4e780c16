import { openDifferences } from '../contributions/documents/openDocument.ts';
import type { Command } from './command.ts';
import { jobFits } from './jobs/jobFits.ts';
import { hasDifferences } from './jobs/jobItems.ts';
import { operationFor } from './jobs/operationFor.ts';

export const showDifferences: Command = {
  id: 'ombudsman.showDifferences',
  needs: 'daemon',
  async run(services, ...args) {
    const { jobId, operationId } = await operationFor(services, args, {
      ...jobFits.withFailures,
      title: 'Show Differences',
      none: 'No operation has failed in any job, so there are no differing rows.',
      unfit: 'has no failed operation, so it has no differing rows',
      operationStatuses: ['failed'],
      isWanted: hasDifferences,
      noOperation: 'No operation of this job wrote differing rows. “Show Failures” tells why they failed.',
    });
    await openDifferences(services, jobId, operationId);
  },
};
