import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckResult, PipelineResult } from '../../../../daemon/protocol/results.ts';
import { jobTooltip } from '../../../../extension/views/jobTooltip.ts';
import { escapeMarkdown, markdownTable, paragraphs } from '../../../../extension/views/markdown.ts';
import { operationTooltip } from '../../../../extension/views/operationTooltip.ts';
import { fakeJob, fakeJobId, fakeOperation } from '../../../support/fakeJobService.ts';

const started_at = '2026-01-31T12:00:00.000Z';
const finished_at = '2026-01-31T12:00:04.000Z';

function check(name: string, changes: Partial<CheckResult> = {}): CheckResult {
  return {
    check: name,
    name,
    status: 'passed',
    severity: 'fail',
    expected: null,
    actual: null,
    samples: [],
    ...changes,
  };
}

function pipeline(checks: CheckResult[]): PipelineResult {
  const count = (status: CheckResult['status']) => checks.filter((each) => each.status === status).length;
  const side = { version: '16.2', sql: ['select 1'] };
  return {
    type: 'pipeline',
    pipeline_id: 'p',
    checks,
    summary: {
      passed: count('passed'),
      failed: count('failed'),
      warned: count('warning'),
      skipped: count('skipped'),
      errored: count('error'),
    },
    evidence: {
      source: { ...side, connection: 'legacy', system: 'PostgreSQL', rows_scanned: 20_000 },
      target: { ...side, connection: 'ware|house', system: 'DuckDB', rows_scanned: 20_003 },
      started_at,
      finished_at,
    },
  };
}

