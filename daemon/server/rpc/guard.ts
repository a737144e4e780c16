import type { IncomingMessage } from 'node:http';
import { ApiError } from '../../protocol/errors.ts';

const hosts = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Refuses what only a browser sends. Any Origin is refused: webviews hold no socket, so nothing legitimate has one. The Host
 * must be this machine and our port, or a name that points to 127.0.0.1 (DNS rebinding) would reach us. Throws ApiError.
 */
export function checkCaller(request: IncomingMessage): void {
  if (request.headers.origin !== undefined) {
    throw new ApiError('forbidden', 'requests from web pages are refused', {
      hint: 'call from a program, without an Origin header',
    });
  }
  const port = request.socket.localPort;
  const host = request.headers.host?.toLowerCase();
  if (host === undefined || !hosts.some((name) => host === `${name}:${port}`)) {
    throw new ApiError('forbidden', `the Host header must be 127.0.0.1:${port}`, {
      hint: `use http://127.0.0.1:${port} (localhost and [::1] are accepted too)`,
    });
  }
}
