import type { Job, Operation } from '../../protocol/entities.ts';
import { ApiError } from '../../protocol/errors.ts';
import type { Snapshot } from '../../protocol/events.ts';
import type { Detail } from '../../protocol/params.ts';
import type { JobService } from '../jobs/service.ts';
import { withDetail } from '../jobs/views.ts';

const operationsPage = 500;

export interface SnapshotRequest {
  readonly operationsOf: Iterable<string>;
  readonly detail: Detail;
  /** False: of the jobs asked for only their own records. */
  readonly hasOperations: boolean;
  readonly recentJobs: number;
}

/**
 * Where a client starts from: live jobs and the latest ended ones, and every operation of the jobs it asked for (whose own
 * record is there too, however old). A job that does not exist is left out: it may have been deleted a moment ago.
 */
export async function buildSnapshot(service: JobService, request: SnapshotRequest): Promise<Snapshot> {
  const { operationsOf, detail, hasOperations, recentJobs } = request;
  const jobs = new Map<string, Job>(service.recentJobs(recentJobs).map((job) => [job.job_id, job]));
  const operations: Record<string, Operation[]> = {};
  for (const jobId of operationsOf) {
    try {
      const job = service.job(jobId) ?? (await service.handlers['jobs/get']({ job_id: jobId }));
      if (hasOperations) operations[jobId] = await readOperations(service, jobId, detail);
      if (!jobs.has(jobId)) jobs.set(jobId, job);
    } catch (error) {
      if (!ApiError.is(error, 'not_found')) throw error;
    }
  }
  return { jobs: [...jobs.values()], operations };
}

async function readOperations(service: JobService, jobId: string, detail: Detail): Promise<Operation[]> {
  const inMemory = service.operations(jobId);
  if (inMemory !== undefined) return inMemory.map((operation) => withDetail(operation, detail));
  const all: Operation[] = [];
  for (;;) {
    const page = await service.handlers['jobs/operations']({
      job_id: jobId,
      sort: 'index',
      detail,
      limit: operationsPage,
      offset: all.length,
    });
    all.push(...page.operations);
    if (page.operations.length === 0 || all.length >= page.total) return all;
  }
}
