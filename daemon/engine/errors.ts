import type { ErrorKind, OperationError } from '../protocol/errors.ts';

export interface EngineErrorOptions {
  readonly hint?: string;
  readonly details?: Record<string, unknown>;
  readonly cause?: unknown;
}

/** The one error class of the engine: says why in the words of protocol/errors.ts. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(kind: ErrorKind, code: string, message: string, options: EngineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }
}

/** What work rejects with once its signal aborted; the attempt turns it into `cancelled` or kind `timeout`. */
export function abortedError(signal: AbortSignal): EngineError {
  return new EngineError('interrupted', 'aborted', `stopped: ${String(signal.reason ?? 'cancel')}`);
}

export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortedError(signal);
}

interface Classification {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint?: string;
}

/** PostgreSQL: exact SQLSTATEs before classes (their first two characters). */
const sqlStates: Readonly<Record<string, Classification>> = {
  '28P01': {
    kind: 'permission',
    code: 'wrong_password',
    hint: 'Check user and password of the connection in ombudsman.yaml.',
  },
  '28000': {
    kind: 'permission',
    code: 'access_refused',
    hint: 'The server refuses this user from this host (pg_hba.conf).',
  },
  '3D000': { kind: 'definition', code: 'no_such_database', hint: 'Check `database` of the connection.' },
  '42501': {
    kind: 'permission',
    code: 'insufficient_privilege',
    hint: 'Grant the user SELECT (or, for generation, CREATE) there.',
  },
  '42P01': { kind: 'definition', code: 'no_such_table' },
  '3F000': { kind: 'definition', code: 'no_such_schema' },
  '42703': { kind: 'definition', code: 'no_such_column' },
  '42601': { kind: 'definition', code: 'syntax_error' },
  '25006': { kind: 'permission', code: 'read_only', hint: 'SQL of pipelines may only read.' },
  '57014': { kind: 'timeout', code: 'statement_cancelled' },
  '57P01': { kind: 'connection', code: 'server_closed_connection' },
  '57P02': { kind: 'connection', code: 'server_crashed' },
  '57P03': { kind: 'connection', code: 'server_starting' },
  '53300': {
    kind: 'resource',
    code: 'too_many_connections',
    hint: 'Lower max_parallel of the connection in ombudsman.yaml.',
  },
  '53100': { kind: 'resource', code: 'disk_full' },
  '53200': { kind: 'resource', code: 'out_of_memory' },
  '40001': { kind: 'resource', code: 'serialization_failure' },
  '40P01': { kind: 'resource', code: 'deadlock' },
  '55P03': { kind: 'resource', code: 'lock_not_available' },
};
const sqlStateClasses: Readonly<Record<string, Classification>> = {
  '08': { kind: 'connection', code: 'connection_lost' },
  '22': { kind: 'definition', code: 'bad_value' },
  '23': { kind: 'definition', code: 'constraint_violated' },
  '28': { kind: 'permission', code: 'access_refused' },
  '42': { kind: 'definition', code: 'bad_sql' },
  '53': { kind: 'resource', code: 'server_resources' },
  '57': { kind: 'connection', code: 'server_intervened' },
  '58': { kind: 'resource', code: 'server_io' },
};

const systemCodes: Readonly<Record<string, Classification>> = {
  ECONNREFUSED: {
    kind: 'connection',
    code: 'unreachable',
    hint: 'Nothing listens at this host and port: is the server running?',
  },
  ENOTFOUND: { kind: 'connection', code: 'unknown_host', hint: 'Check `host` of the connection.' },
  EAI_AGAIN: { kind: 'connection', code: 'unknown_host', hint: 'The name service did not answer.' },
  ETIMEDOUT: { kind: 'connection', code: 'unreachable' },
  EHOSTUNREACH: { kind: 'connection', code: 'unreachable' },
  ENETUNREACH: { kind: 'connection', code: 'unreachable' },
  ECONNRESET: { kind: 'connection', code: 'connection_lost' },
  EPIPE: { kind: 'connection', code: 'connection_lost' },
  EACCES: { kind: 'permission', code: 'access_denied' },
  EPERM: { kind: 'permission', code: 'access_denied' },
  EROFS: { kind: 'permission', code: 'read_only_file_system' },
  ENOENT: { kind: 'definition', code: 'no_such_file' },
  ENOTDIR: { kind: 'definition', code: 'no_such_file' },
  ENOSPC: { kind: 'resource', code: 'disk_full', hint: 'Free space on the disk, then retry.' },
  EDQUOT: { kind: 'resource', code: 'disk_full' },
  EMFILE: { kind: 'resource', code: 'too_many_open_files' },
  ENFILE: { kind: 'resource', code: 'too_many_open_files' },
  ENOMEM: { kind: 'resource', code: 'out_of_memory' },
};

