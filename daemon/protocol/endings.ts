/** Which states are ends. Apart from the schemas, so that who only asks this does not load them. */
import type { JobStatus, OperationStatus } from './entities.ts';

/** True once a job has an end status; only `retry` leads out of it. */
export function isJobEnded(status: JobStatus): boolean {
  return status !== 'pending' && status !== 'running' && status !== 'paused';
}

/** True once an operation has an end status; only `retry` leads out of it. */
export function isOperationEnded(status: OperationStatus): boolean {
  return status !== 'pending' && status !== 'running';
}
