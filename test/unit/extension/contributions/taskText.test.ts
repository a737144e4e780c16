import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../../daemon/protocol/errors.ts';
import manifest from '../../../../package.json' with { type: 'json' };
import {
  diagnosticLines,
  endedLine,
  endLines,
  planLines,
  stillLine,
} from '../../../../extension/contributions/tasks/taskText.ts';
import { failedPipeline, job, operation } from './samples.ts';

const diagnostic: Diagnostic = {
  file: '/w/daily.batch.yaml',
  line: 3,
  column: 5,
  end_line: 3,
  end_column: 9,
  severity: 'error',
  code: 'unknown',
  message: 'unknown pipeline "sane"\nhere',
  hint: 'write same',
};
/** Colours are not what these tests are about. */
const plain = (line: string): string => line.replaceAll(/\u001b\[\d+m/g, '');

describe('lines of a task', () => {
  it('a mistake is one line that the problem matcher of the manifest reads', () => {
    const [line = '', hint] = diagnosticLines(diagnostic);
    const { pattern } = manifest.contributes.problemMatchers[0] ?? expect.fail('no problem matcher');
    const read = new RegExp(pattern.regexp).exec(line) ?? expect.fail(`not read: ${line}`);
    expect(read.slice(pattern.file, pattern.message + 1)).toEqual([
      '/w/daily.batch.yaml',
      '3',
      '5',
      'error',
      'unknown pipeline "sane" here',
    ]);
    expect(hint).toBe('  hint: write same');
    const [windows = ''] = diagnosticLines({ ...diagnostic, file: 'C:\\w\\a.batch.yaml' });
    expect(new RegExp(pattern.regexp).exec(windows)?.[pattern.file]).toBe('C:\\w\\a.batch.yaml');
    expect(diagnosticLines({ ...diagnostic, file: '(request)', hint: undefined })).toEqual([
      'error unknown pipeline "sane" here',
    ]);
  });

  it('an operation that ended, its place, time and result', () => {
    expect(plain(endedLine(failedPipeline, 3, 6))).toBe(
      '[3/6] ✖ failed dim | `customer` in 1.5 s: 2 checks: 1 failed (row_hash)',
    );
    expect(plain(endedLine(operation({ status: 'completed' }), 1, 6))).toBe('[1/6] ✔ completed other');
  });

  it('a job that goes on', () => {
    const { progress } = job();
    expect(stillLine(job({ progress: { ...progress, eta_ms: 8000 } }))).toBe(
      'still running: 0 of 2 completed (1 running: other), about 8.0 s left',
    );
  });

  it('at the end the failures and the outcome', () => {
    const { progress } = job();
    const ended = job({
      status: 'partial_success',
      duration_ms: 3000,
      progress: { ...progress, completed: 1, failed: 1, rows_processed: 7999 },
    });
    expect(endLines(ended, [failedPipeline]).map(plain)).toEqual([
      '',
      'What differs or went wrong',
      '✖ dim | `customer` (op-0001): 2 checks: 1 failed (row_hash)',
      '    row_hash failed: 1 missing, 1 changed',
      '    hint: Look at the rows.',
      '    differences: /data/rows.parquet',
      '',
      '◐ Daily partial_success in 3.0 s: 1 of 2 completed, 1 failed, 7,999 rows',
    ]);
    expect(
      endLines(
        ended,
        Array.from({ length: 25 }, () => failedPipeline),
      ),
    ).toContain('… and 5 more operations with failures');
  });

  it('a plan', () => {
    const lines = planLines({
      dry_run: true,
      job_name: 'Daily',
      job_type: 'mixed',
      project_id: null,
      max_parallel: 2,
      operations: [
        {
          operation_id: 'op-0001',
          name: 'a',
          type: 'pipeline',
          depends_on: ['z'],
          connections: ['old'],
          timeout_ms: null,
          max_attempts: 1,
          description: 'does it',
        },
      ],
      total_operations: 3,
      diagnostics: [],
    });
    expect(lines).toEqual([
      'Daily: 3 operations, at most 2 at once',
      '  op-0001 a: does it [old], after z',
      '  … and 2 more operations',
      '',
      'Nothing was run (dry run).',
    ]);
  });
});
