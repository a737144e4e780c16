import { jobSchema, operationSchema, type Job, type Operation } from '../../../daemon/protocol/entities.ts';
import type { CheckResult, Evidence, OperationResult } from '../../../daemon/protocol/results.ts';

const at = '2026-01-31T10:00:00.000Z';
const later = '2026-01-31T10:00:02.500Z';

export const evidence: Evidence = {
  source: {
    connection: 'legacy',
    system: 'PostgreSQL',
    version: '15.18',
    rows_scanned: 1000,
    sql: ['select count(*) from "public"."customer" where note <> \'<&>\''],
    snapshot: 'repeatable read',
  },
  target: { connection: 'warehouse', system: 'DuckDB', version: '1.5.6', rows_scanned: 998, sql: [] },
  started_at: at,
  finished_at: later,
};

export const passedCheck: CheckResult = {
  check: 'row_count',
  name: 'row_count',
  status: 'passed',
  severity: 'fail',
  expected: 1000,
  actual: 1000,
  samples: [],
};

export const failedCheck: CheckResult = {
  check: 'row_hash',
  name: 'every row',
  status: 'failed',
  severity: 'fail',
  expected: { rows: 1000 },
  actual: { rows: 998 },
  failing_rows: 3,
  reason: '2 rows missing, 1 row differs',
  samples: [
    {
      class: 'value',
      key: { id: '7' },
      column: 'note',
      source_value: null,
      target_value: '',
      kind: 'null_vs_empty',
    },
    { class: 'missing', key: { id: '8' }, column: null, source_value: null, target_value: null, kind: null },
  ],
  differences: {
    missing: 2,
    extra: 0,
    value: 1,
    duplicate: 0,
    by_column: [{ column: 'note', kind: 'null_vs_empty', rows: 1 }],
    artifact_id: 'differences-1',
    truncated: false,
  },
};

export function pipelineResult(checks: CheckResult[]): OperationResult {
  const count = (status: CheckResult['status']) => checks.filter((check) => check.status === status).length;
  return {
    type: 'pipeline',
    pipeline_id: 'dim_customer',
    checks,
    summary: {
      passed: count('passed'),
      failed: count('failed'),
      warned: count('warning'),
      skipped: count('skipped'),
      errored: count('error'),
    },
    evidence,
  };
}

/** An operation as the API tells it, checked against the contract. */
export function sampleOperation(changes: Partial<Operation> = {}): Operation {
  const index = changes.index ?? 0;
  return operationSchema.parse({
    operation_id: `op-${String(index + 1).padStart(4, '0')}`,
    index,
    name: 'dim_customer',
    type: 'pipeline',
    status: 'completed',
    depends_on: [],
    attempts: [{ attempt: 1, started_at: at, finished_at: later }],
    started_at: at,
    finished_at: later,
    duration_ms: 2500,
    artifacts: [],
    ...changes,
  } satisfies Operation);
}

export function sampleJob(changes: Partial<Job> = {}): Job {
  return jobSchema.parse({
    job_id: '01JJ0000000000000000000000',
    job_name: 'Daily validation',
    job_type: 'bulk_pipeline_execution',
    status: 'partial_success',
    project_id: 'retail',
    tags: ['daily'],
    priority: 0,
    parallel_execution: true,
    max_parallel: 4,
    stop_on_error: false,
    created_at: at,
    started_at: at,
    finished_at: later,
    duration_ms: 2500,
    progress: {
      total: 2,
      completed: 1,
      failed: 1,
      skipped: 0,
      cancelled: 0,
      running: 0,
      percent: 100,
      current_operations: [],
      eta_ms: null,
      elapsed_ms: 2500,
      rows_processed: 1998,
    },
    ...changes,
  } satisfies Job);
}
