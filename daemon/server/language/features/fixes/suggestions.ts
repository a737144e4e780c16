/** The nearest known name instead of a mistyped one. */
import type { TextEdit } from 'vscode-languageserver/node';
import type { Diagnostic } from '../../../../protocol/errors.ts';
import type { DefinitionFile } from '../../files.ts';
import { toLspRange } from '../../ranges.ts';
import { quoteOf, scalarText } from '../edits/scalars.ts';
import { editFix, type Fix } from './problem.ts';

export const useSuggestion: Fix = (problem) => {
  const { file, diagnostic } = problem;
  const suggestions = diagnostic.suggestions ?? [];
  return suggestions.flatMap((name) =>
    editFix(problem, `Change to "${name}"`, suggestionEdit(file, diagnostic, name), suggestions.length === 1),
  );
};

/** The edit that writes a suggestion where the diagnostic stands; null if that place cannot be told. */
export function suggestionEdit(file: DefinitionFile, diagnostic: Diagnostic, name: string): TextEdit | null {
  const range = toLspRange(diagnostic);
  const written = file.text.getText(range);
  if (diagnostic.code === 'unknown_parameter') {
    // The parameter is a part of the text that is marked.
    const [, unknown = ''] = /no parameter "(.*)"$/.exec(diagnostic.message) ?? [];
    const at = written.indexOf(`\${param:${unknown}}`);
    if (at === -1) return null;
    const start = file.text.offsetAt(range.start) + at + '${param:'.length;
    return {
      range: { start: file.text.positionAt(start), end: file.text.positionAt(start + unknown.length) },
      newText: name,
    };
  }
  if (range.start.line !== range.end.line || written === '') return null;
  const quote = quoteOf(written);
  // In JSON a text is in double quotes whatever was there before.
  return { range, newText: file.format === 'json' ? JSON.stringify(name) : scalarText(name, quote) };
}

/** Every mistake of a file that has one suggestion alone, with the edit that makes the change. */
export function clearSuggestions(file: DefinitionFile, diagnostics: readonly Diagnostic[]): TextEdit[] {
  const edits = new Map<string, TextEdit>();
  for (const diagnostic of diagnostics) {
    const [name, ...others] = diagnostic.suggestions ?? [];
    const edit = name === undefined || others.length > 0 ? null : suggestionEdit(file, diagnostic, name);
    // One place may have two mistakes; the first that is told counts.
    const key = edit === null ? '' : JSON.stringify(edit.range.start);
    if (edit !== null && !edits.has(key)) edits.set(key, edit);
  }
  return [...edits.values()];
}
