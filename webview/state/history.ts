import * as z from 'zod';
import type { JobStatus } from '../../daemon/protocol/entities.ts';
import type { MethodInput } from '../../daemon/protocol/methods.ts';

export const endedStatuses = [
  'completed',
  'partial_success',
  'failed',
  'cancelled',
] as const satisfies readonly JobStatus[];
export const pageSizes = [25, 50, 100, 250, 500] as const;
export const jobTypes = [
  'bulk_pipeline_execution',
  'batch_data_generation',
  'multi_project_validation',
  'bulk_metadata_extraction',
  'mixed',
] as const;
const sorts = [
  'created_at',
  '-created_at',
  'finished_at',
  '-finished_at',
  'duration_ms',
  '-duration_ms',
  'job_name',
  '-job_name',
  'status',
  '-status',
] as const;

/** What History shows. Empty text: no filter. Days as in a date field, `2026-01-31`, of the person's own time zone. */
export const historySchema = z.object({
  status: z.enum(['', ...endedStatuses]).catch(''),
  type: z.enum(['', ...jobTypes]).catch(''),
  project: z.string().catch(''),
  tag: z.string().catch(''),
  text: z.string().catch(''),
  from: z.string().catch(''),
  to: z.string().catch(''),
  sort: z.enum(sorts).catch('-finished_at'),
  page_size: z.number().catch(50),
  page: z.number().int().min(0).catch(0),
});
export type HistoryView = z.infer<typeof historySchema>;

export function isFiltered(view: HistoryView): boolean {
  const { status, type, project, tag, text, from, to } = view;
  return [status, type, project, tag, text, from, to].some((value) => value !== '');
}

/** The call that answers with the page. A day that is not one filters nothing. */
export function historyQuery(view: HistoryView): MethodInput<'jobs/list'> {
  const from = startOfDay(view.from, 0);
  const to = startOfDay(view.to, 1);
  return {
    status: view.status === '' ? [...endedStatuses] : view.status,
    ...(view.type === '' ? {} : { job_type: view.type }),
    ...(view.project === '' ? {} : { project_id: view.project }),
    ...(view.tag.trim() === '' ? {} : { tags: [view.tag.trim()] }),
    ...(view.text.trim() === '' ? {} : { search: view.text.trim() }),
    ...(from === undefined ? {} : { created_after: from }),
    ...(to === undefined ? {} : { created_before: to }),
    sort: view.sort,
    limit: view.page_size,
    offset: view.page * view.page_size,
  };
}

function startOfDay(day: string, daysLater: number): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (match === null) return undefined;
  return new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + daysLater).toISOString();
}

/** A click on a column: descending first where the newest or longest is looked for, then the other way. */
export function nextSort(current: HistoryView['sort'], column: string): HistoryView['sort'] {
  const isTextColumn = column === 'job_name' || column === 'status';
  const [first, second] = isTextColumn ? [column, `-${column}`] : [`-${column}`, column];
  return sorts.find((each) => each === (current === first ? second : first)) ?? current;
}
