import type { OperationResult } from '../../protocol/results.ts';

/** Rows an operation really handled: read on both sides and written. */
export function rowsOf(result: OperationResult): number {
  const { source, target, rows_written } = result.evidence;
  return (source?.rows_scanned ?? 0) + (target?.rows_scanned ?? 0) + (rows_written ?? 0);
}
