import type { ErrorKind } from '../../protocol/errors.ts';
import { EngineError, toEngineError } from '../errors.ts';

interface Known {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint?: string;
}

const credentials = 'Check user and password of the connection in ombudsman.yaml.';
const grants =
  'Grant the user SELECT (or, for generation, CREATE TABLE, ALTER and CONTROL of the schema) there.';
const tls = 'Check `ssl` of the connection.';
const busy = 'Lower max_parallel of the connection in ombudsman.yaml.';
const disk = 'Free space on the disk of the server, then retry.';

const badValue: Known = { kind: 'definition', code: 'bad_value' };
const constraint: Known = { kind: 'definition', code: 'constraint_violated' };
const syntax: Known = { kind: 'definition', code: 'syntax_error' };
const privilege: Known = { kind: 'permission', code: 'insufficient_privilege', hint: grants };
const password: Known = { kind: 'permission', code: 'wrong_password', hint: credentials };
const noDatabase: Known = {
  kind: 'definition',
  code: 'no_such_database',
  hint: 'Check `database` of the connection, and that the user may open it.',
};
const unnamed: Known = {
  kind: 'definition',
  code: 'bad_sql',
  hint: 'Give every column of the query a name.',
};
const lost: Known = { kind: 'connection', code: 'connection_lost' };
const starting: Known = { kind: 'connection', code: 'server_starting' };
const crowded: Known = { kind: 'resource', code: 'too_many_connections', hint: busy };

/** Numbers of errors of SQL Server and Azure SQL, as sys.messages has them. */
const byNumber: Readonly<Record<number, Known>> = {
  102: syntax,
  105: syntax,
  156: syntax,
  170: syntax,
  207: { kind: 'definition', code: 'no_such_column' },
  208: { kind: 'definition', code: 'no_such_table' },
  209: { kind: 'definition', code: 'bad_sql' },
  220: badValue,
  229: privilege,
  230: privilege,
  232: badValue,
  233: lost,
  241: badValue,
  242: badValue,
  245: badValue,
  262: privilege,
  297: privilege,
  300: privilege,
  515: constraint,
  547: constraint,
  701: { kind: 'resource', code: 'out_of_memory' },
  802: { kind: 'resource', code: 'out_of_memory' },
  911: noDatabase,
  916: noDatabase,
  1033: {
    kind: 'definition',
    code: 'bad_sql',
    hint: 'The query stands in brackets inside of another one: leave ORDER BY out, or give it TOP or OFFSET.',
  },
  1101: { kind: 'resource', code: 'disk_full', hint: disk },
  1105: { kind: 'resource', code: 'disk_full', hint: disk },
  1205: { kind: 'resource', code: 'deadlock' },
  1222: { kind: 'resource', code: 'lock_not_available' },
  2601: constraint,
  2627: constraint,
  2628: badValue,
  3726: { kind: 'definition', code: 'table_in_use', hint: 'A foreign key of another table refers to it.' },
  3952: {
    kind: 'definition',
    code: 'no_snapshot',
    hint: 'Another database that the query reads allows no snapshot isolation.',
  },
  3958: { kind: 'resource', code: 'snapshot_lost' },
  3966: { kind: 'resource', code: 'snapshot_lost' },
  4060: noDatabase,
  4064: noDatabase,
  8114: badValue,
  8115: badValue,
  8134: badValue,
  8152: badValue,
  8155: unnamed,
  8156: {
    kind: 'definition',
    code: 'duplicate_column',
    hint: 'Give the columns of the query names of their own.',
  },
  8645: { kind: 'resource', code: 'out_of_memory' },
  9002: { kind: 'resource', code: 'disk_full', hint: 'The transaction log of the database is full.' },
  10053: lost,
  10054: lost,
  10928: crowded,
  10929: crowded,
  11501: { kind: 'definition', code: 'bad_sql' },
  17142: starting,
  17809: crowded,
  18401: starting,
  18451: starting,
  18452: password,
  18456: password,
  18461: crowded,
  18486: { kind: 'permission', code: 'wrong_password', hint: 'The login is locked out.' },
  18487: { kind: 'permission', code: 'wrong_password', hint: 'The password of the login has expired.' },
  18488: { kind: 'permission', code: 'wrong_password', hint: 'The password of the login must be changed.' },
  40197: lost,
  40501: crowded,
  40532: password,
  40613: starting,
  40615: {
    kind: 'permission',
    code: 'access_refused',
    hint: 'The firewall of the server refuses this host.',
  },
};

/** Codes the driver gives its own errors. */
const byName: Readonly<Record<string, Known>> = {
  ELOGIN: password,
  EENCRYPT: { kind: 'connection', code: 'tls_refused', hint: tls },
  EINSTLOOKUP: {
    kind: 'connection',
    code: 'unreachable',
    hint: 'SQL Server Browser did not answer: give `port` in place of the instance.',
  },
  ECANCEL: { kind: 'timeout', code: 'statement_cancelled' },
  ECONNCLOSED: lost,
  EINVALIDSTATE: lost,
};

const connectTimeout: Known = {
  kind: 'connection',
  code: 'connect_timeout',
  hint: 'The server did not answer within connect_timeout.',
};
const statementTimeout: Known = {
  kind: 'timeout',
  code: 'statement_timeout',
  hint: 'Raise statement_timeout of the connection.',
};

interface DriverError extends Error {
  readonly code?: unknown;
  readonly number?: unknown;
  readonly errors?: unknown;
}

/** The driver gathers the errors of a statement; the first one the server sent says what was wrong. */
function firstOf(error: DriverError): DriverError {
  const [first] = Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
  return first instanceof Error ? first : error;
}

function knownError(error: DriverError): Known | undefined {
  if (typeof error.number === 'number' && byNumber[error.number] !== undefined) return byNumber[error.number];
  if (error.code === 'ETIMEOUT')
    return error.name === 'RequestError' || /request failed/i.test(error.message)
      ? statementTimeout
      : connectTimeout;
  return typeof error.code === 'string' ? byName[error.code] : undefined;
}

/** What a socket told the driver stands behind the driver's own error. */
function causeOf(error: DriverError): EngineError | undefined {
  if (error.code !== 'ESOCKET') return undefined;
  const cause = error.cause instanceof Error ? toEngineError(error.cause) : undefined;
  if (cause !== undefined && cause.kind !== 'internal')
    return new EngineError(cause.kind, cause.code, error.message, { hint: cause.hint, cause: error });
  const isTls = /certificate|ssl|tls|altnames/i.test(error.message);
  return isTls
    ? new EngineError('connection', 'tls_refused', error.message, { hint: tls, cause: error })
    : new EngineError('connection', 'connection_lost', error.message, { cause: error });
}

/** An error of the driver or the server in the words of protocol/errors.ts. */
export function sqlserverError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError || !(thrown instanceof Error)) return toEngineError(thrown);
  const error = firstOf(thrown);
  const known = knownError(error);
  const details = {
    ...(typeof error.code === 'string' && { code: error.code }),
    ...(typeof error.number === 'number' && { number: error.number }),
  };
  if (known !== undefined)
    return new EngineError(known.kind, known.code, error.message, {
      hint: known.hint,
      details,
      cause: error,
    });
  // Any other error the server sent is about the SQL it was given.
  if (typeof error.number === 'number')
    return new EngineError('definition', 'bad_sql', error.message, { details, cause: error });
  return causeOf(error) ?? toEngineError(error);
}

/** The error of a statement that was described and not run. */
export function sqlserverProblem(number: number, message: string): EngineError {
  return sqlserverError(Object.assign(new Error(message), { number }));
}
