import type { ApiError } from '../../protocol/errors.ts';
import { rpcErrors, type RpcErrorData, type RpcErrorKind } from '../../protocol/errors.ts';

/** Framing of JSON-RPC 2.0: what a text must be before a method is looked up. Pure. */

export type RpcId = string | number | null;

/** A valid request; without `id` it is a notification and never answered. */
export interface RpcRequest {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params?: unknown;
  readonly id?: RpcId;
}

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: RpcErrorData;
}

export type RpcResponse =
  | { readonly jsonrpc: '2.0'; readonly id: RpcId; readonly result: unknown }
  | { readonly jsonrpc: '2.0'; readonly id: RpcId; readonly error: RpcError };

/** Well above any definition; far below where a recursive walk (zod, JSON.stringify) would overflow the stack. */
export const maxNesting = 100;
/** A batch is answered as one message, so its entries bound the size of that. */
export const maxBatchEntries = 1_000;

export type Incoming =
  /** Nothing to call: answer this. */
  | { readonly kind: 'refused'; readonly response: RpcResponse }
  | { readonly kind: 'single'; readonly request: RpcRequest }
  | { readonly kind: 'batch'; readonly entries: readonly (RpcRequest | RpcResponse)[] };

/** Reads one message. The messages of the standard errors are the specification's own; what helps stands in `data.hint`. */
export function readMessage(text: string): Incoming {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const hint = error instanceof Error ? error.message : String(error);
    return refused(null, 'parse_error', 'Parse error', hint);
  }
  if (!Array.isArray(value)) {
    const entry = readEntry(value);
    return 'method' in entry ? { kind: 'single', request: entry } : { kind: 'refused', response: entry };
  }
  if (value.length === 0) return refused(null, 'invalid_request', 'Invalid Request', 'the batch is empty');
  if (value.length > maxBatchEntries) {
    const hint = `a batch may hold at most ${maxBatchEntries} requests, this one has ${value.length}`;
    return refused(null, 'invalid_request', 'Invalid Request', hint);
  }
  return { kind: 'batch', entries: value.map(readEntry) };
}

export function errorResponse(id: RpcId, error: RpcError): RpcResponse {
  return { jsonrpc: '2.0', id, error };
}

export function rpcError(kind: RpcErrorKind, message: string, hint?: string): RpcError {
  return { code: rpcErrors[kind].code, message, data: { kind, ...(hint === undefined ? {} : { hint }) } };
}

/** An error of ours as JSON-RPC tells it. */
export function apiRpcError(error: ApiError): RpcError {
  return { code: error.code, message: error.message, data: error.data };
}

/** Depth of arrays and objects in a JSON value, walked without recursion; stops counting past `limit`. */
export function isNestedDeeperThan(value: unknown, limit: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const item of level) {
      if (item === null || typeof item !== 'object') continue;
      if (depth >= limit) return true;
      for (const child of Object.values(item)) {
        if (child !== null && typeof child === 'object') next.push(child);
      }
    }
    level = next;
  }
  return false;
}

function readEntry(value: unknown): RpcRequest | RpcResponse {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return invalid(null, 'a request is an object');
  }
  const { jsonrpc, method, params, id } = value as Record<string, unknown>;
  const hasId = 'id' in value;
  const isIdValid = !hasId || id === null || typeof id === 'string' || typeof id === 'number';
  const answerId = hasId && isIdValid ? (id as RpcId) : null;
  if (jsonrpc !== '2.0') return invalid(answerId, 'jsonrpc must be "2.0"');
  if (typeof method !== 'string') return invalid(answerId, 'method must be a string');
  if (!isIdValid) return invalid(null, 'id must be a string, a number or null');
  if ('params' in value && (params === null || typeof params !== 'object')) {
    return invalid(answerId, 'params must be an object');
  }
  if (isNestedDeeperThan(params, maxNesting)) {
    return invalid(answerId, `params may be nested at most ${maxNesting} levels deep`);
  }
  return { jsonrpc, method, ...(hasId ? { id: answerId } : {}), ...('params' in value ? { params } : {}) };
}

function invalid(id: RpcId, hint: string): RpcResponse {
  return errorResponse(id, rpcError('invalid_request', 'Invalid Request', hint));
}

function refused(id: RpcId, kind: RpcErrorKind, message: string, hint: string): Incoming {
  return { kind: 'refused', response: errorResponse(id, rpcError(kind, message, hint)) };
}
