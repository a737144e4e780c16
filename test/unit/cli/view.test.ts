import { stripVTControlCharacters } from 'node:util';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { liveLines, type LiveFrame } from '../../../daemon/cli/view/live.ts';
import { nextSteps } from '../../../daemon/cli/view/nextSteps.ts';
import { renderPlan } from '../../../daemon/cli/view/plan.ts';
import { renderOperation, renderOperations, renderReport } from '../../../daemon/cli/view/report.ts';
import { rowsText, waitingText } from '../../../daemon/client/summary.ts';
import { renderTable, shareWidths } from '../../../daemon/cli/view/table.ts';
import { formatCount } from '../../../daemon/client/text.ts';
import type { Operation } from '../../../daemon/protocol/entities.ts';
import type { Plan } from '../../../daemon/protocol/answers.ts';
import { aFailedOperation, aJob, anOperation, aPipelineResult, at, jobId } from './entities.ts';

const plain = picocolors.createColors(false);
const colored = picocolors.createColors(true);
const options = { width: 80, colors: plain, program: 'ombudsman' };
const widths = (text: string) => text.split('\n').map((line) => stringWidth(stripVTControlCharacters(line)));

function frame(operations: Operation[], more: Partial<LiveFrame> = {}): LiveFrame {
  return {
    job: aJob(),
    operations,
    waiting: new Map(),
    width: 80,
    height: 24,
    nowMs: Date.parse(at) + 5000,
    spinner: '⠋',
    colors: plain,
    ...more,
  };
}

const running = (index: number, more: Partial<Operation> = {}) =>
  anOperation(index, {
    status: 'running',
    started_at: at,
    attempts: [{ attempt: 1, started_at: at }],
    progress: { phase: 'row_hash', rows_done: 412_000, rows_total: 1_000_000 },
    ...more,
  });

describe('the live display', () => {
  it('shows totals, the time that is left, running operations with rows, and why others wait', () => {
    const waiting = new Map([
      [
        'op-0003',
        {
          for: 'connection' as const,
          name: 'warehouse',
          limit: 1,
          holders: [{ job_id: jobId, operation_id: 'op-0002', name: 'fact_sales_validation' }],
        },
      ],
    ]);
    const text = liveLines(
      frame([running(1, { name: 'fact_sales_validation' }), anOperation(2)], { waiting, width: 120 }),
    ).join('\n');
    expect(text).toContain('1 of 3 completed');
    expect(text).toContain('412,000 rows');
    expect(text).toContain('about 8.0 s left');
    expect(text).toContain('40 %');
    expect(text).toMatch(/fact_sales_validation .*412,000\/1,000,000 row_hash .*5\.0 s/);
    expect(text).toContain('waits for connection warehouse (limit 1), held by fact_sales_validation');
  });

  it.each([40, 80, 200])('fits %d columns, whatever the names', (width) => {
    const name = `very long name of a pipeline ${'漢'.repeat(60)}\u001b[2J`;
    const operations = [running(0, { name }), anOperation(1, { name, waiting: { for: 'job', holders: [] } })];
    const lines = liveLines(
      frame(operations, { width, colors: colored, job: aJob({ job_name: name.repeat(3) }) }),
    );
    expect(Math.max(...widths(lines.join('\n')))).toBeLessThanOrEqual(width);
    expect(stripVTControlCharacters(lines.join(''))).not.toContain('\u001b');
  });

  it('fits the height with a thousand operations, and says how many it does not show', () => {
    const operations = Array.from({ length: 1000 }, (_, index) =>
      index < 64 ? running(index) : anOperation(index),
    );
    const lines = liveLines(frame(operations, { height: 15 }));
    expect(lines.length).toBeLessThan(15);
    expect(lines.at(-1)).toMatch(/and \d+ more running, 933 more waiting/);
  });

  it('says that a cancelled job is being ended', () => {
    const lines = liveLines(
      frame([running(0, { cancel_requested: true })], { job: aJob({ cancel_requested: true }) }),
    );
    expect(lines[0]).toContain('cancelling');
    expect(lines[2]).toContain('cancelling');
  });
});

describe('reasons of waiting', () => {
  it('names the limit and who holds it', () => {
    const holders = ['a', 'b', 'c', 'd'].map((name, index) => ({
      job_id: jobId,
      operation_id: `op-000${index + 1}`,
      name,
    }));
    expect(waitingText({ for: 'daemon', limit: 16, holders })).toBe(
      'waits for a slot of the daemon (limit 16), held by a, b, c and 1 more',
    );
    expect(waitingText({ for: 'dependency', holders: holders.slice(0, 1) })).toBe('waits for a');
    expect(waitingText({ for: 'retry', until: at, holders: [] })).toBe(`tries again at ${at}`);
  });
});

