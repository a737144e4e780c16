import type { Job, Operation } from '../../../daemon/protocol/entities.ts';
import type { CheckResult, Evidence, PipelineResult } from '../../../daemon/protocol/results.ts';

export const jobId = '01JDQ3Z4N5K6M7P8Q9R0S1T2V3';
export const at = '2026-01-31T12:00:00.000Z';

export function aJob(more: Partial<Job> = {}, progress: Partial<Job['progress']> = {}): Job {
  return {
    job_id: jobId,
    job_name: 'Daily validation',
    job_type: 'bulk_pipeline_execution',
    status: 'running',
    project_id: 'retail_migration',
    tags: [],
    priority: 0,
    parallel_execution: true,
    max_parallel: 3,
    stop_on_error: false,
    created_at: at,
    started_at: at,
    progress: {
      total: 3,
      completed: 1,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      running: 1,
      percent: 40,
      current_operations: ['fact_sales_validation'],
      eta_ms: 8000,
      elapsed_ms: 5000,
      rows_processed: 412_000,
      ...progress,
    },
    ...more,
  };
}

export function anOperation(index: number, more: Partial<Operation> = {}): Operation {
  return {
    operation_id: `op-${String(index + 1).padStart(4, '0')}`,
    index,
    name: `pipeline_${index + 1}`,
    type: 'pipeline',
    status: 'pending',
    depends_on: [],
    attempts: [],
    artifacts: [],
    ...more,
  };
}

const side = (connection: string, rows: number) => ({
  connection,
  system: 'DuckDB',
  version: '1.4.0',
  rows_scanned: rows,
  sql: [`select * from ${connection}`],
});

export const evidence: Evidence = {
  source: side('legacy', 4000),
  target: side('warehouse', 3998),
  started_at: at,
  finished_at: at,
};

export function aCheck(more: Partial<CheckResult> = {}): CheckResult {
  return {
    check: 'row_hash',
    name: 'row_hash',
    status: 'passed',
    severity: 'fail',
    expected: null,
    actual: null,
    samples: [],
    ...more,
  };
}

export function aPipelineResult(checks: CheckResult[]): PipelineResult {
  const count = (status: CheckResult['status']) => checks.filter((check) => check.status === status).length;
  return {
    type: 'pipeline',
    pipeline_id: 'dim_customer_validation',
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

/** A failed pipeline as the engine reports one: a changed cell, a missing row, and where all of them lie. */
export function aFailedOperation(): Operation {
  const check = aCheck({
    status: 'failed',
    differences: {
      missing: 1,
      extra: 0,
      value: 2,
      duplicate: 0,
      by_column: [
        { column: 'email', kind: 'case', rows: 2 },
        { column: 'balance', kind: 'rounding', rows: 1 },
      ],
      artifact_id: 'a1',
      truncated: false,
    },
    samples: [
      {
        class: 'value',
        key: { customer_key: '17' },
        column: 'email',
        source_value: 'ada@example.org',
        target_value: 'ADA@example.org ',
        kind: 'case',
      },
      {
        class: 'missing',
        key: { customer_key: '23' },
        column: null,
        source_value: null,
        target_value: null,
        kind: null,
      },
    ],
  });
  return anOperation(0, {
    name: 'dim_customer_validation',
    status: 'failed',
    duration_ms: 1234,
    attempts: [{ attempt: 1, started_at: at, finished_at: at }],
    result: aPipelineResult([aCheck({ check: 'row_count', name: 'row_count' }), check]),
    error: { kind: 'checks_failed', code: 'checks_failed', message: '1 of 2 checks failed' },
    artifacts: [
      {
        artifact_id: 'a1',
        name: 'differences.parquet',
        kind: 'differences',
        content_type: 'application/vnd.apache.parquet',
        path: '/data/artifacts/differences.parquet',
        bytes: 2048,
      },
    ],
  });
}
