import { differencesText } from '../../../daemon/client/summary.ts';
import type { CheckResult, Differences, OperationResult } from '../../../daemon/protocol/results.ts';

/** A check that found differing rows, of an operation that may hold several pipelines. */
export interface DifferingCheck {
  readonly pipelineId?: string;
  readonly check: CheckResult & { readonly differences: Differences };
  /** `3 missing, 2 extra`. */
  readonly counts: string;
}

/** Checks with differing rows, in the order of the pipeline. */
export function differingChecks(result: OperationResult | undefined): DifferingCheck[] {
  if (result?.type === 'pipeline') return ofPipeline(result.checks);
  if (result?.type !== 'project_validation') return [];
  return result.pipelines.flatMap(({ pipeline_id: pipelineId, checks }) =>
    ofPipeline(checks ?? []).map((each) => ({ ...each, pipelineId })),
  );
}

function ofPipeline(checks: readonly CheckResult[]): DifferingCheck[] {
  return checks.flatMap((check) => {
    const { differences } = check;
    if (differences === undefined) return [];
    const { missing, extra, value, duplicate } = differences;
    if (missing + extra + value + duplicate === 0) return [];
    return [{ check: { ...check, differences }, counts: differencesText(differences) }];
  });
}
