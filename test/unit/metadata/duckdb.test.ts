import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeDuckdb } from '../../../daemon/engine/connections/duckdbInstance.ts';
import { catalogCounts } from '../../../daemon/engine/metadata/model.ts';
import {
  differences,
  extract,
  figures,
  keyed,
  profilesOf,
  runDuckdb,
  tableOf,
  temporaryFolder,
  type ExtractOptions,
} from './sources.ts';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(async () => {
  folder = temporaryFolder();
  path = join(folder.path, 'warehouse.duckdb');
  await runDuckdb(
    path,
    `create schema s2`,
    `create table s2."Odd ""name"""(a integer, "b c" varchar collate nocase, primary key (a, "b c"))`,
    `create table t(id bigint primary key default 7, x decimal(10,2) not null default 1.5, y integer check (y > 0),
       z varchar unique, g integer generated always as (y + 1), m enum('a', 'b'), l integer[], ts timestamptz,
       check (x < 100))`,
    `create table f(a bigint references t(id), b varchar)`,
    `comment on table t is 'the table'`,
    `comment on column t.x is 'the column'`,
    `create view v as select id, x from t where x > 1`,
    `create index ix on t(y)`,
    `create unique index ux on t((y + 1), "z")`,
    `insert into t(id, x, y, z) values (1, 2, 3, 'q'), (2, 3, null, 'ä'), (3, 4.25, 9, null)`,
    `insert into f select 1, null from range(250)`,
  );
});
afterEach(() => folder.remove());
afterAll(() => closeDuckdb());

const read = (options: ExtractOptions = {}) => extract({ type: 'duckdb', path }, folder.scratch, options);

