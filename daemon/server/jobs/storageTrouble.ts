import { ApiError, type RpcErrorKind } from '../../protocol/errors.ts';
import { StorageError } from '../storage/errors.ts';
import type { JobHandlers } from './service.ts';

/** What is damaged was set aside: it is there no more. Everything else is trouble with the disk. */
const kinds: Partial<Record<StorageError['code'], RpcErrorKind>> = {
  not_found: 'not_found',
  damaged: 'not_found',
  conflict: 'conflict',
};

/** The handlers, with what goes wrong on disk told to the caller as an error of the API. */
export function withStorageErrors(handlers: JobHandlers): JobHandlers {
  const told = Object.entries(handlers).map(([method, handler]) => [
    method,
    async (params: never): Promise<unknown> => {
      try {
        return await handler(params);
      } catch (error) {
        throw error instanceof StorageError ? asApiError(error) : error;
      }
    },
  ]);
  return Object.fromEntries(told) as JobHandlers;
}

function asApiError({ code, message, hint }: StorageError): ApiError {
  return new ApiError(kinds[code] ?? 'storage_unavailable', message, { hint });
}
