/** What the Jobs view can be filtered by, and dates as people type them. Free of vscode. */
import type { JobFilter } from '../../platform/services.ts';
import { filterText, isEmptyFilter } from '../../views/jobFilter.ts';
import type { PickItem } from '../ui/steps.ts';

export type Criterion = 'status' | 'job_type' | 'project' | 'text' | 'date' | 'clear';

/** Each with what it is set to now. */
export function criteria(filter: JobFilter): PickItem<Criterion>[] {
  const { status, job_type, project_id, search, created_after, created_before } = filter;
  const clear: PickItem<Criterion> = {
    label: '$(clear-all) Clear filter',
    description: filterText(filter),
    value: 'clear',
  };
  return [
    { label: '$(pulse) Status', description: filterText({ status }), value: 'status' },
    { label: '$(symbol-class) Type', description: filterText({ job_type }), value: 'job_type' },
    { label: '$(project) Project', description: filterText({ project_id }), value: 'project' },
    { label: '$(search) Text', description: filterText({ search }), value: 'text' },
    {
      label: '$(calendar) Date',
      description: filterText({ created_after, created_before }),
      value: 'date',
    },
    ...(isEmptyFilter(filter) ? [] : [clear]),
  ];
}

export type DateRange = Pick<JobFilter, 'created_after' | 'created_before'>;

/** Whole days of this machine's clock. */
export function dateRanges(now: Date): { label: string; range: DateRange | 'custom' }[] {
  const since = (days: number): DateRange => {
    const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
    return { created_after: day.toISOString(), created_before: undefined };
  };
  return [
    { label: 'Today', range: since(0) },
    { label: 'Last 7 days', range: since(6) },
    { label: 'Last 30 days', range: since(29) },
    { label: 'From … to …', range: 'custom' },
    { label: 'Any date', range: { created_after: undefined, created_before: undefined } },
  ];
}

/** What is wrong with a typed day; `from` is the day before which it must not lie. */
export function dateProblem(text: string, from?: string): string | null {
  const day = readDay(text);
  if (text.trim() !== '' && day === null) return 'Expected a day such as 2026-01-31';
  const first = from === undefined ? null : readDay(from);
  return day !== null && first !== null && day < first ? `Expected a day that is not before ${from}` : null;
}

/** The first moment of a typed day; undefined for none. */
export function dayStart(text: string): string | undefined {
  return readDay(text)?.toISOString();
}

/** The first moment after a typed day, which is not of it any more. */
export function dayEnd(text: string): string | undefined {
  const day = readDay(text);
  if (day === null) return undefined;
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).toISOString();
}

function readDay(text: string): Date | null {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim()) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  // 2026-02-30 would become a day in March.
  return date.getMonth() === Number(month) - 1 && date.getDate() === Number(day) ? date : null;
}
