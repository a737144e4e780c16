import type { Attempt, Operation, OperationStatus } from '../../daemon/protocol/entities.ts';
import { formatDuration, formatRunning, formatTime, plural, visible } from './format.ts';

export const operationFilters = [
  '',
  'failed',
  'running',
  'pending',
  'completed',
  'skipped',
  'cancelled',
] as const;
export type OperationFilter = (typeof operationFilters)[number];

/** Those of a status whose name, id or error holds the text, in the order of the batch. */
export function filterOperations(
  operations: Iterable<Operation>,
  status: OperationFilter,
  text: string,
): Operation[] {
  const wanted = text.trim().toLowerCase();
  const fitting: Operation[] = [];
  for (const operation of operations) {
    if (status !== '' && operation.status !== status) continue;
    if (wanted !== '' && !holds(operation, wanted)) continue;
    fitting.push(operation);
  }
  return fitting.sort((a, b) => a.index - b.index);
}

function holds({ name, operation_id, error }: Operation, wanted: string): boolean {
  return [name, operation_id, error?.message, error?.kind].some(
    (part) => part !== undefined && part.toLowerCase().includes(wanted),
  );
}

export function countByStatus(operations: Iterable<Operation>): ReadonlyMap<OperationStatus, number> {
  const counts = new Map<OperationStatus, number>();
  for (const { status } of operations) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

export function operationDuration(operation: Operation, nowMs: number): string {
  if (operation.duration_ms !== undefined && operation.status !== 'running') {
    return formatDuration(operation.duration_ms);
  }
  if (operation.status !== 'running' || operation.started_at === undefined) return '–';
  return formatRunning(Math.max(0, nowMs - Date.parse(operation.started_at)));
}

/** `2026-01-31 12:00:00, 4.2 s, checks failed`: one try in one line. Only the last try ended as the operation did. */
export function attemptText(
  { started_at, finished_at, error }: Attempt,
  status: OperationStatus | undefined,
): string {
  if (finished_at === undefined) return `${formatTime(started_at)}, under way`;
  const took = formatDuration(Math.max(0, Date.parse(finished_at) - Date.parse(started_at)));
  const end = error?.kind.replaceAll('_', ' ') ?? (status === 'completed' ? 'completed' : 'cancelled');
  return `${formatTime(started_at)}, ${took}, ${end}`;
}

/** What is to be known of it in one line: why it failed, waits or was skipped, or how far it is. */
export function operationNote(operation: Operation): string {
  const { status, error, skip_reason, waiting, progress } = operation;
  if (error !== undefined && status !== 'completed') return visible(error.message, 300);
  if (skip_reason !== undefined) return visible(skip_reason, 300);
  if (status === 'pending' && waiting !== undefined) return waitingText(waiting);
  if (status !== 'running' || progress === undefined) return '';
  const rows =
    progress.rows_total === undefined
      ? plural(progress.rows_done, 'row')
      : `${plural(progress.rows_done, 'row')} of ${plural(progress.rows_total, 'row')}`;
  return progress.phase === undefined ? rows : `${visible(progress.phase, 60)}: ${rows}`;
}

function waitingText(waiting: NonNullable<Operation['waiting']>): string {
  const name = waiting.name === undefined ? '' : ` ${visible(waiting.name, 100)}`;
  const limit = waiting.limit === undefined ? '' : ` (limit ${waiting.limit})`;
  switch (waiting.for) {
    case 'daemon':
      return `Waits for a free place in the daemon${limit}`;
    case 'job':
      return `Waits for a free place in the job${limit}`;
    case 'connection':
      return `Waits for the connection${name}${limit}`;
    case 'dependency':
      return `Waits for${name === '' ? ' another operation' : name}`;
    case 'order':
      return 'Waits for the operation before it';
    case 'retry':
      return 'Waits before it is tried again';
    case 'paused':
      return 'The job is paused';
    case 'engine':
      return 'Waits for the engine to start';
  }
}
