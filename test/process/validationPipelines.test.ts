import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeWorkspace, workspace } from '../../daemon/engine/connections/duckdbInstance.ts';
import { openConnection } from '../../daemon/engine/connections/registry.ts';
import type { OperationContext } from '../../daemon/engine/operations/operation.ts';
import { validatePipeline } from '../../daemon/engine/operations/pipeline.ts';
import { runProjectValidation } from '../../daemon/engine/operations/projectValidation.ts';
import { resolveColumns } from '../../daemon/engine/validation/columns.ts';
import { PipelineSide, type SideName } from '../../daemon/engine/validation/side.ts';
import { stageRows } from '../../daemon/engine/validation/stagedRows.ts';
import type { ResolvedConnection } from '../../daemon/protocol/engine.ts';
import type { CheckKind } from '../../daemon/protocol/files/checks.ts';
import { projectResultSchema } from '../../daemon/protocol/results.ts';
import { checkNamed, ValidationBench, type TestPipeline } from '../support/validationSides.ts';

const bench = new ValidationBench();
afterAll(() => bench.close());

type Entry = TestPipeline['checks'][number];

describe('evidence', () => {
  it('tells what was really read, on both sides, with system, version, snapshot and SQL', async () => {
    const [source, target] = [await bench.shop('postgres'), await bench.shop('sqlite')];
    const { result } = await bench.run(source, target, { checks: ['row_count', 'row_hash'] });
    expect(result.evidence.source).toMatchObject({ system: 'PostgreSQL', rows_scanned: 4 });
    expect(result.evidence.source?.version).toMatch(/^\d+/);
    expect(result.evidence.source?.snapshot).toMatch(/repeatable read/);
    expect(result.evidence.source?.sql.join('\n')).toMatch(/count\(\*\)[\s\S]*"amount"/);
    expect(result.evidence.target).toMatchObject({ system: 'SQLite', rows_scanned: 4 });
  });

  it('counts the rows of the filter, even when only the schema is checked', async () => {
    const [source, target] = [await bench.shop('duckdb'), await bench.shop('duckdb')];
    const { result, error } = await bench.run(source, target, {
      source: { connection: source.name, table: 'data', where: "status = 'open'" },
      target: { connection: target.name, query: "select * from data where status = 'open'" },
      checks: ['schema_columns', 'schema_types'],
    });
    expect(error).toBeUndefined();
    expect(result.evidence.source?.rows_scanned).toBe(2);
    expect(result.evidence.target?.rows_scanned).toBe(2);
  });

  it('tells progress in rows and steps', async () => {
    const [source, target] = [await bench.shop('duckdb'), await bench.shop('duckdb')];
    const { progress } = await bench.run(source, target, { checks: ['row_count', 'row_hash'] });
    expect(progress[0]).toMatchObject({ steps_done: 0, steps_total: 2, rows_total: 8 });
    expect(progress.at(-1)).toMatchObject({ steps_done: 2, steps_total: 2, rows_done: 8 });
    expect(progress.map(({ rows_done }) => rows_done)).toEqual(
      progress.map(({ rows_done }) => rows_done).sort((a, b) => a - b),
    );
  });
});

