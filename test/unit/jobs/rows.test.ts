import { expect, it } from 'vitest';
import type { OperationResult } from '../../../daemon/protocol/results.ts';
import { rowsOf } from '../../../daemon/server/jobs/rows.ts';

const times = { started_at: '2026-01-01T00:00:00.000Z', finished_at: '2026-01-01T00:00:01.000Z' };
const side = (rows: number) => ({
  connection: 'c',
  system: 'SQLite',
  version: '3',
  rows_scanned: rows,
  sql: [],
});

it('counts a written row once, though generation reads it again to verify it', () => {
  const result: OperationResult = {
    type: 'data_generation',
    schema_type: 'Retail',
    tables: [{ table: 't', rows: 100 }],
    seed: 1,
    verified: [],
    evidence: { ...times, target: side(100), rows_written: 100 },
  };
  expect(rowsOf(result)).toBe(100);
});

it('counts the rows of both sides, and those of all pipelines of a project', () => {
  const summary = { passed: 1, failed: 0, warned: 0, skipped: 0, errored: 0 };
  const evidence = { ...times, source: side(3), target: side(4) };
  expect(rowsOf({ type: 'pipeline', pipeline_id: 'p', checks: [], summary, evidence })).toBe(7);
  const pipeline = { pipeline_id: 'p', status: 'completed' as const, failing_checks: [], evidence };
  const unread = { pipeline_id: 'q', status: 'failed' as const, failing_checks: [] };
  const project: OperationResult = {
    type: 'project_validation',
    project_id: 'x',
    pipelines: [pipeline, pipeline, unread],
    summary: { total: 3, completed: 2, failed: 1 },
    evidence: times,
  };
  expect(rowsOf(project)).toBe(14);
});
