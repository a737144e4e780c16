import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { ApiError } from '../../protocol/errors.ts';
import type { LanguageHub } from '../language/languageHub.ts';
import type { Logger } from '../log.ts';
import { checkBearer } from './bearer.ts';

export interface LanguageSocketsOptions {
  readonly token: string;
  /** Loaded at the first client: an idle daemon holds none of it. */
  readonly hub: () => Promise<LanguageHub>;
  readonly log: Logger;
  readonly onActivity: () => void;
}

export interface LanguageSockets {
  /** Takes an upgrade at /lsp, or throws ApiError before anything is answered. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly open: ReadonlySet<WebSocket>;
}

/** Bytes a client has not taken at which it is taken for gone: diagnostics of a workspace are far below. */
const maxUnsentBytes = 64 * 1_048_576;
/** Close codes of RFC 6455. */
const closeCode = { unsupportedData: 1003, internalError: 1011, tryAgainLater: 1013 } as const;

/** LSP over WebSockets: one text frame is one message, passed on to the language server as it is. */
export function createLanguageSockets(
  server: WebSocketServer,
  options: LanguageSocketsOptions,
): LanguageSockets {
  const open = new Set<WebSocket>();
  const serve = (socket: WebSocket): void => {
    open.add(socket);
    socket.on('close', () => {
      open.delete(socket);
      options.onActivity();
    });
    socket.on('error', (error) => options.log.debug('language connection error', { error: error.message }));
    // What comes before the hub is there waits in the socket.
    socket.pause();
    options.hub().then(
      (hub) => {
        pass(socket, hub, options);
        socket.resume();
      },
      (error: unknown) => {
        options.log.error('the language server could not be loaded', { error: String(error) });
        socket.resume();
        socket.close(closeCode.internalError, 'the language server could not be loaded');
      },
    );
  };
  return {
    open,
    upgrade: (request, socket, head) => {
      if (request.url !== '/lsp') {
        throw new ApiError('forbidden', 'the token goes into the Authorization header, not into the address');
      }
      checkBearer(request, options.token);
      server.handleUpgrade(request, socket, head, serve);
    },
  };
}

function pass(socket: WebSocket, hub: LanguageHub, { onActivity }: LanguageSocketsOptions): void {
  if (socket.readyState !== socket.OPEN) return;
  const client = hub.connect({
    send: (text) => {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(text);
      if (socket.bufferedAmount > maxUnsentBytes)
        socket.close(closeCode.tryAgainLater, 'the client does not read');
    },
    close: (reason) => socket.close(closeCode.internalError, shortened(reason)),
  });
  socket.on('message', (data, isBinary) => {
    onActivity();
    if (isBinary) socket.close(closeCode.unsupportedData, 'LSP travels in text frames');
    else client.receive((data as Buffer).toString('utf8'));
  });
  socket.on('close', () => client.closed());
}

/** A close frame takes 123 bytes. */
function shortened(reason: string): string {
  return Buffer.from(reason)
    .subarray(0, 120)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
}
