import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedConnection } from '../../daemon/protocol/engine.ts';
import { pipelineResultSchema } from '../../daemon/protocol/results.ts';
import {
  checkNamed,
  ValidationBench,
  type TestPipeline,
  type TestSystem,
} from '../support/validationSides.ts';

const bench = new ValidationBench();
afterAll(() => bench.close());

type Entry = TestPipeline['checks'][number];

interface Case {
  readonly check: Entry;
  /** SQL that makes the target wrong. */
  readonly change: string;
  /** The same in the words of MariaDB, where they are others. */
  readonly mysql?: string;
  readonly failing?: number;
  readonly reason: RegExp;
}

const ref = { table: 'region', columns: ['id'] };
const cases: Case[] = [
  {
    check: 'schema_columns',
    change: 'alter table data add column extra integer',
    reason: /only in the target: extra/,
  },
  {
    check: 'schema_types',
    change: 'alter table data alter column amount type decimal(12,3)',
    mysql: 'alter table data modify column amount decimal(12,3)',
    reason: /decimal\(12,3\)/,
  },
  {
    check: 'schema_nullability',
    change: 'alter table data alter column qty drop not null',
    mysql: 'alter table data modify column qty integer null',
    reason: /qty is not null in the source and nullable in the target/,
  },
  { check: 'row_count', change: 'delete from data where id = 4', failing: 1, reason: /1 fewer/ },
  {
    check: 'null_count',
    change: 'update data set status = null where id = 1',
    failing: 1,
    reason: /status: 1 NULLs in the source, 2 in the target/,
  },
  {
    check: { null_count: { columns: ['amount'], max: 1 } },
    change: 'update data set amount = null where id = 1',
    failing: 2,
    reason: /2 NULLs in the target, 1 allowed/,
  },
  {
    check: { unique_key: { columns: ['qty'], side: 'target' } },
    change: 'update data set qty = 10 where id in (2, 3, 4)',
    failing: 3,
    reason: /1 key of the target/,
  },
  {
    check: 'column_stats',
    change: 'update data set amount = amount + 0.01 where id = 2',
    reason: /sum of amount is 60.76 where 60.75/,
  },
  {
    check: { column_stats: { columns: ['amount'], stats: ['avg'] } },
    change: 'update data set amount = amount + 0.01 where id = 2',
    reason: /avg of amount/,
  },
  {
    check: { column_stats: { columns: ['status'], stats: ['distinct'] } },
    change: `update data set status = 'x' where id = 1`,
    reason: /distinct of status is 3 where 2/,
  },
  {
    check: { column_stats: { columns: ['born'], stats: ['max'] } },
    change: `update data set born = '2021-01-02' where id = 3`,
    reason: /max of born is 2021-01-02/,
  },
  {
    check: { column_stats: { columns: ['status'], stats: ['min'] } },
    change: `update data set status = '' where id = 1`,
    reason: /min of status is '' where 'closed' is expected/,
  },
  {
    check: 'column_stats',
    change: 'delete from data where id = 3',
    reason: /^count of id is 3 where 4 is expected(; [^;]+){4}; and \d+ other statistics differ$/,
  },
  {
    check: 'row_hash',
    change: `update data set status = 'Open' where id = 1`,
    failing: 1,
    reason: /1 with other values/,
  },
  {
    check: { foreign_key: { columns: ['region_id'], references: ref } },
    change: 'update data set region_id = 9 where id = 1',
    failing: 1,
    reason: /1 row of the target has region_id without/,
  },
  {
    check: { accepted_values: { column: 'status', values: ['open', 'closed'] } },
    change: `update data set status = 'lost' where id = 1`,
    failing: 1,
    reason: /other values in status/,
  },
  {
    check: { range: { column: 'amount', min: 0, max: 30 } },
    change: 'update data set amount = 30.01 where id = 1',
    failing: 1,
    reason: /outside the range/,
  },
  {
    check: { range: { column: 'born', min: '2020-01-01' } },
    change: `update data set born = '2019-12-31' where id = 1`,
    failing: 1,
    reason: /outside the range/,
  },
  {
    check: { rule: { sql: 'amount >= 0 or id = 4' } },
    change: 'update data set amount = -1 where id = 1',
    failing: 1,
    reason: /breaks the rule/,
  },
  {
    check: { rule: { sql: `status <> 'lost' or id = 4 -- a comment` } },
    change: 'update data set status = null where id = 1',
    failing: 1,
    reason: /breaks the rule/,
  },
  {
    check: { custom_sql: { source: 'select status, sum(amount) as total from data group by status' } },
    change: 'update data set amount = 11 where id = 1',
    failing: 2,
    reason: /2 rows of the results differ/,
  },
  {
    check: {
      custom_sql: { source: 'select id, status from data order by id desc', ignore_row_order: false },
    },
    change: `update data set status = 'x' where id = 2`,
    failing: 1,
    reason: /1 row of the results differs/,
  },
  {
    check: { custom_sql: { source: 'select id, amount from data', keys: ['ID'] } },
    change: 'delete from data where id = 2',
    failing: 1,
    reason: /1 row of the results differs/,
  },
];

