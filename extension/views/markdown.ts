/** Hovers as Markdown. Whatever comes from files or data is escaped: a job may be named `[x](command:…)` or `$(error)`. */
import { visible } from '../../daemon/client/text.ts';

/**
 * Foreign text that shows as it is. Every ASCII punctuation may be escaped, and links without brackets need some; `$` becomes a
 * reference because VS Code looks for icons after the escapes are gone.
 */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replace(/[!-#%-/:-@[-`{-~]/g, '\\$&')
    .replaceAll('$', '&#36;');
}

/** A table; cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Paragraphs, without those that have nothing to say. */
export function paragraphs(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join('\n\n');
}
