import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedConnection } from '../../daemon/protocol/engine.ts';
import { mart } from '../support/martSides.ts';
import { ValidationBench, type TestPipeline, type TestSystem } from '../support/validationSides.ts';

const bench = new ValidationBench();
afterAll(() => bench.close());

interface Case {
  readonly check: TestPipeline['checks'][number];
  /** SQL that makes the target wrong. */
  readonly change: string;
  readonly reason: RegExp;
  /** The table of both sides and its keys; left out: data by id. */
  readonly table?: string;
  readonly keys?: string[];
}

const set = (what: string, id = 7): string => `update data set ${what} where id = ${id}`;

const cases: Case[] = [
  {
    check: { row_count_by: { column: 'sold_on', bucket: 'month' } },
    change: set(`sold_on = '2024-02-07'`),
    reason: /2 of 2 groups differ; 2024-01: rows is 30 where 31/,
  },
  {
    check: { row_count_by: { group_by: ['region_id'] } },
    change: set('region_id = 1'),
    reason: /2 of 3 groups differ; 1: rows is 21 where 20/,
  },
  { check: 'null_pct', change: set('note = null'), reason: /note: 10 % NULLs in the source, 11\.6667 %/ },
  {
    check: { null_pct: { columns: ['note'], max: 10 } },
    change: set('note = null'),
    reason: /note: 11\.6667 % NULLs in the target, 10 % allowed/,
  },
  {
    check: { empty_count: { max: 0 } },
    change: set(`note = '  '`),
    reason: /note: 1 empty texts in the target, 0 allowed/,
  },
  { check: 'empty_count', change: set(`code = ''`), reason: /code: 0 empty texts in the source, 1/ },
  {
    check: { duplicate_count: { columns: ['code'] } },
    change: set(`code = 'AB1'`),
    reason: /0 repeated rows in the source, 1 in the target/,
  },
  {
    check: { composite_key: { columns: ['region_id', 'sold_on'] } },
    change: set(`sold_on = '2024-03-15'`),
    reason: /1 combination only in the source; 1 combination only in the target/,
  },
  {
    check: { metric_sum: { column: 'amount' } },
    change: set('amount = amount + 0.01'),
    reason: /^sum of amount is 2287\.51 where 2287\.50 is expected/,
  },
  {
    check: { metric_sum: { column: 'amount', group_by: ['region_id'], tolerance: { abs: 0.001 } } },
    change: set('amount = amount + 0.01'),
    reason: /1 of 3 groups differs; 2: sum of amount/,
  },
  {
    check: { metric_avg: { column: 'amount', group_by: ['journal'] } },
    change: set('amount = amount + 0.01'),
    reason: /1 of 5 groups differs; 2: average of amount/,
  },
  {
    check: { metric_ratio: { numerator: 'cost', denominator: 'amount' } },
    change: set('cost = cost + 0.01'),
    reason: /cost \/ amount is 0\.40000437/,
  },
  {
    check: { row_values: { columns: ['amount', 'note'], tolerance: { abs: 0.01 } } },
    change: set('amount = amount + 0.02'),
    reason: /amount: 1 row.*1 row with other values/,
  },
  {
    check: { row_sample: { rows: 60 } },
    change: set(`note = 'Note 7'`),
    reason: /note: 1 row, case; 1 of 60 sampled rows differs/,
  },
  {
    check: 'row_multiset',
    change: set(`note = 'other'`),
    reason: /1 row only in the source, 1 only in the target/,
  },
  {
    check: { fk_alignment: { columns: ['region_id'], references: { table: 'region', columns: ['id'] } } },
    change: set('region_id = 9'),
    reason: /0 rows of the source refer to nothing, 1 of the target/,
  },
  {
    check: {
      fact_dim_conformance: {
        columns: ['region_id'],
        dimension: { table: 'region', columns: ['id'], where: 'id > 0' },
      },
    },
    change: set('region_id = null'),
    reason: /1 row of the target has no member of region/,
  },
  {
    check: { business_key: { columns: ['member'], current: 'is_current = 1' } },
    change: `update versions set member = 'c' where city = 'Kiel'`,
    table: 'versions',
    keys: [],
    reason: /1 business key is missing in the target; 1 business key is only/,
  },
  {
    check: { surrogate_key_map: { surrogate: 'sk', business_key: ['member'] } },
    change: `update members set sk = 11 where sk = 12`,
    table: 'members',
    keys: [],
    reason: /1 surrogate key stands for several rows of the target/,
  },
  {
    check: { surrogate_key_map: { surrogate: 'sk', business_key: ['member'], same_values: true } },
    change: `update members set sk = 14 where sk = 12`,
    table: 'members',
    keys: [],
    reason: /1 business key has another surrogate key/,
  },
  {
    check: { scd1: { business_key: ['member'], columns: ['city'], latest_by: 'changed' } },
    change: `update members set city = 'Bonn' where sk = 11`,
    table: 'members',
    keys: [],
    reason: /city: 1 row, other; .*1 not with the latest values/,
  },
  {
    check: { grain: { columns: ['region_id', 'sold_on'] } },
    change: set(`sold_on = '2024-01-04'`),
    reason: /1 row of the target repeats others/,
  },
  {
    check: { late_arriving: { event: 'sold_at', loaded: 'loaded_at', max_delay: '12h' } },
    change: set(`loaded_at = '2024-01-08 12:00:00'`),
    reason: /1 row of the target was loaded more than 12h after sold_at/,
  },
  {
    check: {
      additivity: {
        column: 'amount',
        columns: ['id'],
        detail: { table: 'sale_lines', columns: ['sale_id'], column: 'part' },
      },
    },
    change: 'delete from sale_lines where sale_id = 7 and part = 0.25',
    reason: /1 row of the target has amount that is not the sum/,
  },
  {
    check: { regex: { column: 'code', pattern: 'AB[0-9]+' } },
    change: set(`code = 'ab7'`),
    reason: /1 row of the target does not match AB\[0-9\]\+ in code/,
  },
  {
    check: { length: { column: 'code', min: 3, max: 4 } },
    change: set(`code = 'AB007'`),
    reason: /1 row of the target is shorter or longer/,
  },
  {
    check: { checksum: { column: 'iban', algorithm: 'iban' } },
    change: set(`iban = 'DE89370400440532013001'`),
    reason: /1 row of the target has no valid iban/,
  },
  {
    check: { distribution_shift: { column: 'amount', bins: 5 } },
    change: 'update data set amount = 70 where id <= 20',
    reason: /psi of amount is .*, at most 0\.1 allowed/,
  },
  {
    check: { distribution_shift: { column: 'region_id', measure: 'ks' } },
    change: 'update data set region_id = 1 where id <= 20',
    reason: /ks of region_id is/,
  },
  {
    check: { distribution_shift: { column: 'code', measure: 'cramers_v' } },
    change: `update data set code = 'AB1' where id <= 20`,
    reason: /cramers_v of code is/,
  },
  {
    check: { top_values: { column: 'region_id' } },
    change: set('region_id = 1'),
    reason: /2 of 3 groups differ; 1: rows with this region_id is 21 where 20/,
  },
  {
    check: { quantiles: { column: 'amount', at: [0.5] } },
    change: 'update data set amount = 0 where id <= 40',
    reason: /quantile of amount is .* where 37\.50 is expected/,
  },
  {
    check: { outliers_match: { column: 'amount' } },
    change: set('amount = 9999'),
    reason: /0 outliers of amount only in the source, 1 only in the target/,
  },
  {
    check: { outliers_match: { column: 'amount', method: 'iqr' } },
    change: set('amount = -200'),
    reason: /1 only in the target/,
  },
  {
    check: { ts_continuity: { column: 'sold_on' } },
    change: set(`sold_on = '2024-01-06'`),
    reason: /1 days without rows in the target, first 2024-01-07/,
  },
  {
    check: { ts_duplicates: { column: 'sold_at' } },
    change: set(`sold_at = '2024-01-06 10:00:00'`),
    reason: /0 rows that repeat a time of sold_at in the source, 1/,
  },
  {
    check: { rolling_drift: { column: 'sold_on', value: 'amount', max_pct: 1 } },
    change: set('amount = amount * 3'),
    reason: /drifts in 7 of 60 periods; 2024-01-07/,
  },
  {
    check: { period_over_period: { column: 'sold_on', value: 'amount', max_points: 0.5 } },
    change: set('amount = amount + 50'),
    reason: /1 changes differ; 2024-02/,
  },
  {
    check: { freshness: { column: 'loaded_at' } },
    change: 'delete from data where id = 60',
    reason: /the newest loaded_at is 2024-02-28 12:00:00 where 2024-02-29 12:00:00/,
  },
  {
    check: { timezone_shift: { columns: ['sold_at'] } },
    change: set(`sold_at = '2024-01-07 11:00:00'`),
    reason: /sold_at: 1 of 60 rows is shifted by \+1 h/,
  },
  {
    check: { balance: { debit: 'debit', credit: 'credit', group_by: ['journal'] } },
    change: set('credit = credit - 1'),
    reason: /target: 1 of 5 groups differs; 2: sum of credit/,
  },
  {
    check: {
      reconcile: {
        total: { side: 'source', query: 'select sum(amount) from data' },
        parts: [
          { side: 'target', query: 'select sum(amount) from data where region_id = 1' },
          { side: 'target', query: 'select sum(amount) from data where region_id > 1;' },
        ],
        tolerance: { abs: 0.005 },
      },
    },
    change: 'delete from data where id = 7',
    reason: /the parts are 2278\.75 where the total is 2287\.5/,
  },
  {
    check: { charset: { columns: ['note'] } },
    change: set(`note = 'MÃ¼nchen'`),
    reason: /1 row of the target has mojibake.*: note/,
  },
  {
    check: 'whitespace',
    change: set(`code = 'AB7 '`),
    reason: /1 row of the target has blanks that do not belong .*: code/,
  },
  {
    check: 'unicode_form',
    change: set(`note = 'Cafe\u0301'`),
    reason: /1 row of the target is not in Unicode form NFC: note/,
  },
];

