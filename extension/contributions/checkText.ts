import { differencesText, expectedText } from '../../daemon/client/summary.ts';
import { oneLine, plural, visible } from '../../daemon/client/text.ts';
import type { CheckResult } from '../../daemon/protocol/results.ts';

/** A check as a result tells of it, whole or as it is remembered. */
export type CheckOutcome = Pick<
  CheckResult,
  'check' | 'name' | 'status' | 'severity' | 'expected' | 'actual'
> &
  Partial<CheckResult>;

/** `row_hash failed: 1 missing, 2 changed`, in one line. */
export function checkText(check: CheckOutcome): string {
  const why = whyText(check);
  return `${visible(check.name)} ${check.status}${why === '' ? '' : `: ${why}`}`;
}

function whyText(check: CheckOutcome): string {
  const { status, differences, failing_rows: failing = 0, reason } = check;
  // The counts of differing rows say it all, if there are some; a reason beside them would say it again.
  if (differences !== undefined && status !== 'error' && failing > 0) return differencesText(differences);
  const expected = expectedText(check);
  const rows = failing > 0 ? plural(failing, 'failing row') : '';
  const parts = [expected === '' ? rows : expected, reason === undefined ? '' : oneLine(reason)];
  return parts.filter((part) => part !== '').join('; ');
}
