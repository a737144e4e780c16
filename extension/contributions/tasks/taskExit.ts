import { DaemonUnreachableError, IncompatibleDaemonError } from '../../../daemon/client/errors.ts';
import type { JobStatus } from '../../../daemon/protocol/entities.ts';
import { ApiError, type RpcErrorKind } from '../../../daemon/protocol/errors.ts';
import { SessionError } from '../../platform/sessionError.ts';

/** As those of the command line: a task in CI and one in the editor end alike. */
export const taskExitCodes = {
  completed: 0,
  failed: 1,
  usage: 2,
  cancelled: 3,
  unreachable: 4,
  internal: 5,
} as const;
export type TaskExitCode = (typeof taskExitCodes)[keyof typeof taskExitCodes];

const usageKinds: ReadonlySet<RpcErrorKind> = new Set([
  'invalid_params',
  'not_found',
  'conflict',
  'definition_invalid',
  'too_large',
  'forbidden',
]);
const unreachableKinds: ReadonlySet<RpcErrorKind> = new Set([
  'unauthenticated',
  'incompatible_version',
  'shutting_down',
  'overloaded',
]);

/** How a task ends that ran a job to its end. */
export function exitCodeOfJob(status: JobStatus): TaskExitCode {
  if (status === 'completed') return taskExitCodes.completed;
  return status === 'cancelled' ? taskExitCodes.cancelled : taskExitCodes.failed;
}

/** How a task ends that could not do so. */
export function exitCodeOfError(error: unknown): TaskExitCode {
  if (error instanceof ApiError) {
    if (usageKinds.has(error.kind)) return taskExitCodes.usage;
    return unreachableKinds.has(error.kind) ? taskExitCodes.unreachable : taskExitCodes.internal;
  }
  const isUnreachable =
    error instanceof SessionError ||
    error instanceof DaemonUnreachableError ||
    error instanceof IncompatibleDaemonError;
  return isUnreachable ? taskExitCodes.unreachable : taskExitCodes.internal;
}
