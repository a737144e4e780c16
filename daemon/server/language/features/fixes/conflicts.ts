/** Keys that contradict each other, and what says too little. */
import type { CodeAction } from 'vscode-languageserver/node';
import type { Path } from '../../../../definitions/document.ts';
import { addEntry, removeEntry } from '../edits/entries.ts';
import { quoteOf, scalarText } from '../edits/scalars.ts';
import { tableGuess } from './keys.ts';
import { editFix, type Fix, type Problem } from './problem.ts';

export const settleSide: Fix = (problem) => {
  const { context, file, diagnostic, range } = problem;
  const { code, message } = diagnostic;
  const path = context.locate(file, range.start)?.path ?? [];
  if (code === 'where_without_table') return removal(problem, path);
  if (code !== 'side_conflict') return [];
  const side = path.slice(0, message.endsWith('neither table nor query') ? path.length : -1);
  if (side.length < path.length) return [...removal(problem, path), ...removal(problem, [...side, 'table'])];
  const table = tableGuess(problem);
  return editFix(problem, 'Add table', addEntry(file, side, 'table', table), true);
};

function removal(problem: Problem, path: Path): CodeAction[] {
  return editFix(problem, `Remove ${String(path.at(-1))}`, removeEntry(problem.file, path));
}

/** A key that is named as in the target. */
export const nameAsInSource: Fix = (problem) => {
  const { file, diagnostic, range } = problem;
  const [, name] = /^write (.+)$/.exec(diagnostic.hint ?? '') ?? [];
  if (diagnostic.code !== 'column_conflict' || name === undefined) return [];
  const newText = scalarText(name, quoteOf(file.text.getText(range)));
  return editFix(problem, `Change to "${name}"`, { range, newText }, true);
};

export const addPipelines: Fix = (problem) => {
  const { file, project, diagnostic } = problem;
  if (diagnostic.message !== 'the batch does not say what to run') return [];
  const [first = 'pipeline'] = project?.pipelines.keys() ?? [];
  return editFix(problem, 'Add pipelines', addEntry(file, [], 'pipelines', [{ pipeline_id: first }]), true);
};