describe('foreign text in a hover', () => {
  it('shows as it is: nothing of it is Markdown, an icon, a link or a cell', () => {
    const hostile = '**b** [x](command:quit) <b> `c` | ~s~ https://a.b $(error) a_b_c #1 &amp; !';
    const escaped = escapeMarkdown(hostile);
    expect(escaped).not.toContain('$');
    expect(escaped.replaceAll('&#36;', '\\$').replace(/\\([!-/:-@[-`{-~])/g, '$1')).toBe(hostile);
  });

  it('has no punctuation that is not escaped', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const rest = escapeMarkdown(text)
          .replaceAll('&#36;', '')
          .replace(/\\[!-/:-@[-`{-~]/g, '');
        expect(rest).not.toMatch(/[!-/:-@[-`{-~]/);
      }),
    );
  });

  it('cannot begin a line of its own', () => {
    expect(escapeMarkdown('a\n# b\u202e')).toBe('a\\\\n\\# b\\\\u202e');
    expect(paragraphs('a', undefined, '', false, 'b')).toBe('a\n\nb');
    expect(markdownTable(['', 'x'], [['1', '2']])).toBe('|  | x |\n| --- | --- |\n| 1 | 2 |');
  });
});

describe('the hover of a job', () => {
  it('tells how it went and where it comes from', () => {
    const job = fakeJob(fakeJobId(1), 'partial_success', {
      job_name: 'Daily *run*',
      job_type: 'bulk_pipeline_execution',
      project_id: 'retail',
      definition_file: '/data/daily.batch.yaml',
      tags: ['daily', 'x'],
      started_at,
      finished_at,
      max_parallel: 3,
      stop_on_error: true,
      rerun_of: fakeJobId(9),
    });
    const { progress } = job;
    const text = jobTooltip({
      ...job,
      progress: {
        ...progress,
        total: 12,
        completed: 10,
        failed: 2,
        running: 0,
        rows_processed: 69_810,
        elapsed_ms: 4_000,
      },
    });
    expect(text).toContain('$(warning) **Daily \\*run\\*** · partial success');
    for (const row of [
      '| **Operations** | 12 of 12 done · 10 completed · 2 failed |',
      '| **Rows** | 69,810 |',
      '| **Type** | pipelines |',
      '| **Project** | retail |',
      '| **Took** | 4.0 s |',
      '| **At once** | up to 3 |',
      '| **On error** | stops |',
      '| **Tags** | daily, x |',
      '| **Batch file** | \\/data\\/daily\\.batch\\.yaml |',
      `| **Run again of** | ${fakeJobId(9)} |`,
      `| **Job ID** | ${fakeJobId(1)} |`,
    ]) {
      expect(text).toContain(row);
    }
    expect(text).not.toContain('Left');
  });

  it('leaves out what does not apply', () => {
    const text = jobTooltip(fakeJob(fakeJobId(1), 'running', { parallel_execution: false }));
    expect(text).toContain('one after another');
    for (const name of ['Took', 'Ended', 'Tags', 'Project', 'Batch file', 'On error', 'Run again'])
      expect(text).not.toContain(name);
    const dying = fakeJob(fakeJobId(1), 'running', { cancel_requested: true });
    expect(jobTooltip(dying)).toContain('cancelling');
  });
});

describe('the hover of an operation', () => {
  const operation = (changes: Parameters<typeof fakeOperation>[1]) =>
    operationTooltip(fakeOperation(0, changes));
  const differences = {
    missing: 1,
    extra: 0,
    value: 52,
    duplicate: 0,
    by_column: [],
    artifact_id: 'a',
    truncated: false,
  };

  it('shows the evidence of both sides and what each check found, the bad ones first', () => {
    const text = operation({
      status: 'failed',
      duration_ms: 1_100,
      finished_at,
      attempts: [
        { attempt: 1, started_at, finished_at },
        { attempt: 2, started_at, finished_at },
      ],
      error: { kind: 'checks_failed', code: 'checks_failed', message: 'a long list', hint: 'see artifacts' },
      result: pipeline([
        check('schema_columns'),
        check('row_count', { status: 'failed', expected: 20_000, actual: 20_003, reason: 'why' }),
        check('row_hash', { status: 'failed', expected: { rows: 1 }, actual: { rows: 2 }, differences }),
        check('fk', { status: 'error', reason: 'no such table' }),
      ]),
    });
    expect(text).toContain('$(error) **operation 0** · failed');
    expect(text).toContain('3 of 4 checks failed');
    expect(text).toContain('| **Connection** | legacy | ware\\|house |');
    expect(text).toContain('| **System** | PostgreSQL 16\\.2 | DuckDB 16\\.2 |');
    expect(text).toContain('| **Rows scanned** | 20,000 | 20,003 |');
    const lines = text.split('\n').filter((line) => line.startsWith('- '));
    expect(lines).toEqual([
      '- $(error) **fk** could not run: no such table',
      '- $(error) **row\\_count**: expected 20000\\, got 20003',
      '- $(error) **row\\_hash**: 1 missing\\, 52 changed',
      '- $(pass) schema\\_columns',
    ]);
    expect(text).toContain('2 attempts · took 1.1 s · ended ');
    // The checks say it; once is enough.
    expect(text).not.toContain('a long list');
  });

  it('counts checks beyond a dozen', () => {
    const text = operation({
      status: 'completed',
      result: pipeline(Array.from({ length: 20 }, (_, at) => check(`c${at}`))),
    });
    expect(text).toContain('20 checks passed');
    expect(text.match(/^- /gm)).toHaveLength(13);
    expect(text).toContain('- … 8 more checks');
  });

  it('says kind, message and hint of a failure before any check', () => {
    const text = operation({
      status: 'failed',
      error: { kind: 'connection', code: 'refused', message: 'no <answer>', hint: 'start it' },
    });
    expect(text).toContain('**connection**: no \\<answer\\>');
    expect(text).toContain('$(lightbulb) start it');
  });

  it('tells what other kinds did', () => {
    const evidence = { started_at, finished_at, rows_written: 120 };
    const generated = operation({
      status: 'completed',
      result: {
        type: 'data_generation',
        schema_type: 'Retail',
        tables: [{ table: 't', rows: 120 }],
        seed: 42,
        verified: [],
        evidence,
      },
    });
    expect(generated).toContain('1 table\\, 120 rows\\, seed 42');
    expect(generated).toContain('120 rows written');
    const waiting = operation({ status: 'pending', waiting: { for: 'paused', holders: [] } });
    expect(waiting).toContain('$(clock) **operation 0** · queued');
    expect(waiting).toContain('waits until the job is resumed');
  });
});
