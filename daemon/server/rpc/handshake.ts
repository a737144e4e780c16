import { ApiError } from '../../protocol/errors.ts';
import type { MethodParams, MethodResult } from '../../protocol/methods.ts';
import type { Registration } from '../../protocol/registration.ts';
import { isSameToken } from './token.ts';

/** Checks a hello and answers it. Throws ApiError unauthenticated (first: who has no token learns nothing) or incompatible_version. */
export function answerHello(
  params: MethodParams<'daemon/hello'>,
  registration: Registration,
  dataDir: string,
): MethodResult<'daemon/hello'> {
  if (!isSameToken(params.token, registration.token)) {
    throw new ApiError('unauthenticated', 'the token is not the one of this daemon', {
      hint: 'read the token from daemon.json in the data directory again: each daemon has its own',
    });
  }
  const { pid, version, protocol_version, started_at } = registration;
  if (params.protocol_version !== protocol_version) {
    throw new ApiError(
      'incompatible_version',
      `this daemon (version ${version}) speaks protocol ${protocol_version}, the client asked for ${params.protocol_version}`,
      {
        hint:
          params.protocol_version > protocol_version
            ? 'the daemon is older: ask it to stop (hello with its own protocol_version, then daemon/shutdown) and start a new one'
            : 'the daemon is newer: update the client',
      },
    );
  }
  return { pid, version, protocol_version, started_at, data_dir: dataDir };
}