describe('a pipeline is not green', () => {
  let source: ResolvedConnection;
  let target: ResolvedConnection;
  beforeAll(async () => {
    source = await bench.shop('duckdb');
    target = await bench.shop('duckdb');
  });

  it('when nothing was there to compare: row_hash of two empty tables is a warning that says so', async () => {
    const empty = await bench.shop('duckdb', ['delete from data']);
    const { result, error } = await bench.run(empty, empty, { checks: ['row_hash'] });
    expect(checkNamed(result, 'row_hash')).toMatchObject({ status: 'warning', expected: { rows: 0 } });
    expect(checkNamed(result, 'row_hash').reason).toContain('both sides are empty');
    expect(result.evidence.source?.rows_scanned).toBe(0);
    expect(error).toBeUndefined();
  });

  it('when a check cannot be done: the name is unknown, the SQL is wrong, the types do not compare', async () => {
    const wrong: [Entry, RegExp][] = [
      [{ null_count: { columns: ['amuont'] } }, /did you mean amount\?/],
      [{ rule: { sql: 'amuont > 0' } }, /amuont/],
      [
        { foreign_key: { columns: ['region_id'], references: { table: 'regoin', columns: ['id'] } } },
        /region/,
      ],
      [
        { foreign_key: { columns: ['region_id'], references: { table: 'region', columns: ['idd'] } } },
        /did you mean id\?/,
      ],
      [{ custom_sql: { source: 'select id from data', max_rows: 3 } }, /4 rows, more than max_rows 3/],
      [{ custom_sql: { source: 'select id from data', tolerance: { abs: 1 } } }, /keys/],
      [{ custom_sql: { source: 'delete from data' } }, /SELECT|read/],
      [{ column_stats: { columns: ['status'], stats: ['sum'] } }, /no meaning/],
      [{ range: { column: 'amount' } }, /neither min nor max/],
    ];
    for (const [check, reason] of wrong) {
      const { result, error } = await bench.run(source, target, { checks: [check, 'row_count'] });
      expect(result.checks.map(({ status }) => status)).toEqual(['error', 'passed']);
      expect(result.checks[0]?.reason).toMatch(reason);
      expect(error?.kind).toMatch(/definition|permission/);
    }
  });

  it('when columns do not compare exactly: the check names them and their types', async () => {
    const other = await bench.shop('duckdb', ['alter table data alter column status type integer using 1']);
    const { result, error } = await bench.run(source, other, { checks: ['row_hash', 'row_count'] });
    expect(result.checks.map(({ status }) => status)).toEqual(['error', 'passed']);
    expect(result.checks[0]?.reason).toMatch(/'status'.*text.*integer\(32\)/);
    expect(error).toMatchObject({ kind: 'definition', code: 'incomparable_types' });
  });

  it('when a column exists on one side only, unless it is excluded or mapped', async () => {
    const other = await bench.shop('duckdb', ['alter table data rename column born to birth']);
    const red = await bench.run(source, other, { checks: ['row_hash'] });
    expect(red.result.checks[0]).toMatchObject({ status: 'failed', failing_rows: 0 });
    expect(red.result.checks[0]?.reason).toMatch(/source\.born, target\.birth/);
    const mapped = await bench.run(source, other, { checks: ['row_hash'], column_map: { BORN: 'birth' } });
    expect(mapped.error).toBeUndefined();
    const excluded = await bench.run(source, other, { checks: ['row_hash'], exclude: ['born', 'birth'] });
    expect(excluded.error).toBeUndefined();
  });

  it('when a check was skipped', async () => {
    const side = { connection: target.name, query: 'select * from data' };
    const { result, error } = await bench.run(source, target, {
      target: side,
      checks: ['schema_nullability'],
    });
    expect(result.summary).toMatchObject({ skipped: 1, passed: 0 });
    expect(error).toMatchObject({ kind: 'definition', code: 'check_skipped' });
  });

  it('and says which checks failed and why; a warning alone lets it be completed', async () => {
    const wrong = await bench.shop('duckdb', [
      `update data set status = 'x' where id = 1`,
      'delete from data where id = 3',
    ]);
    const { error } = await bench.run(source, wrong, { checks: ['schema_columns', 'row_count', 'row_hash'] });
    expect(error?.message).toMatch(
      /^2 of 3 checks failed: row_count_1 \(.*\), row_hash_2 \(2 rows differ\)$/,
    );
    const warned = await bench.run(source, wrong, {
      checks: [
        { row_count: { severity: 'warn' } },
        { rule: { sql: 'id <> 1', severity: 'warn', side: 'target' } },
      ],
    });
    expect(warned.result.checks.map(({ status }) => status)).toEqual(['warning', 'warning']);
    expect(warned.result.summary).toMatchObject({ warned: 2, failed: 0 });
    expect(warned.error).toBeUndefined();
  });

  it('and does not begin when names of the pipeline are unknown', async () => {
    const wrong = [
      { keys: ['idd'] },
      { exclude: ['brn'] },
      { column_map: { amuont: 'amount' } },
      { column_map: { amount: 'amuont' } },
    ];
    for (const change of wrong) {
      const run = bench.run(source, target, { checks: ['row_count'], ...change } as TestPipeline);
      await expect(run).rejects.toMatchObject({ kind: 'definition', code: 'no_such_column' });
      await expect(run).rejects.toMatchObject({ hint: expect.stringMatching(/did you mean/) as unknown });
    }
  });
});

describe('files', () => {
  const select = `select i as id, 'name ' || i as name, (i * 1.5)::decimal(10,2) as amount, date '2024-01-01' + i::int as day from range(10) t(i)`;

  it.each(['parquet', 'csv'])('%s against PostgreSQL: equal, then one cell changed', async (format) => {
    const source = await bench.files({ [`data.${format}`]: select });
    const table = `create table data (id integer, name text, amount numeric(10,2), day date)`;
    const fill = `insert into data select i, 'name ' || i, i * 1.5, date '2024-01-01' + i from generate_series(0, 9) as t(i)`;
    const target = await bench.database('postgres', [table, fill]);
    const side = { connection: source.name, table: `data.${format}` };
    const checks: CheckKind[] = ['row_count', 'column_stats', 'unique_key', 'row_hash'];
    const green = await bench.run(source, target, { source: side, checks });
    expect(green.result.checks.map(({ status, reason }) => [status, reason])).toEqual(
      checks.map(() => ['passed', undefined]),
    );
    const wrong = await bench.database('postgres', [
      table,
      fill,
      `update data set name = 'name  5' where id = 5`,
    ]);
    const red = await bench.run(source, wrong, { source: side, checks });
    expect(checkNamed(red.result, 'row_hash').samples).toMatchObject([
      { key: { id: '5' }, column: 'name', source_value: 'name 5', target_value: 'name  5' },
    ]);
  });
});

