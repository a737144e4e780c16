import type { Operation, OperationProgress, Waiting } from '../../daemon/protocol/entities.ts';
import { formatCount, formatDuration, formatTime } from '../../daemon/client/text.ts';
import { facts, short, spoken } from './format.ts';
import type { OperationNode } from './nodes.ts';
import { operationIcons, stoppingIcon, unheardIcon, type ItemIcon, type ViewItem } from './viewItem.ts';

/** The line of an operation under its job. */
export function operationItem(node: OperationNode, operation: Operation, isConnected: boolean): ViewItem {
  const label = short(operation.name);
  const description = operationText(operation);
  return {
    id: `${node.jobId}/${node.operationId}`,
    label,
    description,
    icon: iconOf(operation, isConnected),
    contextValue: operationTokens(operation).join(' '),
    accessibilityLabel: spoken('Operation', label, wordsOf(operation), description),
    children: 'none',
    command: { command: 'ombudsman.showOperation', title: 'Show Operation', arguments: [node] },
  };
}

function iconOf({ status, cancel_requested: isCancelling }: Operation, isConnected: boolean): ItemIcon {
  if (status !== 'running') return operationIcons[status];
  if (!isConnected) return unheardIcon;
  return isCancelling === true ? stoppingIcon : operationIcons.running;
}

function wordsOf({ status, cancel_requested: isCancelling }: Operation): string {
  if (status === 'running' && isCancelling === true) return 'cancelling';
  return status === 'pending' ? 'queued' : status;
}

/** What there is to say beside the name: how far, for what it waits, why it failed, how long it took. */
export function operationText(operation: Operation): string {
  const { status, attempts, duration_ms: durationMs, error } = operation;
  const attempt = attempts.length > 1 && `attempt ${attempts.length}`;
  const took = durationMs !== undefined && formatDuration(durationMs);
  switch (status) {
    case 'pending': {
      const waits = operation.waiting === undefined ? false : waitingText(operation.waiting);
      return facts(attempts.length > 0 && `${attempts.length} tried`, waits);
    }
    case 'running':
      return facts(
        operation.cancel_requested === true && 'cancelling',
        attempt,
        operation.progress !== undefined && progressText(operation.progress),
      );
    case 'failed':
      return facts(error === undefined ? false : errorText(error), attempt, took);
    case 'skipped':
      return short(operation.skip_reason ?? '');
    case 'completed':
      return facts(took, attempt);
    case 'cancelled':
      return facts('cancelled', took);
  }
}

/** What a failure says in one line; that the data differ needs no word before it. */
export function errorText(error: { readonly kind: string; readonly message: string }): string {
  const message = short(error.message, 160);
  return error.kind === 'checks_failed' ? message : `${error.kind}: ${message}`;
}

function progressText(progress: OperationProgress): string {
  const { phase, rows_done: rows, rows_total: allRows, steps_done: steps, steps_total: allSteps } = progress;
  const counted =
    rows > 0 || allRows !== undefined
      ? `${formatCount(rows)}${allRows === undefined ? '' : ` of ${formatCount(allRows)}`} rows`
      : allSteps !== undefined && `step ${Math.min(allSteps, (steps ?? 0) + 1)} of ${allSteps}`;
  return facts(phase !== undefined && short(phase, 80), counted);
}

/** The limit a pending operation waits for, and who holds it. */
export function waitingText(waiting: Waiting): string {
  const limit = waiting.limit === undefined ? '' : ` (${waiting.limit} at once)`;
  const names = waiting.holders.slice(0, 2).map((holder) => short(holder.name, 60));
  const more = waiting.holders.length > 2 ? ` and ${waiting.holders.length - 2} more` : '';
  const holders = names.length === 0 ? '' : `${names.join(', ')}${more}`;
  switch (waiting.for) {
    case 'daemon':
      return `waits for a slot of the daemon${limit}`;
    case 'job':
      return `waits for a slot${limit}`;
    case 'connection':
      return `waits for connection ${short(waiting.name ?? '', 60)}${limit}`;
    case 'dependency':
      return `waits for ${holders === '' ? 'what it depends on' : holders}`;
    case 'order':
      return 'waits for its turn';
    case 'retry':
      return waiting.until === undefined
        ? 'waits to be tried again'
        : `tried again at ${formatTime(waiting.until).slice(11)}`;
    case 'paused':
      return 'waits until the job is resumed';
    case 'engine':
      return 'waits for the engine';
  }
}

function operationTokens({ status, artifacts }: Operation): string[] {
  const tokens: readonly (readonly [string, boolean])[] = [
    [status, true],
    ['retryable', status === 'failed' || status === 'skipped' || status === 'cancelled'],
    ['hasDifferences', artifacts.some(({ kind }) => kind === 'differences')],
  ];
  return ['operation', ...tokens.flatMap(([token, holds]) => (holds ? [token] : []))];
}
