import type { AttemptOutcome } from '../../protocol/engine.ts';
import type { OperationError } from '../../protocol/errors.ts';
import type { PlannedOperation } from '../../protocol/plan.ts';

/** What makes an attempt fail before any engine work: an unset secret, a project that is gone. */
export class OperationFailure extends Error {
  override readonly name = 'OperationFailure';
  readonly error: OperationError;

  constructor(error: OperationError) {
    super(error.message);
    this.error = error;
  }
}

/** The OperationError of anything thrown. */
export function errorOf(error: unknown): OperationError {
  if (error instanceof OperationFailure) return error.error;
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'internal', code: 'unexpected', message, ...(stack !== undefined && { stack }) };
}

/** A timeout with the limit it ran into: the engine is told to stop, not why so soon. */
export function namingLimit(outcome: AttemptOutcome, { timeout_ms }: PlannedOperation): AttemptOutcome {
  if (outcome.outcome !== 'failed' || outcome.error.kind !== 'timeout' || timeout_ms === null) return outcome;
  const message = `${outcome.error.message} The timeout is ${timeout_ms / 1000} s.`;
  const hint =
    outcome.error.hint ?? 'Write a longer timeout for the operation or the batch, or split the work.';
  return { ...outcome, error: { ...outcome.error, message, hint } };
}
