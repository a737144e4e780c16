import pLimit from 'p-limit';
import type { RawData, WebSocket } from 'ws';
import { ApiError } from '../../protocol/errors.ts';
import type { MethodParams, MethodResult } from '../../protocol/methods.ts';
import type { Logger } from '../log.ts';
import { toApiError } from './api.ts';
import {
  apiRpcError,
  errorResponse,
  readMessage,
  rpcError,
  type Incoming,
  type RpcId,
  type RpcRequest,
  type RpcResponse,
} from './envelope.ts';
import type { EventHub, EventSink, SharedBatch, Subscription } from './eventHub.ts';
import { parseParams } from './params.ts';
import type { ConnectionMethods, RpcReceiver } from './rpcMethods.ts';

export interface ConnectionOptions {
  readonly receive: RpcReceiver;
  readonly hub: EventHub;
  /** Checks the hello; throws ApiError. */
  readonly hello: (params: MethodParams<'daemon/hello'>) => MethodResult<'daemon/hello'>;
  readonly handshakeTimeoutMs: number;
  readonly log: Logger;
  readonly onAuthenticated: () => void;
  readonly onActivity: () => void;
}

/** Calls of one connection that run at once; more wait. */
const maxInFlight = 16;
/** Calls that may wait before the socket is no longer read. */
const maxQueued = 32;
/** Bytes not yet taken by the client at which its calls are no longer read. */
const maxUnsentBytes = 8 * 1_048_576;
/** Enough for any hello; a stranger cannot make the daemon parse more. */
const maxHelloBytes = 65_536;

const closeGraceMs = 1_000;

/** Close codes of RFC 6455. */
const closeCode = { unsupportedData: 1003, policyViolation: 1008, tooBig: 1009 } as const;

function rawText(data: RawData): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8');
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)).toString('utf8');
}

/**
 * Serves one WebSocket. The first call must be daemon/hello, in time and with the token; until then nothing else is looked
 * at. Afterwards calls run side by side up to a bound, and reading stops while too many wait or the client takes nothing.
 */
export function serveConnection(socket: WebSocket, options: ConnectionOptions): void {
  const { hub, log } = options;
  const limit = pLimit(maxInFlight);
  let isAuthenticated = false;
  let subscription: Subscription | undefined;
  let afterSend: (() => void)[] = [];

  let handshakeTimer = setTimeout(() => {
    socket.close(closeCode.policyViolation, 'no daemon/hello in time');
    // A peer that does not answer the close frame either would keep its socket.
    handshakeTimer = setTimeout(() => socket.terminate(), closeGraceMs);
  }, options.handshakeTimeoutMs);

  const canRead = (): boolean => limit.pendingCount <= maxQueued && socket.bufferedAmount <= maxUnsentBytes;
  const regulate = (): void => {
    if (canRead()) socket.resume();
    else socket.pause();
  };
  const sendText = (text: string | Buffer): void => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(text, { binary: false }, () => regulate());
  };
  const send = (answer: RpcResponse | RpcResponse[] | null): void => {
    if (answer !== null) sendText(serialise(answer, log));
    const due = afterSend;
    afterSend = [];
    for (const action of due) action();
  };
  const sink: EventSink = {
    bufferedBytes: () => socket.bufferedAmount,
    send: (batch: SharedBatch) => sendText(batch.frame('ws', eventFrame)),
  };

  const methods: ConnectionMethods = {
    hello: (params) => {
      const result = options.hello(parseParams('daemon/hello', params));
      if (!isAuthenticated) {
        isAuthenticated = true;
        clearTimeout(handshakeTimer);
        options.onAuthenticated();
      }
      return result;
    },
    subscribe: async (params) => {
      const parsed = parseParams('events/subscribe', params);
      let next: Subscription;
      try {
        next = await hub.subscribe(parsed, sink);
      } catch (error) {
        throw toApiError(error, 'events/subscribe', log);
      }
      subscription?.unsubscribe();
      subscription = next;
      afterSend.push(() => {
        if (subscription === next && socket.readyState === socket.OPEN) next.activate();
      });
      return { seq: next.seq, snapshot: next.snapshot };
    },
    unsubscribe: (params) => {
      parseParams('events/unsubscribe', params);
      const unsubscribed = subscription !== undefined;
      subscription?.unsubscribe();
      subscription = undefined;
      return { unsubscribed };
    },
  };

  /** Before the handshake: answered at once and in order, so that calls sent right behind a hello find it done. */
  const greet = (incoming: Incoming): void => {
    if (incoming.kind === 'refused') {
      send(incoming.response);
      return;
    }
    const request = incoming.kind === 'single' ? incoming.request : undefined;
    const id = request?.id ?? null;
    try {
      if (request?.method !== 'daemon/hello' || request.id === undefined) {
        throw new ApiError('unauthenticated', 'the first call of a connection must be daemon/hello', {
          hint: 'send daemon/hello {client, protocol_version, token} as a single request with an id',
        });
      }
      send({ jsonrpc: '2.0', id, result: methods.hello(request.params) });
    } catch (error) {
      const apiError = ApiError.is(error) ? error : toApiError(error, 'daemon/hello', log);
      if (incoming.kind === 'batch' || request?.id !== undefined) {
        send(errorResponse(id, apiRpcError(apiError)));
      }
      socket.close(closeCode.policyViolation, apiError.kind);
    }
  };

  const run = (entry: RpcRequest | RpcResponse): Promise<RpcResponse | null> =>
    'method' in entry ? limit(() => options.receive(entry, methods)) : Promise.resolve(entry);

  const answer = async (incoming: Incoming): Promise<void> => {
    if (incoming.kind === 'refused') {
      send(incoming.response);
    } else if (incoming.kind === 'single') {
      send(await run(incoming.request));
    } else {
      const answers = await Promise.all(incoming.entries.map(run));
      const given = answers.filter((one) => one !== null);
      send(given.length === 0 ? null : given);
    }
  };

  socket.on('message', (data, isBinary) => {
    options.onActivity();
    if (isBinary) {
      socket.close(closeCode.unsupportedData, 'JSON-RPC travels in text frames');
      return;
    }
    const text = rawText(data);
    if (!isAuthenticated) {
      if (text.length > maxHelloBytes) socket.close(closeCode.tooBig, 'too large for a hello');
      else greet(readMessage(text));
      return;
    }
    answer(readMessage(text)).then(regulate, (error: unknown) => {
      toApiError(error, 'an answer', log);
      socket.close();
    });
    regulate();
  });
  socket.on('error', (error) => log.debug('connection error', { error: error.message }));
  socket.on('close', () => {
    clearTimeout(handshakeTimer);
    subscription?.unsubscribe();
    limit.clearQueue();
    options.onActivity();
  });
}

function eventFrame(json: string): string {
  return `{"jsonrpc":"2.0","method":"events/batch","params":${json}}`;
}

function serialise(answer: RpcResponse | RpcResponse[], log: Logger): string {
  try {
    return JSON.stringify(answer);
  } catch (error) {
    // Past the longest string of the engine, or a result that is no JSON: a defect, told as one.
    const apiError = toApiError(error, 'writing an answer', log);
    const ids: RpcId[] = (Array.isArray(answer) ? answer : [answer]).map((one) => one.id);
    const errors = ids.map((id) =>
      errorResponse(id, rpcError('internal_error', apiError.message, apiError.data.hint)),
    );
    return JSON.stringify(Array.isArray(answer) ? errors : errors[0]);
  }
}
