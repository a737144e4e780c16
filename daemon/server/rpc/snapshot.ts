import type { Job, Operation } from '../../protocol/entities.ts';
import { ApiError } from '../../protocol/errors.ts';
import type { Snapshot } from '../../protocol/events.ts';
import type { JobService } from '../jobs/service.ts';

const operationsPage = 500;

/**
 * Where a client starts from: live jobs and the latest ended ones, and every operation of the jobs it asked for (whose own
 * record is there too, however old). A job that does not exist is left out: it may have been deleted a moment ago.
 */
export async function buildSnapshot(
  service: JobService,
  operationsOf: readonly string[],
  recentJobs: number,
): Promise<Snapshot> {
  const jobs = new Map<string, Job>(service.recentJobs(recentJobs).map((job) => [job.job_id, job]));
  const operations: Record<string, Operation[]> = {};
  for (const jobId of operationsOf) {
    const known = await readJob(service, jobId);
    if (known === undefined) continue;
    if (!jobs.has(jobId)) jobs.set(jobId, known.job);
    operations[jobId] = known.operations;
  }
  return { jobs: [...jobs.values()], operations };
}

async function readJob(
  service: JobService,
  jobId: string,
): Promise<{ job: Job; operations: Operation[] } | undefined> {
  const inMemory = service.operations(jobId);
  try {
    const job = service.job(jobId) ?? (await service.handlers['jobs/get']({ job_id: jobId }));
    return { job, operations: inMemory ?? (await readOperations(service, jobId)) };
  } catch (error) {
    if (ApiError.is(error, 'not_found')) return undefined;
    throw error;
  }
}

async function readOperations(service: JobService, jobId: string): Promise<Operation[]> {
  const all: Operation[] = [];
  for (;;) {
    const page = await service.handlers['jobs/operations']({
      job_id: jobId,
      limit: operationsPage,
      offset: all.length,
    });
    all.push(...page.operations);
    if (page.operations.length === 0 || all.length >= page.total) return all;
  }
}
