import * as z from 'zod';

/** Why an operation failed. The transient kinds are retried automatically; differing data do not change by asking again. */
export const errorKindSchema = z.enum([
  'checks_failed',
  'definition',
  'connection',
  'permission',
  'timeout',
  'resource',
  'interrupted',
  'internal',
]);
export type ErrorKind = z.infer<typeof errorKindSchema>;

export const transientKinds: ReadonlySet<ErrorKind> = new Set([
  'connection',
  'timeout',
  'resource',
  'interrupted',
]);

export const operationErrorSchema = z.object({
  kind: errorKindSchema,
  /** A short stable word for programs: `unreachable`, `no_such_table`, `deadline_exceeded` … */
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  stack: z.string().optional(),
});
export type OperationError = z.infer<typeof operationErrorSchema>;

/** A mistake in a file a user wrote. Lines and columns count from 1; `end_*` is exclusive. */
export const diagnosticSchema = z.object({
  file: z.string(),
  line: z.number().int().min(1),
  column: z.number().int().min(1),
  end_line: z.number().int().min(1),
  end_column: z.number().int().min(1),
  severity: z.enum(['error', 'warning', 'info']),
  code: z.string(),
  message: z.string(),
  /** What to write instead. */
  hint: z.string().optional(),
  /** Nearest known names, best first. */
  suggestions: z.array(z.string()).optional(),
});
export type Diagnostic = z.infer<typeof diagnosticSchema>;

/** Every error the API answers: JSON-RPC code, the REST status it maps to, and what to do where the thrower says nothing better. */
export const rpcErrors = {
  parse_error: { code: -32700, http: 400, hint: 'send one JSON value in UTF-8' },
  invalid_request: { code: -32600, http: 400, hint: 'GET /openapi.json says what can be asked, and how' },
  method_not_found: { code: -32601, http: 404, hint: 'GET /openapi.json names every method' },
  invalid_params: {
    code: -32602,
    http: 422,
    hint: 'GET /openapi.json describes the parameters of every method',
  },
  internal_error: { code: -32603, http: 500, hint: 'logs/daemon.log in the data directory has the details' },
  unauthenticated: { code: -32000, http: 401, hint: 'the token stands in daemon.json in the data directory' },
  incompatible_version: { code: -32001, http: 409, hint: 'use a client of the version of the daemon' },
  not_found: { code: -32002, http: 404, hint: 'jobs/list and projects/list tell what there is' },
  conflict: { code: -32003, http: 409, hint: 'jobs/get tells the state the job is in now' },
  definition_invalid: { code: -32004, http: 422, hint: 'mend the definition and send it again' },
  storage_unavailable: {
    code: -32005,
    http: 507,
    hint: 'see that the data directory can be written and its disk has room',
  },
  shutting_down: {
    code: -32006,
    http: 503,
    hint: 'connect again: a new daemon starts once this one has ended',
  },
  too_large: { code: -32007, http: 413, hint: 'split it into several requests' },
  forbidden: { code: -32008, http: 403, hint: 'call from a program on this machine' },
  overloaded: { code: -32009, http: 429, hint: 'try again in a moment' },
} as const;
export type RpcErrorKind = keyof typeof rpcErrors;

export const rpcErrorDataSchema = z.object({
  kind: z.string(),
  hint: z.string().optional(),
  diagnostics: z.array(diagnosticSchema).optional(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type RpcErrorData = z.infer<typeof rpcErrorDataSchema>;

/** The one error class of the API: thrown by handlers, answered by rpc and rest, rebuilt by the client. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly kind: RpcErrorKind;
  readonly data: RpcErrorData;

  constructor(kind: RpcErrorKind, message: string, data: Omit<RpcErrorData, 'kind'> = {}) {
    super(message);
    this.kind = kind;
    this.data = { kind, hint: rpcErrors[kind].hint, ...data };
  }

  get code(): number {
    return rpcErrors[this.kind].code;
  }

  get httpStatus(): number {
    return rpcErrors[this.kind].http;
  }

  static is(error: unknown, kind?: RpcErrorKind): error is ApiError {
    return error instanceof ApiError && (kind === undefined || error.kind === kind);
  }
}
