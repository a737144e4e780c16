import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../daemon/protocol/comparison.ts';
import type { JobStatus, Operation, OperationStatus } from '../../../daemon/protocol/entities.ts';
import { methods, type MethodInput } from '../../../daemon/protocol/methods.ts';
import type { PipelineSpec } from '../../../daemon/protocol/files/pipeline.ts';
import type { BatchPlan, PlannedWork } from '../../../daemon/protocol/plan.ts';
import type { OperationResult } from '../../../daemon/protocol/results.ts';
import { compareJobs } from '../../../daemon/server/jobs/comparison/compareJobs.ts';
import { hideLiteralPasswords } from '../../../daemon/server/jobs/literalPasswords.ts';
import { fakeJob, fakeJobId, fakeOperation } from '../../support/fakeJobService.ts';

const dir = '/data/shop';
const spec = (id: string, changes: Partial<PipelineSpec> = {}): PipelineSpec => ({
  pipeline_id: id,
  file: `${dir}/${id}.pipeline.yaml`,
  source: { connection: 'legacy', table: id },
  target: { connection: 'warehouse', table: id },
  keys: ['id'],
  column_map: {},
  exclude: [],
  checks: [
    { check: 'row_count', name: 'row_count', severity: 'fail', params: {} },
    { check: 'row_hash', name: 'row_hash', severity: 'fail', params: { max_diffs: 1000 } },
  ],
  ...changes,
});
const pipeline = (id: string, changes: Partial<PipelineSpec> = {}): PlannedWork => ({
  type: 'pipeline',
  project_dir: dir,
  pipeline: spec(id, changes),
});
const times = { started_at: '2026-01-31T12:00:00.000Z', finished_at: '2026-01-31T12:00:01.500Z' };
const side = (rows: number) => ({ connection: 'c', system: 's', version: '1', rows_scanned: rows, sql: [] });

interface Part {
  readonly name: string;
  readonly work?: PlannedWork;
  readonly status?: OperationStatus;
  readonly result?: OperationResult;
  readonly more?: Partial<BatchPlan['operations'][number]>;
  readonly operation?: Partial<Operation>;
}
interface Run {
  readonly plan: BatchPlan;
  readonly operations: readonly Operation[];
}

const connections: BatchPlan['projects'][string]['connections'] = {
  legacy: {
    type: 'postgres',
    host: 'a',
    port: 5432,
    database: 'shop',
    password: '${env:PGPASSWORD}',
  } as never,
};

function run(parts: readonly Part[], plan: Partial<BatchPlan> = {}): Run {
  const operations = parts.map(({ name, status = 'completed', result, operation }, index) =>
    fakeOperation(index, { name, status, ...(result !== undefined && { result }), ...operation }),
  );
  return {
    operations,
    plan: {
      job_name: 'Daily',
      job_type: 'bulk_pipeline_execution',
      project_id: 'shop',
      tags: [],
      priority: 0,
      parallel_execution: true,
      max_parallel: 4,
      stop_on_error: false,
      projects: { [dir]: { project_id: 'shop', dir, connections } },
      operations: parts.map(({ name, work = pipeline(name), more }, index) => ({
        operation_id: `op-${index}`,
        index,
        name,
        depends_on: [],
        timeout_ms: null,
        retry: null,
        connections: [],
        description: '',
        work,
        ...more,
      })),
      ...plan,
    },
  };
}

const [a, b] = [fakeJobId(1), fakeJobId(2)];

async function compared(
  before: Run,
  after: Run,
  input: Partial<MethodInput<'jobs/compare'>> = {},
): Promise<Comparison> {
  const runs: Record<string, Run> = { [a]: before, [b]: after };
  const registry = {
    requireJob: (jobId: string) => fakeJob(jobId, 'completed'),
    frames: async (jobId: string) => {
      const { plan, operations } = runs[jobId] as Run;
      return { plan, statuses: [], view: (index: number) => operations[index] as Operation };
    },
  };
  const params = methods['jobs/compare'].params.parse({ before: a, after: b, ...input });
  return methods['jobs/compare'].result.strict().parse(await compareJobs(registry, params));
}
const verdicts = ({ operations }: Comparison) => operations.map(({ name, verdict }) => [name, verdict]);

