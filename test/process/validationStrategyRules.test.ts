import { afterAll, describe, expect, it } from 'vitest';
import { validatePipeline } from '../../daemon/engine/operations/pipeline.ts';
import type { OperationContext } from '../../daemon/engine/operations/operation.ts';
import { startMariadb } from '../support/mariadb.ts';
import { startPostgres } from '../support/postgres.ts';
import { checkNamed, ValidationBench, type TestSystem } from '../support/validationSides.ts';

const bench = new ValidationBench();
afterAll(() => bench.close());

const columns = 'id int, code varchar(20), amount decimal(10,2)';
const values = (count: number): string =>
  Array.from({ length: count }, (_, index) => `(${index}, 'k${index}', ${index}.75)`).join(', ');
const create = [`create table data (${columns})`, `insert into data values ${values(300)}`];
const twice = "insert into data values (7, 'k7', 7.75)";
const keyless = 'insert into data values (null, null, 1.00)';

const ways: [TestSystem, TestSystem, string][] = [
  ['postgres', 'mysql', 'stream'],
  ['sqlite', 'duckdb', 'stream'],
  ['postgres', 'postgres', 'checksum'],
  ['mysql', 'mysql', 'checksum'],
  ['duckdb', 'duckdb', 'join'],
];

describe.each(ways)('%s against %s by %s', (from, to, strategy) => {
  const run = async (source: readonly string[], target: readonly string[], key: string) => {
    const sides = [await bench.database(from, source), await bench.database(to, target)] as const;
    const pipeline = { keys: [key], checks: [{ row_hash: { strategy } }] };
    return checkNamed((await bench.run(...sides, pipeline)).result, 'row_hash');
  };

  it.each(['id', 'code'])(
    'tells keys that repeat alike on both sides, which sums do not show: %s',
    async (key) => {
      const check = await run([...create, twice], [...create, twice], key);
      expect(check).toMatchObject({ status: 'warning', plan: { strategy: 'export' } });
      expect(check.reason).toContain('1 key occurs more than once');
      expect(check.plan?.fallbacks).toContainEqual({ strategy, reason: 'keys occur more than once' });
    },
  );

  it.each(['id', 'code'])('finds a row that is there twice on one side: %s', async (key) => {
    const check = await run(create, [...create, twice], key);
    expect(check).toMatchObject({ status: 'failed', differences: { duplicate: 1, missing: 0, extra: 0 } });
  });

  it.each(['id', 'code'])('compares the row whose key is NULL: %s', async (key) => {
    const equal = await run([...create, keyless], [...create, keyless], key);
    expect(equal).toMatchObject({ status: 'passed', plan: { strategy, buckets: { unequal: 0 } } });
    const other = await run([...create, keyless], [...create, keyless.replace('1.00', '1.01')], key);
    expect(other).toMatchObject({ status: 'failed', plan: { strategy }, differences: { value: 1 } });
    expect(await run([...create, keyless], create, key)).toMatchObject({
      plan: { strategy, buckets: { unequal: 1 } },
      differences: { missing: 1, value: 0 },
    });
  });

  it('reads both sides whole when too much of them differs', async () => {
    const many = values(60_000).replaceAll('.75)', '.25)');
    const large = [create[0]!, `insert into data values ${values(60_000)}`];
    const check = await run(large, [create[0]!, `insert into data values ${many}`], 'id');
    expect(check).toMatchObject({ status: 'failed', differences: { value: 60_000 } });
    expect(check.plan).toMatchObject({ strategy: 'export', fallbacks: [{ strategy }] });
    expect(check.plan?.fallbacks[0]?.reason).toMatch(/of \d+ buckets differ/);
  });

  it('goes by the pipeline: a filter, other names, a query', async () => {
    const sides = [
      await bench.database(from, create),
      await bench.database(to, [
        'create table other (nr int, code varchar(20), total decimal(10,2))',
        `insert into other values ${values(300)}`,
        'update other set total = 0.25 where nr in (10, 250)',
      ]),
    ] as const;
    const { result } = await bench.run(...sides, {
      source: { connection: sides[0].name, table: 'data', where: 'id < 200 -- the first ones' },
      target: { connection: sides[1].name, query: 'select * from other where nr < 200' },
      column_map: { id: 'nr', amount: 'total' },
      checks: [{ row_hash: { strategy } }],
    });
    expect(checkNamed(result, 'row_hash')).toMatchObject({
      status: 'failed',
      expected: { rows: 200 },
      plan: { strategy, buckets: { unequal: 1 } },
      differences: { value: 1, missing: 0, extra: 0 },
      samples: [{ key: { id: '10' }, column: 'amount', source_value: '10.75', target_value: '0.25' }],
    });
  });
});

