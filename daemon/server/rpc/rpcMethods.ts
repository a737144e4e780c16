import { JSONRPCServer } from 'json-rpc-2.0';
import { ApiError } from '../../protocol/errors.ts';
import { methods, type MethodName } from '../../protocol/methods.ts';
import type { Logger } from '../log.ts';
import { isApiMethod, toApiError, type Api } from './api.ts';
import { apiRpcError, errorResponse, rpcError, type RpcRequest, type RpcResponse } from './envelope.ts';

/** Methods that need the connection they come over. */
export interface ConnectionMethods {
  hello(params: unknown): unknown;
  subscribe(params: unknown): Promise<unknown>;
  unsubscribe(params: unknown): unknown;
}

export type RpcReceiver = (request: RpcRequest, connection: ConnectionMethods) => Promise<RpcResponse | null>;

/** The table of methods as a JSON-RPC server; one for all connections. Never rejects. */
export function createRpcReceiver(api: Api, log: Logger): RpcReceiver {
  // Unexpected errors are logged where they are turned into ApiErrors; the listener would tell them a second time.
  const server = new JSONRPCServer<ConnectionMethods>({ errorListener: () => undefined });
  for (const method of Object.keys(methods) as MethodName[]) {
    server.addMethod(method, (params: unknown, connection) => {
      if (isApiMethod(method)) return api.call(method, params);
      if (method === 'daemon/hello') return connection.hello(params);
      return method === 'events/subscribe' ? connection.subscribe(params) : connection.unsubscribe(params);
    });
  }
  server.mapErrorToJSONRPCErrorResponse = (id, error: unknown) => ({
    jsonrpc: '2.0',
    id,
    error: apiRpcError(ApiError.is(error) ? error : toApiError(error, 'a call', log)),
  });
  return async (request, connection) => {
    if (!server.hasMethod(request.method)) {
      if (request.id === undefined) return null;
      const hint = `known methods: ${Object.keys(methods).join(', ')}`;
      return errorResponse(request.id, rpcError('method_not_found', 'Method not found', hint));
    }
    return (await server.receive(request, connection)) as RpcResponse | null;
  };
}