/** All checks of the catalogue beside each other, on the table each is for. */
const versionCase = {
  scd2: {
    business_key: ['member'],
    effective_from: 'valid_from',
    effective_to: 'valid_to',
    current: 'is_current',
    compare_versions: true,
  },
};
const versionFaults: [change: string, reason: RegExp][] = [
  [`valid_from = '2020-12-31' where city = 'Kiel'`, /1 version overlaps the next/],
  [`valid_from = '2021-01-02' where city = 'Kiel'`, /1 version leaves a gap/],
  [`valid_to = '2023-01-01', is_current = 0 where city = 'Kiel'`, /1 member has no current version/],
  [`valid_to = null, is_current = 1 where city = 'Bonn'`, /1 member has several current versions/],
  [`is_current = 1 where city = 'Bonn'`, /1 version has a flag that says otherwise/],
  [`valid_to = '2019-01-01' where city = 'Bonn'`, /1 version ends before they begin/],
  [`member = 'c' where city = 'Bonn'`, /members have another number of versions/],
];

function pipelineOf({ check, table = 'data', keys = ['id'] }: Omit<Case, 'change' | 'reason'>) {
  return (source: ResolvedConnection, target: ResolvedConnection): TestPipeline => ({
    checks: [check],
    keys,
    source: { connection: source.name, table },
    target: { connection: target.name, table },
  });
}