describe('the report', () => {
  const ended = aJob(
    { status: 'partial_success', finished_at: at, duration_ms: 2345 },
    { completed: 2, failed: 1, running: 0, percent: 100 },
  );
  const clean = (index: number) =>
    anOperation(index, { status: 'completed', duration_ms: 10, result: aPipelineResult([]) });

  it('names check, key, column and both values, counts by column and kind, and says where the evidence lies', () => {
    const text = renderReport(ended, [aFailedOperation(), clean(1), clean(2)], { ...options, width: 140 });
    expect(text).toContain('2 checks: 1 failed (row_hash)');
    expect(text).toContain('4,000 ⇄ 3,998');
    expect(text).toMatch(/row_hash failed: 1 missing, 2 changed/);
    expect(text).toMatch(/email +case +2/);
    expect(text).toMatch(/balance +rounding +1/);
    // Quotes make the trailing blank visible.
    expect(text).toMatch(/customer_key=17 +email +ada@example\.org +'ADA@example\.org ' +case/);
    expect(text).toMatch(/customer_key=23 +\(whole row\) +not in target/);
    expect(text).toContain('/data/artifacts/differences.parquet (2.0 KiB)');
    expect(text).toContain('partial_success in 2.3 s: 2 of 3 completed, 1 failed');
    expect(text).toContain(`ombudsman jobs retry ${jobId}`);
  });

  it('says nothing of differences when there are none', () => {
    const done = aJob({ status: 'completed', duration_ms: 5 }, { completed: 3, running: 0 });
    const text = renderReport(done, [clean(0)], options);
    expect(text).not.toContain('What differs');
    expect(text).not.toContain('jobs retry');
  });

  it('shows findings of a completed pipeline too: a warning is no failure and still to be seen', () => {
    const warned = anOperation(0, {
      status: 'completed',
      result: aPipelineResult([
        { ...aFailedOperationCheck(), status: 'warning', severity: 'warn', name: 'positive balance' },
      ]),
    });
    const text = renderReport(aJob({ status: 'completed' }), [warned], options);
    expect(text).toContain('positive balance warning');
  });

  it('reads an error of several lines as a sentence, and what a check found as words', () => {
    const failed = aFailedOperation();
    const result = aPipelineResult([
      {
        check: 'rule',
        name: 'r',
        status: 'failed',
        severity: 'fail',
        expected: 0,
        actual: { source: 0, target: 2 },
        samples: [],
        reason: 'Parser Error: near ")"\n\nLINE 3: )\n        ^',
      },
    ]);
    const text = renderReport(aJob({ status: 'failed' }), [{ ...failed, result }], options);
    expect(text).toContain('expected 0, got source 0, target 2; Parser Error: near ")" LINE 3: ) ^');
  });

  it('shows every statement of an operation that is asked for', () => {
    const { evidence, ...result } = aPipelineResult([]);
    const sql = ['select 1', 'select 2', 'select 3', 'select 4'];
    const source = { ...evidence.source, connection: 'c', system: 's', version: '1', rows_scanned: 1, sql };
    const operation = anOperation(0, {
      status: 'completed',
      result: { ...result, evidence: { ...evidence, source } },
    });
    const text = renderOperation(operation, { ...options, isWhole: true });
    for (const statement of sql) expect(text).toContain(statement);
  });

  it('adds up the rows of the pipelines of a project', () => {
    const { evidence } = aPipelineResult([]);
    const pipeline = { pipeline_id: 'p', status: 'completed' as const, failing_checks: [], evidence };
    const project = anOperation(0, {
      status: 'completed',
      type: 'project_validation',
      result: {
        type: 'project_validation',
        project_id: 'x',
        pipelines: [pipeline, pipeline],
        summary: { total: 2, completed: 2, failed: 0 },
        evidence: { started_at: at, finished_at: at },
      },
    });
    const rows = evidence.source?.rows_scanned ?? 0;
    expect(rows).toBeGreaterThan(0);
    expect(rowsText(project)).toMatch(new RegExp(`^${formatCount(2 * rows)} ⇄ `));
    const unread = { pipeline_id: 'q', status: 'failed' as const, failing_checks: [] };
    const nothing = { ...project.result, pipelines: [unread] } as Operation['result'];
    expect(rowsText({ ...project, result: nothing })).toBe('');
  });

  it('keeps what needs attention when not all operations fit', () => {
    const operations = [...Array.from({ length: 60 }, (_, index) => clean(index)), aFailedOperation()];
    const text = renderOperations(operations, { ...options, maxRows: 10 });
    expect(text).toContain('dim_customer_validation');
    expect(text).toContain('… and 51 more operations');
  });

  it('spells out what makes two values differ that look the same', () => {
    const failed = aFailedOperation();
    const sample = {
      class: 'value',
      key: { id: '1' },
      column: 'name',
      source_value: 'B\u00e9atrice',
      target_value: 'Be\u0301atrice',
      kind: 'unicode_form',
    };
    failed.result = aPipelineResult([{ ...aFailedOperationCheck(), samples: [sample] }]);
    expect(renderReport(ended, [failed], { ...options, width: 140 })).toMatch(
      /B\u00e9atrice +Be\\u0301atrice +unicode_form/,
    );
  });

  it('prints hostile values without letting them reach the terminal', () => {
    const failed = aFailedOperation();
    failed.result = aPipelineResult([
      {
        ...aFailedOperationCheck(),
        samples: [
          {
            class: 'value',
            key: { id: '\u001b]0;owned\u0007' },
            column: 'a\u202eb',
            source_value: '\u001b[2J',
            target_value: null,
            kind: 'other',
          },
        ],
      },
    ]);
    const text = renderReport(ended, [failed], { ...options, width: 160 });
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
    expect(text).toContain('\\u001b[2J');
    expect(text).toContain('NULL');
  });
});