describe('the strategy', () => {
  it('of its own accord is by what is there: many rows, a text of a file, a column without a rule', async () => {
    const rows = 'select range::int as id, range % 7 as n from range(50000)';
    const source = await bench.database('duckdb', [`create table data as ${rows}`]);
    const changed = `select id, case when id = 40000 then 9 else n end as n from (${rows})`;
    const files = await bench.files({
      'data.csv': changed,
      'dates.csv': `select id, date '2020-01-01' as n from (${rows})`,
    });
    const run = async (
      table: string,
      checks: readonly ['row_hash'] | readonly ['column_stats', 'row_hash'],
    ) => {
      const { result } = await bench.run(source, files, {
        target: { connection: files.name, table },
        checks,
      });
      return checkNamed(result, 'row_hash');
    };
    expect(await run('data.csv', ['row_hash'])).toMatchObject({
      plan: { strategy: 'join', buckets: { unequal: 1 }, rows_fetched: { source: 64, target: 64 } },
      differences: { value: 1 },
      samples: [{ key: { id: '40000' }, source_value: '2', target_value: '9' }],
    });
    const staged = await run('data.csv', ['column_stats', 'row_hash']);
    expect(staged).toMatchObject({ plan: { strategy: 'export' }, differences: { value: 1 } });
    expect(staged.plan?.reason).toContain('another check');
  });

  it('that cannot be is an error that says why, and never a pass', async () => {
    const [postgres, duckdb] = [
      await bench.database('postgres', create),
      await bench.database('duckdb', create),
    ];
    const run = async (strategy: string, keys = ['id']) =>
      checkNamed(
        (await bench.run(postgres, duckdb, { keys, checks: [{ row_hash: { strategy } }] })).result,
        'row_hash',
      );
    expect(await run('join')).toMatchObject({ status: 'error' });
    expect((await run('checksum')).reason).toContain('strategy checksum can not be used');
    expect((await run('stream', [])).reason).toContain('without a key');
  });

  it.each([
    { empty_equals_null: 'both', status: 'passed' },
    { empty_equals_null: 'source', status: 'failed' },
    { char_padding: 'ignore', status: 'passed' },
    { status: 'failed' },
  ])('stream keeps to the policies: %o', async ({ status, ...policy }) => {
    const texts = (empty: string, blank: string) => [
      'create table data (id int, a varchar(10), b varchar(10))',
      `insert into data values (1, ${empty}, 'x'), (2, 'y', ${blank}), (3, '', 'z')`,
    ];
    const isPadding = 'char_padding' in policy;
    const source = await bench.database('postgres', texts("''", isPadding ? "'b  '" : "'b'"));
    const target = await bench.database('mysql', texts(isPadding ? "''" : 'null', "'b'"));
    const run = async (strategy: string) => {
      const { result } = await bench.run(source, target, { checks: [{ row_hash: { ...policy, strategy } }] });
      const { differences, ...check } = checkNamed(result, 'row_hash');
      return {
        status: check.status,
        reason: check.reason,
        reductions: check.reductions,
        value: differences?.value,
      };
    };
    expect(await run('stream')).toEqual(await run('export'));
    expect((await run('stream')).status).toBe(status);
  });
});

describe('a sample', () => {
  const draw = async (from: TestSystem, to: TestSystem, sample: object, target = create, key = 'code') => {
    const sides = [await bench.database(from, create), await bench.database(to, target)] as const;
    const { result } = await bench.run(...sides, { keys: [key], checks: [{ row_hash: { sample } }] });
    return checkNamed(result, 'row_hash');
  };
  const changed = [...create, 'update data set amount = 0.25'];

  it.each<[TestSystem, TestSystem]>([
    ['postgres', 'mysql'],
    ['sqlite', 'duckdb'],
    ['duckdb', 'postgres'],
  ])('draws the same keys from %s and %s, and says what it is good for', async (from, to) => {
    const equal = await draw(from, to, { one_in: 5 });
    const drawn = Number((equal.expected as { rows: number }).rows);
    expect(equal).toMatchObject({ status: 'passed', actual: { rows: drawn } });
    expect(drawn).toBeGreaterThan(30);
    expect(drawn).toBeLessThan(100);
    expect(equal.reductions?.join()).toMatch(
      new RegExp(`a sample of ${drawn} of 300 keys, not exact: .* less than [0-9.]+ % .* 95 % confidence`),
    );
    const other = await draw(from, to, { one_in: 5 }, changed);
    expect(other).toMatchObject({ status: 'failed', differences: { value: drawn, missing: 0, extra: 0 } });
  });

  it('is the same for the same seed, whatever the systems, and another for another', async () => {
    const keysOf = async (from: TestSystem, to: TestSystem, seed: number) => {
      const { samples } = await draw(from, to, { one_in: 20, seed }, changed);
      return samples.map((each) => (each['key'] as { code: string }).code).sort();
    };
    const keys = await keysOf('postgres', 'duckdb', 1);
    expect(await keysOf('sqlite', 'mysql', 1)).toEqual(keys);
    expect(await keysOf('postgres', 'duckdb', 2)).not.toEqual(keys);
  });

  it('needs keys', async () => {
    const source = await bench.database('duckdb', create);
    const pipeline = { keys: [], checks: [{ row_hash: { sample: { one_in: 2 } } }] };
    const check = checkNamed((await bench.run(source, source, pipeline)).result, 'row_hash');
    expect(check).toMatchObject({ status: 'error' });
    expect(check.reason).toContain('there is no key');
  });
});

