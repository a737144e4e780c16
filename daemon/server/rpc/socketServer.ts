import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { ApiError } from '../../protocol/errors.ts';
import { serveConnection, type ConnectionOptions } from './connection.ts';
import { checkCaller } from './guard.ts';
import { createLanguageSockets, type LanguageSocketsOptions } from './languageSockets.ts';
import { nodeHttp } from './nodeHttp.ts';

export const maxMessageBytes = 16 * 1_048_576;
/** Connections that have not said hello yet; more are turned away. */
const maxStrangers = 64;

export interface SocketServer {
  /** Connections that have said hello, and language clients. */
  clients(): number;
  /** Closes every connection; what was sent before still goes out. Resolves when all are gone. */
  close(reason: string): Promise<void>;
}

export type SocketServerOptions = Omit<ConnectionOptions, 'onAuthenticated'> &
  Pick<LanguageSocketsOptions, 'token'> & { readonly languageHub: LanguageSocketsOptions['hub'] };

/** Accepts WebSockets at /rpc and /lsp of an HTTP server and refuses every other upgrade. */
export function createSocketServer(http: Server, options: SocketServerOptions): SocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const language = createLanguageSockets(server, { ...options, hub: options.languageHub });
  const strangers = new Set<WebSocket>();
  const clients = new Set<WebSocket>();
  let isClosing = false;

  const accept = (socket: WebSocket): void => {
    strangers.add(socket);
    socket.on('close', () => {
      strangers.delete(socket);
      clients.delete(socket);
    });
    const onAuthenticated = () => {
      strangers.delete(socket);
      clients.add(socket);
    };
    serveConnection(socket, { ...options, onAuthenticated });
  };

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    try {
      checkCaller(request);
      const path = request.url?.split('?', 1)[0];
      if (path === '/lsp') {
        if (isClosing) throw new ApiError('shutting_down', 'the daemon is stopping');
        language.upgrade(request, socket, head);
        return;
      }
      if (path !== '/rpc') {
        throw new ApiError('not_found', `no WebSocket at ${path}; JSON-RPC is at /rpc, LSP at /lsp`);
      }
      if (request.url !== '/rpc')
        throw new ApiError('forbidden', 'the token goes into daemon/hello, not into the address');
      if (isClosing) throw new ApiError('shutting_down', 'the daemon is stopping');
      if (strangers.size >= maxStrangers)
        throw new ApiError('overloaded', 'too many connections without a hello');
      server.handleUpgrade(request, socket, head, accept);
    } catch (error) {
      refuse(socket, error);
    }
  });

  return {
    clients: () => clients.size + language.open.size,
    close: async (reason) => {
      isClosing = true;
      const open = [...strangers, ...clients, ...language.open];
      await Promise.all(open.map((socket) => closeSocket(socket, reason)));
    },
  };
}

/** Close code 1001: the server goes away. */
const goingAway = 1001;
const closeGraceMs = 1_000;

function closeSocket(socket: WebSocket, reason: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) {
      resolve();
      return;
    }
    const impatience = setTimeout(() => socket.terminate(), closeGraceMs);
    socket.once('close', () => {
      clearTimeout(impatience);
      resolve();
    });
    // A paused socket would not see the answer to the close frame.
    socket.resume();
    socket.close(goingAway, reason.slice(0, 100));
  });
}

function refuse(socket: Duplex, error: unknown): void {
  const apiError = ApiError.is(error) ? error : new ApiError('internal_error', 'Internal error');
  const body = JSON.stringify({
    error: { code: apiError.code, kind: apiError.kind, message: apiError.message, data: apiError.data },
  });
  socket.end(
    [
      `HTTP/1.1 ${apiError.httpStatus} ${nodeHttp.STATUS_CODES[apiError.httpStatus] ?? ''}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
