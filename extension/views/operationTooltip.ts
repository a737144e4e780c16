import { differencesText, expectedText, findings, resultText } from '../../daemon/client/summary.ts';
import { formatCount, formatDuration, formatTime, oneLine, plural } from '../../daemon/client/text.ts';
import type { Operation } from '../../daemon/protocol/entities.ts';
import type {
  CheckResult,
  Evidence,
  OperationResult,
  PipelineResult,
} from '../../daemon/protocol/results.ts';
import { facts, short } from './format.ts';
import { escapeMarkdown, markdownTable, paragraphs } from './markdown.ts';
import { operationText } from './operationItem.ts';
import { checkIcons, checkWords, operationIcons } from './viewItem.ts';

const maxChecks = 12;

/** The evidence of an operation: what was read and written where, each check, why it failed. Without a result, what is known. */
export function operationTooltip(operation: Operation): string {
  const { status, result } = operation;
  const word = status === 'pending' ? 'queued' : status;
  return paragraphs(
    `$(${operationIcons[status].id}) **${escapeMarkdown(operation.name)}** · ${word}`,
    operation.error === undefined
      ? escapeMarkdown(operationText(operation))
      : failureText(operation.error, result),
    result !== undefined && resultSection(result, operation.error !== undefined),
    timesText(operation),
  );
}

function failureText(
  { kind, message, hint }: NonNullable<Operation['error']>,
  result: OperationResult | undefined,
): string | undefined {
  // The checks themselves are listed below, each with what it found.
  if (kind === 'checks_failed' && result?.type === 'pipeline') return undefined;
  return paragraphs(
    `**${kind}**: ${escapeMarkdown(short(message, 600))}`,
    hint !== undefined && `$(lightbulb) ${escapeMarkdown(oneLine(hint))}`,
  );
}

function resultSection(result: OperationResult, hasError: boolean): string {
  switch (result.type) {
    case 'pipeline':
      return paragraphs(
        escapeMarkdown(checksText(result)),
        sidesTable(result.evidence),
        checksList(result.checks),
      );
    case 'project_validation':
      return paragraphs(escapeMarkdown(resultText(result)));
    case 'data_generation':
      return paragraphs(
        escapeMarkdown(resultText(result)),
        writtenText(result.evidence),
        sidesTable(result.evidence),
      );
    case 'metadata_extraction':
      return paragraphs(escapeMarkdown(resultText(result)), sidesTable(result.evidence));
    case 'command':
      // The error names the exit code.
      return hasError ? '' : escapeMarkdown(resultText(result));
    case 'noop':
      return escapeMarkdown(resultText(result));
  }
}

function writtenText({ rows_written: rows }: Evidence): string | undefined {
  return rows === undefined ? undefined : `${plural(rows, 'row')} written`;
}

/** One column for each side that was read. */
function sidesTable({ source, target }: Evidence): string | undefined {
  const sides = [source, target].filter((side) => side !== undefined);
  if (sides.length === 0) return undefined;
  const isPair = sides.length === 2;
  return markdownTable(
    ['', ...(isPair ? ['Source', 'Target'] : [''])],
    [
      ['**Connection**', ...sides.map(({ connection }) => escapeMarkdown(connection))],
      ['**System**', ...sides.map(({ system, version }) => escapeMarkdown(`${system} ${version}`))],
      ['**Rows scanned**', ...sides.map(({ rows_scanned: rows }) => formatCount(rows))],
    ],
  );
}

function checksList(checks: readonly CheckResult[]): string {
  const bad = findings(checks);
  const passed = checks.filter(({ status }) => status === 'passed');
  const told = [...bad, ...passed].slice(0, maxChecks).map(checkLine);
  const left = checks.length - told.length;
  return [...told, ...(left > 0 ? [`- … ${plural(left, 'more check')}`] : [])].join('\n');
}

/** `3 of 4 checks failed`, `4 checks passed`. */
function checksText({ checks, summary }: PipelineResult): string {
  const bad = summary.failed + summary.errored;
  if (bad > 0) return `${bad} of ${plural(checks.length, 'check')} failed`;
  const warned = summary.warned > 0 && `, ${summary.warned} with warnings`;
  return `${plural(summary.passed + summary.warned, 'check')} passed${warned === false ? '' : warned}`;
}

function checkLine(check: CheckResult): string {
  const icon = `$(${checkIcons[check.status].id})`;
  if (check.status === 'passed') return `- ${icon} ${escapeMarkdown(check.name)}`;
  const { differences, reason = '' } = check;
  const found = differences === undefined ? expectedText(check) : differencesText(differences);
  const why = found === '' ? short(reason, 160) : found;
  const word = check.status === 'failed' ? '' : ` ${checkWords[check.status]}`;
  return `- ${icon} **${escapeMarkdown(check.name)}**${word}${why === '' ? '' : `: ${escapeMarkdown(why)}`}`;
}

function timesText({
  attempts,
  duration_ms: durationMs,
  finished_at: finishedAt,
  started_at,
}: Operation): string {
  return facts(
    attempts.length > 1 && plural(attempts.length, 'attempt'),
    durationMs !== undefined && `took ${formatDuration(durationMs)}`,
    finishedAt !== undefined
      ? `ended ${formatTime(finishedAt)}`
      : started_at !== undefined && `started ${formatTime(started_at)}`,
  );
}
