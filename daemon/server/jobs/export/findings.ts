import type { Operation } from '../../../protocol/entities.ts';
import type { CheckResult, Evidence } from '../../../protocol/results.ts';

/** One line of a report: a check of a pipeline, or a pipeline of a project that has no checks to show. */
export interface Finding {
  readonly pipeline_id: string;
  readonly check?: CheckResult;
  /** Why the pipeline has no checks: it never came to them. */
  readonly error?: { readonly kind: string; readonly message: string };
  readonly evidence?: Evidence;
}

/** What an operation found, flat: for a project the findings of all its pipelines. Empty for operations without checks. */
export function findingsOf(operation: Operation): Finding[] {
  const result = operation.result;
  if (result?.type === 'pipeline') {
    return result.checks.map((check) => ({
      pipeline_id: result.pipeline_id,
      check,
      evidence: result.evidence,
    }));
  }
  if (result?.type !== 'project_validation') return [];
  return result.pipelines.flatMap((pipeline): Finding[] => {
    const common = { pipeline_id: pipeline.pipeline_id, evidence: pipeline.evidence };
    const findings: Finding[] = (pipeline.checks ?? []).map((check) => ({ ...common, check }));
    const named = new Set(pipeline.checks?.map((check) => check.name));
    const unnamed = pipeline.failing_checks.filter((name) => !named.has(name));
    const error =
      pipeline.error ??
      (pipeline.status === 'failed' && (unnamed.length > 0 || findings.length === 0)
        ? { kind: 'checks_failed', message: `failed: ${unnamed.join(', ') || 'no check was run'}` }
        : undefined);
    if (error !== undefined) return [...findings, { ...common, error }];
    return findings.length > 0 ? findings : [common];
  });
}

/** Expected and actual values as a person reads them: text as it is, everything else as JSON, absent as nothing. */
export function valueText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Why an operation did not complete, in one line; empty if it did. */
export function reasonOf(operation: Operation): string {
  const { error } = operation;
  if (error !== undefined) return `${error.kind}: ${error.message}`;
  return operation.skip_reason ?? '';
}