function aFailedOperationCheck() {
  const { result } = aFailedOperation();
  if (result?.type !== 'pipeline') throw new Error('expected a pipeline');
  return result.checks[1]!;
}

describe('what to try next', () => {
  it('offers nothing while a job runs, and commands that name it once it ended', () => {
    expect(nextSteps(aJob(), [], 'ombudsman')).toEqual([]);
    const failed = nextSteps(aJob({ status: 'failed' }), [aFailedOperation()], 'node dist/cli.mjs');
    expect(failed.map((step) => step.command)).toEqual([
      `node dist/cli.mjs jobs show ${jobId} --operation op-0001`,
      `duckdb -c "from '/data/artifacts/differences.parquet'"`,
      `node dist/cli.mjs jobs retry ${jobId}`,
      `node dist/cli.mjs jobs export ${jobId} --format html --output report.html`,
    ]);
  });

  it('sends people with connection trouble to the doctor', () => {
    const broken = anOperation(0, {
      status: 'failed',
      error: { kind: 'connection', code: 'unreachable', message: 'refused' },
    });
    const steps = nextSteps(aJob({ status: 'failed' }), [broken], 'ombudsman');
    expect(steps.map((step) => step.command)).toContain('ombudsman doctor');
  });
});

describe('the plan of a dry run', () => {
  it('never breaks names of a usual length', () => {
    const name = 'fact_inventory_validation';
    const operation = {
      operation_id: 'op-0001',
      name,
      type: 'pipeline' as const,
      depends_on: ['dim_customer_validation', 'dim_product_validation'],
      connections: ['legacy', 'warehouse'],
      timeout_ms: 1_800_000,
      max_attempts: 1,
      description: `legacy.${name} → warehouse.${name}`,
    };
    const plan: Plan = {
      dry_run: true,
      job_name: 'Daily',
      job_type: 'bulk_pipeline_execution',
      project_id: 'p',
      max_parallel: 3,
      operations: [operation],
      total_operations: 1,
      diagnostics: [],
    };
    const text = renderPlan(plan, { width: 80, colors: plain });
    expect(text).toContain(`op-0001  ${name}`);
    expect(Math.max(...widths(text))).toBeLessThanOrEqual(80);
  });
});

describe('tables', () => {
  it('takes width from the widest columns, never below their minimum', () => {
    expect(shareWidths([10, 50, 20], [5, 8, 5], 80)).toEqual([10, 50, 20]);
    expect(shareWidths([10, 50, 20], [5, 8, 5], 50)).toEqual([10, 20, 20]);
    expect(shareWidths([10, 50, 20], [10, 30, 20], 20)).toEqual([10, 30, 20]);
  });

  it.each([50, 80, 120])('wraps cells into %d columns and loses no text', (width) => {
    const long = 'a value without any blank: '.replaceAll(' ', '_').repeat(8);
    const text = renderTable(
      [{ head: 'name' }, { head: 'value' }],
      [
        ['first', long],
        [colored.red('second'), 'b'],
      ],
      { width, colors: colored },
    );
    expect(Math.max(...widths(text))).toBeLessThanOrEqual(width);
    const letters = stripVTControlCharacters(text).replace(/\s/g, '');
    expect(letters).toContain(long);
  });

  it.each([40, 80, 120])('in %d columns looks the same with colours as without', (width) => {
    const long = 'a name of an operation that does not fit into one line of a narrow terminal at all';
    const drawn = (colors: typeof colored) =>
      renderTable(
        [{ head: 'operation' }, { head: 'status', min: 9 }, { head: 'time', align: 'right' as const }],
        [
          [`${colors.green('✔')} ${long}`, colors.green('completed'), '98 ms'],
          [`${colors.red('✖')} b`, colors.red('failed'), '1.0 s'],
        ],
        { width, colors },
      );
    expect(stripVTControlCharacters(drawn(colored))).toBe(drawn(plain));
    expect(drawn(plain)).toMatch(/completed +98 ms/);
  });
});