const nameOf = ({ check }: Case): string => (typeof check === 'string' ? check : JSON.stringify(check));

describe.each<TestSystem>(['duckdb', 'sqlite', 'postgres', 'mysql'])(
  'the catalogue, DuckDB against %s',
  (system) => {
    let source: ResolvedConnection;
    let clean: ResolvedConnection;
    beforeAll(async () => {
      source = await mart(bench, 'duckdb');
      clean = await mart(bench, system);
    });

    it.each(cases.map((each) => [nameOf(each), each] as const))(
      '%s is green on equal data',
      async (_name, each) => {
        const { result } = await bench.run(source, clean, pipelineOf(each)(source, clean));
        const [check] = result.checks;
        expect(check?.reason ?? '').toBe('');
        expect(check?.status).toBe('passed');
      },
    );

    it.each(cases.map((each) => [nameOf(each), each] as const))(
      '%s finds the change',
      async (_name, each) => {
        const target = await mart(bench, system, [each.change]);
        const { result } = await bench.run(source, target, pipelineOf(each)(source, target));
        const [check] = result.checks;
        expect(check?.reason).toMatch(each.reason);
        expect(check?.status).toBe('failed');
        expect(check?.samples.length ?? 0).toBeLessThanOrEqual(20);
      },
    );

    it('scd2 is green on equal versions, and names each fault of them', async () => {
      const pipeline = pipelineOf({ check: versionCase, table: 'versions', keys: [] });
      const { result } = await bench.run(source, clean, pipeline(source, clean));
      expect(result.checks[0]).toMatchObject({ status: 'passed' });
      for (const [change, reason] of versionFaults) {
        const target = await mart(bench, system, [`update versions set ${change}`]);
        const changed = await bench.run(source, target, pipeline(source, target));
        expect(changed.result.checks[0]?.reason).toMatch(reason);
        expect(changed.result.checks[0]?.status).toBe('failed');
      }
    });
  },
);

