import type { Evidence, OperationResult } from '../../protocol/results.ts';

function rowsRead(evidence: Evidence | undefined): number {
  return (evidence?.source?.rows_scanned ?? 0) + (evidence?.target?.rows_scanned ?? 0);
}

/** Rows an operation really handled, each once: those it wrote, or else those it read on both sides. */
export function rowsOf(result: OperationResult): number {
  if (result.type === 'project_validation') {
    return result.pipelines.reduce((sum, { evidence }) => sum + rowsRead(evidence), 0);
  }
  // What was written is read again to verify it, which makes no more rows of it.
  return result.evidence.rows_written ?? rowsRead(result.evidence);
}
