import type { PipelineOutcome } from '../../protocol/answers.ts';
import type { BatchPlan } from '../../protocol/plan.ts';
import type { CheckResult } from '../../protocol/results.ts';
import type { NamedRun } from '../storage/runLedger.ts';
import type { Run } from '../storage/runList.ts';
import { runsOf } from '../storage/runsOf.ts';
import type { OperationState } from '../storage/schemas.ts';

/** What each pipeline that the operation ran to an end has come to; nothing while it has not. */
export function outcomesOf(
  jobId: string,
  plan: BatchPlan,
  index: number,
  state: OperationState,
): { readonly named: NamedRun; readonly outcome: PipelineOutcome }[] {
  return runsOf(jobId, plan, index, state).flatMap((named, place) => {
    if (named.kind !== 'pipeline') return [];
    return [{ named, outcome: { ...bareOutcome(named.name, named.run), ...foundIn(state, place) } }];
  });
}

/** `place` is that of the pipeline in the result of a project; a pipeline of its own has the first. */
function foundIn(state: OperationState, place: number): Pick<PipelineOutcome, 'error' | 'checks'> {
  const { result } = state;
  if (result?.type === 'project_validation') {
    const { error, checks = [] } = result.pipelines[place] ?? {};
    return { ...(error !== undefined && { error }), checks: checks.map(checkOf) };
  }
  return {
    ...(state.error !== undefined && { error: errorOf(state.error) }),
    checks: result?.type === 'pipeline' ? result.checks.map(checkOf) : [],
  };
}

/**
 * The outcome of a run whose operation has been put to run again since: what it found was replaced, and only the error of the
 * attempt is left.
 */
export function replacedOutcome(name: string, run: Run, state: OperationState | undefined): PipelineOutcome {
  const error = state?.attempts.find(({ finished_at }) => finished_at === run.at)?.error;
  if (!run.ok && error !== undefined) return { ...bareOutcome(name, run), error: errorOf(error) };
  return lostOutcome(name, run, 'It failed. What it found was replaced when its operation was retried.');
}

/** What is known of a run without the record of its job; `message` says why there is no more. */
export function lostOutcome(name: string, run: Run, message: string): PipelineOutcome {
  const bare = bareOutcome(name, run);
  return run.ok ? bare : { ...bare, error: { kind: 'internal', message } };
}

function bareOutcome(name: string, run: Run): PipelineOutcome {
  const { job_id, operation_id, at, duration_ms, ok } = run;
  return {
    pipeline_id: name,
    job_id,
    operation_id,
    status: ok ? 'completed' : 'failed',
    finished_at: at,
    duration_ms,
    checks: [],
  };
}

function errorOf({ kind, message, hint }: NonNullable<PipelineOutcome['error']>): PipelineOutcome['error'] {
  return { kind, message, ...(hint !== undefined && { hint }) };
}

function checkOf(result: CheckResult): PipelineOutcome['checks'][number] {
  const { check, name, status, severity, expected, actual, failing_rows, reason } = result;
  return {
    check,
    name,
    status,
    severity,
    expected,
    actual,
    ...(failing_rows !== undefined && { failing_rows }),
    ...(reason !== undefined && { reason }),
  };
}