describe('project validation', () => {
  const attempt = (id: string, source: ResolvedConnection, target: ResolvedConnection, keys = ['id']) => ({
    type: 'pipeline' as const,
    source,
    target,
    pipeline: bench.spec(source, target, { pipeline_id: id, keys, checks: ['row_count', 'row_hash'] }),
  });

  it('runs every pipeline, goes on after a failed one, names it, and fails', async () => {
    const source = await bench.shop('duckdb');
    const good = await bench.shop('duckdb');
    const bad = await bench.shop('duckdb', ['delete from data where id = 1']);
    const pipelines = [
      attempt('a', source, good),
      attempt('b', source, bad),
      attempt('c', source, good, ['nope']),
      attempt('d', source, good),
    ];
    const work = { type: 'project_validation' as const, project_id: 'shop', pipelines };
    const { outcome, progress } = await bench.operation((context) => runProjectValidation(work, context));
    const result = projectResultSchema.parse(JSON.parse(JSON.stringify(outcome.result)));
    expect(result.summary).toEqual({ total: 4, completed: 2, failed: 2 });
    expect(result.pipelines.map(({ status }) => status)).toEqual([
      'completed',
      'failed',
      'failed',
      'completed',
    ]);
    expect(result.pipelines[1]).toMatchObject({
      failing_checks: ['row_count_0', 'row_hash_1'],
      error: { kind: 'checks_failed' },
      evidence: { target: { rows_scanned: 3 } },
    });
    expect(result.pipelines[2]).toMatchObject({ error: { kind: 'definition' } });
    expect(outcome.error).toMatchObject({ kind: 'checks_failed' });
    expect(outcome.error?.message).toMatch(/^2 of 4 pipelines failed: b \(.*\); c \(/);
    expect(progress.at(-1)).toMatchObject({ steps_done: 4, steps_total: 4 });
  });

  it('is completed when every pipeline is', async () => {
    const source = await bench.shop('duckdb');
    const work = {
      type: 'project_validation' as const,
      project_id: 'shop',
      pipelines: [attempt('a', source, await bench.shop('duckdb'))],
    };
    const { outcome } = await bench.operation((context) => runProjectValidation(work, context));
    expect(outcome.error).toBeUndefined();
  });
});

describe('rows lost on the way', () => {
  it('make the check an error: what arrived must be what the system counts', async () => {
    const [source, target] = [await bench.shop('duckdb'), await bench.shop('duckdb')];
    const staged = bench.operation(async (context) => {
      const open = async (name: SideName, { name: connection, definition }: ResolvedConnection) => {
        const opened = await openConnection(connection, definition, { ...context, readOnly: true });
        return new PipelineSide(
          name,
          { connection: opened, definition },
          { connection, table: 'data' },
          context.signal,
        );
      };
      const sides = [await open('source', source), await open('target', target)] as const;
      // A driver that loses a row: everything else about this connection is real.
      const lossy = sides[1].connection;
      const stage = lossy.stage.bind(lossy);
      lossy.stage = (request, options) =>
        stage({ ...request, relation: { ...request.relation, where: 'id <> 2' } }, options);
      const pairs = resolveColumns(
        { keys: [], column_map: {}, exclude: [] },
        await sides[0].describe(),
        await sides[1].describe(),
      ).pairs;
      const connection = await workspace(context);
      try {
        const request = {
          source: sides[0],
          target: sides[1],
          workspace: connection,
          pairs,
          onRows: () => undefined,
        };
        await stageRows(request);
      } finally {
        await closeWorkspace(connection);
        for (const side of sides) await side.connection.close();
      }
    });
    await expect(staged).rejects.toMatchObject({ code: 'rows_changed_while_read' });
    await expect(staged).rejects.toThrow(/3 rows were read .* count\(\*\) says 4/);
  });
});

describe('abort', () => {
  it('ends the pipeline with the error of the abort and leaves nothing open', async () => {
    const source = await bench.shop('duckdb');
    const controller = new AbortController();
    controller.abort('cancel');
    const run = bench.run(source, source, { checks: ['row_hash'] }, controller.signal);
    await expect(run).rejects.toMatchObject({ kind: 'interrupted' });
  });

  it('reaches a pipeline in the middle of its rows', async () => {
    const source = await bench.database('duckdb', [
      'create table data as select range as id from range(200000)',
    ]);
    const controller = new AbortController();
    const pipeline = bench.spec(source, source, { checks: ['row_count', 'row_hash'] });
    const run = bench.operation((context) => {
      const progress: OperationContext['progress'] = (told) => {
        if (told.rows_done > 0) controller.abort('cancel');
      };
      return validatePipeline({ pipeline, source, target: source }, { ...context, progress });
    }, controller.signal);
    await expect(run).rejects.toMatchObject({ kind: 'interrupted' });
  });
});
