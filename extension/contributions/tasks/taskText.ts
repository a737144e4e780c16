import { findings, operationText, progressText } from '../../../daemon/client/summary.ts';
import { formatDuration, oneLine, plural, visible } from '../../../daemon/client/text.ts';
import type { Job, JobStatus, Operation, OperationStatus } from '../../../daemon/protocol/entities.ts';
import type { Diagnostic } from '../../../daemon/protocol/errors.ts';
import type { Plan } from '../../../daemon/protocol/answers.ts';
import type { CheckResult } from '../../../daemon/protocol/results.ts';
import { checkText } from '../checkText.ts';

const maxFailures = 20;
const maxOperations = 200;

const marks: Record<OperationStatus | JobStatus, string> = {
  pending: '·',
  running: '▸',
  paused: '⏸',
  completed: '\u001b[32m✔\u001b[0m',
  partial_success: '\u001b[33m◐\u001b[0m',
  failed: '\u001b[31m✖\u001b[0m',
  skipped: '○',
  cancelled: '\u001b[35m■\u001b[0m',
};

/** `/path/daily.batch.yaml:3:5 error unknown pipeline …`: what the problem matcher `$ombudsman` reads. */
export function diagnosticLines({ file, line, column, severity, message, hint }: Diagnostic): string[] {
  const text = oneLine(message);
  // Nobody wrote the lines of a request, so a place in it would send people looking for a file.
  const first = file.startsWith('(')
    ? `${severity} ${text}`
    : `${file}:${line}:${column} ${severity} ${text}`;
  return hint === undefined ? [first] : [first, `  hint: ${oneLine(hint)}`];
}

/** `[3/6] ✔ completed dim_customer_validation in 1.2 s: 6 checks passed` */
export function endedLine(operation: Operation, position: number, total: number): string {
  const { status, name, duration_ms: durationMs } = operation;
  const time = durationMs === undefined ? '' : ` in ${formatDuration(durationMs)}`;
  const text = operationText(operation);
  return `[${position}/${total}] ${marks[status]} ${status} ${visible(name)}${time}${text === '' ? '' : `: ${text}`}`;
}

/** `still running: 12 of 40 completed (3 running: a, b, c), about 8 s left` */
export function stillLine({ status, progress, ...job }: Job): string {
  const names = progress.current_operations.slice(0, 3).map(visible).join(', ');
  const running = progress.running === 0 ? '' : ` (${progress.running} running: ${names})`;
  const eta = progress.eta_ms === null ? '' : `, about ${formatDuration(progress.eta_ms)} left`;
  return `still ${status}: ${progressText({ ...job, status, progress })}${running}${eta}`;
}

/** What failed and why, then how the job ended. */
export function endLines(job: Job, failed: readonly Operation[]): string[] {
  const shown = failed.slice(0, maxFailures);
  const hidden = failed.length - shown.length;
  const time = job.duration_ms === undefined ? '' : ` in ${formatDuration(job.duration_ms)}`;
  const rows = job.progress.rows_processed > 0 ? `, ${plural(job.progress.rows_processed, 'row')}` : '';
  return [
    ...(shown.length > 0 ? ['', 'What differs or went wrong', ...shown.flatMap(failureLines)] : []),
    ...(hidden > 0 ? [`… and ${plural(hidden, 'more operation')} with failures`] : []),
    '',
    `${marks[job.status]} ${visible(job.job_name)} ${job.status}${time}: ${progressText(job)}${rows}`,
  ];
}

function failureLines(operation: Operation): string[] {
  const { error, name, operation_id: id } = operation;
  const head = `${marks.failed} ${visible(name)} (${id}): ${operationText(operation)}`;
  return [
    head,
    ...checksOf(operation).flatMap(({ pipeline, checks }) => [
      ...(pipeline === '' || checks.length === 0 ? [] : [`    ${visible(pipeline)}`]),
      ...checks.map((check) => `    ${checkText(check)}`),
    ]),
    ...(error?.hint === undefined ? [] : [`    hint: ${oneLine(error.hint)}`]),
    ...operation.artifacts.map(({ kind, path }) => `    ${kind}: ${path}`),
  ];
}

function checksOf({ result }: Operation): { readonly pipeline: string; readonly checks: CheckResult[] }[] {
  if (result?.type === 'pipeline') return [{ pipeline: '', checks: findings(result.checks) }];
  if (result?.type !== 'project_validation') return [];
  return result.pipelines.map((each) => ({
    pipeline: each.pipeline_id,
    checks: findings(each.checks ?? []),
  }));
}

/** The answer of a dry run. */
export function planLines(plan: Plan): string[] {
  const head = `${visible(plan.job_name)}: ${plural(plan.total_operations, 'operation')}, at most ${plan.max_parallel} at once`;
  const shown = plan.operations.slice(0, maxOperations).map((operation) => {
    const after =
      operation.depends_on.length === 0 ? '' : `, after ${operation.depends_on.map(visible).join(', ')}`;
    const connections =
      operation.connections.length === 0 ? '' : ` [${operation.connections.map(visible).join(', ')}]`;
    return `  ${operation.operation_id} ${visible(operation.name)}: ${visible(operation.description)}${connections}${after}`;
  });
  const hidden = plan.total_operations - shown.length;
  return [
    head,
    ...shown,
    ...(hidden > 0 ? [`  … and ${plural(hidden, 'more operation')}`] : []),
    '',
    'Nothing was run (dry run).',
  ];
}