describe.each(['duckdb', 'postgres', 'mysql'] as TestSystem[])('each check, against %s', (system) => {
  let source: ResolvedConnection;
  let equal: ResolvedConnection;
  beforeAll(async () => {
    source = await bench.shop(system);
    equal = await bench.shop(system);
  });

  it.each(cases)(
    '$check is green on equal data and red after: $change',
    async ({ check, change, mysql = change, failing, reason }) => {
      const green = await bench.run(source, equal, { checks: [check] });
      expect(green.result.checks.map((each) => [each.status, each.reason])).toEqual([['passed', undefined]]);
      expect(green.error).toBeUndefined();
      const wrong = await bench.shop(system, [system === 'mysql' ? mysql : change]);
      const red = await bench.run(source, wrong, { checks: [check] });
      const [found] = red.result.checks;
      expect(found?.status, found?.reason).toBe('failed');
      expect(found?.reason).toMatch(reason);
      if (failing !== undefined) expect(found?.failing_rows).toBe(failing);
      expect(red.error?.kind).toBe('checks_failed');
      expect(pipelineResultSchema.safeParse(JSON.parse(JSON.stringify(red.result))).error).toBeUndefined();
    },
  );
});

describe('unique_key', () => {
  it('does not take a key with NULL for unique, and shows the rows', async () => {
    const source = await bench.shop('duckdb');
    const { result } = await bench.run(source, source, { checks: [{ unique_key: { columns: ['born'] } }] });
    expect(result.checks[0]).toMatchObject({ status: 'failed', failing_rows: 2 });
    expect(result.checks[0]?.samples[0]).toEqual({ side: 'source', id: '4', born: null });
  });
});

