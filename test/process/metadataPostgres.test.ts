import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';
import { catalogCounts } from '../../daemon/engine/metadata/model.ts';
import { startPostgres, stopPostgres, type TestPostgres } from '../support/postgres.ts';
import {
  differences,
  extract,
  figures,
  keyed,
  profilesOf,
  tableOf,
  temporaryFolder,
  type ExtractOptions,
} from '../unit/metadata/sources.ts';

const everything = readFileSync(join(import.meta.dirname, '../fixtures/metadata/everything.sql'), 'utf8');

let postgres: TestPostgres;
let folder: ReturnType<typeof temporaryFolder>;
let source: ConnectionDefinition & { type: 'postgres' };
let databases = 0;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => stopPostgres());
beforeEach(async () => {
  folder = temporaryFolder();
  databases += 1;
  source = await postgres.createDatabase(`metadata_${databases}`);
  await run(everything);
});
afterEach(() => folder.remove());

const run = (sql: string) => postgres.sql(source.database, sql);
const read = (options: ExtractOptions = {}) => extract(source, folder.scratch, options);

const plain = {
  length: null,
  precision: null,
  scale: null,
  nullable: true,
  default: null,
  identity: null,
  generated: null,
  collation: null,
  comment: null,
};
const index = { include: [], unique: false, primary: false, method: 'btree', predicate: null };
const on = (column: string, descending = false) => ({ column, expression: null, descending });

