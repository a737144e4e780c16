import type { Job, Operation } from '../../../../daemon/protocol/entities.ts';
import type { CheckResult, Evidence } from '../../../../daemon/protocol/results.ts';

export const jobId = '01JZZZZZZZZZZZZZZZZZZZZZZZ';
const time = '2026-01-31T10:00:00.000Z';

export function job(more: Partial<Job> = {}): Job {
  return {
    job_id: jobId,
    job_name: 'Daily',
    job_type: 'bulk_pipeline_execution',
    status: 'running',
    project_id: 'shop',
    tags: [],
    priority: 0,
    parallel_execution: true,
    max_parallel: 4,
    stop_on_error: false,
    created_at: time,
    progress: {
      total: 2,
      completed: 0,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      running: 1,
      percent: 0,
      current_operations: ['other'],
      eta_ms: null,
      elapsed_ms: 0,
      rows_processed: 0,
    },
    ...more,
  };
}

export function operation(more: Partial<Operation> = {}): Operation {
  return {
    operation_id: 'op-0001',
    index: 0,
    name: 'other',
    type: 'pipeline',
    status: 'pending',
    depends_on: [],
    attempts: [],
    artifacts: [],
    ...more,
  };
}

export const evidence: Evidence = {
  source: {
    connection: 'old',
    system: 'PostgreSQL',
    version: '15.4',
    rows_scanned: 4000,
    sql: ['select "a"\nfrom t'],
    snapshot: 'repeatable read',
  },
  target: { connection: 'new', system: 'DuckDB', version: '1.5', rows_scanned: 3999, sql: [] },
  started_at: time,
  finished_at: time,
};

export function check(more: Partial<CheckResult> = {}): CheckResult {
  return {
    check: 'row_count',
    name: 'row_count',
    status: 'passed',
    severity: 'fail',
    expected: 4000,
    actual: 4000,
    samples: [],
    ...more,
  };
}

export const rowHash = check({
  check: 'row_hash',
  name: 'row_hash',
  status: 'failed',
  expected: { rows: 4000 },
  actual: { rows: 3999 },
  failing_rows: 2,
  samples: [
    { class: 'missing', key: { id: '3' }, column: null, source_value: null, target_value: null, kind: null },
    {
      class: 'value',
      key: { id: '1|`x`' },
      column: 'name',
      source_value: 'Ada',
      target_value: 'Ada ',
      kind: 'trailing_blank',
    },
  ],
  differences: {
    missing: 1,
    extra: 0,
    value: 1,
    duplicate: 0,
    by_column: [{ column: 'name', kind: 'trailing_blank', rows: 1 }],
    artifact_id: 'a1',
    truncated: false,
  },
  reason: 'rows 1 missing in the target, 1 with other values',
  sql: { source: ['select 1'], target: ['select 2'] },
  duration_ms: 1200,
});

/** A pipeline that found differences. */
export const failedPipeline = operation({
  name: 'dim | `customer`',
  status: 'failed',
  attempts: [{ attempt: 1, started_at: time, finished_at: '2026-01-31T10:00:01.500Z' }],
  started_at: time,
  finished_at: '2026-01-31T10:00:01.500Z',
  duration_ms: 1500,
  result: {
    type: 'pipeline',
    pipeline_id: 'dim_customer',
    checks: [check(), rowHash],
    summary: { passed: 1, failed: 1, warned: 0, skipped: 0, errored: 0 },
    evidence,
  },
  error: {
    kind: 'checks_failed',
    code: 'checks_failed',
    message: '1 of 2 checks failed.',
    hint: 'Look at the rows.',
    details: { failing: ['row_hash'] },
    stack: 'Error: x\n    at y',
  },
  artifacts: [
    {
      artifact_id: 'a1',
      name: 'rows.parquet',
      kind: 'differences',
      content_type: 'application/vnd.apache.parquet',
      path: '/data/rows.parquet',
      bytes: 2048,
    },
  ],
});