describe('structure', () => {
  const keyed = (more: string, note = ''): Promise<ResolvedConnection> =>
    bench.database('postgres', [
      `create table parent (id integer primary key)`,
      `create table data (id integer primary key, parent integer references parent (id), code varchar(10) unique,
       amount numeric(10,2) not null default 0, made timestamp default now()${more})`,
      note,
    ]);
  const embedded = (more: string): Promise<ResolvedConnection> =>
    bench.database('duckdb', [
      `create table parent (id integer primary key)`,
      `create table data (id integer primary key, parent integer references parent (id), code varchar unique,
       amount decimal(10,2) not null default 0, made timestamp default current_timestamp${more})`,
    ]);
  const run = async (source: ResolvedConnection, target: ResolvedConnection, check: Case['check']) => {
    const { result } = await bench.run(source, target, { checks: [check] });
    return result.checks[0];
  };

  it('schema_keys and schema_defaults read PostgreSQL and DuckDB alike, and find what is different', async () => {
    const source = await keyed('');
    const same = await embedded('');
    for (const check of ['schema_keys', 'schema_defaults'] as const) {
      const found = await run(source, same, check);
      expect(found?.reason ?? '').toBe('');
      expect(found?.status).toBe('passed');
    }
    const other = await bench.database('duckdb', [
      `create table data (id integer, parent integer, code varchar primary key,
       amount decimal(10,2) not null default 1, made timestamp)`,
    ]);
    const keys = await run(source, other, 'schema_keys');
    expect(keys).toMatchObject({ status: 'failed' });
    expect(keys?.reason).toMatch(
      /primary_key only in the source: \(id\)\. primary_key only in the target: \(code\)/,
    );
    expect(keys?.reason).toMatch(/foreign_keys only in the source: \(parent\) to parent\(id\)/);
    const defaults = await run(source, other, { schema_defaults: { columns: ['amount', 'made'] } });
    expect(defaults?.reason).toBe(
      'amount has 0 in the source and 1 in the target; made has now() in the source and no default in the target',
    );
    const indexed = await keyed('', 'create index on data (code, amount)');
    const indexes = await run(source, indexed, { schema_keys: { compare: ['indexes'] } });
    expect(indexes?.reason).toBe('indexes only in the target: (code, amount)');
  });

  it('is skipped, and so never green, where a side cannot say', async () => {
    const source = await keyed('');
    const files = await bench.files({ 'data.csv': 'select 1 as id' });
    for (const kind of ['schema_keys', 'schema_defaults'] as const) {
      const { result, error } = await bench.run(source, files, {
        checks: [kind === 'schema_keys' ? kind : { schema_defaults: { columns: ['id'] } }],
        target: { connection: files.name, table: 'data.csv' },
      });
      expect(result.checks[0]).toMatchObject({
        status: 'skipped',
        reason: expect.stringMatching(/is a file/) as unknown,
      });
      expect(error).toMatchObject({ kind: 'definition', code: 'check_skipped' });
    }
  });

  it('schema_drift compares with what was agreed', async () => {
    const source = await keyed('');
    const target = await embedded(', extra integer');
    const agreed = {
      id: 'integer(32)',
      parent: 'integer(32)',
      code: 'text',
      amount: 'decimal(10,2)',
      made: 'timestamp(6)',
    };
    const fresh = await run(source, target, { schema_drift: { columns: agreed } });
    expect(fresh?.reason).toBe('new in the target: extra');
    const allowed = await run(source, target, { schema_drift: { columns: agreed, allow_new: true } });
    expect(allowed?.status).toBe('passed');
    const changed = { ...agreed, amount: 'decimal(12,2)', gone: 'text' };
    const drifted = await run(source, target, { schema_drift: { columns: changed, allow_new: true } });
    expect(drifted?.reason).toBe(
      'amount of the target is decimal(10,2), agreed was decimal(12,2); gone is gone from the target',
    );
  });
});

