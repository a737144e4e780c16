/** What “Clear Finished Jobs” offers. Free of vscode. */
import type { JobStatus } from '../../../daemon/protocol/entities.ts';
import type { MethodInput } from '../../../daemon/protocol/methods.ts';
import type { JobFilter } from '../../platform/services.ts';
import { endedQuery, filterText, isEmptyFilter } from '../../views/jobFilter.ts';

export interface Clearing {
  readonly label: string;
  readonly query: MethodInput<'jobs/list'>;
}

const ended: JobStatus[] = ['completed', 'partial_success', 'failed', 'cancelled'];
const dayMs = 24 * 3_600_000;

/** Of all projects, but for the filter of the Jobs view, which is offered first. */
export function clearings(filter: JobFilter, now: Date): Clearing[] {
  const olderThan = (days: number): Clearing => ({
    label: `Ended jobs older than ${days} days`,
    query: { status: ended, created_before: new Date(now.getTime() - days * dayMs).toISOString() },
  });
  const filtered = isEmptyFilter(filter) ? null : endedQuery(filter);
  return [
    ...(filtered === null
      ? []
      : [{ label: `Ended jobs in the filter: ${filterText(filter)}`, query: filtered }]),
    { label: 'Completed jobs', query: { status: ['completed'] } },
    { label: 'Cancelled jobs', query: { status: ['cancelled'] } },
    olderThan(7),
    olderThan(30),
    { label: 'All ended jobs', query: { status: ended } },
  ];
}
