import { describe, expect, it, vi } from 'vitest';
import { domains as engineDomains } from '../../../../daemon/engine/generation/domains/registry.ts';
import type { Diagnostic } from '../../../../daemon/protocol/errors.ts';
import type { PipelineOutcome } from '../../../../daemon/protocol/answers.ts';
import { batchFileItems } from '../../../../extension/commands/run/batchFileItems.ts';
import { domains } from '../../../../extension/commands/run/domains.ts';
import { generationItem, replacementOf } from '../../../../extension/commands/run/generation.ts';
import { readNames } from '../../../../extension/commands/run/names.ts';
import { parallelItems } from '../../../../extension/commands/run/parallelItems.ts';
import {
  choicesOf,
  describeDefaults,
  missingParameters,
  readParameter,
} from '../../../../extension/commands/run/parameters.ts';
import { describeOutcome, pipelineItems } from '../../../../extension/commands/run/pipelineItems.ts';
import {
  readRows,
  readShare,
  readWhole,
  rowsProblem,
  wholeProblem,
} from '../../../../extension/commands/run/rows.ts';
import { unsetSecrets } from '../../../../extension/commands/run/unsetSecrets.ts';
import { batchFile, jobIds, project } from './samples.ts';

vi.mock('vscode', () => ({}));

describe('a parameter as typed', () => {
  const parameter = (type: string, more: object = {}) => ({ name: 'p', type, is_required: false, ...more });
  it.each([
    ['integer', '20000', 20000],
    ['integer', ' -3 ', -3],
    ['number', '0.5', 0.5],
    ['number', '1e3', 1000],
    ['boolean', 'true', true],
    ['boolean', ' false ', false],
    ['string', ' a b ', ' a b '],
    ['string', '5', '5'],
  ])('%s %j is %j', (type, text, value) => {
    expect(readParameter(parameter(type), text)).toEqual({ value });
  });

  it.each([
    ['integer', '1.5', 'Expected a whole number'],
    ['integer', '', 'Expected a whole number'],
    ['integer', '9007199254740993', 'Expected a whole number'],
    ['number', 'many', 'Expected a number'],
    ['number', '', 'Expected a number'],
    ['boolean', 'yes', 'Expected true or false'],
  ])('%s %j is refused: %s', (type, text, problem) => {
    expect(readParameter(parameter(type), text)).toEqual({ problem });
  });

  it('is one of its choices', () => {
    const limited = parameter('integer', { choices: [1, 2] });
    expect(readParameter(limited, '2')).toEqual({ value: 2 });
    expect(readParameter(limited, '3')).toEqual({ problem: 'Expected one of 1, 2' });
    expect(choicesOf(limited)).toEqual([1, 2]);
    expect(choicesOf(parameter('boolean'))).toEqual([true, false]);
    expect(choicesOf(parameter('string'))).toBeUndefined();
  });

  it('has a default that is told', () => {
    const parameters = [
      parameter('integer', { default: 20000 }),
      { ...parameter('string'), name: 'q', default: 'x' },
    ];
    expect(describeDefaults(parameters)).toBe('p = 20000, q = x');
  });

  it('is known by what the daemon missed where nothing else knows the file', () => {
    expect(missingParameters(['parameter "day" has no value', 'something else'])).toEqual([
      { name: 'day', type: 'string', is_required: true },
    ]);
  });
});

