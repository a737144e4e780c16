import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { catalogCounts } from '../../../daemon/engine/metadata/model.ts';
import {
  differences,
  extract,
  figures,
  keyed,
  profilesOf,
  tableOf,
  temporaryFolder,
  type ExtractOptions,
} from './sources.ts';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'shop.sqlite');
  run(`
    create table customer (
      id integer primary key autoincrement,
      name text collate nocase not null default 'x',
      balance numeric(10,2) constraint positive check (balance > -1000),
      upper_name text generated always as (upper(name)) stored,
      code varchar(20) constraint one_code unique,
      check (length(name) < 100)
    );
    create table "Odd ""name""" (a text, "b c" int, constraint pk primary key ("b c" desc, a)) without rowid;
    create table sale (
      sale_id integer not null primary key,
      customer integer constraint to_customer references customer on delete cascade,
      a text, b int,
      foreign key (b, a) references "Odd ""name""" ("b c", a) on update set null
    ) strict;
    create view rich as select id, balance from customer where balance > 100;
    create index sale_day on sale (customer desc, lower(a)) where customer > 0;
  `);
  run(`insert into customer (name, balance, code) values ('Ann', 1.5, 'a'), ('Bob', 2, null), ('Cäsar', null, 'c');
    insert into "Odd ""name""" values ('x', 1)`);
});
afterEach(() => folder.remove());

function run(sql: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}
const read = (options: ExtractOptions = {}) => extract({ type: 'sqlite', path }, folder.scratch, options);
const on = (column: string, descending = false) => ({ column, expression: null, descending });

