import { endMarkedPrograms, endProgram } from '../executor/leftovers.ts';
import type { JournalRecord } from '../storage/schemas.ts';
import type { LiveJob } from './liveJob.ts';
import { attemptId } from './work.ts';

/** Ends the programs that the operations of a job had started under a daemon that is gone; resolves when they are dead. */
export async function endLeftovers({ id, plan, frame }: LiveJob): Promise<void> {
  const left = plan.operations.filter(
    ({ index, work }) => work.type === 'command' && frame.operations[index]?.status === 'running',
  );
  const attempts = left.map(({ index, operation_id }) =>
    attemptId(id, operation_id, frame.operations[index]?.attempts.length ?? 0),
  );
  await endMarkedPrograms(new Set(attempts));
  for (const { index } of left) {
    const child = frame.operations[index]?.child;
    if (child !== undefined) await endProgram(child.pid, child.start);
  }
}

/**
 * Operations that ended before the restart and that the history has not learnt of: it learns at the job's end. Of a job that was
 * retried it knows those of the first run, so there only what the journal tells counts.
 */
export function unsampled(job: LiveJob, records: readonly JournalRecord[]): number[] {
  const isRetried = job.state.idle_ms !== undefined || records.some(({ type }) => type === 'job_retried');
  if (!isRetried)
    return [...job.frame.operations.keys()].filter(
      (index) => job.frame.operations[index]?.finished_at !== undefined,
    );
  return records.flatMap((record) => (record.type === 'op_ended' ? [record.op] : []));
}
