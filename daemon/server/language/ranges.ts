/** Places of the definitions (lines and columns from 1) as LSP has them (from 0). Both count columns in UTF-16 units. */
import type { Range } from 'vscode-languageserver/node';
import type { Part, Path, Range as SourceRange } from '../../definitions/document.ts';
import type { DefinitionFile } from './files.ts';

export function toLspRange({ line, column, end_line, end_column }: SourceRange): Range {
  return {
    start: { line: line - 1, character: column - 1 },
    end: { line: end_line - 1, character: end_column - 1 },
  };
}

/** Where an entry stands; a scalar in quotes with its quotes. */
export function rangeOf(file: Pick<DefinitionFile, 'document'>, path: Path, part: Part): Range {
  return toLspRange(file.document.rangeOf(path, part));
}

/** Where the text of a scalar stands, without its quotes. */
export function textRangeOf(file: Pick<DefinitionFile, 'document' | 'text'>, path: Path, part: Part): Range {
  const range = rangeOf(file, path, part);
  const written = file.text.getText(range);
  const isQuoted = written.length >= 2 && /^["']/.test(written) && written.at(-1) === written[0];
  if (!isQuoted) return range;
  const { start, end } = range;
  return {
    start: { line: start.line, character: start.character + 1 },
    end: { line: end.line, character: end.character - 1 },
  };
}
