import type { IncomingMessage } from 'node:http';
import { ApiError } from '../../protocol/errors.ts';
import { isSameToken } from './token.ts';

/** Refuses a request without the daemon's token in its Authorization header. Throws ApiError. */
export function checkBearer(request: IncomingMessage, token: string): void {
  const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given !== undefined && isSameToken(given, token)) return;
  throw new ApiError(
    'unauthenticated',
    given === undefined ? 'a token is needed' : 'the token is not the one of this daemon',
    {
      hint: 'send Authorization: Bearer TOKEN; the token stands in daemon.json in the data directory',
    },
  );
}
