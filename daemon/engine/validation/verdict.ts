import { agreed, plural } from '../../protocol/countText.ts';
import type { CheckResult, CheckSummary } from '../../protocol/results.ts';
import { EngineError } from '../errors.ts';
import { transientKinds } from '../../protocol/errors.ts';
import type { CheckRun } from './checks/runCheck.ts';

export function summarise(checks: readonly CheckResult[]): CheckSummary {
  const count = (status: CheckResult['status']): number =>
    checks.filter((each) => each.status === status).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    warned: count('warning'),
    skipped: count('skipped'),
    errored: count('error'),
  };
}

/** Names of the checks for which a pipeline is not green. */
export function failingChecks(checks: readonly CheckResult[]): string[] {
  return checks
    .filter((each) => each.status !== 'passed' && each.status !== 'warning')
    .map((each) => each.name);
}

/**
 * Why the pipeline is not completed, or undefined when every check passed or warned. An error that another try may mend gives its
 * kind before anything else; then differing data (`checks_failed`); then what prevented a check; and a skipped check is a mistake
 * of the definition: it was asked for and could not be done.
 */
export function verdict(runs: readonly CheckRun[]): EngineError | undefined {
  const checks = runs.map((run) => run.result);
  const failing = checks.filter((each) => each.status !== 'passed' && each.status !== 'warning');
  if (failing.length === 0) return undefined;
  const errors = runs.flatMap((run) => (run.error === undefined ? [] : [run.error]));
  const hasFailed = failing.some((each) => each.status === 'failed');
  const transient = errors.find((error) => transientKinds.has(error.kind));
  const cause = transient ?? (hasFailed ? undefined : errors[0]);
  const details = {
    failing_checks: failing.map(({ name, check, status, reason }) => ({ name, check, status, reason })),
  };
  const message = verdictMessage(checks.length, failing);
  if (cause !== undefined)
    return new EngineError(cause.kind, cause.code, message, { hint: cause.hint, details });
  if (hasFailed) {
    return new EngineError('checks_failed', 'checks_failed', message, { hint: failedHint(failing), details });
  }
  return new EngineError('definition', 'check_skipped', message, {
    hint: 'A skipped check is never green: take it out of the pipeline or give it what it needs.',
    details,
  });
}

/** `2 of 6 checks failed: row_hash (12 rows differ), row_count (…)`. */
function verdictMessage(total: number, failing: readonly CheckResult[]): string {
  const verbs = { failed: 'failed', error: 'could not be done', skipped: 'skipped' } as const;
  return (Object.keys(verbs) as (keyof typeof verbs)[])
    .map((status) => ({ verb: verbs[status], checks: failing.filter((each) => each.status === status) }))
    .filter(({ checks }) => checks.length > 0)
    .map(
      ({ verb, checks }) =>
        `${checks.length} of ${plural(total, 'check')} ${verb}: ${checks.map(brief).join(', ')}`,
    )
    .join('; ');
}

function brief(check: CheckResult): string {
  const rows = check.failing_rows ?? 0;
  if (check.check === 'row_hash' && check.differences !== undefined && rows > 0) {
    return `${check.name} (${plural(rows, 'row')} ${agreed(rows, 'differ')})`;
  }
  const reason = check.reason ?? '';
  const short = reason.length > 160 ? `${reason.slice(0, 159)}…` : reason;
  return short === '' ? check.name : `${check.name} (${short})`;
}

function failedHint(failing: readonly CheckResult[]): string {
  const hasArtifact = failing.some((each) => typeof each.differences?.artifact_id === 'string');
  return hasArtifact
    ? 'The differing rows, with key, column and both values, stand in the differences artifact.'
    : 'See expected and actual of each failed check in the result.';
}
