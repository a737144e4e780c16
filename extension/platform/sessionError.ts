export type SessionErrorKind = 'untrusted' | 'newer' | 'failed' | 'stopped';

/** Why this window has no connection to the daemon. The message says what to do, in a sentence a person reads. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly kind: SessionErrorKind;
  /** What the daemon printed, where that is the place to look. */
  readonly logPath: string | null;

  constructor(
    kind: SessionErrorKind,
    message: string,
    options: ErrorOptions & { readonly logPath?: string | null } = {},
  ) {
    super(message, options);
    this.kind = kind;
    this.logPath = options.logPath ?? null;
  }

  static is(error: unknown, kind?: SessionErrorKind): error is SessionError {
    return error instanceof SessionError && (kind === undefined || error.kind === kind);
  }
}
