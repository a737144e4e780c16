/** Outcomes of runs for tests: what is not given is as in a run that passed. */
import type { BatchFileOutcome, PipelineOutcome } from '../../../../daemon/protocol/answers.ts';
import type { Results } from './workspace.ts';

export const jobId = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
export const nowMs = Date.parse('2026-01-31T12:00:00.000Z');

export function minutesAgo(minutes: number): string {
  return new Date(nowMs - minutes * 60_000).toISOString();
}

type Check = PipelineOutcome['checks'][number];

export function check(given: Partial<Check> & Pick<Check, 'name'>): Check {
  return {
    check: given.name.replace(/\W.*$/, ''),
    status: 'failed',
    severity: 'fail',
    expected: null,
    actual: null,
    ...given,
  };
}

export function pipelineOutcome(pipeline_id: string, given: Partial<PipelineOutcome> = {}): PipelineOutcome {
  return {
    pipeline_id,
    job_id: jobId,
    operation_id: 'op-0001',
    status: 'completed',
    finished_at: minutesAgo(5),
    duration_ms: 10,
    checks: [],
    ...given,
  };
}

export function batchOutcome(file: string, given: Partial<BatchFileOutcome> = {}): BatchFileOutcome {
  return {
    file,
    job_id: jobId,
    status: 'completed',
    created_at: minutesAgo(7),
    finished_at: minutesAgo(5),
    total: 12,
    completed: 12,
    failed: 0,
    ...given,
  };
}

export function results(
  pipelines: readonly PipelineOutcome[],
  batch_files: readonly BatchFileOutcome[] = [],
): Results {
  return { project_id: 'shop', path: '/w', pipelines: [...pipelines], batch_files: [...batch_files] };
}
