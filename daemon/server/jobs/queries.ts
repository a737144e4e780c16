import { operationStatusSchema, type Operation, type OperationStatus } from '../../protocol/entities.ts';
import type { MethodParams, MethodResult } from '../../protocol/methods.ts';
import type { PlannedOperation } from '../../protocol/plan.ts';
import { exportJob } from './export/exportJob.ts';
import type { JobRegistry } from './jobRegistry.ts';
import { withDetail } from './views.ts';

/** failed_first: what needs a person, then what happens now, then what comes, then what has ended. */
const failedFirst: Record<OperationStatus, number> = {
  failed: 0,
  running: 1,
  pending: 2,
  skipped: 3,
  cancelled: 4,
  completed: 5,
};

/** A page of a job's operations. Those of one rank stand in the order of the batch, so that pages join. */
export async function pageOfOperations(
  registry: JobRegistry,
  params: MethodParams<'jobs/operations'>,
): Promise<MethodResult<'jobs/operations'>> {
  const { plan, statuses, view } = await registry.frames(params.job_id);
  const statusOf = (index: number): OperationStatus => statuses[index]?.status ?? 'pending';
  const wanted = wantedStatuses(params.status);
  const ids = params.operation_ids === undefined ? undefined : new Set(params.operation_ids);
  const search = params.search?.toLowerCase();
  const found = plan.operations.filter(
    ({ index, name, operation_id }) =>
      wanted.has(statusOf(index)) &&
      (ids === undefined || ids.has(operation_id)) &&
      (search === undefined || name.toLowerCase().includes(search) || operation_id.includes(search)),
  );
  const rank = ({ index }: PlannedOperation): number => failedFirst[statusOf(index)];
  if (params.sort === 'failed_first') found.sort((a, b) => rank(a) - rank(b) || a.index - b.index);
  const page = found.slice(params.offset, params.offset + params.limit);
  return { operations: page.map(({ index }) => withDetail(view(index), params.detail)), total: found.length };
}

function wantedStatuses(
  status: OperationStatus | OperationStatus[] | undefined,
): ReadonlySet<OperationStatus> {
  if (status === undefined) return new Set(operationStatusSchema.options);
  return new Set(Array.isArray(status) ? status : [status]);
}

export async function waitingOperations(
  registry: JobRegistry,
  { job_id }: MethodParams<'jobs/waiting'>,
): Promise<MethodResult<'jobs/waiting'>> {
  const { plan, statuses } = await registry.frames(job_id);
  const runner = registry.live.get(job_id)?.runner;
  const operations = plan.operations.flatMap(({ index, operation_id, name }) => {
    const waiting = statuses[index]?.status === 'pending' ? runner?.waiting(index) : undefined;
    return waiting === undefined ? [] : [{ operation_id, name, waiting }];
  });
  return { operations };
}

export async function exportOf(
  registry: JobRegistry,
  { job_id, format }: MethodParams<'jobs/export'>,
): Promise<MethodResult<'jobs/export'>> {
  const job = registry.requireJob(job_id);
  const { plan, view } = await registry.frames(job_id);
  const operations: Operation[] = plan.operations.map(({ index }) => view(index));
  return await exportJob(format, job, operations);
}
