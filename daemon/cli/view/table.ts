import Table from 'cli-table3';
import stringWidth from 'string-width';
import { stripVTControlCharacters } from 'node:util';
import wrapAnsi from 'wrap-ansi';
import type { Colors } from '../terminal.ts';
import { wrap } from './text.ts';

/** A column of a table: the last ones give way first when the terminal is narrow. */
export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
  /** Columns it never gets narrower than (default: its own heading). */
  readonly min?: number;
}

const borders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

function naturalWidth(text: string): number {
  return stringWidth(stripVTControlCharacters(text));
}

/** Shares out `available` columns: every column what it needs, the widest ones cut until all fit. */
export function shareWidths(natural: readonly number[], min: readonly number[], available: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, width) => sum + width, 0);
  while (total() > available) {
    let widest = -1;
    widths.forEach((width, index) => {
      const isShrinkable = width > (min[index] ?? 1);
      if (isShrinkable && (widest === -1 || width > (widths[widest] ?? 0))) widest = index;
    });
    if (widest === -1) break;
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
  return widths;
}

/** The table library's own wrapping counts colour codes as text and breaks them; plain text keeps its blanks in `wrap`. */
function wrapCell(cell: string, width: number): string {
  const isPlain = stripVTControlCharacters(cell) === cell;
  return isPlain ? wrap(cell, width).join('\n') : wrapAnsi(cell, width, { hard: true });
}

/** A table without lines, cells wrapped so that it fits `width` columns. Cells must be safe to print (see `visible`). */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly width: number; readonly colors: Colors; readonly indent?: number },
): string {
  const indent = options.indent ?? 0;
  const natural = columns.map((column, index) =>
    Math.max(naturalWidth(column.head), ...rows.map((row) => naturalWidth(row[index] ?? ''))),
  );
  const min = columns.map((column) => Math.max(column.min ?? 0, naturalWidth(column.head), 4));
  const gaps = 2 * (columns.length - 1);
  const widths = shareWidths(natural, min, options.width - indent - gaps);
  const table = new Table({
    chars: borders,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    head: columns.map((column) => options.colors.dim(column.head)),
    colWidths: widths,
    colAligns: columns.map((column) => column.align ?? 'left'),
  });
  table.push(...rows.map((row) => row.map((cell, index) => wrapCell(cell, widths[index] ?? 1))));
  return table
    .toString()
    .split('\n')
    .map((line) => ' '.repeat(indent) + line.trimEnd())
    .join('\n');
}
