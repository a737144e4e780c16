/** No daemon answers and none could be started; the message says why and what to look at. */
export class DaemonUnreachableError extends Error {
  override readonly name = 'DaemonUnreachableError';
  /** What the daemon printed when it was started, if that is where to look. */
  readonly logPath: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly logPath?: string } = {}) {
    super(message, options);
    this.logPath = options.logPath;
  }

  static is(error: unknown): error is DaemonUnreachableError {
    return error instanceof DaemonUnreachableError;
  }
}

/** A daemon runs that this client cannot speak to and must not replace. Not to be read as "no daemon". */
export class IncompatibleDaemonError extends Error {
  override readonly name = 'IncompatibleDaemonError';
  readonly daemonVersion: string;
  readonly clientVersion: string;

  constructor(message: string, versions: { daemon: string; client: string }) {
    super(message);
    this.daemonVersion = versions.daemon;
    this.clientVersion = versions.client;
  }

  static is(error: unknown): error is IncompatibleDaemonError {
    return error instanceof IncompatibleDaemonError;
  }
}
