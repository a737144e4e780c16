import { formatCount, formatDuration, formatTime, plural, visible } from '../../client/text.ts';
import type {
  ComparedOperation,
  ComparedRun,
  Comparison,
  DefinitionChange,
} from '../../protocol/comparison.ts';
import type { Output } from '../terminal.ts';
import { statusMark, statusText } from './summary.ts';
import { renderTable } from './table.ts';

export interface ComparisonView {
  readonly output: Output;
  /** Operations with the same end in both runs too. */
  readonly all: boolean;
}

/** Two runs for a person: the runs, what changed in the definition, then the operations, what became worse first. */
export function renderComparison(comparison: Comparison, { output, all }: ComparisonView): string {
  const { counts, definition, operations } = comparison;
  const shown = all ? operations : operations.filter(({ verdict }) => verdict !== 'same');
  const told = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${formatCount(count)} ${verdict.replaceAll('_', ' ')}`);
  const parts = [
    runsTable(comparison, output),
    definition.total === 0
      ? 'Both were to be run in the same way.'
      : [
          `${plural(definition.total, 'change')} of the definition`,
          ...definition.changes.map(changeLine),
        ].join('\n'),
    shown.length === 0 ? '' : operationsTable(shown, output),
    `${plural(operations.length, 'operation')}: ${told.join(', ')}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function runsTable({ before, after }: Comparison, output: Output): string {
  const { colors } = output;
  const rows = [before, after].map((job, at) => [
    at === 0 ? 'before' : 'after',
    job.job_id,
    `${statusMark(job.status, colors)} ${statusText(job.status, colors)}`,
    job.duration_ms === undefined ? '' : formatDuration(job.duration_ms),
    formatTime(job.created_at),
    visible(job.job_name),
  ]);
  const heads = ['', 'job', 'status', 'time', 'created', 'name'];
  return renderTable(
    heads.map((head) => ({ head, ...(head === 'job' && { min: 26 }) })),
    rows,
    { width: output.columns(), colors },
  );
}

/** `  3 operations (a, b, c): source.where: nothing -> "x > 1"`. */
function changeLine({ scope, names, count, what, ...values }: DefinitionChange): string {
  const many = count > names.length ? ', …' : '';
  const where =
    scope === 'job'
      ? 'job'
      : count === 1
        ? `${scope} ${visible(names[0] ?? '')}`
        : `${plural(count, scope)} (${names.map(visible).join(', ')}${many})`;
  const path = what === '' ? '' : ` ${visible(what)}:`;
  return `  ${where}:${path} ${valueText('before' in values, values.before)} → ${valueText('after' in values, values.after)}`;
}

function valueText(isThere: boolean, value: unknown): string {
  return isThere ? visible(typeof value === 'string' ? value : JSON.stringify(value)) : 'nothing';
}

function operationsTable(operations: readonly ComparedOperation[], output: Output): string {
  const { colors } = output;
  const status = (run: ComparedRun | null) =>
    run === null ? colors.dim('not there') : statusText(run.status, colors);
  const rows = operations.map(({ name, verdict, before, after }) => [
    verdict.replaceAll('_', ' '),
    visible(name),
    status(before),
    status(after),
    deltaOf(before?.duration_ms, after?.duration_ms, formatDuration),
    deltaOf(before?.source_rows, after?.source_rows, formatCount),
    deltaOf(
      before?.target_rows ?? before?.rows_written,
      after?.target_rows ?? after?.rows_written,
      formatCount,
    ),
    visible(reasonOf(after)),
  ]);
  const columns = [
    { head: 'verdict', min: 13 },
    { head: 'operation', min: 12 },
    { head: 'before', min: 9 },
    { head: 'after', min: 9 },
    { head: 'time', align: 'right' as const },
    { head: 'source rows', align: 'right' as const },
    { head: 'target rows', align: 'right' as const },
    { head: 'why' },
  ];
  return renderTable(columns, rows, { width: output.columns(), colors });
}

function reasonOf(run: ComparedRun | null): string {
  if (run === null || run.status !== 'failed') return '';
  if (run.failing_checks.length > 0) return run.failing_checks.join(', ');
  return run.error === undefined ? '' : `${run.error.kind}: ${run.error.message}`;
}

/** `+1,000`, `-2 s`; nothing where one side does not tell or both are equal. */
function deltaOf(
  before: number | undefined,
  after: number | undefined,
  format: (value: number) => string,
): string {
  if (before === undefined || after === undefined || before === after) return '';
  return `${after > before ? '+' : '-'}${format(Math.abs(after - before))}`;
}