describe('a DuckDB file', () => {
  it('is read with everything that was made in it', async () => {
    const { catalog } = await read();
    expect(catalog).toMatchObject({ connection: 'source', system: 'DuckDB', unreadable: [] });
    expect(catalog.schemas.map((schema) => schema.name)).toEqual(['main', 's2']);
    const table = tableOf(catalog, 't');
    expect(table).toMatchObject({
      kind: 'table',
      comment: 'the table',
      primary_key: { name: 't_id_pkey', columns: ['id'] },
      unique_keys: [{ name: 't_z_key', columns: ['z'] }],
      foreign_keys: [],
      checks: [
        { name: 't_x_check', expression: '(x < 100)' },
        { name: 't_y_check', expression: '(y > 0)' },
      ],
      row_count: { value: 3, method: 'estimate' },
    });
    const column = {
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
    expect(table.columns).toEqual([
      {
        ...column,
        name: 'id',
        position: 1,
        native_type: 'BIGINT',
        canonical_type: 'integer(64)',
        nullable: false,
        default: '7',
      },
      {
        ...column,
        name: 'x',
        position: 2,
        native_type: 'DECIMAL(10,2)',
        canonical_type: 'decimal(10,2)',
        precision: 10,
        scale: 2,
        nullable: false,
        default: '1.5',
        comment: 'the column',
      },
      { ...column, name: 'y', position: 3, native_type: 'INTEGER', canonical_type: 'integer(32)' },
      { ...column, name: 'z', position: 4, native_type: 'VARCHAR', canonical_type: 'text' },
      {
        ...column,
        name: 'g',
        position: 5,
        native_type: 'INTEGER',
        canonical_type: 'integer(32)',
        generated: { expression: expect.stringContaining('y + 1') as string, stored: false },
      },
      { ...column, name: 'm', position: 6, native_type: "ENUM('a', 'b')", canonical_type: 'text' },
      { ...column, name: 'l', position: 7, native_type: 'INTEGER[]', canonical_type: 'INTEGER[]' },
      {
        ...column,
        name: 'ts',
        position: 8,
        native_type: 'TIMESTAMP WITH TIME ZONE',
        canonical_type: 'timestamptz(6)',
        precision: 6,
      },
    ]);
    expect(table.indexes).toEqual([
      {
        name: 'ix',
        columns: [{ column: 'y', expression: null, descending: false }],
        include: [],
        unique: false,
        primary: false,
        method: 'art',
        predicate: null,
      },
      {
        name: 'ux',
        columns: [
          { column: null, expression: expect.stringContaining('y + 1') as string, descending: false },
          { column: 'z', expression: null, descending: false },
        ],
        include: [],
        unique: true,
        primary: false,
        method: 'art',
        predicate: null,
      },
    ]);
    expect(tableOf(catalog, 'f').foreign_keys).toEqual([
      {
        name: 'f_a_id_fkey',
        columns: ['a'],
        references: { schema: 'main', table: 't', columns: ['id'] },
        on_update: 'NO ACTION',
        on_delete: 'NO ACTION',
      },
    ]);
    const odd = tableOf(catalog, 'Odd "name"');
    expect(odd.primary_key?.columns).toEqual(['a', 'b c']);
    expect(odd.columns[1]?.collation).toBe('nocase');
    const [view] = catalog.schemas.flatMap((schema) => schema.views);
    expect(view).toMatchObject({ kind: 'view', name: 'v', row_count: { value: null, method: 'none' } });
    expect(view?.definition).toMatch(/SELECT id, x FROM t WHERE \(x > 1\)/);
    expect(view?.columns.map((one) => [one.name, one.nullable])).toEqual([
      ['id', null],
      ['x', null],
    ]);
  });

  it('is counted exactly when that is asked, and not at all when that is', async () => {
    const exact = await read({ row_counts: 'exact' });
    expect(tableOf(exact.catalog, 'f').row_count).toEqual({ value: 250, method: 'exact' });
    expect(tableOf(exact.catalog, 'Odd "name"').row_count).toEqual({ value: 0, method: 'exact' });
    expect(catalogCounts(exact.catalog.schemas).rows).toBe(253);
    const none = await read({ row_counts: 'none' });
    expect(tableOf(none.catalog, 'f').row_count).toEqual({ value: null, method: 'none' });
    expect(catalogCounts(none.catalog.schemas).rows).toBeUndefined();
  });

  it('is profiled in one scan of each table', async () => {
    const { catalog } = await read({ profile: true, tables: ['t'] });
    const profiles = Object.fromEntries(
      tableOf(catalog, 't').columns.map((column) => [column.name, column.profile]),
    );
    expect(profiles).toMatchObject({
      id: { nulls: 0, distinct: 3, min: '1', max: '3' },
      x: { nulls: 0, distinct: 3, min: '2.00', max: '4.25' },
      y: { nulls: 1, distinct: 2, min: '3', max: '9' },
      z: { nulls: 1, distinct: 2, min: 'q', max: 'ä' },
      g: { nulls: 1, distinct: 2, min: '4', max: '10' },
      m: { nulls: 3, distinct: 0, min: null, max: null },
      l: { nulls: 3, distinct: null, min: null, max: null },
      ts: { nulls: 3, distinct: 0, min: null, max: null },
    });
    expect(tableOf(catalog, 't').row_count).toEqual({ value: 3, method: 'exact' });
    expect(catalog.queries.filter(({ sql }) => sql.includes('count(distinct'))).toHaveLength(1);
  });

  it('profiles what the other systems do, in one statement a table', async () => {
    await runDuckdb(
      path,
      `create table figures as select i::int as whole, (i / 10.0)::decimal(6,2) as money, case when i % 3 = 0 then 'AB-' || i else 'x' end as word, null::int as blank from range(1, 21) r(i)`,
    );
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
    await runDuckdb(path, 'create table large as select i from range(5000) r(i)');
    const { catalog } = await read({ tables: ['large'], profile: { max_rows: 1000, time_limit: '1h' } });
    const { profile, columns } = tableOf(catalog, 'large');
    expect(profile).toEqual({
      rows_scanned: 1000,
      sample: { method: 'reservoir of 1000 rows, seed 42', rows_of_table: 5000 },
    });
    expect(columns[0]?.profile).toMatchObject({ distinct: 1000, nulls: 0 });
  });

  it('tells counts that are those of the artifact', async () => {
    const { catalog } = await read();
    expect(catalogCounts(catalog.schemas)).toEqual({
      schemas: 2,
      tables: 3,
      views: 1,
      columns: 8 + 2 + 2 + 2,
      keys: 3,
      foreign_keys: 1,
      checks: 2,
      indexes: 2,
      rows: 253,
    });
  });

  it.each([
    ['alter table s2."Odd ""name""" add column extra date', '/s2/Odd "name"/columns/extra'],
    ['alter table f drop column b', '/main/f/columns/b'],
    ['create index fresh on f(b)', '/main/f/indexes/fresh'],
    [`comment on column f.b is 'said'`, '/main/f/columns/b/comment'],
    ['create table added(i integer)', '/main/added'],
  ])('differs exactly there after %s', async (sql, where) => {
    const before = await read();
    await runDuckdb(path, sql);
    const after = await read();
    const found = differences(keyed(before.catalog), keyed(after.catalog));
    expect(found.map((line) => line.slice(0, line.indexOf(':')))).toEqual([where]);
  });

  it('takes as many statements for 200 tables more', async () => {
    const before = await read();
    await runDuckdb(
      path,
      Array.from({ length: 200 }, (_, i) => `create table many_${i}(i int primary key);`).join(''),
    );
    const after = await read();
    expect(catalogCounts(after.catalog.schemas).tables).toBe(203);
    expect(after.statements).toBe(before.statements);
    const counted = await read({ row_counts: 'exact' });
    expect(counted.statements).toBe(before.statements + 3);
  });

  it('tells sequences and macros of its schemas, and leaves them out where single tables are asked for', async () => {
    await runDuckdb(
      path,
      'create sequence numbers start 5 increment by -2 minvalue -100 maxvalue 50 cycle',
      'create macro plus(a, b := 1) as a + b',
      'create macro rows_of(n) as table select * from range(n)',
    );
    const main = async (options = {}) =>
      (await read(options)).catalog.schemas.find(({ name }) => name === 'main');
    expect(await main()).toMatchObject({
      sequences: [
        { name: 'numbers', start: '5', increment: '-2', min: '-100', max: '50', cycle: true, owned_by: null },
      ],
      routines: [
        { name: 'plus', kind: 'macro', arguments: 'a, b', returns: null },
        { name: 'rows_of', kind: 'macro', arguments: 'n', returns: 'TABLE' },
      ],
    });
    const chosen = await main({ tables: ['t'] });
    expect([chosen?.sequences, chosen?.routines]).toEqual([undefined, undefined]);
  });

  it('leaves out other databases that are open beside it', async () => {
    const other = join(folder.path, 'other.duckdb');
    await runDuckdb(other, 'create table elsewhere(i int)');
    const [mine, theirs] = await Promise.all([
      read(),
      extract({ type: 'duckdb', path: other }, join(folder.path, 'scratch', 'other')),
    ]);
    expect(mine.catalog.schemas.flatMap((schema) => schema.tables)).toHaveLength(3);
    expect(theirs.catalog.schemas.flatMap((schema) => schema.tables.map((table) => table.name))).toEqual([
      'elsewhere',
    ]);
  });

  it('leaves out what is excluded, by name, glob and schema, and says so in the scope', async () => {
    await runDuckdb(path, 'create schema stage; create table stage.a(i int); create table tmp_1(i int)');
    const names = async (options: Parameters<typeof read>[0]) =>
      (await read(options)).catalog.schemas.flatMap((schema) =>
        [...schema.tables, ...schema.views].map(({ name }) => `${schema.name}.${name}`),
      );
    const all = await names({});
    expect(await names({ exclude: ['TMP_*', 'stage.*', 'no_such'] })).toEqual(
      all.filter((name) => name !== 'main.tmp_1' && name !== 'stage.a'),
    );
    expect(await names({ tables: ['t*'], exclude: ['main.tmp_1'] })).not.toContain('main.tmp_1');
    const { catalog } = await read({ exclude: ['stage.*'] });
    expect(catalog.scope).toEqual({ exclude: ['stage.*'] });
    expect(catalog.schemas.map(({ name }) => name)).not.toContain('stage');
  });

  it('refuses a name that is not there, with the nearest', async () => {
    await expect(read({ tables: ['tt'] })).rejects.toMatchObject({
      kind: 'definition',
      code: 'no_such_table',
      hint: expect.stringContaining('did you mean t') as string,
    });
  });
});
