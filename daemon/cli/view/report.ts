import stringWidth from 'string-width';
import type { Job, Operation } from '../../protocol/entities.ts';
import type { CheckResult } from '../../protocol/results.ts';
import type { Colors } from '../terminal.ts';
import { differencesText, expectedText } from '../../client/summary.ts';
import { renderByColumn, renderSamples } from './differences.ts';
import { nextSteps } from './nextSteps.ts';
import { findings, operationText, progressText, rowsText } from '../../client/summary.ts';
import { statusMark, statusText } from './summary.ts';
import { renderTable } from './table.ts';
import { formatBytes, formatDuration, oneLine, plural, visible } from '../../client/text.ts';
import { truncate } from './text.ts';

export interface ReportOptions {
  readonly width: number;
  readonly colors: Colors;
  /** How the reader starts this program again, for the commands to try next: `ombudsman`, `node dist/cli.mjs`. */
  readonly program: string;
  readonly maxRows?: number;
  readonly maxSamples?: number;
}

/** Longer texts stand whole below the table, and in `jobs show`. */
const maxResultColumns = 240;

function operationRow(operation: Operation, colors: Colors): string[] {
  const tries = operation.attempts.length > 1 ? ` (attempt ${operation.attempts.length})` : '';
  return [
    `${statusMark(operation.status, colors)} ${visible(operation.name)}`,
    statusText(operation.status, colors) + tries,
    operation.duration_ms === undefined ? '' : formatDuration(operation.duration_ms),
    rowsText(operation),
    truncate(operationText(operation), maxResultColumns),
  ];
}

/** Names are what a person looks for, so the result gives way first. */
function nameWidth(operations: readonly Operation[]): number {
  return Math.max(16, ...operations.map(({ name }) => Math.min(30, stringWidth(visible(name)) + 2)));
}

/** The operations, what needs attention first when not all fit into `maxRows` (default 40). */
export function renderOperations(operations: readonly Operation[], options: ReportOptions): string {
  const maxRows = options.maxRows ?? 40;
  const notable = operations.filter((operation) => operation.status !== 'completed');
  const rest = operations.filter((operation) => operation.status === 'completed');
  const shown = operations.length <= maxRows ? operations : [...notable, ...rest].slice(0, maxRows);
  const columns = [
    { head: 'operation', min: nameWidth(shown) },
    { head: 'status', min: 9 },
    { head: 'time', align: 'right' as const },
    { head: 'rows', align: 'right' as const },
    { head: 'result', min: 20 },
  ];
  const table = renderTable(
    columns,
    shown.map((operation) => operationRow(operation, options.colors)),
    options,
  );
  const hidden = operations.length - shown.length;
  return hidden === 0 ? table : `${table}\n… and ${plural(hidden, 'more operation')}`;
}

function renderCheck(check: CheckResult, options: ReportOptions): string[] {
  const { colors } = options;
  const mark = {
    error: colors.red('✖'),
    failed: colors.red('✖'),
    warning: colors.yellow('!'),
    skipped: colors.dim('○'),
  };
  const sign = check.status === 'passed' ? colors.green('✔') : mark[check.status];
  // The counts of differing rows say it all; a reason beside them would say it again.
  const reason = check.reason === undefined ? [] : [oneLine(check.reason)];
  const why =
    check.differences === undefined || check.status === 'error'
      ? [expectedText(check), ...reason].filter((part) => part !== '')
      : [differencesText(check.differences)];
  const layout = { width: options.width, colors, indent: 6 };
  const parts = [
    `  ${sign} ${colors.bold(visible(check.name))} ${check.status}${why.length > 0 ? `: ${why.join('; ')}` : ''}`,
    check.differences === undefined ? '' : renderByColumn(check.differences, layout),
    renderSamples(check, options.maxSamples ?? 5, layout),
  ];
  return parts.filter((part) => part !== '');
}