describe('row_hash policies', () => {
  const rows = (values: string, type = 'varchar'): Promise<ResolvedConnection> =>
    bench.database('duckdb', [
      `create table data (id integer, v ${type})`,
      `insert into data values ${values}`,
    ]);

  it.each([
    [
      'decimals: target_scale_round',
      `(1, 1.005), (2, -1.005)`,
      'decimal(10,3)',
      `(1, 1.01), (2, -1.01)`,
      'decimal(10,2)',
      { decimals: 'target_scale_round' },
    ],
    [
      'decimals: target_scale_truncate',
      `(1, 1.009), (2, -1.009)`,
      'decimal(10,3)',
      `(1, 1.00), (2, -1.00)`,
      'decimal(10,2)',
      { decimals: 'target_scale_truncate' },
    ],
    [
      'timestamps: milliseconds',
      `(1, '2024-01-01 00:00:00.123999')`,
      'timestamp',
      `(1, '2024-01-01 00:00:00.123')`,
      'timestamp',
      { timestamps: 'milliseconds' },
    ],
    [
      'timestamps: seconds',
      `(1, '1960-01-01 00:00:00.9')`,
      'timestamp',
      `(1, '1960-01-01 00:00:00')`,
      'timestamp',
      { timestamps: 'seconds' },
    ],
    [
      'empty_equals_null: source',
      `(1, ''), (2, null)`,
      'varchar',
      `(1, null), (2, null)`,
      'varchar',
      { empty_equals_null: 'source' },
    ],
    [
      'empty_equals_null: both',
      `(1, ''), (2, null)`,
      'varchar',
      `(1, null), (2, '')`,
      'varchar',
      { empty_equals_null: 'both' },
    ],
    [
      'char_padding: ignore',
      `(1, 'a  '), (2, 'b')`,
      'varchar',
      `(1, 'a'), (2, 'b ')`,
      'varchar',
      { char_padding: 'ignore' },
    ],
  ])(
    '%s is used only when asked for, and then said',
    async (name, left, leftType, right, rightType, policy) => {
      const [source, target] = [await rows(left, leftType), await rows(right, rightType)];
      const exact = await bench.run(source, target, { checks: ['row_hash'] });
      expect(exact.result.checks[0]).toMatchObject({ status: 'failed', reductions: [] });
      const reduced = await bench.run(source, target, { checks: [{ row_hash: policy }] });
      expect(reduced.result.checks[0]?.status, reduced.result.checks[0]?.reason).toBe('passed');
      expect(reduced.result.checks[0]?.reductions?.join('\n')).toContain(name);
      expect(reduced.result.checks[0]?.reductions?.join('\n')).toContain(': v');
    },
  );

  it('never reduces nanoseconds, and compares a date with a timestamp as midnight', async () => {
    const nano = await bench.run(
      await rows(`(1, '2024-01-01 00:00:00.123456789')`, 'timestamp_ns'),
      await rows(`(1, '2024-01-01 00:00:00.123456')`, 'timestamp'),
      { checks: ['row_hash'] },
    );
    expect(nano.result.checks[0]).toMatchObject({ status: 'failed' });
    expect(nano.result.checks[0]?.samples[0]).toMatchObject({
      kind: 'precision',
      source_value: '2024-01-01 00:00:00.123456789',
    });
    const dates = await rows(`(1, '2024-01-01'), (2, '2024-01-02')`, 'date');
    const moments = await rows(`(1, '2024-01-01 00:00:00'), (2, '2024-01-02 00:00:00')`, 'timestamp');
    const equal = await bench.run(dates, moments, { checks: ['row_hash'] });
    expect(equal.result.checks[0]?.status).toBe('passed');
    expect(equal.result.checks[0]?.reductions?.join()).toContain('midnight');
  });

  it('compares a boolean with 0 and 1, and nothing else', async () => {
    const booleans = await rows(`(1, true), (2, false), (3, null)`, 'boolean');
    const numbers = await rows(`(1, 1), (2, 0), (3, null)`, 'tinyint');
    expect((await bench.run(booleans, numbers, { checks: ['row_hash'] })).error).toBeUndefined();
    const other = await bench.run(booleans, await rows(`(1, 2), (2, 0), (3, null)`, 'tinyint'), {
      checks: ['row_hash'],
    });
    expect(other.result.checks[0]?.samples).toEqual([
      {
        class: 'value',
        key: { id: '1' },
        column: 'v',
        source_value: '1',
        target_value: '2',
        kind: 'boolean_encoding',
      },
    ]);
  });

  it('truncates the artifact at max_diffs and says so, with whole counts', async () => {
    const many = (value: string): Promise<ResolvedConnection> =>
      bench.database('duckdb', [`create table data as select range as id, '${value}' as v from range(500)`]);
    const { result } = await bench.run(await many('a'), await many('b'), {
      checks: [{ row_hash: { max_diffs: 50, max_samples: 5 } }],
    });
    const found = checkNamed(result, 'row_hash');
    expect(found.differences).toMatchObject({ value: 500, truncated: true });
    expect(found.samples).toHaveLength(5);
    expect(found.reason).toContain('first 50 differences');
  });
});