describe('a PostgreSQL database', () => {
  it('is read with everything that was made in it', async () => {
    const { catalog } = await read();
    expect(catalog.unreadable).toEqual([]);
    expect(catalog.system).toBe('PostgreSQL');
    expect(
      catalog.schemas.map(({ name, comment, tables, views }) => ({
        name,
        comment,
        tables: tables.map((table) => `${table.name}: ${table.kind}`),
        views: views.map((view) => `${view.name}: ${view.kind}`),
      })),
    ).toEqual([
      { name: 'archive', comment: null, tables: ['sale_2025: partition'], views: [] },
      { name: 'public', comment: 'standard public schema', tables: [], views: [] },
      {
        name: 'shop',
        comment: 'the shop',
        tables: [
          'booking: table',
          'customer: table',
          'region: table',
          'sale: partitioned_table',
          'sale_2026: partition',
        ],
        views: ['by_region: materialized_view', 'rich: view'],
      },
    ]);
    expect(tableOf(catalog, 'customer')).toEqual({
      name: 'customer',
      kind: 'table',
      comment: 'people who buy; it\'s "quoted"',
      bytes: expect.any(Number) as number,
      row_count: { value: 500, method: 'estimate' },
      primary_key: { name: 'customer_pkey', columns: ['customer_id'] },
      unique_keys: [],
      foreign_keys: [
        {
          name: 'customer_region',
          columns: ['region_id'],
          references: { schema: 'shop', table: 'region', columns: ['region_id'] },
          on_update: 'CASCADE',
          on_delete: 'SET NULL',
        },
      ],
      checks: [{ name: 'positive', expression: "(balance > ('-1000'::integer)::numeric)" }],
      indexes: [
        {
          ...index,
          name: 'customer_lower',
          columns: [
            { column: null, expression: 'lower(name::text)', descending: false },
            on('customer_id', true),
          ],
          include: ['balance'],
          predicate: '(balance > (0)::numeric)',
        },
        { ...index, name: 'customer_pkey', columns: [on('customer_id')], unique: true, primary: true },
        { ...index, name: 'customer_tags', columns: [on('tags')], method: 'gin' },
      ],
      columns: [
        {
          ...plain,
          name: 'customer_id',
          position: 1,
          native_type: 'bigint',
          canonical_type: 'integer(64)',
          nullable: false,
          identity: 'always',
        },
        {
          ...plain,
          name: 'region_id',
          position: 2,
          native_type: 'integer',
          canonical_type: 'integer(32)',
          nullable: false,
          default: '1',
        },
        {
          ...plain,
          name: 'name',
          position: 3,
          native_type: 'character varying(100)',
          canonical_type: 'varchar(100)',
          length: 100,
          nullable: false,
          comment: 'as printed',
        },
        {
          ...plain,
          name: 'balance',
          position: 4,
          native_type: 'numeric(10,2)',
          canonical_type: 'decimal(10,2)',
          precision: 10,
          scale: 2,
          default: '0',
        },
        {
          ...plain,
          name: 'price',
          position: 5,
          native_type: 'shop.price',
          canonical_type: 'decimal(12,2)',
          precision: 12,
          scale: 2,
          nullable: false,
        },
        { ...plain, name: 'feeling', position: 6, native_type: 'shop.mood', canonical_type: 'text' },
        { ...plain, name: 'tags', position: 7, native_type: 'text[]', canonical_type: 'text[]' },
        { ...plain, name: 'details', position: 8, native_type: 'jsonb', canonical_type: 'json' },
        {
          ...plain,
          name: 'seen',
          position: 9,
          native_type: 'timestamp(3) with time zone',
          canonical_type: 'timestamptz(3)',
          precision: 3,
          default: 'now()',
        },
        {
          ...plain,
          name: 'full_name',
          position: 10,
          native_type: 'text',
          canonical_type: 'text',
          generated: { expression: 'upper((name)::text)', stored: true },
        },
      ],
    });
    const region = tableOf(catalog, 'region');
    expect(region.unique_keys).toEqual([{ name: 'region_code', columns: ['code'] }]);
    expect(region.columns.map((column) => [column.name, column.canonical_type, column.collation])).toEqual([
      ['region_id', 'integer(32)', null],
      ['code', 'char(3)', null],
      ['Odd "name"', 'text', 'C'],
    ]);
    expect(tableOf(catalog, 'booking').exclusions).toEqual([
      { name: 'booking_during_excl', definition: 'EXCLUDE USING gist (during WITH &&)' },
    ]);
  });

  it('tells partitions, views and materialized views for what they are', async () => {
    const { catalog } = await read();
    expect(tableOf(catalog, 'sale')).toMatchObject({
      partition_key: 'RANGE (sold_on)',
      row_count: { value: 400, method: 'estimate' },
      primary_key: { columns: ['sold_on', 'sale_id'] },
    });
    expect(tableOf(catalog, 'sale').columns[1]?.identity).toBe('by_default');
    expect(tableOf(catalog, 'sale_2025').partition_of).toEqual({
      schema: 'shop',
      table: 'sale',
      bound: "FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
    });
    const [byRegion, rich] = catalog.schemas.flatMap((schema) => schema.views);
    expect(byRegion).toMatchObject({
      kind: 'materialized_view',
      row_count: { value: 2, method: 'estimate' },
      indexes: [{ name: 'by_region_key', unique: true }],
    });
    expect(rich).toMatchObject({
      kind: 'view',
      comment: 'those who have',
      row_count: { value: null, method: 'none' },
    });
    expect(rich?.definition).toMatch(/SELECT[\s\S]*FROM shop\.customer\s+WHERE/);
    expect(rich?.columns.map((column) => [column.name, column.canonical_type, column.nullable])).toEqual([
      ['customer_id', 'integer(64)', null],
      ['balance', 'decimal(10,2)', null],
    ]);
  });

  it('tells triggers, sequences and routines, and grants when asked', async () => {
    await run(`create function shop.touched() returns trigger language plpgsql as $$ begin return new; end $$;
      comment on function shop.touched() is 'on every write';
      create procedure shop.tidy(days integer default 7, inout done text default null) language sql as $$ select 'x' $$;
      create aggregate shop.longest(text) (sfunc = text_larger, stype = text);
      create trigger touch before insert or update on shop.region for each row execute function shop.touched();
      create trigger emptied after truncate on shop.region execute function shop.touched();
      alter table shop.region disable trigger emptied;
      create sequence shop.ticket as smallint start 10 increment 5 cycle; comment on sequence shop.ticket is 'numbers';
      grant select on shop.region to public;
      grant update on shop.region to current_user with grant option`);
    const { catalog } = await read({ grants: true });
    const region = tableOf(catalog, 'region');
    expect(region.triggers).toEqual([
      {
        name: 'emptied',
        timing: 'after',
        events: ['truncate'],
        level: 'statement',
        enabled: false,
        definition: expect.stringContaining('AFTER TRUNCATE ON shop.region') as string,
      },
      {
        name: 'touch',
        timing: 'before',
        events: ['insert', 'update'],
        level: 'row',
        enabled: true,
        definition: expect.stringContaining('EXECUTE FUNCTION shop.touched()') as string,
      },
    ]);
    // Foreign keys stand on triggers of the system's own, which nobody made.
    expect(tableOf(catalog, 'customer').triggers).toBeUndefined();
    expect(region.grants).toContainEqual({ grantee: 'PUBLIC', privilege: 'SELECT', grantable: false });
    expect(
      region.grants?.filter(({ privilege }) => privilege === 'UPDATE').map(({ grantable }) => grantable),
    ).toContain(true);
    const shop = catalog.schemas.find(({ name }) => name === 'shop');
    expect(shop?.sequences).toEqual([
      expect.objectContaining({
        name: 'customer_customer_id_seq',
        owned_by: { table: 'customer', column: 'customer_id' },
      }),
      expect.objectContaining({ name: 'sale_sale_id_seq' }),
      {
        name: 'ticket',
        data_type: 'smallint',
        start: '10',
        increment: '5',
        min: '1',
        max: '32767',
        cycle: true,
        owned_by: null,
        comment: 'numbers',
      },
    ]);
    expect(shop?.routines).toEqual([
      {
        name: 'longest',
        kind: 'aggregate',
        arguments: 'text',
        returns: 'text',
        language: 'internal',
        comment: null,
      },
      {
        name: 'tidy',
        kind: 'procedure',
        arguments: expect.stringContaining('days integer') as string,
        returns: null,
        language: 'sql',
        comment: null,
      },
      {
        name: 'touched',
        kind: 'function',
        arguments: '',
        returns: 'trigger',
        language: 'plpgsql',
        comment: 'on every write',
      },
    ]);
    expect(
      (await read()).catalog.schemas
        .flatMap(({ tables }) => tables)
        .every(({ grants }) => grants === undefined),
    ).toBe(true);
  });

  it('tells counts that are those of the artifact; rows of partitions count once', async () => {
    const { catalog } = await read({ row_counts: 'exact' });
    expect(catalogCounts(catalog.schemas)).toEqual({
      schemas: 3,
      tables: 6,
      views: 2,
      columns: 28,
      keys: 6,
      foreign_keys: 4,
      checks: 1,
      indexes: 10,
      rows: 500 + 2 + 400,
    });
  });

  it('counts really when asked for exact, and says estimate when it estimates', async () => {
    await run(
      'alter table shop.region set (autovacuum_enabled = false); insert into shop.region select i, i, i from generate_series(3, 9) i',
    );
    const estimate = tableOf((await read()).catalog, 'region').row_count;
    expect(estimate).toEqual({ value: 2, method: 'estimate' });
    const exact = tableOf((await read({ row_counts: 'exact' })).catalog, 'region').row_count;
    expect(exact).toEqual({ value: 9, method: 'exact' });
    await run(
      'create table shop.fresh (i int) with (autovacuum_enabled = false); insert into shop.fresh values (1)',
    );
    const fresh = tableOf((await read({ tables: ['fresh'] })).catalog, 'fresh').row_count;
    expect(fresh).toEqual({ value: null, method: 'none' });
  });

  it('profiles what the other systems do, and pushes it into one statement a table', async () => {
    await run(`create table shop.figures as
      select i as whole, (i / 10.0)::numeric(6,2) as money, case when i = 7 then 'NaN'::float8 else i / 4.0 end as real,
        case when i % 3 = 0 then 'AB-' || i else 'x' end as word, null::int as blank
      from generate_series(1, 20) i; analyze shop.figures`);
    const { catalog } = await read({
      tables: ['figures'],
      profile: { quantiles: [0, 0.5, 1], histogram: 4, top_values: 2, patterns: 2 },
    });
    expect(catalog.unreadable).toEqual([]);
    expect(tableOf(catalog, 'figures').profile).toEqual({ rows_scanned: 20, sample: null });
    expect(profilesOf(tableOf(catalog, 'figures'))).toMatchObject(figures);
    // NaN is no number to reckon with; it is counted as a value.
    expect(profilesOf(tableOf(catalog, 'figures'))['real']).toMatchObject({
      nulls: 0,
      distinct: 20,
      histogram: [{ rows: 5 }, { rows: 4 }, { rows: 5 }, { rows: 5 }],
    });
    expect(catalog.queries.filter(({ sql }) => sql.startsWith('with s as'))).toHaveLength(1);
  });

  it('looks at a part of a large table and says how it was chosen', async () => {
    await run(`create table shop.large as select i from generate_series(1, 100000) i; analyze shop.large`);
    const { catalog } = await read({ tables: ['large'], profile: { max_rows: 10_000 } });
    const large = tableOf(catalog, 'large');
    expect(large.profile?.sample).toEqual({
      method: expect.stringMatching(/pages chosen at random, 10\.0 %/) as string,
      rows_of_table: 100_000,
    });
    expect(large.profile?.rows_scanned).toBeGreaterThan(1000);
    expect(large.profile?.rows_scanned).toBeLessThan(30_000);
    expect(large.columns[0]?.profile?.distinct).toBe(large.profile?.rows_scanned);
    expect(large.row_count).toEqual({ value: 100_000, method: 'estimate' });
  });

  it('counts the smallest tables first until the time is over, and cancels what runs then', async () => {
    await run(`create table shop.slow as select i from generate_series(1, 1000) i; analyze shop.slow;
      create table shop.tiny (i int) with (autovacuum_enabled = false); insert into shop.tiny values (1), (2); analyze shop.tiny;
      insert into shop.tiny values (3); update pg_class set reltuples = 5000000 where relname = 'slow'`);
    const whole = await read({ row_counts: 'auto(60000)', tables: ['slow', 'tiny'] });
    expect(tableOf(whole.catalog, 'slow').row_count).toEqual({ value: 1000, method: 'exact' });
    const blocker = new pg.Client({
      host: source.host,
      port: Number(source.port),
      user: source.user,
      database: source.database,
    });
    await blocker.connect();
    try {
      await blocker.query('begin; lock table shop.slow in access exclusive mode');
      const { catalog } = await read({ row_counts: 'auto(1500)', tables: ['slow', 'tiny'] });
      expect(tableOf(catalog, 'tiny').row_count).toEqual({ value: 3, method: 'exact' });
      expect(tableOf(catalog, 'slow').row_count).toEqual({ value: 5_000_000, method: 'estimate' });
      expect(catalog).toMatchObject({ row_counts: 'auto(1500)', unreadable: [] });
      // The same limit on profiles: what was not reached is named.
      const profiled = await read({ profile: { time_limit: '1500ms' }, tables: ['slow', 'tiny'] });
      expect(tableOf(profiled.catalog, 'slow').profile).toBeUndefined();
      expect(profiled.catalog.unreadable).toEqual(
        expect.arrayContaining([
          { object: 'profile of shop.slow', reason: expect.stringContaining('1500ms') as string },
        ]),
      );
    } finally {
      await blocker.end();
    }
  });

  it('is profiled column by column', async () => {
    await run(`insert into shop.region values (3, 'ZZZ', repeat('x', 5000))`);
    const { catalog } = await read({ profile: true, tables: ['region', 'customer'] });
    expect(catalog.unreadable).toEqual([]);
    const profile = (table: string, column: string) =>
      tableOf(catalog, table).columns.find((one) => one.name === column)?.profile;
    expect(profile('region', 'code')).toMatchObject({ nulls: 0, distinct: 3, min: 'EUR', max: 'ZZZ' });
    expect(profile('region', 'Odd "name"')).toMatchObject({
      nulls: 1,
      distinct: 2,
      min: 'x',
      max: 'x'.repeat(1000),
    });
    expect(profile('customer', 'balance')).toMatchObject({
      nulls: 0,
      distinct: 500,
      min: '1.00',
      max: '500.00',
    });
    expect(profile('customer', 'details')).toMatchObject({
      nulls: 500,
      distinct: null,
      min: null,
      max: null,
    });
  });

  it.each([
    [
      'alter table shop.customer drop column details',
      [
        '/shop/customer/columns/details',
        '/shop/customer/columns/seen/position',
        '/shop/customer/columns/full_name/position',
      ],
    ],
    ['create index fresh on shop.customer (seen)', ['/shop/customer/indexes/fresh']],
    ['alter table shop.customer alter column name drop not null', ['/shop/customer/columns/name/nullable']],
    [
      'alter table shop.customer alter column balance type numeric(11,2)',
      [
        '/shop/customer/columns/balance/native_type',
        '/shop/customer/columns/balance/canonical_type',
        '/shop/customer/columns/balance/precision',
      ],
      'drop view shop.rich',
    ],
    ['alter table shop.customer drop constraint positive', ['/shop/customer/checks']],
    ['alter table shop.customer drop constraint customer_region', ['/shop/customer/foreign_keys']],
    [
      'alter table shop.region add constraint again unique (region_id, code)',
      ['/shop/region/unique_keys', '/shop/region/indexes/again'],
    ],
    [`comment on view shop.rich is 'others'`, ['/shop/rich/comment']],
    [
      `alter table shop.customer alter column region_id set default 2`,
      ['/shop/customer/columns/region_id/default'],
    ],
    ['drop view shop.rich', ['/shop/rich']],
  ])('differs exactly there after %s', async (sql, where, first = 'select 1') => {
    await run(first);
    const before = await read();
    await run(sql);
    const after = await read();
    const found = differences(keyed(before.catalog), keyed(after.catalog))
      .map((line) => line.slice(0, line.indexOf(':')))
      .filter((path) => !/\/(bytes|row_count\/\w+)$/.test(path));
    expect(found.sort()).toEqual([...where].sort());
  });

  it('takes as many statements for 300 tables more', async () => {
    const before = await read();
    await run(
      `do $$ begin for i in 1..300 loop execute format('create table shop.many_%s (i int primary key, r int references shop.region)', i); end loop; end $$`,
    );
    const after = await read();
    expect(catalogCounts(after.catalog.schemas).tables).toBe(306);
    expect(after.statements).toBe(before.statements);
    expect((await read({ row_counts: 'exact' })).statements).toBe(before.statements + 4);
  });

  it('names what this user cannot read, and reads the rest', async () => {
    await run(`drop role if exists reader`);
    await run(`create role reader login;
      grant usage on schema shop to reader; grant select on shop.region, shop.booking to reader;
      alter table shop.booking enable row level security;
      create materialized view shop.unfilled as select 1 as one with no data; grant select on shop.unfilled to reader`);
    const { catalog } = await extract({ ...source, user: 'reader' }, folder.scratch, { row_counts: 'exact' });
    const reasons = Object.fromEntries(catalog.unreadable.map(({ object, reason }) => [object, reason]));
    expect(Object.keys(reasons).sort()).toEqual([
      'rows of archive.sale_2025',
      'rows of shop.booking',
      'rows of shop.by_region',
      'rows of shop.customer',
      'rows of shop.sale',
      'rows of shop.sale_2026',
      'rows of shop.unfilled',
    ]);
    expect(reasons['rows of archive.sale_2025']).toBe('no USAGE on schema archive');
    expect(reasons['rows of shop.customer']).toBe('no SELECT on it');
    expect(reasons['rows of shop.booking']).toMatch(/row-level security/);
    expect(reasons['rows of shop.unfilled']).toMatch(/has not been populated/);
    expect(tableOf(catalog, 'region').row_count).toEqual({ value: 2, method: 'exact' });
    expect(tableOf(catalog, 'customer').row_count).toEqual({ value: null, method: 'none' });
    expect(tableOf(catalog, 'customer').columns).toHaveLength(10);
    expect(catalogCounts(catalog.schemas).rows).toBeUndefined();
    await run('drop owned by reader; drop role reader');
  });

  it('is filtered by schema and table; a name that is not there is a mistake with the nearest', async () => {
    const { catalog } = await read({ schemas: ['shop'], tables: ['sale*', 'rich'] });
    expect(catalog.schemas.map(({ name, tables, views }) => [name, tables.length, views.length])).toEqual([
      ['shop', 2, 1],
    ]);
    await expect(read({ schemas: ['shopp'] })).rejects.toMatchObject({
      kind: 'definition',
      code: 'no_such_schema',
      hint: 'did you mean shop?',
    });
    await expect(read({ tables: ['shop.custmer'] })).rejects.toMatchObject({
      kind: 'definition',
      code: 'no_such_table',
      hint: 'did you mean shop.customer?',
    });
  });
});
