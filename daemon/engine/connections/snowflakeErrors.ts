import type { ErrorKind } from '../../protocol/errors.ts';
import { EngineError, toEngineError } from '../errors.ts';

interface Known {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint?: string;
}

const credentials =
  'Check token, or user and private_key, of the connection in ombudsman.yaml, and that no network policy forbids this host.';
const noWarehouse: Known = {
  kind: 'definition',
  code: 'no_warehouse',
  hint: 'Give the connection a `warehouse` that its role may use.',
};
const timedOut: Known = {
  kind: 'timeout',
  code: 'statement_timeout',
  hint: 'Raise statement_timeout of the connection, or that of the warehouse.',
};
const badValue: Known = { kind: 'definition', code: 'bad_value' };
const denied: Known = {
  kind: 'permission',
  code: 'insufficient_privilege',
  hint: 'Grant the role of the connection what it needs: USAGE and SELECT (or, for generation, CREATE TABLE).',
};
const password: Known = { kind: 'permission', code: 'wrong_password', hint: credentials };

/** Codes of the service, without leading zeros. */
const byCode: Readonly<Record<number, Known>> = {
  604: { kind: 'timeout', code: 'statement_cancelled' },
  606: noWarehouse,
  630: timedOut,
  904: { kind: 'definition', code: 'no_such_column' },
  1003: { kind: 'definition', code: 'syntax_error' },
  2003: { kind: 'definition', code: 'no_such_table' },
  2043: { kind: 'definition', code: 'no_such_table' },
  3001: denied,
  90073: noWarehouse,
  100035: badValue,
  100038: badValue,
  100040: badValue,
  100051: badValue,
  100072: { kind: 'definition', code: 'constraint_violated' },
  100078: badValue,
  100132: badValue,
  333334: { kind: 'timeout', code: 'still_running' },
};

/** The first two characters of an SQLSTATE. */
const byState: Readonly<Record<string, Known>> = {
  '08': { kind: 'connection', code: 'connection_lost' },
  '22': badValue,
  '23': { kind: 'definition', code: 'constraint_violated' },
  '28': { kind: 'permission', code: 'access_refused', hint: credentials },
  '42': { kind: 'definition', code: 'bad_sql' },
};

const byStatus: Readonly<Record<number, Known>> = {
  401: password,
  403: { kind: 'permission', code: 'access_refused', hint: credentials },
  404: {
    kind: 'definition',
    code: 'no_such_account',
    hint: 'Check `account` (or `url`) of the connection in ombudsman.yaml.',
  },
  408: timedOut,
  429: {
    kind: 'resource',
    code: 'too_many_requests',
    hint: 'Lower max_parallel of the connection in ombudsman.yaml.',
  },
};

export interface SnowflakeFailure {
  readonly code?: string;
  readonly message?: string;
  readonly sqlState?: string;
}

/** An answer of the service that is no result, in the words of protocol/errors.ts. */
export function snowflakeFailure(status: number, { code, message, sqlState }: SnowflakeFailure): EngineError {
  const numbered = code === undefined ? undefined : byCode[Number(code)];
  const ofStatement = status === 422 || status === 200 ? byState[sqlState?.slice(0, 2) ?? ''] : undefined;
  // 390100 to 390399 are about tokens, keys and sessions, whatever the status.
  const ofLogin = /^390[123]\d\d$/.test(code ?? '') ? password : undefined;
  const known: Known =
    numbered ??
    ofLogin ??
    ofStatement ??
    byStatus[status] ??
    (status >= 500
      ? { kind: 'connection', code: 'server_intervened' }
      : status === 422
        ? { kind: 'definition', code: 'bad_sql' }
        : { kind: 'internal', code: 'unexpected_answer' });
  const text = message === undefined || message === '' ? `the service answered ${status}` : message;
  return new EngineError(known.kind, known.code, text, {
    hint: known.hint,
    details: {
      status,
      ...(code !== undefined && { code }),
      ...(sqlState !== undefined && { sql_state: sqlState }),
    },
  });
}

/** An error of the way there: fetch hides what happened behind `fetch failed`. */
export function snowflakeUnreachable(thrown: unknown, url: string): EngineError {
  if (thrown instanceof EngineError) return thrown;
  if (thrown instanceof Error && thrown.name === 'TimeoutError')
    return new EngineError('connection', 'connect_timeout', `no answer from ${url}`, {
      hint: 'The service did not answer within connect_timeout.',
      cause: thrown,
    });
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const error = toEngineError(cause);
  if (error.kind === 'internal')
    return new EngineError('connection', 'connection_lost', `${url}: ${error.message}`, { cause: thrown });
  return new EngineError(error.kind, error.code, `${url}: ${error.message}`, {
    hint: error.code === 'unknown_host' ? 'Check `account` (or `url`) of the connection.' : error.hint,
    cause: thrown,
  });
}
