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

/** Every error the API answers: JSON-RPC code and the REST status it maps to. */
export const rpcErrors = {
  parse_error: { code: -32700, http: 400 },
  invalid_request: { code: -32600, http: 400 },
  method_not_found: { code: -32601, http: 404 },
  invalid_params: { code: -32602, http: 422 },
  internal_error: { code: -32603, http: 500 },
  unauthenticated: { code: -32000, http: 401 },
  incompatible_version: { code: -32001, http: 409 },
  not_found: { code: -32002, http: 404 },
  conflict: { code: -32003, http: 409 },
  definition_invalid: { code: -32004, http: 422 },
  storage_unavailable: { code: -32005, http: 507 },
  shutting_down: { code: -32006, http: 503 },
  too_large: { code: -32007, http: 413 },
  forbidden: { code: -32008, http: 403 },
  overloaded: { code: -32009, http: 429 },
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
    this.data = { kind, ...data };
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
