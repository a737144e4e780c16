import type { Job, JobStatus, JobType } from '../../daemon/protocol/entities.ts';
import type { MethodInput } from '../../daemon/protocol/methods.ts';
import type { JobFilter } from '../platform/services.ts';
import { facts, formatDate, short } from './format.ts';
import { isEnded, jobWords } from './viewItem.ts';

const endedStatuses: readonly JobStatus[] = ['completed', 'partial_success', 'failed', 'cancelled'];

export const typeWords: Readonly<Record<JobType, string>> = {
  bulk_pipeline_execution: 'pipelines',
  batch_data_generation: 'data generation',
  multi_project_validation: 'project validation',
  bulk_metadata_extraction: 'metadata extraction',
  mixed: 'mixed',
};

/** True if the filter keeps nothing out. */
export function isEmptyFilter(filter: JobFilter): boolean {
  const { status = [], job_type: type = [], project_id: project, search = '' } = filter;
  const hasDates = filter.created_after !== undefined || filter.created_before !== undefined;
  return (
    status.length === 0 && type.length === 0 && project === undefined && search.trim() === '' && !hasDates
  );
}

/** The same test as `jobs/list` makes, for jobs that are known here: what events tell must not need a question to the daemon. */
export function matchesFilter(job: Job, filter: JobFilter): boolean {
  const { status = [], job_type: type = [], project_id: project, search } = filter;
  if (status.length > 0 && !status.includes(job.status)) return false;
  if (type.length > 0 && !type.includes(job.job_type)) return false;
  if (project !== undefined && job.project_id !== project) return false;
  const createdMs = Date.parse(job.created_at);
  if (filter.created_after !== undefined && createdMs < Date.parse(filter.created_after)) return false;
  if (filter.created_before !== undefined && createdMs >= Date.parse(filter.created_before)) return false;
  const wanted = search?.trim().toLowerCase() ?? '';
  if (wanted === '') return true;
  return [job.job_name, job.project_id ?? '', ...job.tags, job.job_id]
    .join('\n')
    .toLowerCase()
    .includes(wanted);
}

/** What to ask `jobs/list` for the ended jobs that match; null if the filter wants live ones only. */
export function endedQuery(filter: JobFilter): MethodInput<'jobs/list'> | null {
  const wanted = (filter.status ?? []).length === 0 ? endedStatuses : filter.status?.filter(isEnded);
  if (wanted === undefined || wanted.length === 0) return null;
  const search = filter.search?.trim() ?? '';
  return {
    status: [...wanted],
    ...((filter.job_type ?? []).length > 0 && { job_type: [...(filter.job_type ?? [])] }),
    ...(filter.project_id !== undefined && { project_id: filter.project_id }),
    ...(search !== '' && { search }),
    ...(filter.created_after !== undefined && { created_after: filter.created_after }),
    ...(filter.created_before !== undefined && { created_before: filter.created_before }),
    sort: '-finished_at',
  };
}

/** `failed, cancelled · since 2026-01-31 · "daily"`: what stands beside the view's title while it is filtered. */
export function filterText(filter: JobFilter): string {
  const search = filter.search?.trim() ?? '';
  return facts(
    (filter.status ?? []).map((status) => jobWords[status]).join(', '),
    (filter.job_type ?? []).map((type) => typeWords[type]).join(', '),
    filter.project_id !== undefined && short(filter.project_id, 60),
    filter.created_after !== undefined && `since ${formatDate(filter.created_after)}`,
    filter.created_before !== undefined && `before ${formatDate(filter.created_before)}`,
    search !== '' && `"${short(search, 60)}"`,
  );
}
