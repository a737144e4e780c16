import type { Job, Operation, Waiting } from '../protocol/entities.ts';
import type { CheckResult, CheckSummary, Differences, OperationResult } from '../protocol/results.ts';
import { formatCount, oneLine, plural, visible } from './text.ts';

/** Checks that keep a result from being clean, the worst first. */
export function findings(checks: readonly CheckResult[]): CheckResult[] {
  const order = ['error', 'failed', 'warning', 'skipped'];
  return checks
    .filter((check) => check.status !== 'passed')
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

function checkSummaryText(summary: CheckSummary): string {
  const total = summary.passed + summary.failed + summary.warned + summary.skipped + summary.errored;
  const bad = [
    summary.failed > 0 ? `${summary.failed} failed` : '',
    summary.errored > 0 ? `${summary.errored} could not run` : '',
    summary.skipped > 0 ? `${summary.skipped} skipped` : '',
    summary.warned > 0 ? `${summary.warned} with warnings` : '',
  ].filter((part) => part !== '');
  return bad.length === 0
    ? `${plural(total, 'check')} passed`
    : `${plural(total, 'check')}: ${bad.join(', ')}`;
}

/** What an operation did, in one line. */
export function resultText(result: OperationResult): string {
  switch (result.type) {
    case 'pipeline': {
      const names = findings(result.checks)
        .filter((check) => check.status === 'failed' || check.status === 'error')
        .map((check) => check.name);
      const listed = names.length === 0 ? '' : ` (${names.join(', ')})`;
      return checkSummaryText(result.summary) + listed;
    }
    case 'data_generation': {
      const rows = result.tables.reduce((sum, table) => sum + table.rows, 0);
      const faults =
        result.faults_planted === undefined
          ? ''
          : `, ${plural(result.faults_planted.total, 'fault')} planted`;
      return `${plural(result.tables.length, 'table')}, ${plural(rows, 'row')}, seed ${result.seed}${faults}`;
    }
    case 'project_validation': {
      const failed = result.pipelines.filter((pipeline) => pipeline.status === 'failed');
      const names =
        failed.length === 0 ? '' : `; failed: ${failed.map((each) => each.pipeline_id).join(', ')}`;
      return `${result.summary.completed} of ${plural(result.summary.total, 'pipeline')} passed${names}`;
    }
    case 'metadata_extraction': {
      const { counts } = result;
      const gaps = result.unreadable.length === 0 ? '' : `, ${result.unreadable.length} not readable`;
      return `${plural(counts.tables, 'table')}, ${plural(counts.views, 'view')}, ${plural(counts.columns, 'column')}${gaps}`;
    }
    case 'command':
      return result.signal === undefined ? `exit code ${result.exit_code}` : `ended by ${result.signal}`;
    case 'noop':
      return 'nothing to do';
  }
}

/** Why an operation is where it is, in one line: its result, its error, or what it waits for. */
export function operationText(operation: Operation): string {
  if (operation.error !== undefined && operation.error.kind !== 'checks_failed') {
    return oneLine(`${operation.error.kind}: ${operation.error.message}`);
  }
  if (operation.result !== undefined) return oneLine(resultText(operation.result));
  if (operation.error !== undefined) return oneLine(operation.error.message);
  if (operation.skip_reason !== undefined) return oneLine(operation.skip_reason);
  if (operation.waiting !== undefined) return waitingText(operation.waiting);
  return '';
}

/** `4,000 = 4,000` scanned on both sides, `12,345 written`; '' while there is no evidence. */
export function rowsText(operation: Operation): string {
  const { result } = operation;
  const evidence = result?.evidence;
  if (evidence === undefined) return '';
  if (result?.type === 'project_validation') {
    if (result.pipelines.every((each) => each.evidence === undefined)) return '';
    const rows = (name: 'source' | 'target') =>
      result.pipelines.reduce((sum, each) => sum + (each.evidence?.[name]?.rows_scanned ?? 0), 0);
    return `${formatCount(rows('source'))} ⇄ ${formatCount(rows('target'))}`;
  }
  if (evidence.rows_written !== undefined) return `${formatCount(evidence.rows_written)} written`;
  const { source, target } = evidence;
  if (source !== undefined && target !== undefined) {
    return `${formatCount(source.rows_scanned)} ⇄ ${formatCount(target.rows_scanned)}`;
  }
  const one = source ?? target;
  return one === undefined ? '' : formatCount(one.rows_scanned);
}

/** What a pending operation waits for, and who holds it. */
export function waitingText(waiting: Waiting): string {
  const name = waiting.name === undefined ? '' : ` ${visible(waiting.name)}`;
  const limit = waiting.limit === undefined ? '' : ` (limit ${waiting.limit})`;
  const held = waiting.holders.slice(0, 3).map((holder) => visible(holder.name));
  const more = waiting.holders.length > 3 ? ` and ${waiting.holders.length - 3} more` : '';
  const by = held.length === 0 ? '' : `, held by ${held.join(', ')}${more}`;
  switch (waiting.for) {
    case 'daemon':
      return `waits for a slot of the daemon${limit}${by}`;
    case 'job':
      return `waits for a slot of its job${limit}${by}`;
    case 'connection':
      return `waits for connection${name}${limit}${by}`;
    case 'dependency':
      return `waits for${held.length > 0 ? ` ${held.join(', ')}${more}` : name}`;
    case 'order':
      return `waits for its turn${by}`;
    case 'retry':
      return waiting.until === undefined ? 'waits to be tried again' : `tries again at ${waiting.until}`;
    case 'paused':
      return 'waits: the job is paused';
    case 'engine':
      return 'waits for the engine';
  }
}

/** `4 of 6 completed, 2 failed`. */
export function progressText(job: Job): string {
  const { progress } = job;
  const parts = [
    `${formatCount(progress.completed)} of ${formatCount(progress.total)} completed`,
    progress.failed > 0 ? `${formatCount(progress.failed)} failed` : '',
    progress.skipped > 0 ? `${formatCount(progress.skipped)} skipped` : '',
    progress.cancelled > 0 ? `${formatCount(progress.cancelled)} cancelled` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** `3 missing, 2 extra, 7 changed, 1 duplicate`: rows of the source that the target lacks are missing. */
export function differencesText(differences: Differences): string {
  const parts = [
    [differences.missing, 'missing'],
    [differences.extra, 'extra'],
    [differences.value, 'changed'],
    [differences.duplicate, 'duplicate'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${formatCount(count)} ${word}`);
  return told.length === 0 ? 'no differing rows' : told.join(', ');
}

const maxShortText = 60;

/** `source 0, target 2` for what a result holds as `{"source":0,"target":2}`. */
function inWords(content: unknown): string {
  if (Array.isArray(content)) return content.map(inWords).join(', ');
  if (typeof content !== 'object' || content === null) return String(content);
  const isFlat = Object.values(content).every((value) => typeof value !== 'object' || value === null);
  return Object.entries(content)
    .map(([key, value]) => `${key} ${isFlat ? inWords(value) : `(${inWords(value)})`}`)
    .join(', ');
}

/** Expected and actual of a check in a few words, '' where there is nothing short to say. */
export function expectedText(check: Pick<CheckResult, 'expected' | 'actual'>): string {
  const short = (content: unknown): string | null => {
    if (content === null || content === undefined) return null;
    const text = inWords(content);
    return text.length > maxShortText ? null : visible(text);
  };
  const expected = short(check.expected);
  const actual = short(check.actual);
  return expected === null || actual === null ? '' : `expected ${expected}, got ${actual}`;
}
