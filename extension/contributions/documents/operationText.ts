import { operationText as summaryText } from '../../../daemon/client/summary.ts';
import { formatBytes, formatDuration, formatTime } from '../../../daemon/client/text.ts';
import type { Attempt, Job, Operation } from '../../../daemon/protocol/entities.ts';
import type { OperationError } from '../../../daemon/protocol/errors.ts';
import { cell, code, fenced, table } from './markdownText.ts';
import { renderEvidence, renderResult } from './resultSections.ts';

/** One operation with all that is known of it, as Markdown. `fileUri` turns an absolute path into a URI. */
export function renderOperation(
  job: Pick<Job, 'job_id' | 'job_name'>,
  operation: Operation,
  fileUri: (path: string) => string,
): string {
  const { error, result } = operation;
  const sections = [
    `# ${code(operation.name)}: ${operation.status}`,
    factLines(job, operation).join('\n'),
    ...(error === undefined ? [] : errorLines(error)),
    ...(result === undefined ? [] : renderResult(result)),
    ...(result === undefined ? [] : renderEvidence(result)),
    ...attemptLines(operation.attempts),
    ...artifactLines(operation, fileUri),
  ];
  return `${sections.join('\n\n')}\n`;
}

function factLines(job: Pick<Job, 'job_id' | 'job_name'>, operation: Operation): string[] {
  const { started_at: startedAt, finished_at: finishedAt, duration_ms: durationMs } = operation;
  const summary = summaryText(operation);
  const facts = [
    summary === '' ? '' : `Result: ${code(summary)}`,
    `Job: ${code(job.job_name)}, ${code(job.job_id)}`,
    `Operation: ${operation.operation_id}, ${operation.type}`,
    startedAt === undefined ? '' : `Started: ${formatTime(startedAt)}`,
    finishedAt === undefined ? '' : `Finished: ${formatTime(finishedAt)}`,
    durationMs === undefined ? '' : `Took: ${formatDuration(durationMs)}`,
    operation.depends_on.length === 0 ? '' : `After: ${operation.depends_on.map(code).join(', ')}`,
    operation.cancel_requested === true && operation.status === 'running'
      ? 'A person asked to cancel it; it is not yet confirmed dead.'
      : '',
  ];
  return facts.filter((fact) => fact !== '').map((fact) => `- ${fact}`);
}

function errorLines({ kind, code: errorCode, message, hint, details, stack }: OperationError): string[] {
  return [
    '## Error',
    `Kind: **${kind}** (${code(errorCode)})`,
    fenced(message, 'text'),
    ...(hint === undefined ? [] : ['What to do:', fenced(hint, 'text')]),
    // Those of failed checks are the checks, which have a section of their own.
    ...(details === undefined || Object.keys(details).length === 0 || kind === 'checks_failed'
      ? []
      : ['Details:', fenced(JSON.stringify(details, null, 2), 'json')]),
    ...(stack === undefined ? [] : ['Stack:', fenced(stack, 'text')]),
  ];
}

function attemptLines(attempts: readonly Attempt[]): string[] {
  if (attempts.length === 0) return [];
  const rows = attempts.map((each) => [
    String(each.attempt),
    formatTime(each.started_at),
    each.finished_at === undefined
      ? ''
      : formatDuration(Date.parse(each.finished_at) - Date.parse(each.started_at)),
    each.error === undefined ? '' : cell(`${each.error.kind}: ${each.error.message}`, 200),
  ]);
  return ['## Attempts', table(['attempt', 'started', 'time', 'error'], rows)];
}

function artifactLines({ artifacts }: Operation, fileUri: (path: string) => string): string[] {
  if (artifacts.length === 0) return [];
  const lines = artifacts.map(
    ({ kind, name, bytes, path }) => `- ${kind}: ${code(name)}, ${formatBytes(bytes)}: <${fileUri(path)}>`,
  );
  return ['## Artifacts', lines.join('\n')];
}