describe('files', () => {
  const good = 'id,name\n1,a\n2,"b,c"\n3,d\n';
  const layout = async (content: string | Buffer, params: Record<string, unknown> = {}) => {
    const files = await bench.files({ 'other.csv': 'select 1 as id' });
    if (files.definition.type !== 'files') throw new Error('no folder');
    writeFileSync(join(files.definition.path, 'data.csv'), good);
    writeFileSync(join(files.definition.path, 'target.csv'), content);
    const { result } = await bench.run(files, files, {
      checks: [{ file_layout: { side: 'target', header: ['id', 'name'], ...params } }],
      keys: [],
      source: { connection: files.name, table: 'data.csv' },
      target: { connection: files.name, table: 'target.csv' },
    });
    return result.checks[0];
  };

  it('file_layout is green for a file laid out as agreed', async () => {
    const found = await layout(good, { delimiter: ',', line_ends: 'lf' });
    expect(found?.reason ?? '').toBe('');
    expect(found?.status).toBe('passed');
  });

  it.each([
    ['another header', good.replace('name', 'nom'), {}, /has the columns id, nom/],
    [
      'another delimiter',
      good.replaceAll(',', ';').replace('b;c', 'b,c'),
      { delimiter: ',' },
      /uses the delimiter ";"/,
    ],
    ['other line ends', good.replaceAll('\n', '\r\n'), { line_ends: 'lf' }, /has line ends crlf/],
    [
      'a row with a field too many',
      `${good}4,e,f\n`,
      {},
      /1 row that is not laid out as its header, first line 5/,
    ],
    [
      'a row with a field too few',
      `${good}4\n`,
      {},
      /1 row that is not laid out as its header, first line 5/,
    ],
  ] as const)('file_layout finds %s', async (_name, content, params, reason) => {
    const found = await layout(content, params);
    expect(found?.reason).toMatch(reason);
    expect(found?.status).toBe('failed');
  });

  it('parquet_schema finds a missing column, another type and another compression', async () => {
    const files = await bench.files({
      'data.parquet': `select 1::bigint as id, 1.5::decimal(10,2) as amount`,
    });
    const check = async (params: Record<string, unknown>) => {
      const { result } = await bench.run(files, files, {
        checks: [{ parquet_schema: { side: 'target', ...params } }],
        keys: [],
        source: { connection: files.name, table: 'data.parquet' },
        target: { connection: files.name, table: 'data.parquet' },
      });
      return result.checks[0];
    };
    const columns = { id: 'BIGINT', amount: 'decimal(10, 2)' };
    expect(await check({ columns, compression: 'snappy' })).toMatchObject({ status: 'passed' });
    expect((await check({ columns: { ...columns, id: 'INTEGER', gone: 'DATE' } }))?.reason).toBe(
      'id of data.parquet is BIGINT, agreed was INTEGER; data.parquet has no column gone',
    );
    expect((await check({ columns: { id: 'BIGINT' } }))?.reason).toBe('new in data.parquet: amount');
    expect((await check({ columns, compression: 'zstd' }))?.reason).toBe(
      'data.parquet is compressed with snappy',
    );
  });
});

describe('freshness', () => {
  it('measures the age of the newest row', async () => {
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString().replace('Z', '');
    const table = (minutes: number) =>
      bench.database('duckdb', [`create table data as select 1 as id, timestamp '${at(minutes)}' as loaded`]);
    const source = await table(90);
    const check = { freshness: { column: 'loaded', max_age: '1h', side: 'target' } } as const;
    const fresh = await bench.run(source, await table(5), { checks: [check] });
    expect(fresh.result.checks[0]).toMatchObject({ status: 'passed' });
    const stale = await bench.run(source, await table(61), { checks: [check] });
    expect(stale.result.checks[0]?.reason).toMatch(/the newest loaded of the target is .*, older than 1h/);
  });
});