describe('operations of two runs', () => {
  const before = run([
    { name: 'same' },
    { name: 'broke' },
    { name: 'broken', status: 'failed' },
    { name: 'repaired', status: 'failed' },
    { name: 'gone' },
    { name: 'left out' },
  ]);
  const after = run([
    { name: 'added', status: 'failed' },
    { name: 'same' },
    { name: 'broke', status: 'failed' },
    { name: 'broken', status: 'failed' },
    { name: 'repaired' },
    { name: 'left out', status: 'skipped' },
  ]);

  it('are matched by name, what became worse first', async () => {
    const comparison = await compared(before, after);
    expect(verdicts(comparison)).toEqual([
      ['broke', 'newly_failing'],
      ['broken', 'still_failing'],
      ['repaired', 'fixed'],
      ['gone', 'missing'],
      ['added', 'new'],
      ['left out', 'changed'],
      ['same', 'same'],
    ]);
    expect(Object.values(comparison.counts)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(comparison.definition.changes).toEqual([]);
  });

  it('by verdict, by name, in pages that join; the counts are of all', async () => {
    const fixed = await compared(before, after, { verdict: ['fixed', 'newly_failing'] });
    expect(verdicts(fixed)).toEqual([
      ['broke', 'newly_failing'],
      ['repaired', 'fixed'],
    ]);
    expect(fixed).toMatchObject({ total: 2, counts: { same: 1 } });
    expect(verdicts(await compared(before, after, { search: 'BROKE' }))).toHaveLength(2);
    const pages = await Promise.all([0, 3, 6].map((offset) => compared(before, after, { limit: 3, offset })));
    expect(pages.flatMap(verdicts)).toEqual(verdicts(await compared(before, after)));
  });

  it('are compared once while they stay ended, and anew when a run was retried', async () => {
    let reads = 0;
    let ended = { status: 'failed' as JobStatus, finished_at: '2026-01-31T12:00:00.000Z' };
    let status: OperationStatus = 'failed';
    const registry = {
      requireJob: (jobId: string) => fakeJob(jobId, ended.status, ended),
      frames: async () => {
        reads += 1;
        const { plan, operations } = run([{ name: 'p', status }]);
        return { plan, statuses: [], view: (index: number) => operations[index] as Operation };
      },
    };
    const ask = async () => {
      const params = methods['jobs/compare'].params.parse({ before: a, after: b });
      return (await compareJobs(registry, params)).operations[0]?.after?.status;
    };
    expect([await ask(), await ask(), reads]).toEqual(['failed', 'failed', 2]);
    // Taken back to life: nothing is kept of what still changes.
    ended = { ...ended, status: 'running' };
    status = 'running';
    expect([await ask(), reads]).toEqual(['running', 4]);
    ended = { status: 'completed', finished_at: '2026-01-31T13:00:00.000Z' };
    status = 'completed';
    expect([await ask(), await ask(), reads]).toEqual(['completed', 'completed', 6]);
  });

  it('say durations, rows of each side, and what failed', async () => {
    const checks = [
      { check: 'row_hash', name: 'hash', status: 'failed' },
      { check: 'rule', name: 'rule', status: 'warning' },
      { check: 'schema', name: 'schema', status: 'error' },
    ] as const;
    const result = {
      type: 'pipeline',
      pipeline_id: 'p',
      checks: checks.map((check) => ({ ...check, severity: 'fail', samples: [], expected: 1, actual: 2 })),
      summary: { passed: 0, failed: 1, warned: 1, skipped: 0, errored: 1 },
      evidence: { ...times, source: side(5), target: side(7) },
    } as const satisfies OperationResult;
    const error = { kind: 'checks_failed', code: 'x', message: '2 of 3 checks failed', stack: 's' } as const;
    const later = run([
      {
        name: 'p',
        status: 'failed',
        result: { ...result, checks: [...result.checks] },
        operation: { duration_ms: 9, error },
      },
    ]);
    const { operations } = await compared(run([{ name: 'p' }]), later);
    expect(operations[0]?.before).toEqual({
      operation_id: 'op-0001',
      status: 'completed',
      failing_checks: [],
    });
    expect(operations[0]?.after).toEqual({
      operation_id: 'op-0001',
      status: 'failed',
      duration_ms: 9,
      source_rows: 5,
      target_rows: 7,
      failing_checks: ['hash', 'schema'],
      error: { kind: 'checks_failed', message: '2 of 3 checks failed' },
    });
  });

  it('of a validated project its pipelines are compared', async () => {
    const work: PlannedWork = {
      type: 'project_validation',
      project_dir: dir,
      pipelines: [spec('p'), spec('q')],
    };
    const result = (q: 'completed' | 'failed'): OperationResult => ({
      type: 'project_validation',
      project_id: 'shop',
      pipelines: [
        {
          pipeline_id: 'p',
          status: 'completed',
          failing_checks: [],
          evidence: { ...times, source: side(3) },
        },
        { pipeline_id: 'q', status: q, failing_checks: q === 'failed' ? ['row_hash'] : [] },
      ],
      summary: { total: 2, completed: 1, failed: 1 },
      evidence: times,
    });
    const fine = run([{ name: 'shop', work, result: result('completed') }]);
    const worse = await compared(
      fine,
      run([{ name: 'shop', work, status: 'failed', result: result('failed') }]),
    );
    expect(verdicts(worse)).toEqual([
      ['shop / q', 'newly_failing'],
      ['shop / p', 'same'],
    ]);
    expect(worse.operations[1]?.after).toMatchObject({ source_rows: 3, duration_ms: 1500 });
    // No connection: there is no result, and every pipeline failed.
    const dead = await compared(fine, run([{ name: 'shop', work, status: 'failed' }]));
    expect(dead.counts.newly_failing).toBe(2);
  });
});

describe('what changed in the definition', () => {
  const changesOf = async (before: Run, after: Run) => (await compared(before, after)).definition;
  const ofPipeline = async (changes: Partial<PipelineSpec>) =>
    (await changesOf(run([{ name: 'p' }]), run([{ name: 'p', work: pipeline('p', changes) }]))).changes;
  const operation = { scope: 'operation', names: ['p'], count: 1 };
  const [count, hash] = spec('p').checks as [PipelineSpec['checks'][0], PipelineSpec['checks'][0]];

  it.each<[string, Partial<PipelineSpec>, object]>([
    [
      'the table',
      { source: { connection: 'legacy', table: 'old' } },
      { what: 'source.table', before: 'p', after: 'old' },
    ],
    [
      'the connection',
      { target: { connection: 'lake', table: 'p' } },
      { what: 'target.connection', before: 'warehouse', after: 'lake' },
    ],
    [
      'a condition',
      { source: { connection: 'legacy', table: 'p', where: 'x > 1' } },
      { what: 'source.where', after: 'x > 1' },
    ],
    ['the keys', { keys: ['id', 'shop'] }, { what: 'keys', before: ['id'], after: ['id', 'shop'] }],
    ['a mapped column', { column_map: { a: 'b' } }, { what: 'column_map.a', after: 'b' }],
    ['columns left out', { exclude: ['x'] }, { what: 'exclude', before: [], after: ['x'] }],
    [
      'a parameter of a check',
      { checks: [count, { ...hash, params: { max_diffs: 5 } }] },
      { what: 'checks[row_hash].max_diffs', before: 1000, after: 5 },
    ],
    [
      'the severity of a check',
      { checks: [{ ...count, severity: 'warn' }, hash] },
      { what: 'checks[row_count].severity', before: 'fail', after: 'warn' },
    ],
    ['a check that is gone', { checks: [hash] }, { what: 'checks[row_count]', before: { severity: 'fail' } }],
  ])('%s', async (_what, changes, expected) => {
    expect(await ofPipeline(changes)).toEqual([{ ...operation, ...expected }]);
  });

  it('a check is the same one when its columns, and with them its name, change; of several the name tells', async () => {
    const named = (columns: string[]) => ({
      ...hash,
      name: `row_hash(${columns.join()})`,
      params: { columns },
    });
    const only = await changesOf(
      run([{ name: 'p', work: pipeline('p', { checks: [named(['a'])] }) }]),
      run([{ name: 'p', work: pipeline('p', { checks: [named(['a', 'b'])] }) }]),
    );
    expect(only.changes).toEqual([
      { ...operation, what: 'checks[row_hash].columns', before: ['a'], after: ['a', 'b'] },
    ]);
    const several = await changesOf(
      run([{ name: 'p', work: pipeline('p', { checks: [named(['a']), named(['b'])] }) }]),
      run([
        { name: 'p', work: pipeline('p', { checks: [{ ...named(['b']), severity: 'warn' }, named(['a'])] }) },
      ]),
    );
    expect(several.changes).toEqual([
      { ...operation, what: 'checks[row_hash(b)].severity', before: 'fail', after: 'warn' },
    ]);
  });

  it('neither the file of a pipeline nor the order of checks is a change', async () => {
    expect(await ofPipeline({ file: '/elsewhere/p.pipeline.yaml', checks: [hash, count] })).toEqual([]);
  });

  it('limits and order of operations; the same change in many is one', async () => {
    const names = Array.from({ length: 25 }, (_each, at) => `p${at}`);
    const slow = names.map((name) => ({ name, more: { timeout_ms: 60_000 } }));
    const { changes, total } = await changesOf(run(names.map((name) => ({ name }))), run(slow));
    expect(total).toBe(1);
    expect(changes[0]).toMatchObject({ what: 'timeout_ms', after: 60_000, count: 25 });
    expect(changes[0]?.names).toEqual(names.slice(0, 20));
    const after = run([{ name: 'p0' }, { name: 'p1', operation: { depends_on: ['p0'] } }]);
    expect((await changesOf(run([{ name: 'p0' }, { name: 'p1' }]), after)).changes).toEqual([
      { scope: 'operation', names: ['p1'], count: 1, what: 'depends_on', before: [], after: ['p0'] },
    ]);
  });

  it('of other kinds of operations', async () => {
    const generation = (row_count: number): PlannedWork => ({
      type: 'data_generation',
      project_dir: dir,
      connection: 'warehouse',
      schema_type: 'Retail',
      row_count,
      seed: 42,
    });
    const one = (work: PlannedWork) => run([{ name: 'g', work }]);
    expect((await changesOf(one(generation(10)), one(generation(20)))).changes).toMatchObject([
      { what: 'row_count', before: 10, after: 20 },
    ]);
  });

  it('of the job, and of connections by project and name', async () => {
    const moved = { ...connections, legacy: { ...connections['legacy'], host: 'b' } as never };
    const after = run([{ name: 'p' }], {
      stop_on_error: true,
      tags: ['x'],
      projects: { '/moved/shop': { project_id: 'shop', dir: '/moved/shop', connections: moved } },
    });
    const { changes } = await changesOf(run([{ name: 'p' }]), after);
    expect(
      changes.map(({ scope, names, what, before, after: to }) => [scope, names, what, before, to]),
    ).toEqual([
      ['job', [], 'stop_on_error', false, true],
      ['job', [], 'tags', [], ['x']],
      ['connection', ['shop/legacy'], 'host', 'a', 'b'],
      // The pipeline names a project that this plan does not know: it was moved.
      ['operation', ['p'], 'project', 'shop', undefined],
    ]);
  });

  it('a password that stood in the file is told by nobody', async () => {
    const open = { legacy: { ...connections['legacy'], password: 'hunter2' } as never };
    const hidden = hideLiteralPasswords({ project_id: 'shop', dir, connections: open });
    const { changes } = await changesOf(
      run([{ name: 'p' }]),
      run([{ name: 'p' }], { projects: { [dir]: hidden } }),
    );
    expect(changes).toEqual([
      {
        scope: 'connection',
        names: ['shop/legacy'],
        count: 1,
        what: 'password',
        before: '${env:PGPASSWORD}',
        after: '(hidden)',
      },
    ]);
  });

  it('long text is cut', async () => {
    const [change] = await ofPipeline({ source: { connection: 'legacy', query: 'x'.repeat(5000) } });
    expect(change).toMatchObject({ what: 'source.table', before: 'p' });
    const changes = await ofPipeline({ source: { connection: 'legacy', query: 'x'.repeat(5000) } });
    expect(changes[1]?.after).toHaveLength(1001);
  });
});
