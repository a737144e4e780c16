/** Markdown that reads well as text, too: foreign text stands in code, where nothing of it means anything. */
import { oneLine, visible } from '../../../daemon/client/text.ts';

function longestRun(text: string, pattern: RegExp): number {
  return Math.max(0, ...[...text.matchAll(pattern)].map(([run]) => run.length));
}

/** One line of foreign text. */
export function code(text: string): string {
  const shown = visible(text);
  if (shown === '') return '` `';
  const fence = '`'.repeat(longestRun(shown, /`+/g) + 1);
  // A backtick at an end would join the fence; a blank on both sides belongs to the fence and is not shown.
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Several lines of foreign text, at most so many of them. */
export function fenced(text: string, language: string, maxLines = 400): string {
  const all = text.replace(/\s+$/, '').split(/\r\n|\r|\n/);
  const shown = all.slice(0, maxLines).map(visible);
  const hidden = all.length - shown.length;
  if (hidden > 0) shown.push(`… ${hidden} more lines`);
  const fence = '`'.repeat(Math.max(3, longestRun(shown.join('\n'), /`+/g) + 1));
  return `${fence}${language}\n${shown.join('\n')}\n${fence}`;
}

/** Foreign text as a cell of a table, cut to what a person reads there; '' stays empty. */
export function cell(text: string, maxLength = 80): string {
  if (text === '') return '';
  const characters = [...oneLine(text)];
  const cut =
    characters.length > maxLength ? `${characters.slice(0, maxLength - 1).join('')}…` : characters.join('');
  // The one character that ends a cell even in code.
  return code(cut).replaceAll('|', '\\|');
}

/** A table whose columns stand straight in the text, too. Cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, index) =>
    Math.max(3, name.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[], filler = ' ') =>
    `| ${widths.map((width, index) => (cells[index] ?? '').padEnd(width, filler)).join(' | ')} |`;
  return [line(head), line([], '-'), ...rows.map((row) => line(row))].join('\n');
}