describe('secrets to ask for', () => {
  const diagnostic = (changes: Partial<Diagnostic>): Diagnostic => ({
    file: '/data/shop/ombudsman.yaml',
    line: 3,
    column: 5,
    end_line: 3,
    end_column: 9,
    severity: 'error',
    code: 'unset_secret',
    message: '${secret:PG} has no value, and connection "legacy" needs it',
    ...changes,
  });

  it('are those without a value, each once for its project', () => {
    const other = diagnostic({ file: '/data/finance/ombudsman.yaml' });
    expect(unsetSecrets([diagnostic({}), diagnostic({ line: 9 }), other])).toEqual([
      expect.objectContaining({ projectDir: '/data/shop', name: 'PG' }),
      expect.objectContaining({ projectDir: '/data/finance', name: 'PG' }),
    ]);
  });

  it('are none if something else is wrong too, or if it is the environment that lacks a value', () => {
    expect(unsetSecrets([diagnostic({}), diagnostic({ code: 'unknown_pipeline', message: 'x' })])).toEqual(
      [],
    );
    const variable = diagnostic({ message: '${env:PG} has no value, and connection "legacy" needs it' });
    expect(unsetSecrets([variable])).toEqual([]);
    expect(unsetSecrets([diagnostic({}), variable])).toEqual([]);
  });

  it('of a batch file belong to its project, wherever the file lies; without a project they cannot be asked for', () => {
    const inBatch = diagnostic({ file: '/data/shop/batches/daily.batch.yaml' });
    expect(unsetSecrets([inBatch], '/data/shop')).toMatchObject([{ projectDir: '/data/shop' }]);
    expect(unsetSecrets([inBatch], null)).toEqual([]);
  });

  it('are asked for beside warnings', () => {
    expect(
      unsetSecrets([diagnostic({}), diagnostic({ severity: 'warning', code: 'literal_password' })]),
    ).toHaveLength(1);
  });
});

describe('batch files to pick from', () => {
  const relative = (file: string) => file.replace('/data/shop/', '');
  it('stand by name, those with errors last, each with what it is', () => {
    const files = [
      batchFile({ file: '/data/shop/b.batch.yaml', has_errors: true, operations: null }),
      batchFile({
        file: '/data/shop/c.batch.yaml',
        job_name: null,
        parameters: [{ name: 'a', type: 'string', is_required: true }],
      }),
      batchFile({ file: '/data/shop/a.batch.yaml', operations: 1 }),
    ];
    const items = batchFileItems(files, [project()], relative);
    expect(items.map(({ label, description, detail }) => [label, description, detail])).toEqual([
      ['$(play) Daily validation', '1 operation', 'a.batch.yaml'],
      ['$(play) c.batch.yaml', '2 operations · template', 'c.batch.yaml'],
      ['$(error) Daily validation', 'has mistakes', 'b.batch.yaml'],
    ]);
    expect(items[0]?.value).toBe('/data/shop/a.batch.yaml');
  });

  it('name their project where there are several', () => {
    const projects = [project(), project({ dir: '/data/finance', project_id: 'finance' })];
    const files = [batchFile(), batchFile({ file: '/data/z.batch.yaml', project_dir: null })];
    const items = batchFileItems(files, projects, relative);
    expect(items.map(({ description }) => description)).toEqual([
      '2 operations · shop',
      '2 operations · no project',
    ]);
  });
});

describe('pipelines to pick from', () => {
  const nowMs = Date.parse('2026-01-31T10:06:00.000Z');
  const outcome = (changes: Partial<PipelineOutcome> = {}): PipelineOutcome => ({
    pipeline_id: 'customer_validation',
    job_id: jobIds[0]!,
    operation_id: 'op-0001',
    status: 'failed',
    finished_at: '2026-01-31T10:01:00.000Z',
    duration_ms: 1000,
    checks: [],
    ...changes,
  });
  const check = (status: 'passed' | 'failed' | 'error') => ({
    check: 'row_count' as const,
    name: 'row_count',
    status,
    severity: 'fail' as const,
    expected: 1,
    actual: 2,
  });

  it('say where from and to, and what the last run found', () => {
    const [item] = pipelineItems(
      [project()],
      () => outcome({ checks: [check('failed'), check('passed')] }),
      nowMs,
    );
    expect(item).toEqual({
      label: '$(error) customer_validation',
      description: '1 check failed 5 min ago',
      detail: 'legacy.customer → warehouse.dim_customer',
      value: { projectDir: '/data/shop', pipelineId: 'customer_validation' },
    });
  });

  it('stand under their projects where several have some', () => {
    const finance = project({ dir: '/data/finance', project_id: 'finance' });
    const empty = project({ dir: '/data/empty', project_id: 'empty', pipelines: [] });
    const labels = (projects: ReturnType<typeof project>[]) =>
      pipelineItems(projects, () => undefined, nowMs).map(({ label, kind, value }) => [
        label,
        kind,
        value?.projectDir,
      ]);
    expect(labels([project(), finance, empty])).toEqual([
      ['shop', -1, undefined],
      ['$(circle-large-outline) customer_validation', undefined, '/data/shop'],
      ['finance', -1, undefined],
      ['$(circle-large-outline) customer_validation', undefined, '/data/finance'],
    ]);
    expect(labels([project(), empty])).toHaveLength(1);
  });

  it.each([
    [outcome({ status: 'completed' }), 'passed'],
    [outcome({ checks: [check('failed'), check('error'), check('passed')] }), '2 checks failed'],
    [outcome({ error: { kind: 'connection', message: 'no answer' } }), 'failed (connection)'],
    [outcome({ status: 'cancelled' }), 'cancelled'],
  ])('%# says %s', (given, expected) => {
    expect(describeOutcome(given)).toBe(expected);
  });
});

