import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, type RpcErrorData } from '../../protocol/errors.ts';
import type { MethodName, MethodResult } from '../../protocol/methods.ts';
import type { Logger } from '../log.ts';
import { isApiMethod, toApiError, type Api } from '../rpc/api.ts';
import type { EventHub } from '../rpc/eventHub.ts';
import { checkCaller } from '../rpc/guard.ts';
import { checkBearer } from '../rpc/bearer.ts';
import { readBody } from './body.ts';
import { openEventStream } from './eventStream.ts';
import { readQuery, refuseToken } from './query.ts';
import { httpVerb, matchRoute, VerbError, type RouteMatch } from './routes.ts';

export interface RestOptions {
  readonly api: Api;
  readonly hub: EventHub;
  readonly token: string;
  /** What /health says to anybody on this machine. */
  readonly health: () => { status: 'ready' | 'draining' };
  readonly log: Logger;
  readonly onActivity: () => void;
}

export interface RestHandler {
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Open event streams. */
  streams(): number;
}

/** Answers HTTP requests from the table of routes; the same handlers as JSON-RPC. Never throws. */
export function createRestHandler(options: RestOptions): RestHandler {
  const streams = new Set<ServerResponse>();
  return {
    handle: (request, response) => {
      options.onActivity();
      // A client that goes away in the middle is no event.
      response.on('error', () => undefined);
      answer(request, response, options, streams).catch((error: unknown) => {
        answerError(request, response, error, options.log);
      });
    },
    streams: () => streams.size,
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: RestOptions,
  streams: Set<ServerResponse>,
): Promise<void> {
  checkCaller(request);
  const [path = '/', query = ''] = splitUrl(request.url ?? '/');
  if (path !== '/health') checkBearer(request, options.token);
  const match = matchRoute(request.method ?? 'GET', path);
  const { target } = match.route;
  if (target === 'health') {
    sendJson(response, 200, options.health());
  } else if (target === 'openapi') {
    refuseToken(new URLSearchParams(query));
    // Loaded when first asked for: it builds the document from every schema there is.
    const { openApiJson } = await import('./openApi.ts');
    send(response, 200, 'application/json; charset=utf-8', openApiJson());
  } else if (target === 'events/subscribe') {
    await openEventStream(request, response, readQuery(target, query), options.hub);
    if (response.destroyed) return;
    streams.add(response);
    response.on('close', () => streams.delete(response));
  } else {
    await answerCall(request, response, { ...match, query, target }, options);
  }
}

function splitUrl(url: string): [string, string] {
  const at = url.indexOf('?');
  return at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
}

interface Call extends RouteMatch {
  readonly query: string;
  readonly target: MethodName;
}

async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  call: Call,
  options: RestOptions,
): Promise<void> {
  const { target, pathParams } = call;
  if (!isApiMethod(target)) throw new ApiError('not_found', `${target} has no REST route`);
  const query = readQuery(target, call.query);
  // It belongs to the transport, not to the method.
  const isDownload = target === 'jobs/export' && ['1', 'true'].includes(String(query.download));
  if (target === 'jobs/export') delete query.download;
  const body = httpVerb(call.route.verb) === 'GET' ? {} : await readBody(request);
  for (const name of Object.keys(pathParams)) {
    if (name in body && body[name] !== pathParams[name]) {
      throw new ApiError('invalid_params', `Invalid params: ${name} in the body is not the one in the path`);
    }
  }
  const result = await options.api
    .call(target, { ...query, ...body, ...pathParams })
    .catch((error: unknown) => throwAsNotFound(error, pathParams));
  if (target === 'jobs/export' && (isDownload || wantsRaw(request))) {
    sendDownload(response, result as MethodResult<'jobs/export'>, pathParams.job_id ?? 'job');
  } else {
    sendJson(response, 200, result);
  }
}

/** What the path names cannot be there if it cannot even be a name: an address without a thing is 404, not 422. */
function throwAsNotFound(error: unknown, pathParams: Readonly<Record<string, string>>): never {
  const issues = ApiError.is(error, 'invalid_params') ? error.data.issues : undefined;
  const wrong = issues?.find(({ path }) => path in pathParams);
  if (wrong === undefined) throw error;
  throw new ApiError('not_found', `there is nothing named ${pathParams[wrong.path]}: ${wrong.message}`, {
    hint: 'GET /batch/jobs and GET /batch/projects tell what there is',
  });
}

/** True if the client named types and none of them is JSON or anything. */
function wantsRaw(request: IncomingMessage): boolean {
  const accept = request.headers.accept;
  return accept !== undefined && !/application\/json|\*\/\*|application\/\*/i.test(accept);
}

const extensions: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'text/csv': 'csv',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'text/html': 'html',
};

function sendDownload(response: ServerResponse, exported: MethodResult<'jobs/export'>, jobId: string): void {
  const extension = extensions[exported.content_type.split(';', 1)[0]?.trim() ?? ''] ?? 'txt';
  response.setHeader('Content-Disposition', `attachment; filename="${jobId}.${extension}"`);
  send(response, 200, exported.content_type, exported.content);
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}

interface ErrorBody {
  readonly code: number;
  readonly kind: string;
  readonly message: string;
  readonly data: RpcErrorData;
}

function answerError(request: IncomingMessage, response: ServerResponse, error: unknown, log: Logger): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (error instanceof VerbError) {
    response.setHeader('Allow', error.allow);
    sendJson(response, 405, { error: describe(new ApiError('invalid_request', error.message)) });
    return;
  }
  const apiError = toApiError(error, `${request.method} ${request.url?.split('?', 1)[0]}`, log);
  if (apiError.kind === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer');
  // The rest of a refused body is not read: the connection cannot be used again.
  if (!request.complete) response.setHeader('Connection', 'close');
  sendJson(response, apiError.httpStatus, { error: describe(apiError) });
}

function describe(error: ApiError): ErrorBody {
  return { code: error.code, kind: error.kind, message: error.message, data: error.data };
}
