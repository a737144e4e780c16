import type { OperationError } from '../../protocol/errors.ts';

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
