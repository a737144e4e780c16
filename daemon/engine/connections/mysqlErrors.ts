import type { ErrorKind } from '../../protocol/errors.ts';
import { EngineError, toEngineError } from '../errors.ts';

interface Known {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint?: string;
}

const credentials = 'Check user and password of the connection in ombudsman.yaml.';
const grants = 'Grant the user SELECT (or, for generation, CREATE, INSERT, ALTER and DROP) there.';
const onlyReads = 'SQL of pipelines may only read.';
const tls = 'Check `ssl` of the connection.';

/** Numbers of errors of MySQL and MariaDB; where the two differ, both are here. */
const byNumber: Readonly<Record<number, Known>> = {
  1021: { kind: 'resource', code: 'disk_full', hint: 'Free space on the disk of the server, then retry.' },
  1037: { kind: 'resource', code: 'out_of_memory' },
  1040: {
    kind: 'resource',
    code: 'too_many_connections',
    hint: 'Lower max_parallel of the connection in ombudsman.yaml.',
  },
  1044: { kind: 'permission', code: 'access_refused', hint: 'The user may not use this database: grant it.' },
  1045: { kind: 'permission', code: 'wrong_password', hint: credentials },
  1046: { kind: 'definition', code: 'no_such_database', hint: 'Check `database` of the connection.' },
  1049: { kind: 'definition', code: 'no_such_database', hint: 'Check `database` of the connection.' },
  1053: { kind: 'connection', code: 'server_closed_connection' },
  1054: { kind: 'definition', code: 'no_such_column' },
  1060: {
    kind: 'definition',
    code: 'duplicate_column',
    hint: 'Give the columns of the query names of their own.',
  },
  1064: { kind: 'definition', code: 'syntax_error' },
  1114: { kind: 'resource', code: 'disk_full', hint: 'Free space on the disk of the server, then retry.' },
  1129: {
    kind: 'connection',
    code: 'access_refused',
    hint: 'The server blocked this host after many errors.',
  },
  1130: {
    kind: 'permission',
    code: 'access_refused',
    hint: 'The server refuses connections from this host.',
  },
  1142: { kind: 'permission', code: 'insufficient_privilege', hint: grants },
  1143: { kind: 'permission', code: 'insufficient_privilege', hint: grants },
  1146: { kind: 'definition', code: 'no_such_table' },
  1203: {
    kind: 'resource',
    code: 'too_many_connections',
    hint: 'The user has reached its number of sessions.',
  },
  1205: { kind: 'resource', code: 'lock_not_available' },
  1213: { kind: 'resource', code: 'deadlock' },
  1226: {
    kind: 'resource',
    code: 'too_many_connections',
    hint: 'The user has used up what the server allows.',
  },
  1227: { kind: 'permission', code: 'insufficient_privilege', hint: grants },
  1251: {
    kind: 'permission',
    code: 'access_refused',
    hint: 'The user logs in by a method this driver has not.',
  },
  1290: { kind: 'permission', code: 'read_only', hint: 'The server runs with an option that forbids this.' },
  1317: { kind: 'timeout', code: 'statement_cancelled' },
  1356: {
    kind: 'definition',
    code: 'bad_sql',
    hint: 'The view refers to something that is gone or not granted.',
  },
  1370: {
    kind: 'permission',
    code: 'insufficient_privilege',
    hint: 'Grant the user EXECUTE on the routine.',
  },
  1412: { kind: 'resource', code: 'table_changed', hint: 'The table was altered meanwhile; run it again.' },
  1698: { kind: 'permission', code: 'wrong_password', hint: credentials },
  1792: { kind: 'permission', code: 'read_only', hint: onlyReads },
  1927: { kind: 'connection', code: 'server_closed_connection' },
  1969: { kind: 'timeout', code: 'statement_timeout', hint: 'Raise statement_timeout of the connection.' },
  3024: { kind: 'timeout', code: 'statement_timeout', hint: 'Raise statement_timeout of the connection.' },
  3159: {
    kind: 'connection',
    code: 'tls_refused',
    hint: 'The server wants encryption: give `ssl: require`.',
  },
  4031: { kind: 'connection', code: 'connection_lost' },
  4151: {
    kind: 'permission',
    code: 'wrong_password',
    hint: 'The account is locked or its password expired.',
  },
};

const byName: Readonly<Record<string, Known>> = {
  PROTOCOL_CONNECTION_LOST: { kind: 'connection', code: 'connection_lost' },
  HANDSHAKE_NO_SSL_SUPPORT: { kind: 'connection', code: 'tls_refused', hint: tls },
  HANDSHAKE_SSL_ERROR: { kind: 'connection', code: 'tls_refused', hint: tls },
  ETIMEDOUT: {
    kind: 'connection',
    code: 'connect_timeout',
    hint: 'The server did not answer within connect_timeout.',
  },
};

/** The first two characters of an SQLSTATE, as PostgreSQL has them too. */
const byState: Readonly<Record<string, Known>> = {
  '08': { kind: 'connection', code: 'connection_lost' },
  '22': { kind: 'definition', code: 'bad_value' },
  '23': { kind: 'definition', code: 'constraint_violated' },
  '28': { kind: 'permission', code: 'access_refused' },
  '42': { kind: 'definition', code: 'bad_sql' },
};

function knownError(error: Partial<Record<'code' | 'errno' | 'sqlState', unknown>>): Known | undefined {
  const { code, errno, sqlState } = error;
  // The driver numbers its own errors and those of sockets below zero.
  const numbered = typeof errno === 'number' ? byNumber[errno] : undefined;
  const named = typeof code === 'string' ? byName[code] : undefined;
  const state = typeof sqlState === 'string' ? byState[sqlState.slice(0, 2)] : undefined;
  return numbered ?? named ?? state;
}

/** An error of the driver or the server in the words of protocol/errors.ts. */
export function mysqlError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError || !(thrown instanceof Error)) return toEngineError(thrown);
  const error = thrown as Error & { code?: unknown; errno?: unknown; sqlState?: unknown };
  const known = knownError(error);
  if (known === undefined) {
    // Any other error the server answered is about the SQL it was given.
    return typeof error.sqlState === 'string'
      ? new EngineError('definition', 'bad_sql', error.message, {
          details: { code: error.code },
          cause: error,
        })
      : toEngineError(error);
  }
  const details = { code: error.code, ...(error.errno !== undefined && { errno: error.errno }) };
  return new EngineError(known.kind, known.code, error.message, { hint: known.hint, details, cause: error });
}