/** DuckDB and SQLite say what happened in the text of their messages; first match wins. */
const messagePatterns: readonly (readonly [RegExp, Classification])[] = [
  [/^(INTERRUPT Error|Interrupted)/i, { kind: 'interrupted', code: 'aborted' }],
  [
    /Could not set lock on file|Conflicting lock is held|being used by another process|database is locked|File is already open in/i,
    {
      kind: 'resource',
      code: 'file_locked',
      hint: 'Another program has this database file open; close it there, then retry.',
    },
  ],
  [
    /No space left on device|disk is full|max_temp_directory_size/i,
    { kind: 'resource', code: 'disk_full', hint: 'Free space on the disk, then retry.' },
  ],
  [
    /^Out of Memory Error|failed to allocate|could not allocate/i,
    { kind: 'resource', code: 'out_of_memory', hint: 'Give the engine more memory or run less at once.' },
  ],
  [/Permission denied|access denied/i, { kind: 'permission', code: 'access_denied' }],
  [
    /attached in read-only mode|attempt to write a readonly database/i,
    { kind: 'permission', code: 'read_only' },
  ],
  [/^Catalog Error: Table|^no such table/i, { kind: 'definition', code: 'no_such_table' }],
  [/^Catalog Error: Schema/i, { kind: 'definition', code: 'no_such_schema' }],
  [/^Binder Error: Referenced column|^no such column/i, { kind: 'definition', code: 'no_such_column' }],
  [/^Parser Error|syntax error/i, { kind: 'definition', code: 'syntax_error' }],
  [/^(Catalog|Binder) Error|^no such function/i, { kind: 'definition', code: 'bad_sql' }],
  [/^Constraint Error|constraint failed/i, { kind: 'definition', code: 'constraint_violated' }],
  [
    /^(Conversion|Out of Range|Invalid Input|Mismatch Type) Error/i,
    { kind: 'definition', code: 'bad_value' },
  ],
  [
    /not a valid DuckDB database file|file is not a database|database disk image is malformed|^Serialization Error/i,
    { kind: 'definition', code: 'not_a_database', hint: 'The file is of another kind or damaged.' },
  ],
  [
    /^IO Error.*(No such file|does not exist|No files found)|^unable to open database file/is,
    { kind: 'definition', code: 'no_such_file' },
  ],
  [
    /Connection terminated|connection was closed|socket hang up/i,
    { kind: 'connection', code: 'connection_lost' },
  ],
  [
    /timeout expired|timeout exceeded when trying to connect/i,
    {
      kind: 'connection',
      code: 'connect_timeout',
      hint: 'The server did not answer within connect_timeout.',
    },
  ],
  [
    /does not support SSL|self-signed certificate|unable to verify the first certificate|certificate/i,
    { kind: 'connection', code: 'tls_refused', hint: 'Check `ssl` of the connection.' },
  ],
];

function classify(error: Error): Classification | null {
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') {
    const known = systemCodes[code] ?? sqlStates[code];
    if (known) return known;
    if (/^[0-9A-Z]{5}$/.test(code) && sqlStateClasses[code.slice(0, 2)])
      return sqlStateClasses[code.slice(0, 2)] ?? null;
  }
  // AggregateError of a connection tried on several addresses: its first cause speaks.
  const inner = (error as { errors?: unknown }).errors;
  if (Array.isArray(inner) && inner[0] instanceof Error) return classify(inner[0]);
  return messagePatterns.find(([pattern]) => pattern.test(error.message))?.[1] ?? null;
}

/**
 * Any thrown value as an EngineError: SQLSTATEs, system codes and the texts of DuckDB and SQLite are told apart; what nobody
 * knows is `internal` and keeps its stack. `where` is put before the message ("connection legacy").
 */
export function toEngineError(thrown: unknown, where?: string): EngineError {
  if (thrown instanceof EngineError) return where === undefined ? thrown : located(thrown, where);
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const found = classify(error);
  const text = error.message || (error as { code?: string }).code || error.name;
  const message = where === undefined ? text : `${where}: ${text}`;
  const details = sqlDetails(error);
  const result = new EngineError(found?.kind ?? 'internal', found?.code ?? 'unexpected', message, {
    hint: found?.hint ?? (error as { hint?: string }).hint,
    details,
    cause: error,
  });
  if (error.stack !== undefined) result.stack = error.stack;
  return result;
}

function located(error: EngineError, where: string): EngineError {
  if (error.message.includes(where)) return error;
  const { kind, code, hint, details } = error;
  const result = new EngineError(kind, code, `${where}: ${error.message}`, {
    hint,
    details,
    cause: error.cause,
  });
  if (error.stack !== undefined) result.stack = error.stack;
  return result;
}

function sqlDetails(error: Error): Record<string, unknown> | undefined {
  const fields = error as { code?: unknown; detail?: unknown; position?: unknown };
  const details: Record<string, unknown> = {};
  if (typeof fields.code === 'string') details['code'] = fields.code;
  if (typeof fields.detail === 'string') details['detail'] = fields.detail;
  if (typeof fields.position === 'string') details['position'] = fields.position;
  return Object.keys(details).length > 0 ? details : undefined;
}

/** The record that goes into messages and onto disk. Only `internal` errors carry a stack. */
export function toOperationError(thrown: unknown): OperationError {
  const error = toEngineError(thrown);
  return {
    kind: error.kind,
    code: error.code,
    message: error.message,
    ...(error.hint !== undefined && { hint: error.hint }),
    ...(error.details !== undefined && { details: error.details }),
    ...(error.kind === 'internal' && error.stack !== undefined && { stack: error.stack }),
  };
}
