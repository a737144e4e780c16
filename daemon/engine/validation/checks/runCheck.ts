import { checkParameterSchemas, type CheckKind, type CheckSpec } from '../../../protocol/files/checks.ts';
import type { CheckResult } from '../../../protocol/results.ts';
import { toEngineError, throwIfAborted, type EngineError } from '../../errors.ts';
import type { Check, CheckContext, CheckFinding } from './check.ts';
import { checks } from './registry.ts';

export interface CheckRun {
  readonly result: CheckResult;
  /** Why the check could not be done; then its status is `error`. */
  readonly error?: EngineError;
}

/**
 * Runs one check and says how it ended. What prevents it makes it an `error`, never the pipeline's end; only an abort is thrown on.
 */
export async function runCheck(spec: CheckSpec, context: CheckContext): Promise<CheckRun> {
  const started = performance.now();
  const outcome = await attempt(spec, context);
  const { samples = [], ...finding } = outcome.finding;
  const isWarning = finding.status === 'failed' && spec.severity === 'warn';
  return {
    result: {
      check: spec.check,
      name: spec.name,
      severity: spec.severity,
      ...finding,
      status: isWarning ? 'warning' : finding.status,
      samples,
      sql: { source: context.source.sql, target: context.target.sql },
      duration_ms: Math.round(performance.now() - started),
    },
    ...(outcome.error !== undefined && { error: outcome.error }),
  };
}

async function attempt(
  spec: CheckSpec,
  context: CheckContext,
): Promise<{ finding: CheckFinding; error?: EngineError }> {
  try {
    return { finding: await dispatch(spec.check, spec.params, context) };
  } catch (thrown) {
    throwIfAborted(context.signal);
    const error = toEngineError(thrown);
    const reason = error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
    return { finding: { status: 'error', expected: null, actual: null, reason }, error };
  }
}

function dispatch<K extends CheckKind>(
  kind: K,
  params: Record<string, unknown>,
  context: CheckContext,
): Promise<CheckFinding> {
  // Indexing two tables by the same K loses the tie between them: the registry's type guarantees it.
  const check = checks[kind] as unknown as Check<CheckKind>;
  return check.run(checkParameterSchemas[kind].parse(params), context);
}
