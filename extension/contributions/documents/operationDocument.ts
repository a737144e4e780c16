import type { ContentRequest, DocumentContent } from './documentContent.ts';
import { fileLink } from './fileLink.ts';
import { renderOperation } from './operationText.ts';
import { learnOnce, refreshedContent } from './refreshedContent.ts';

/** One operation in full, as it stands now. */
export function operationContent(request: ContentRequest<'operation'>): DocumentContent {
  const { services, address } = request;
  const load = async (): Promise<string> => {
    const { session, jobs } = services;
    const [job, { operations }] = await Promise.all([
      session.call('jobs/get', { job_id: address.jobId }),
      session.call('jobs/operations', {
        job_id: address.jobId,
        operation_ids: [address.operationId],
        detail: 'full',
      }),
    ]);
    learnOnce(jobs, job);
    const [operation] = operations;
    if (operation === undefined)
      throw new Error(`Job ${job.job_id} has no operation ${address.operationId}.`);
    return renderOperation(job, operation, (path) => fileLink(path));
  };
  return refreshedContent({
    services,
    jobId: address.jobId,
    what: 'The operation',
    load,
    onDidChange: request.onDidChange,
    follows: 'changes',
  });
}
