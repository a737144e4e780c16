import { kindCell } from '../../protocol/differenceText.ts';
import {
  differenceSampleSchema,
  type CheckResult,
  type Differences,
  type DifferenceSample,
} from '../../protocol/results.ts';
import type { Colors } from '../terminal.ts';
import { renderTable } from './table.ts';
import { formatCount, plural, visible } from '../../client/text.ts';
import { truncate } from './text.ts';

const maxValueColumns = 60;

function value(text: string | null): string {
  if (text === null) return 'NULL';
  // Quotes show what else would be invisible: an empty text, a trailing blank.
  const needsQuotes = text === '' || text === 'NULL' || text.trim() !== text;
  const shown = visible(text);
  return truncate(needsQuotes ? `'${shown}'` : shown, maxValueColumns);
}

/** Two values that look the same show where they differ: their combining marks are spelled out. */
function valuePair({ source_value: source, target_value: target }: DifferenceSample): [string, string] {
  const looksSame =
    source !== null && target !== null && source !== target && source.normalize() === target.normalize();
  if (!looksSame) return [value(source), value(target)];
  const spell = (text: string) =>
    value(text).replace(
      /\p{M}/gu,
      (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    );
  return [spell(source), spell(target)];
}

function keyText(key: DifferenceSample['key']): string {
  const parts = Object.entries(key).map(([column, text]) => `${visible(column)}=${value(text)}`);
  return parts.length === 0 ? '(no key)' : parts.join(' ');
}

function differenceSamples(check: CheckResult): DifferenceSample[] {
  return check.samples.flatMap((sample) => {
    const parsed = differenceSampleSchema.safeParse(sample);
    return parsed.success ? [parsed.data] : [];
  });
}

type Layout = { readonly width: number; readonly colors: Colors; readonly indent: number };

/** By column and kind: where to look first. '' when no cell differs. */
export function renderByColumn(differences: Differences, layout: Layout): string {
  if (differences.by_column.length === 0) return '';
  const rows = [...differences.by_column]
    .sort((a, b) => b.rows - a.rows)
    .slice(0, 20)
    .map((each) => [visible(each.column), kindCell(each), formatCount(each.rows)]);
  const columns = [{ head: 'column' }, { head: 'kind' }, { head: 'rows', align: 'right' as const }];
  return renderTable(columns, rows, layout);
}

function sampleRow(sample: DifferenceSample): string[] {
  const isWholeRow = sample.column === null;
  const change = {
    missing: 'not in target',
    extra: 'not in source',
    duplicate: 'more than once',
    value: sample.kind ?? '',
  }[sample.class];
  return [
    keyText(sample.key),
    isWholeRow ? '(whole row)' : visible(sample.column ?? ''),
    ...(isWholeRow ? ['', ''] : valuePair(sample)),
    change,
  ];
}

function plainSamples(check: CheckResult, limit: number, layout: Layout): string {
  const samples = check.samples.slice(0, limit);
  const names = [...new Set(samples.flatMap((sample) => Object.keys(sample)))].slice(0, 6);
  if (names.length === 0) return '';
  const cell = (content: unknown) =>
    typeof content === 'string' || content === null || content === undefined
      ? value(content ?? null)
      : value(JSON.stringify(content));
  const rows = samples.map((sample) => names.map((name) => cell(sample[name])));
  return renderTable(
    names.map((name) => ({ head: visible(name) })),
    rows,
    layout,
  );
}

/** The first differing cells or failing rows of a check, at most `limit`; '' when it has none. */
export function renderSamples(check: CheckResult, limit: number, layout: Layout): string {
  const samples = differenceSamples(check);
  if (samples.length === 0) return plainSamples(check, limit, layout);
  const columns = ['key', 'column', 'source value', 'target value', 'kind'].map((head) => ({ head }));
  const table = renderTable(columns, samples.slice(0, limit).map(sampleRow), layout);
  const left = samples.length - limit;
  const more = left > 0 ? `\n${' '.repeat(layout.indent)}… ${plural(left, 'more sample')}` : '';
  return table + more;
}
