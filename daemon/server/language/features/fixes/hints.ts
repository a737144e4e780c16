/** Hints that say word for word what to write instead. */
import { editFix, type Fix } from './problem.ts';

const literal = /^(?:leave out the quotes|put it in quotes|write a list): (.+)$/;
const word = /^write (true|false)$/;

export const followHint: Fix = (problem) => {
  const { diagnostic, range, file } = problem;
  const { code, hint } = diagnostic;
  if (hint === undefined || (code !== 'wrong_type' && code !== 'imprecise_number')) return [];
  const newText = literal.exec(hint)?.[1] ?? word.exec(hint)?.[1];
  if (newText === undefined || range.start.line !== range.end.line) return [];
  // A long value is cut in its hint, and texts with quotes in them are not spelled out: such a hint is for people.
  const written = file.text.getText(range).replace(/^["']|["']$/g, '');
  const isWhole = word.test(hint) || newText.replace(/^["[]|["\]]$/g, '') === written;
  return isWhole ? editFix(problem, sentence(hint), { range, newText }, true) : [];
};

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