describe('how many at once', () => {
  it('offers what the number of operations can use', () => {
    expect(parallelItems(3).map(({ value }) => value)).toEqual([0, 1, 2, 4]);
    expect(parallelItems(1000).map(({ value }) => value)).toEqual([0, 1, 2, 4, 8, 16, 32, 64]);
  });
});

describe('numbers as typed', () => {
  it.each([
    ['10000', 10_000],
    ['10,000', 10_000],
    ['10 000', 10_000],
    ['10\u202f000', 10_000],
    ['10_000', 10_000],
    ["10'000", 10_000],
    ['10k', 10_000],
    ['1.5M', 1_500_000],
    ['10000000000', 10_000_000_000],
  ])('%j are rows: %i', (text, rows) => {
    expect(readRows(text)).toBe(rows);
    expect(rowsProblem(text)).toBeNull();
  });

  it.each(['', '0', '-5', '1.5', '10.000', 'many', '10000000001', '0.0001k', '1e5', '0x10'])(
    '%j are no rows',
    (text) => {
      expect(readRows(text)).toBeNull();
      expect(rowsProblem(text)).toContain('Expected a number from 1 to 10,000,000,000');
    },
  );

  it('whole numbers have a range', () => {
    expect(readWhole('1,234')).toBe(1234);
    expect(wholeProblem('155', 1, 200)).toBeNull();
    expect(wholeProblem('0', 1, 200)).toBe('Expected a whole number from 1 to 200');
    expect(wholeProblem('201', 1, 200)).toBe('Expected a whole number from 1 to 200');
    expect(wholeProblem('1.5', 1, 200)).not.toBeNull();
  });

  it.each([
    ['1%', 0.01],
    ['0.5 %', 0.005],
    ['0.01', 0.01],
    ['50%', 0.5],
    ['.25', 0.25],
    ['0%', null],
    ['51%', null],
    ['2', null],
    ['x', null],
  ])('%j is the share %j', (text, share) => {
    expect(readShare(text)).toBe(share);
  });

  it('names stand between commas, each once', () => {
    expect(readNames(' public , sales,, public')).toEqual(['public', 'sales']);
    expect(readNames('  ')).toEqual([]);
  });
});

describe('domains of data generation', () => {
  it('are those of the engine, table by table', () => {
    const known = Object.entries(engineDomains).map(([type, { tables, fact_table }]) => ({
      type,
      factTable: fact_table,
      tables: tables.map(({ name }) => name).toSorted(),
    }));
    const told = domains.map(({ type, factTable, tables }) => ({
      type,
      factTable,
      tables: tables.toSorted(),
    }));
    expect(told).toEqual(known);
  });
});

describe('a data generation', () => {
  const [retail] = domains;
  const draft = { domain: retail!, rows: 5000, seed: 7, connection: 'warehouse', faults: { count: 155 } };

  it('is sent as it was chosen', () => {
    expect(generationItem(draft)).toEqual({
      schema_type: 'Retail',
      row_count: 5000,
      seed: 7,
      connection: 'warehouse',
      faults: { count: 155 },
    });
    expect(generationItem({ ...draft, connection: null, faults: null })).toEqual({
      schema_type: 'Retail',
      row_count: 5000,
      seed: 7,
      connection: undefined,
      faults: undefined,
    });
  });

  it('is agreed to once, naming the connection and what is lost in it', () => {
    const replaced = replacementOf(draft, 'shop');
    expect(replaced?.question).toBe('Replace 8 tables in “warehouse” of shop?');
    expect(replaced?.detail).toContain('fact_sales');
  });

  it('into the artifacts of its job replaces nothing', () => {
    expect(replacementOf({ ...draft, connection: null }, 'shop')).toBeNull();
  });
});
