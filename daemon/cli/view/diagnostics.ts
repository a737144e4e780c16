import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import stringWidth from 'string-width';
import type { Diagnostic } from '../../protocol/errors.ts';
import type { Colors } from '../terminal.ts';
import { truncate } from './text.ts';

/** Lines of a file, or null where there is none to show (a request, a file that is gone). */
export type SourceLines = (file: string) => readonly string[] | null;

/** Reads each file once, for the excerpts of one report. */
export function fileLines(): SourceLines {
  const known = new Map<string, readonly string[] | null>();
  return (file) => {
    let lines = known.get(file);
    if (lines === undefined) {
      try {
        lines = readFileSync(file, 'utf8').split(/\r\n|\r|\n/);
      } catch {
        lines = null;
      }
      known.set(file, lines);
    }
    return lines;
  };
}

function displayPath(file: string, cwd: string): string {
  const shorter = relative(cwd, file);
  return shorter === '' || shorter.length >= file.length ? file : shorter;
}

function markerWidth(line: string, diagnostic: Diagnostic): number {
  const end = diagnostic.end_line === diagnostic.line ? diagnostic.end_column - 1 : line.length;
  return Math.max(1, stringWidth(line.slice(diagnostic.column - 1, end)));
}

function excerpt(diagnostic: Diagnostic, lines: SourceLines, colors: Colors): string[] {
  const source = lines(diagnostic.file)?.[diagnostic.line - 1];
  if (source === undefined) return [];
  // A tab is as wide as the terminal likes, so the excerpt has blanks instead and the caret stands right.
  const line = source.replaceAll('\t', ' ');
  const gutter = String(diagnostic.line);
  const before = stringWidth(line.slice(0, diagnostic.column - 1));
  const marker = '^'.repeat(Math.min(markerWidth(line, diagnostic), 120));
  return [
    `  ${colors.dim(`${gutter} |`)} ${truncate(line, 160)}`,
    `  ${colors.dim(`${' '.repeat(gutter.length)} |`)} ${' '.repeat(Math.min(before, 160))}${colors.red(marker)}`,
  ];
}

/**
 * `file:line:col: error: message`, an excerpt with a caret, and what to write instead; the first line is what editors and
 * CI systems recognise.
 */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  context: { readonly cwd: string; readonly lines: SourceLines; readonly colors: Colors },
): string {
  const { colors } = context;
  const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan }[diagnostic.severity];
  // Nobody wrote the lines of a request, so a place in it would send people looking for a file.
  const place = diagnostic.file.startsWith('(')
    ? ''
    : `${colors.bold(`${displayPath(diagnostic.file, context.cwd)}:${diagnostic.line}:${diagnostic.column}:`)} `;
  const head = `${place}${paint(`${diagnostic.severity}:`)} ${diagnostic.message}`;
  const hint = diagnostic.hint === undefined ? [] : [`  ${colors.cyan('hint:')} ${diagnostic.hint}`];
  return [head, ...excerpt(diagnostic, context.lines, colors), ...hint].join('\n');
}