function renderArtifacts(operation: Operation, colors: Colors): string[] {
  return operation.artifacts.map(
    (artifact) =>
      `  ${colors.dim(artifact.kind === 'log' ? 'log     ' : 'evidence')} ${artifact.path} ${colors.dim(`(${formatBytes(artifact.bytes)})`)}`,
  );
}

function operationChecks(operation: Operation): { title: string; checks: readonly CheckResult[] }[] {
  const { result } = operation;
  if (result?.type === 'pipeline') return [{ title: '', checks: result.checks }];
  if (result?.type !== 'project_validation') return [];
  return result.pipelines.map((each) => ({ title: each.pipeline_id, checks: each.checks ?? [] }));
}

function renderEvidence(operation: Operation, colors: Colors): string[] {
  const evidence = operation.result?.evidence;
  if (evidence === undefined) return [];
  return (['source', 'target'] as const).flatMap((name) => {
    const side = evidence[name];
    if (side === undefined) return [];
    const system = `${side.system} ${side.version}`;
    const head = `  ${colors.dim(name.padEnd(8))} ${visible(side.connection)} (${visible(system)}), ${plural(side.rows_scanned, 'row')} read`;
    return [head, ...side.sql.map((sql) => `           ${colors.dim(oneLine(sql))}`)];
  });
}

/** One operation in full: its error, checks, samples, evidence and artifacts. */
export function renderOperation(
  operation: Operation,
  options: ReportOptions & { readonly isWhole?: boolean },
): string {
  const { colors } = options;
  const { error } = operation;
  const head = `${statusMark(operation.status, colors)} ${colors.bold(visible(operation.name))} ${colors.dim(operation.operation_id)}`;
  const lines = [`${head}  ${operationText(operation)}`];
  if (error?.hint !== undefined) lines.push(`  ${colors.cyan('hint:')} ${oneLine(error.hint)}`);
  for (const { title, checks } of operationChecks(operation)) {
    const shown = options.isWhole === true ? checks : findings(checks);
    if (title !== '' && shown.length > 0) lines.push(`  ${colors.underline(visible(title))}`);
    lines.push(...shown.flatMap((check) => renderCheck(check, options)));
  }
  if (options.isWhole === true) lines.push(...renderEvidence(operation, colors));
  return [...lines, ...renderArtifacts(operation, colors)].join('\n');
}

function headline(job: Job, colors: Colors): string {
  const time = job.duration_ms === undefined ? '' : ` in ${formatDuration(job.duration_ms)}`;
  const rows = job.progress.rows_processed > 0 ? `, ${plural(job.progress.rows_processed, 'row')}` : '';
  return `${statusMark(job.status, colors)} ${colors.bold(visible(job.job_name))} ${statusText(job.status, colors)}${time}: ${progressText(job)}${rows}`;
}

/** The table says why an operation failed; only a hint or files add something to that. */
function hasMoreToSay({ status, error, artifacts }: Operation): boolean {
  return status === 'failed' && (error?.hint !== undefined || artifacts.length > 0);
}

/** The end of a job for a person: the operations, what differs, where the evidence lies, what to try next. */
export function renderReport(job: Job, operations: readonly Operation[], options: ReportOptions): string {
  const { colors } = options;
  const needsAttention = operations.filter(
    (operation) =>
      hasMoreToSay(operation) ||
      findings(operationChecks(operation).flatMap((each) => each.checks)).length > 0,
  );
  const details = needsAttention.slice(0, 20).map((operation) => renderOperation(operation, options));
  const hidden = needsAttention.length - details.length;
  const steps = nextSteps(job, operations, options.program);
  const sections = [
    renderOperations(operations, options),
    ...(details.length > 0 ? [colors.bold('What differs or went wrong'), ...details] : []),
    ...(hidden > 0 ? [`… and ${plural(hidden, 'more operation')} with findings`] : []),
    headline(job, colors),
    ...(steps.length > 0
      ? [
          [
            colors.bold('What to try next'),
            ...steps.map((step) => `  ${step.command}\n      ${colors.dim(step.why)}`),
          ].join('\n'),
        ]
      : []),
  ];
  return `${sections.join('\n\n')}\n`;
}
