import type { Operation } from '../../daemon/protocol/entities.ts';
import type { Services } from '../platform/services.ts';
import { operationsOf, type OperationRef } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { groupedBy } from './groups.ts';
import { jobFits } from './jobs/jobFits.ts';
import { operationItem } from './jobs/jobItems.ts';
import { jobFor, jobOf, operationsOfJob } from './jobs/pickJobs.ts';
import { secretsOfJob } from './jobs/projectOfJob.ts';
import { forEachJob } from './jobs/steer.ts';
import { askOnce } from './ui/steps.ts';

const title = 'Retry Operations';
const retryable: readonly Operation['status'][] = ['failed', 'skipped', 'cancelled'];

export const retryOperation: Command = {
  id: 'ombudsman.retryOperation',
  needs: 'daemon',
  async run(services, ...args) {
    const given = operationsOf(args);
    const refs = given.length > 0 ? given : await pickRetryable(services, args);
    const idsOfJob = groupedBy(refs, ({ jobId }) => jobId);
    const jobs = await Promise.all([...idsOfJob.keys()].map((jobId) => jobOf(services, jobId)));
    const words = { title, done: 'Retrying', participle: 'retried' };
    await forEachJob(services, jobs, words, async (job) =>
      services.session.call('jobs/retry', {
        job_id: job.job_id,
        operation_ids: idsOfJob.get(job.job_id)?.map(({ operationId }) => operationId),
        secrets: await secretsOfJob(services, job),
      }),
    );
  },
};

async function pickRetryable(services: Services, args: readonly unknown[]): Promise<OperationRef[]> {
  const job = await jobFor(services, args, {
    ...jobFits.retryable,
    title,
    none: 'No job has operations that failed: there is nothing to retry.',
    unfit: 'has no operation that failed, so there is nothing to retry',
  });
  const operations = await operationsOfJob(services, job.job_id, retryable);
  if (operations.length === 0)
    throw new Refusal('All operations of this job are completed or still to come.');
  const picked = await askOnce(title, (ask) =>
    ask.pickMany({
      placeholder: 'Select operations to execute again',
      items: operations.map((operation) => operationItem(job.job_id, operation)),
      picked: ({ status }) => status === 'failed',
      nothingPicked: 'Tick at least one operation, or press Escape',
    }),
  );
  return picked.map(({ operation_id }) => ({ jobId: job.job_id, operationId: operation_id }));
}
