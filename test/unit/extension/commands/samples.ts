import type { Job, Operation } from '../../../../daemon/protocol/entities.ts';
import type { WorkspaceBatchFile, WorkspaceProject } from '../../../../daemon/protocol/language.ts';

export const jobIds = [
  '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  '01ARZ3NDEKTSV4RRFFQ69G5FAW',
  '01ARZ3NDEKTSV4RRFFQ69G5FAX',
];

/** A job of 12 operations, all completed unless said otherwise. */
export function job(
  changes: Partial<Omit<Job, 'progress'>> & { progress?: Partial<Job['progress']> } = {},
): Job {
  const { progress, ...others } = changes;
  return {
    job_id: jobIds[0]!,
    job_name: 'Daily validation',
    job_type: 'bulk_pipeline_execution',
    status: 'completed',
    project_id: 'shop',
    tags: [],
    priority: 0,
    parallel_execution: true,
    max_parallel: 4,
    stop_on_error: false,
    created_at: '2026-01-31T10:00:00.000Z',
    finished_at: '2026-01-31T10:01:00.000Z',
    progress: {
      total: 12,
      completed: 12,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      running: 0,
      percent: 100,
      current_operations: [],
      eta_ms: null,
      elapsed_ms: 60_000,
      rows_processed: 0,
      ...progress,
    },
    ...others,
  };
}

export function operation(changes: Partial<Operation> = {}): Operation {
  return {
    operation_id: 'op-0001',
    index: 0,
    name: 'dim_customer_validation',
    type: 'pipeline',
    status: 'failed',
    depends_on: [],
    attempts: [],
    artifacts: [],
    ...changes,
  };
}

const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };

export function project(changes: Partial<WorkspaceProject> = {}): WorkspaceProject {
  const dir = changes.dir ?? '/data/shop';
  return {
    project_id: 'shop',
    dir,
    file: `${dir}/ombudsman.yaml`,
    has_errors: false,
    pipelines: [
      {
        pipeline_id: 'customer_validation',
        file: `${dir}/pipelines/customer.pipeline.yaml`,
        range,
        source: { connection: 'legacy', relation: 'customer' },
        target: { connection: 'warehouse', relation: 'dim_customer' },
        checks: [],
        has_errors: false,
      },
    ],
    connections: [
      { name: 'legacy', type: 'postgres', range },
      { name: 'warehouse', type: 'duckdb', range },
    ],
    references: [],
    ...changes,
  };
}

export function batchFile(changes: Partial<WorkspaceBatchFile> = {}): WorkspaceBatchFile {
  return {
    file: '/data/shop/daily.batch.yaml',
    project_dir: '/data/shop',
    job_name: 'Daily validation',
    job_type: 'bulk_pipeline_execution',
    operations: 2,
    parameters: [],
    has_errors: false,
    ...changes,
  };
}
