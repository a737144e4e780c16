import { differencesText as countsText } from '../../../daemon/client/summary.ts';
import { formatCount, plural, visible } from '../../../daemon/client/text.ts';
import type { Differences, DifferenceSample } from '../../../daemon/protocol/results.ts';
import { renderPair, renderValue } from './renderValue.ts';

export interface DifferencesInput {
  /** What the rows belong to, such as `dim_customer_validation`. */
  readonly operation: string;
  readonly check: string;
  /** What is compared, such as `legacy (PostgreSQL 15.4)`. */
  readonly source: string;
  readonly target: string;
  readonly differences: Differences;
  /** The first of them, in the order of the artifact. */
  readonly rows: readonly DifferenceSample[];
  /** How many rows the artifact holds. */
  readonly total: number;
  /** URI of the file that holds them all; null if none was written. */
  readonly artifact: string | null;
}

export interface TwoTexts {
  readonly source: string;
  readonly target: string;
}

const maxColumns = 200;

/**
 * Both sides of VS Code's diff editor: the same head, then a block for each differing row with its differing columns, so that
 * what is marked is what differs.
 */
export function renderDifferences(input: DifferencesInput): TwoTexts {
  const head = headLines(input);
  const { source, target } = renderRows(input.rows);
  const text = (rows: readonly string[]) => `${[...head, ...rows.flatMap((row) => ['', row])].join('\n')}\n`;
  return { source: text(source), target: text(target) };
}

/** A block of lines for each differing row, the same number on both sides. */
export function renderRows(rows: readonly DifferenceSample[]): {
  readonly source: readonly string[];
  readonly target: readonly string[];
} {
  const blocks = groupRows(rows).map(renderRow);
  return {
    source: blocks.map(({ source }) => source.join('\n')),
    target: blocks.map(({ target }) => target.join('\n')),
  };
}

function headLines(input: DifferencesInput): string[] {
  const { differences, rows, total } = input;
  return [
    `# ${visible(input.operation)}: ${visible(input.check)}`,
    `# source (left):  ${visible(input.source)}`,
    `# target (right): ${visible(input.target)}`,
    '#',
    `# Rows that differ: ${countsText(differences)}`,
    ...columnLines(differences),
    '#',
    ...shownLines(rows.length, total, differences, input.artifact),
  ];
}

function columnLines({ by_column: byColumn }: Differences): string[] {
  if (byColumn.length === 0) return [];
  const sorted = [...byColumn].sort((a, b) => b.rows - a.rows);
  const shown = sorted.slice(0, maxColumns);
  const nameWidth = Math.max(...shown.map(({ column }) => visible(column).length));
  const kindWidth = Math.max(...shown.map(({ kind }) => kind.length));
  const lines = shown.map(({ column, kind, rows }) => {
    const name = visible(column).padEnd(nameWidth);
    return `#   ${name}  ${kind.padEnd(kindWidth)}  ${plural(rows, 'row')}`;
  });
  const hidden = sorted.length - shown.length;
  return [
    '# By column and kind:',
    ...lines,
    ...(hidden > 0 ? [`#   … and ${formatCount(hidden)} more`] : []),
  ];
}

function shownLines(
  shown: number,
  total: number,
  { truncated }: Differences,
  artifact: string | null,
): string[] {
  const lines: string[] = [];
  if (shown < total) {
    lines.push(
      `# Shown are the first ${formatCount(shown)} of ${formatCount(total)} differences: ${formatCount(total - shown)} more are in the file.`,
    );
  } else {
    lines.push(`# Shown: ${truncated ? '' : 'all '}${plural(shown, 'difference')}.`);
  }
  if (truncated) lines.push('# The file ends at max_diffs of the check; the counts above are of everything.');
  if (artifact !== null)
    lines.push(`# File with ${truncated ? 'these and more' : 'all of them'} (Parquet): <${artifact}>`);
  return lines;
}

/** Cells of one row stand together in the artifact; so do copies of a repeated row. */
export function groupRows(rows: readonly DifferenceSample[]): DifferenceSample[][] {
  const groups: DifferenceSample[][] = [];
  let last = '';
  for (const row of rows) {
    const identity = `${row.class} ${JSON.stringify(row.key)}`;
    // A second cell of the same column is another row with the same key.
    const isRepeat = row.class === 'value' && groups.at(-1)?.some(({ column }) => column === row.column);
    if (identity === last && isRepeat !== true) groups.at(-1)?.push(row);
    else groups.push([row]);
    last = identity;
  }
  return groups;
}

/** `customer_id=17, region=north`: the line a row begins with, and its name in the outline. */
export function keyLine(key: DifferenceSample['key']): string {
  const parts = Object.entries(key).map(([column, value]) => `${visible(column)}=${renderValue(value)}`);
  return parts.length === 0 ? '(no key)' : parts.join(', ');
}

interface Block {
  readonly source: readonly string[];
  readonly target: readonly string[];
}

function renderRow(cells: readonly DifferenceSample[]): Block {
  const [first] = cells as [DifferenceSample, ...DifferenceSample[]];
  const title = keyLine(first.key);
  const [source, target] = rowLines(first, cells);
  return { source: [title, ...source], target: [title, ...target] };
}

function rowLines(
  first: DifferenceSample,
  cells: readonly DifferenceSample[],
): [readonly string[], readonly string[]] {
  // Named once more: a line that other rows have too would be taken for theirs by the diff editor.
  const row = `  row ${keyLine(first.key)}:`;
  const copies = cells.length === 1 ? '' : ` ${formatCount(cells.length)} times`;
  switch (first.class) {
    case 'missing':
      return [[`${row} there${copies}`], [`${row} absent`]];
    case 'extra':
      return [[`${row} absent`], [`${row} there${copies}`]];
    case 'duplicate':
      return [[`${row} ${times(first.source_value)}`], [`${row} ${times(first.target_value)}`]];
    case 'value': {
      const pairs = cells.map((cell) => {
        const kind = cell.kind === null || cell.kind === 'other' ? '' : ` (${cell.kind})`;
        const name = `  ${visible(cell.column ?? '')}${kind}: `;
        const [source, target] = renderPair(cell.source_value, cell.target_value);
        return [name + source, name + target] as const;
      });
      return [pairs.map(([source]) => source), pairs.map(([, target]) => target)];
    }
  }
}

function times(count: string | null): string {
  return `there ${count === '1' ? 'once' : `${count ?? '?'} times`}`;
}
