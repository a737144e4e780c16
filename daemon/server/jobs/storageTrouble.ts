import { ApiError, type RpcErrorKind } from '../../protocol/errors.ts';
import { StorageError } from '../storage/errors.ts';
import type { JobHandlers } from './service.ts';

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
  const kind: RpcErrorKind = code === 'not_found' || code === 'conflict' ? code : 'storage_unavailable';
  return new ApiError(kind, message, { hint });
}
