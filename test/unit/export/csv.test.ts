import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../../daemon/protocol/entities.ts';
import { csvCell } from '../../../daemon/server/jobs/export/csv.ts';
import { exportJob } from '../../../daemon/server/jobs/export/exportJob.ts';
import { failedCheck, passedCheck, pipelineResult, sampleJob, sampleOperation } from './sampleJob.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ombudsman-csv-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The export read back by a CSV reader that is not ours. */
async function rowsOf(operations: Operation[]): Promise<Record<string, unknown>[]> {
  const { content, content_type } = await exportJob('csv', sampleJob(), operations);
  expect(content_type).toMatch(/^text\/csv/);
  const path = join(folder, `${Math.random().toString(36).slice(2)}.csv`);
  writeFileSync(path, content);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `select * from read_csv('${path}', header=true, all_varchar=true, delim=',', quote='"', escape='"', new_line='\\r\\n')`,
  );
  const rows = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

describe('csv export', () => {
  it('has one row for each check with expected, actual, differences and rows scanned', async () => {
    const result = pipelineResult([passedCheck, failedCheck]);
    const rows = await rowsOf([sampleOperation({ status: 'failed', result })]);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ check: 'row_count', check_status: 'passed', expected: '1000' });
    expect(rows[1]).toMatchObject({
      job_name: 'Daily validation',
      operation_id: 'op-0001',
      check_name: 'every row',
      check_status: 'failed',
      expected: '{"rows":1000}',
      actual: '{"rows":998}',
      failing_rows: '3',
      missing: '2',
      value: '1',
      source_rows_scanned: '1000',
      target_rows_scanned: '998',
      reason: '2 rows missing, 1 row differs',
    });
  });

  it('has one row for an operation without checks, with the reason it did not complete', async () => {
    const error = { kind: 'timeout', code: 'deadline_exceeded', message: 'ran longer than 30m' } as const;
    const rows = await rowsOf([
      sampleOperation({ status: 'failed', error }),
      sampleOperation({ index: 1, status: 'skipped', skip_reason: 'dim_customer failed' }),
    ]);
    expect(rows.map((row) => row.reason)).toEqual(['timeout: ran longer than 30m', 'dim_customer failed']);
    expect(rows.map((row) => row.check)).toEqual([null, null]);
  });

  it('tells the pipelines of a project apart, also one that never came to its checks', async () => {
    const rows = await rowsOf([
      sampleOperation({
        type: 'project_validation',
        status: 'failed',
        result: {
          type: 'project_validation',
          project_id: 'finance',
          pipelines: [
            { pipeline_id: 'a', status: 'completed', failing_checks: [], checks: [passedCheck] },
            {
              pipeline_id: 'b',
              status: 'failed',
              failing_checks: [],
              error: { kind: 'connection', message: 'refused' },
            },
          ],
          summary: { total: 2, completed: 1, failed: 1 },
          evidence: { started_at: '2026-01-31T10:00:00.000Z', finished_at: '2026-01-31T10:00:01.000Z' },
        },
      }),
    ]);
    expect(rows.map((row) => [row.pipeline_id, row.check_status, row.reason])).toEqual([
      ['a', 'passed', null],
      ['b', null, 'connection: refused'],
    ]);
  });

  it.each([
    ['two\nlines, "quoted", and a comma'],
    ['</td><script>alert(1)</script>'],
    ['\u202Egnp.exe'],
    ['😀 ünïcode 日本語'],
    ['carriage\rreturn'],
  ])('carries %j unchanged', async (name) => {
    const [row] = await rowsOf([sampleOperation({ name })]);
    expect(row?.operation).toBe(name);
  });

  it.each(['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1', '--5', '+', '-'])(
    'disarms %j',
    async (name) => {
      const [row] = await rowsOf([sampleOperation({ name })]);
      expect(row?.operation).toBe(`'${name}`);
    },
  );

  it.each(['-5', '+5', '-0.25', '-1e-7', '+.5'])('leaves the plain number %j alone', (number) => {
    expect(csvCell(number)).toBe(number);
  });

  it('ends every line with CR LF and has as many fields in each', async () => {
    const { content } = await exportJob('csv', sampleJob(), [sampleOperation()]);
    const lines = content.split('\r\n');
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(2);
    expect(lines[1]?.split(',')).toHaveLength(lines[0]!.split(',').length);
  });
});