describe('a SQLite file', () => {
  it('is read with everything that was made in it', async () => {
    const { catalog } = await read();
    expect(catalog).toMatchObject({ system: 'SQLite', unreadable: [] });
    expect(
      catalog.schemas.map(({ name, tables, views }) => [
        name,
        tables.map((table) => table.name),
        views.map((view) => view.name),
      ]),
    ).toEqual([['main', ['Odd "name"', 'customer', 'sale'], ['rich']]]);
    const customer = tableOf(catalog, 'customer');
    expect(customer).toMatchObject({
      kind: 'table',
      comment: null,
      primary_key: { name: null, columns: ['id'] },
      unique_keys: [{ name: 'one_code', columns: ['code'] }],
      row_count: { value: null, method: 'none' },
      checks: [
        { name: null, expression: 'length(name) < 100' },
        { name: 'positive', expression: 'balance > -1000' },
      ],
    });
    expect(
      customer.columns.map((column) => [
        column.position,
        column.name,
        column.native_type,
        column.canonical_type,
        column.nullable,
        column.default,
        column.identity,
        column.generated,
        column.collation,
      ]),
    ).toEqual([
      [1, 'id', 'INTEGER', 'integer(64)', false, null, 'auto_increment', null, null],
      [2, 'name', 'TEXT', 'text', false, "'x'", null, null, 'nocase'],
      [3, 'balance', 'numeric(10,2)', 'decimal(10,2)', true, null, null, null, null],
      [4, 'upper_name', 'TEXT', 'text', true, null, null, { expression: 'upper(name)', stored: true }, null],
      [5, 'code', 'varchar(20)', 'varchar(20)', true, null, null, null, null],
    ]);
    const odd = tableOf(catalog, 'Odd "name"');
    expect(odd.primary_key).toEqual({ name: 'pk', columns: ['b c', 'a'] });
    expect(odd.columns.map((column) => column.nullable)).toEqual([false, false]);
    expect(odd.indexes).toMatchObject([{ primary: true, unique: true, columns: [on('b c', true), on('a')] }]);
    const sale = tableOf(catalog, 'sale');
    expect(sale.foreign_keys).toEqual([
      {
        name: null,
        columns: ['b', 'a'],
        references: { schema: 'main', table: 'Odd "name"', columns: ['b c', 'a'] },
        on_update: 'SET NULL',
        on_delete: 'NO ACTION',
      },
      {
        name: 'to_customer',
        columns: ['customer'],
        references: { schema: 'main', table: 'customer', columns: ['id'] },
        on_update: 'NO ACTION',
        on_delete: 'CASCADE',
      },
    ]);
    expect(sale.indexes).toEqual([
      {
        name: 'sale_day',
        columns: [on('customer', true), { column: null, expression: 'lower(a)', descending: false }],
        include: [],
        unique: false,
        primary: false,
        method: 'btree',
        predicate: 'customer > 0',
      },
    ]);
    const [rich] = catalog.schemas.flatMap((schema) => schema.views);
    expect(rich?.definition).toMatch(/select id, balance from customer/);
    expect(rich?.columns.map((column) => column.name)).toEqual(['id', 'balance']);
  });

  it('tells triggers, also where their name is one of their words', async () => {
    run(`create table watched(i int); create view seen as select i from watched;
      create trigger "after" after update of i on watched begin select 1; end;
      create trigger if not exists main.plain delete on watched when old.i > 1 begin select 1; end;
      create trigger into_view instead of insert on seen begin select 1; end`);
    const { catalog } = await read();
    const told = catalog.schemas
      .flatMap(({ tables, views }) => [...tables, ...views])
      .flatMap(({ name, triggers = [] }) =>
        triggers.map((each) => [name, each.name, each.timing, each.events]),
      );
    expect(told).toEqual(
      expect.arrayContaining([
        ['watched', 'after', 'after', ['update']],
        ['watched', 'plain', 'before', ['delete']],
        ['seen', 'into_view', 'instead_of', ['insert']],
      ]),
    );
    const [first] = tableOf(catalog, 'watched').triggers ?? [];
    expect(first).toMatchObject({ level: 'row', enabled: true });
    expect(first?.definition).toContain('after update of i on watched');
  });

  it('is counted when that is asked; ANALYZE gives estimates', async () => {
    const { catalog } = await read({ row_counts: 'exact' });
    expect(tableOf(catalog, 'customer').row_count).toEqual({ value: 3, method: 'exact' });
    expect(catalogCounts(catalog.schemas)).toEqual({
      schemas: 1,
      tables: 3,
      views: 1,
      columns: 5 + 2 + 4 + 2,
      keys: 4,
      foreign_keys: 2,
      checks: 2,
      indexes: 3,
      rows: 4,
    });
    run('analyze');
    const { catalog: estimated } = await read();
    expect(tableOf(estimated, 'customer').row_count).toEqual({ value: 3, method: 'estimate' });
  });

  it('is profiled', async () => {
    const { catalog } = await read({ profile: true, tables: ['customer'] });
    const profiles = tableOf(catalog, 'customer').columns.map((column) => [column.name, column.profile]);
    expect(Object.fromEntries(profiles)).toMatchObject({
      id: { nulls: 0, distinct: 3, min: '1', max: '3' },
      name: { nulls: 0, distinct: 3, min: 'Ann', max: 'Cäsar' },
      balance: { nulls: 1, distinct: 2, min: '1.5', max: '2' },
      code: { nulls: 1, distinct: 2, min: 'a', max: 'c' },
    });
  });

  it('profiles what the other systems do, in one statement a table', async () => {
    run(`create table figures(whole int, money numeric(6,2), word text collate nocase, blank int);
      with recursive r(i) as (select 1 union all select i + 1 from r where i < 20) insert into figures select i, i / 10.0, case when i % 3 = 0 then 'AB-' || i else 'x' end, null from r`);
    const { catalog } = await read({
      tables: ['figures'],
      profile: { quantiles: [0, 0.5, 1], histogram: 4, top_values: 2, patterns: 2 },
    });
    expect(catalog.unreadable).toEqual([]);
    expect(tableOf(catalog, 'figures').profile).toEqual({ rows_scanned: 20, sample: null });
    expect(profilesOf(tableOf(catalog, 'figures'))).toMatchObject(figures);
    expect(catalog.queries.filter(({ sql }) => sql.startsWith('with s as'))).toHaveLength(1);
  });

  it('looks at a part of a large table and says how it was chosen', async () => {
    run(
      `create table large(i int); with recursive r(i) as (select 1 union all select i + 1 from r where i < 5000) insert into large select i from r`,
    );
    const { catalog } = await read({ tables: ['large'], profile: { max_rows: 1000, time_limit: '1h' } });
    const { profile, columns } = tableOf(catalog, 'large');
    expect(profile).toEqual({
      rows_scanned: 1000,
      sample: { method: 'the first 1000 rows', rows_of_table: 5000 },
    });
    expect(columns[0]?.profile).toMatchObject({ distinct: 1000, nulls: 0 });
  });

  it('names a view that is broken and reads the rest', async () => {
    run(
      'create view broken as select * from sale; pragma legacy_alter_table = on; pragma foreign_keys = off; drop table sale',
    );
    const { catalog } = await read();
    expect(catalog.unreadable.map(({ object }) => object)).toEqual(['main.broken']);
    expect(catalog.unreadable[0]?.reason).toMatch(/no such table: main\.sale/);
    expect(catalog.schemas[0]?.tables.map((table) => table.name)).toEqual(['Odd "name"', 'customer']);
    expect(catalog.schemas[0]?.views.map((view) => view.name)).toEqual(['rich']);
  });

  it.each([
    ['alter table sale add column extra blob', ['/main/sale/columns/extra']],
    ['create unique index fresh on customer (balance)', ['/main/customer/indexes/fresh']],
    [
      'alter table sale rename column a to z',
      [
        '/main/sale/columns/a',
        '/main/sale/columns/z',
        '/main/sale/foreign_keys',
        '/main/sale/indexes/sale_day/columns',
      ],
    ],
    ['drop view rich', ['/main/rich']],
  ])('differs exactly there after %s', async (sql, where) => {
    const before = await read();
    run(sql);
    const after = await read();
    const found = differences(keyed(before.catalog), keyed(after.catalog));
    expect(found.map((line) => line.slice(0, line.indexOf(':'))).sort()).toEqual([...where].sort());
  });

  it('takes as many statements for 150 tables more', async () => {
    const before = await read();
    run(
      Array.from(
        { length: 150 },
        (_, i) => `create table many_${i} (i int primary key, x text unique);`,
      ).join(''),
    );
    const after = await read();
    expect(catalogCounts(after.catalog.schemas).tables).toBe(153);
    expect(after.statements).toBe(before.statements);
  });

  it('leaves out what SQLite keeps for itself, shadow tables of a virtual one included', async () => {
    run('create virtual table notes using fts5 (title, body)');
    const { catalog } = await read({ row_counts: 'exact' });
    const names = catalog.schemas[0]?.tables.map((table) => table.name);
    expect(names).toEqual(['Odd "name"', 'customer', 'notes', 'sale']);
    expect(tableOf(catalog, 'notes')).toMatchObject({ kind: 'virtual_table', row_count: { value: 0 } });
    expect(tableOf(catalog, 'notes').columns.map((column) => column.name)).toEqual(['title', 'body']);
  });
});
