import type { Job, JobStatus } from '../../daemon/protocol/entities.ts';
import type {
  JobDocument,
  JobSummary,
  JournalRecord,
  OperationState,
} from '../../daemon/server/storage/schemas.ts';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const firstMs = Date.parse('2026-03-01T00:00:00.000Z');

/** The id of the n-th job: ids and creation times grow together, a second apart. */
export function jobId(n: number): string {
  let time = firstMs + n * 1000;
  let text = '';
  for (let digit = 0; digit < 10; digit += 1) {
    text = `${crockford[time % 32]}${text}`;
    time = Math.floor(time / 32);
  }
  return `${text}${String(n).padStart(16, '0')}`;
}

export function isoAt(ms: number): string {
  return new Date(ms).toISOString();
}

export function createdAt(n: number): string {
  return isoAt(firstMs + n * 1000);
}

export interface JobShape {
  n?: number;
  seq?: number;
  status?: JobStatus;
  operations?: number;
  state?: Partial<JobDocument['state']>;
  operation?: (index: number) => OperationState;
}

export const pending: OperationState = { status: 'pending', attempts: [], artifacts: [] };

export function jobDocument(shape: JobShape = {}): JobDocument {
  const { n = 1, seq = 0, status = 'pending', operations = 3 } = shape;
  return {
    schema_version: 1,
    journal_seq: seq,
    state: { job_id: jobId(n), status, created_at: createdAt(n), ...shape.state },
    plan: {
      job_name: `Job ${n}`,
      job_type: 'mixed',
      project_id: 'retail',
      tags: ['daily'],
      priority: 0,
      parallel_execution: true,
      max_parallel: 4,
      stop_on_error: false,
      projects: {},
      operations: Array.from({ length: operations }, (_, index) => ({
        operation_id: `op-${String(index).padStart(4, '0')}`,
        index,
        name: `operation ${index}`,
        depends_on: [],
        timeout_ms: null,
        retry: null,
        connections: [],
        description: 'runs a program',
        work: { type: 'command' as const, project_dir: null, program: 'true', args: [], cwd: '/', env: {} },
      })),
    },
    operations: Array.from({ length: operations }, (_, index) => shape.operation?.(index) ?? pending),
  };
}

export function jobSummary(
  n: number,
  changes: Partial<Job> = {},
  progress: Partial<Job['progress']> = {},
): JobSummary {
  const job: Job = {
    job_id: jobId(n),
    job_name: `Job ${n}`,
    job_type: 'mixed',
    status: 'pending',
    project_id: 'retail',
    tags: [],
    priority: 0,
    parallel_execution: true,
    max_parallel: 4,
    stop_on_error: false,
    created_at: createdAt(n),
    ...changes,
    progress: {
      total: 3,
      completed: 0,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      running: 0,
      percent: 0,
      current_operations: [],
      eta_ms: null,
      elapsed_ms: 0,
      rows_processed: 0,
      ...progress,
    },
  };
  const { completed, failed, skipped, cancelled } = job.progress;
  return { job, operations_ended: completed + failed + skipped + cancelled };
}

/** A record whose content tells its seq, so that a test can see that nothing was mixed up. */
export function record(seq: number): JournalRecord {
  return { seq, at: isoAt(firstMs + seq), type: 'op_started', op: seq % 3, attempt: seq };
}

export function records(from: number, to: number): JournalRecord[] {
  return Array.from({ length: to - from + 1 }, (_, n) => record(from + n));
}

export const everything = { limit: 500, offset: 0 } as const;