describe('level quick', () => {
  it.each<[TestSystem, TestSystem]>([
    ['postgres', 'mysql'],
    ['postgres', 'duckdb'],
  ])('compares figures of %s and %s, and never calls itself exact', async (from, to) => {
    const run = async (change: readonly string[]) => {
      const sides = [
        await bench.database(from, create),
        await bench.database(to, [...create, ...change]),
      ] as const;
      const { result } = await bench.run(...sides, { checks: [{ row_hash: { level: 'quick' } }] });
      return checkNamed(result, 'row_hash');
    };
    expect(await run([])).toMatchObject({
      status: 'passed',
      reason: 'fingerprint only: not exact, single rows were not compared',
    });
    expect(await run(['update data set amount = 3.76 where id = 3'])).toMatchObject({
      status: 'failed',
      reason: 'sum(amount) differs',
    });
    expect(await run(['update data set code = null where id = 3'])).toMatchObject({
      status: 'failed',
      reason: 'count(code) differs; length_sum(code) differs',
    });
    const missing = await run(['delete from data where id = 299']);
    expect(missing.reason).toContain('300 rows in the source, 299 in the target');
    // What a fingerprint can not see, and why it is not called exact.
    const swapped = "update data set code = case id when 3 then 'k4' else 'k3' end where id in (3, 4)";
    expect(await run([swapped])).toMatchObject({ status: 'passed' });
  });
});

describe('recheck', () => {
  it('reads what differs again, later: what was on its way is no difference, what stays is', async () => {
    const source = await bench.database('postgres', create);
    const target = await bench.database('mysql', [
      ...create,
      'delete from data where id = 7',
      'update data set amount = 0.25 where id in (8, 9)',
    ]);
    const mariadb = await startMariadb();
    const write = () =>
      mariadb.sql(
        target.name,
        "insert into data values (7, 'k7', 7.75); update data set amount = 8.75 where id = 8",
      );
    const spec = bench.spec(source, target, {
      checks: [{ row_hash: { recheck: { times: 6, delay: '500ms' } } }],
    });
    let written: Promise<unknown> | undefined;
    const { outcome } = await bench.operation((context) => {
      const progress: OperationContext['progress'] = ({ rows_done: done }) => {
        if (done === 599) written ??= write();
      };
      return validatePipeline({ pipeline: spec, source, target }, { ...context, progress });
    });
    await written;
    const check = checkNamed(outcome.result, 'row_hash');
    expect(check).toMatchObject({
      status: 'failed',
      differences: { missing: 0, value: 1 },
      samples: [{ key: { id: '9' }, column: 'amount', source_value: '9.75', target_value: '0.25' }],
    });
    expect(check.plan?.recheck).toHaveLength(6);
    expect(check.plan?.recheck?.reduce((sum, { settled }) => sum + settled, 0)).toBe(2);
    expect(check.plan?.recheck?.at(-1)).toEqual({ differing: 1, settled: 0 });
    expect(check.differences?.repair_artifact_id).toBeDefined();
  });

  it('asks for nothing where nothing differs', async () => {
    const source = await bench.database('duckdb', create);
    const pipeline = { checks: [{ row_hash: { recheck: { times: 3, delay: '1h' } } }] };
    const check = checkNamed((await bench.run(source, source, pipeline)).result, 'row_hash');
    expect(check).toMatchObject({ status: 'passed', plan: { recheck: [] } });
  });
});

describe('cancelled in the middle', () => {
  const many = 'select g as id, md5(g::text) as a, md5(g::text) as b from generate_series(1, 400000) g';

  it('leaves no query of ours on either server', async () => {
    const source = await bench.database('postgres', [`create table data as ${many}`]);
    const target = await bench.database('mysql', [
      'create table data (id int, a varchar(40), b varchar(40))',
      'insert into data select seq, md5(seq), md5(seq) from seq_1_to_400000',
    ]);
    const controller = new AbortController();
    const pipeline = bench.spec(source, target, { checks: [{ row_hash: { strategy: 'stream' } }] });
    const [postgres, mariadb] = [await startPostgres(), await startMariadb()];
    const left = async (): Promise<number> => {
      const ours = await postgres.sql(
        'postgres',
        "select pid from pg_stat_activity where application_name = 'ombudsman' and state <> 'idle'",
      );
      const theirs = await mariadb.sql(
        'mysql',
        "select id from information_schema.processlist where info like 'select s.%'",
      );
      return ours.length + theirs.length;
    };
    let before: Promise<number> | undefined;
    const run = bench.operation((context) => {
      const progress: OperationContext['progress'] = ({ rows_done: done }) => {
        if (done === 0 || before !== undefined) return;
        before = left();
        void before.finally(() => controller.abort('cancel'));
      };
      return validatePipeline({ pipeline, source, target }, { ...context, progress });
    }, controller.signal);
    await expect(run).rejects.toMatchObject({ kind: 'interrupted' });
    expect(await before, 'queries that ran when it was cancelled').toBeGreaterThan(0);
    await expect.poll(left, { timeout: 20_000 }).toBe(0);
  });
});
