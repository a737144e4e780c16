import { checkText, type CheckOutcome } from '../checkText.ts';
import { isDifferenceSample } from '../documents/checkSections.ts';
import { renderRows } from '../documents/differencesText.ts';

export interface CheckVerdict {
  readonly state: 'passed' | 'failed' | 'errored' | 'skipped';
  /** What is wrong, in one line; '' for what passed. */
  readonly message: string;
  /** Both sides for VS Code's own diff; undefined where nothing was compared. */
  readonly expected?: string;
  readonly actual?: string;
  readonly durationMs?: number;
}

const maxSideLength = 20_000;

/** What the Test Explorer says of a check. A check of severity warn that found something has passed, with a message. */
export function verdictOf(check: CheckOutcome): CheckVerdict {
  const message = checkText(check);
  const base = { message, ...(check.duration_ms !== undefined && { durationMs: check.duration_ms }) };
  switch (check.status) {
    case 'passed':
      return { ...base, state: 'passed', message: '' };
    case 'warning':
      return { ...base, state: 'passed' };
    case 'skipped':
      return { ...base, state: 'skipped' };
    case 'error':
      return { ...base, state: 'errored' };
    case 'failed':
      return { ...base, state: 'failed', ...sidesOf(check) };
  }
}

/** Differing rows side by side where samples of them are known; else what was expected and what was found. */
function sidesOf(check: CheckOutcome): { readonly expected?: string; readonly actual?: string } {
  const rows = (check.samples ?? []).filter(isDifferenceSample);
  if (rows.length > 0) {
    const { source, target } = renderRows(rows);
    return { expected: cut(source.join('\n')), actual: cut(target.join('\n')) };
  }
  if (check.expected === undefined || check.expected === null) return {};
  return { expected: cut(valueText(check.expected)), actual: cut(valueText(check.actual)) };
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}

function cut(text: string): string {
  return text.length <= maxSideLength ? text : `${text.slice(0, maxSideLength)}\n…`;
}
