import { ApiError } from '../../protocol/errors.ts';
import type { MethodName, MethodParams, MethodResult } from '../../protocol/methods.ts';
import type { JobHandlers, JobMethodName } from '../jobs/service.ts';
import { errorText, redact, redactedJson, type Logger } from '../log.ts';
import { parseParams } from './params.ts';

/** What the daemon answers about itself. */
export interface DaemonHandlers {
  readonly 'daemon/status': (params: MethodParams<'daemon/status'>) => Promise<MethodResult<'daemon/status'>>;
  readonly 'daemon/shutdown': (
    params: MethodParams<'daemon/shutdown'>,
  ) => Promise<MethodResult<'daemon/shutdown'>>;
}

/** Methods without a connection of their own: the same over JSON-RPC and REST. */
export type ApiMethod = JobMethodName | keyof DaemonHandlers;

export interface Api {
  /** Parses the params, calls the handler. Rejects with ApiError only; anything else was logged and became internal_error. */
  call(method: ApiMethod, params: unknown): Promise<unknown>;
}

export interface ApiOptions {
  readonly jobs: JobHandlers;
  readonly daemon: DaemonHandlers;
  readonly isDraining: () => boolean;
  readonly log: Logger;
}

/** Methods that start work: a daemon on its way out refuses them, and the caller goes to the next one. */
const startingWork: ReadonlySet<MethodName> = new Set<MethodName>([
  'pipelines/bulkExecute',
  'data/bulkGenerate',
  'projects/multiValidate',
  'metadata/bulkExtract',
  'jobs/submit',
  'jobs/retry',
  'jobs/rerun',
]);

export function isApiMethod(method: MethodName): method is ApiMethod {
  return method !== 'daemon/hello' && method !== 'events/subscribe' && method !== 'events/unsubscribe';
}

type Handler = (params: unknown) => Promise<unknown>;

export function createApi(options: ApiOptions): Api {
  // A method's own params schema has parsed what its handler gets; types cannot follow that through a table.
  const handlerOf = (method: ApiMethod): Handler =>
    (method in options.daemon
      ? options.daemon[method as keyof DaemonHandlers]
      : options.jobs[method as JobMethodName]) as Handler;
  return {
    call: async (method, params) => {
      const parsed = parseParams(method, params);
      if (options.isDraining() && startingWork.has(method)) {
        throw new ApiError('shutting_down', 'the daemon is stopping and takes no new work', {
          hint: 'connect again: the next connection starts a new daemon once this one has ended',
        });
      }
      try {
        return await handlerOf(method)(parsed);
      } catch (error) {
        throw toApiError(error, method, options.log);
      }
    },
  };
}

/** Any error as one that may leave the daemon: secrets hidden; an unexpected one is logged with its stack and told without. */
export function toApiError(error: unknown, where: string, log: Logger): ApiError {
  if (!ApiError.is(error)) {
    log.error('unexpected error', { where, error: errorText(error) });
    return new ApiError('internal_error', 'Internal error', {
      hint: `${where} failed unexpectedly; logs/daemon.log in the data directory has the details`,
    });
  }
  const { kind: _kind, ...data } = JSON.parse(redactedJson(error.data)) as ApiError['data'];
  return new ApiError(error.kind, redact(error.message), data);
}
