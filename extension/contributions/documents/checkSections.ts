import { differencesText, expectedText, findings } from '../../../daemon/client/summary.ts';
import { formatCount, formatDuration, plural } from '../../../daemon/client/text.ts';
import type { CheckResult, DifferenceSample } from '../../../daemon/protocol/results.ts';
import { keyLine } from './differencesText.ts';
import { cell, code, fenced, table } from './markdownText.ts';
import { renderPair } from './renderValue.ts';

const maxSamples = 10;
const maxColumns = 50;

/** A value of a check result in a few words: text as it is, everything else as JSON. */
function valueText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** All checks in one table, then those with something to say, the worst first. `level`: of the headings. */
export function renderChecks(checks: readonly CheckResult[], level: number): string[] {
  if (checks.length === 0) return [];
  const rows = checks.map((check) => [
    cell(check.name),
    check.severity === 'warn' && check.status !== 'passed' ? `${check.status} (severity warn)` : check.status,
    cell(valueText(check.expected)),
    cell(valueText(check.actual)),
    cell(check.differences === undefined ? valueText(check.difference) : differencesText(check.differences)),
    check.failing_rows === undefined ? '' : formatCount(check.failing_rows),
    check.duration_ms === undefined ? '' : formatDuration(check.duration_ms),
  ]);
  const head = ['check', 'status', 'expected', 'actual', 'difference', 'failing rows', 'time'];
  return [table(head, rows), ...findings(checks).flatMap((check) => renderFinding(check, level))];
}

function renderFinding(check: CheckResult, level: number): string[] {
  const expected = expectedText(check);
  const parts = [`${'#'.repeat(level)} ${code(check.name)}: ${check.status}`];
  if (check.reason !== undefined) parts.push(fenced(check.reason, 'text', 20));
  if (check.differences !== undefined) parts.push(`Rows that differ: ${differencesText(check.differences)}.`);
  else if (expected !== '') parts.push(`${code(expected)}.`);
  parts.push(...columnTable(check), ...sampleTable(check));
  if (check.reductions !== undefined && check.reductions.length > 0) {
    parts.push(`Compared after: ${check.reductions.map(code).join(', ')}.`);
  }
  for (const side of ['source', 'target'] as const) {
    const statements = check.sql?.[side] ?? [];
    if (statements.length > 0) parts.push(`SQL of the ${side}:`, fenced(statements.join(';\n'), 'sql'));
  }
  return parts;
}

function columnTable({ differences }: CheckResult): string[] {
  const byColumn = [...(differences?.by_column ?? [])].sort((a, b) => b.rows - a.rows);
  if (byColumn.length === 0) return [];
  const rows = byColumn
    .slice(0, maxColumns)
    .map((each) => [cell(each.column), each.kind, formatCount(each.rows)]);
  const hidden = byColumn.length - rows.length;
  return [
    table(['column', 'kind', 'rows'], rows),
    ...(hidden > 0 ? [`… and ${plural(hidden, 'more line')}.`] : []),
  ];
}

/** Samples of checks that compare rows have the shape of the artifact; those of rules are rows as they are. */
export function isDifferenceSample(sample: object): sample is DifferenceSample {
  return 'class' in sample && 'key' in sample && 'column' in sample && 'source_value' in sample;
}

function sampleTable({ samples }: CheckResult): string[] {
  const shown = samples.slice(0, maxSamples);
  if (shown.length === 0) return [];
  const hidden = samples.length - shown.length;
  const more = hidden > 0 ? [`… and ${plural(hidden, 'more sample')}.`] : [];
  if (shown.every(isDifferenceSample)) {
    const rows = shown.map((sample) => [cell(keyLine(sample.key)), ...sampleCells(sample)]);
    return [table(['key', 'column', 'source value', 'target value', 'kind'], rows), ...more];
  }
  const names = [...new Set(shown.flatMap((sample) => Object.keys(sample)))].slice(0, 8);
  const rows = shown.map((sample) => names.map((name) => cell(valueText(sample[name]), 40)));
  return [
    table(
      names.map((name) => cell(name, 40)),
      rows,
    ),
    ...more,
  ];
}

function sampleCells(sample: DifferenceSample): string[] {
  switch (sample.class) {
    case 'missing':
      return ['', 'there', 'absent', 'missing'];
    case 'extra':
      return ['', 'absent', 'there', 'extra'];
    case 'duplicate':
      return ['', `${sample.source_value ?? '?'} times`, `${sample.target_value ?? '?'} times`, 'duplicate'];
    case 'value': {
      const [source, target] = renderPair(sample.source_value, sample.target_value);
      return [cell(sample.column ?? '', 40), cell(source, 60), cell(target, 60), sample.kind ?? ''];
    }
  }
}
