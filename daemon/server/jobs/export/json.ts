import type { Job, Operation } from '../../../protocol/entities.ts';

/** The API's own shapes: `{job, operations}`, the document that `ombudsman run --format json` prints. */
export function exportJson(job: Job, operations: readonly Operation[]): string {
  return `${JSON.stringify({ job, operations }, null, 2)}\n`;
}
