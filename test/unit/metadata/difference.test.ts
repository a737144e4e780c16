import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { compareCatalogs } from '../../../daemon/definitions/catalog/compareCatalogs.ts';
import { differenceMarkdown } from '../../../daemon/definitions/catalog/differenceMarkdown.ts';
import { onlyBreaking } from '../../../daemon/definitions/catalog/onlyBreaking.ts';
import { isWidening } from '../../../daemon/definitions/catalog/typeChange.ts';
import { jsonSchemas } from '../../../daemon/definitions/jsonSchemas.ts';
import type { Catalog, CatalogColumn } from '../../../daemon/protocol/catalog.ts';
import type { CatalogDifference } from '../../../daemon/protocol/catalogDifference.ts';
import { column, shop, table, tableIn, view } from './catalogs.ts';

const isDifference = new Ajv({ strict: false }).compile(jsonSchemas()['catalog-difference.schema.json']);

/** What the change does to the catalog of the shop; the answer has the shape that is published. */
function after(change: (catalog: Catalog) => unknown, before = shop()): CatalogDifference {
  const changed = structuredClone(before);
  change(changed);
  const found = compareCatalogs({ label: 'then', catalog: before }, { label: 'now', catalog: changed });
  expect(isDifference(JSON.parse(JSON.stringify(found))), JSON.stringify(isDifference.errors)).toBe(true);
  return found;
}

const customer = (catalog: Catalog) => tableIn(catalog, 'customer');
const columnOf = (catalog: Catalog, name: string) => {
  const found = customer(catalog).columns.find((each) => each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};
const set = (name: string, values: Partial<CatalogColumn>) => (catalog: Catalog) =>
  Object.assign(columnOf(catalog, name), values);
const publicSchema = (catalog: Catalog) => catalog.schemas[0]!;

describe('the difference of two catalogs', () => {
  it('is nothing for the same structure, whatever rows, sizes and times say', () => {
    const { changes, summary, compared } = after((catalog) => {
      catalog.extracted_at = '2027-01-01T00:00:00.000Z';
      customer(catalog).row_count = { value: 12, method: 'exact' };
      customer(catalog).bytes = 4096;
      catalog.schemas[0]!.tables.reverse();
      catalog.queries.push({ sql: 'select 1', rows: 1 });
    });
    expect(changes).toEqual([]);
    expect(summary).toMatchObject({ changes: 0, breaking: 0 });
    expect(compared).toEqual({ tables: 2, views: 1, columns: 8 });
  });

  // One thing changed each time: exactly that is told, and whether it breaks somebody.
  it.each<[string, (catalog: Catalog) => unknown, Record<string, unknown>]>([
    [
      'a wider type',
      set('balance', { native_type: 'numeric(12,2)', canonical_type: 'decimal(12,2)' }),
      {
        change: 'changed',
        object: 'column',
        name: 'balance',
        property: 'type',
        before: 'numeric(10,2)',
        after: 'numeric(12,2)',
        breaking: false,
      },
    ],
    [
      'a narrower type',
      set('balance', { native_type: 'numeric(9,2)', canonical_type: 'decimal(9,2)' }),
      { property: 'type', breaking: true },
    ],
    [
      'another name of the same type',
      set('email', { native_type: 'citext' }),
      { property: 'type', before: 'text', after: 'citext', breaking: false },
    ],
    [
      'NOT NULL',
      set('email', { nullable: false }),
      { property: 'nullable', before: 'nullable', after: 'not null', breaking: true },
    ],
    ['NULL allowed', set('name', { nullable: true }), { property: 'nullable', breaking: true }],
    [
      'another default',
      set('balance', { default: '1' }),
      { property: 'default', before: '0', after: '1', breaking: false },
    ],
    [
      'a default gone',
      set('balance', { default: null }),
      { property: 'default', before: '0', after: null, breaking: false },
    ],
    [
      'an identity',
      set('id', { identity: 'always' }),
      { property: 'identity', before: null, after: 'always', breaking: true },
    ],
    [
      'a generated column',
      set('email', { generated: { expression: 'lower(name)', stored: true } }),
      { property: 'generated', after: 'generated as (lower(name)) stored', breaking: true },
    ],
    ['a collation', set('email', { collation: 'C' }), { property: 'collation', breaking: true }],
    ['a comment', set('email', { comment: 'where to write' }), { property: 'comment', breaking: false }],
    [
      'a column gone',
      (c) => customer(c).columns.pop(),
      { change: 'removed', object: 'column', name: 'email', breaking: true },
    ],
    [
      'a new column',
      (c) => customer(c).columns.push(column('seen', 5)),
      { change: 'added', object: 'column', name: 'seen', breaking: false },
    ],
    [
      'a new column that must be given',
      (c) => customer(c).columns.push(column('seen', 5, { nullable: false })),
      { change: 'added', breaking: true },
    ],
    [
      'a new column with a default',
      (c) => customer(c).columns.push(column('seen', 5, { nullable: false, default: '0' })),
      { change: 'added', breaking: false },
    ],
    [
      'a column renamed',
      (c) => (tableIn(c, 'order').columns[2]!.name = 'placed_at'),
      {
        change: 'renamed',
        object: 'column',
        name: 'placed_on',
        before: 'placed_on',
        after: 'placed_at',
        breaking: true,
      },
    ],
    [
      'columns in another order',
      (c) => {
        columnOf(c, 'email').position = 3;
        columnOf(c, 'balance').position = 4;
      },
      { object: 'table', property: 'column order', breaking: true },
    ],
    [
      'a key gone',
      (c) => (customer(c).primary_key = null),
      { change: 'removed', object: 'primary_key', before: '(id)', breaking: true },
    ],
    [
      'another key',
      (c) => (customer(c).primary_key = { name: 'customer_pkey', columns: ['id', 'name'] }),
      { change: 'changed', object: 'primary_key', after: '(id, name)', breaking: true },
    ],
    [
      'a unique key gone',
      (c) => (customer(c).unique_keys = []),
      { change: 'removed', object: 'unique_key', name: 'customer_email', breaking: true },
    ],
    [
      'a unique key',
      (c) => customer(c).unique_keys.push({ name: null, columns: ['name'] }),
      { change: 'added', object: 'unique_key', breaking: true },
    ],
    [
      'a foreign key gone',
      (c) => (tableIn(c, 'order').foreign_keys = []),
      {
        change: 'removed',
        object: 'foreign_key',
        relation: 'order',
        before: '(customer_id) references public.customer (id)',
        breaking: true,
      },
    ],
    [
      'what a foreign key does',
      (c) => (tableIn(c, 'order').foreign_keys[0]!.on_delete = 'CASCADE'),
      { change: 'changed', property: 'on delete', breaking: true },
    ],
    [
      'a foreign key that may wait until commit',
      (c) => (tableIn(c, 'order').foreign_keys[0]!.deferrable = 'deferred'),
      { change: 'changed', property: 'deferrable', before: 'no', after: 'deferred', breaking: false },
    ],
    [
      'another condition',
      (c) => (customer(c).checks[0]!.expression = 'balance > 0'),
      { change: 'changed', object: 'check', name: 'positive', breaking: true },
    ],
    [
      'a check gone',
      (c) => (customer(c).checks = []),
      { change: 'removed', object: 'check', breaking: true },
    ],
    [
      'an index gone',
      (c) => (customer(c).indexes = []),
      { change: 'removed', object: 'index', before: 'btree (name)', breaking: false },
    ],
    [
      'an index renamed',
      (c) => (customer(c).indexes[0]!.name = 'by_name'),
      { change: 'renamed', object: 'index', after: 'by_name', breaking: false },
    ],
    [
      'an index made unique',
      (c) => (customer(c).indexes[0]!.unique = true),
      { change: 'changed', object: 'index', breaking: true },
    ],
    [
      'a trigger switched off',
      (c) => (customer(c).triggers![0]!.enabled = false),
      { object: 'trigger', name: 'audit', breaking: true },
    ],
    [
      'a right taken away',
      (c) => (customer(c).grants = []),
      { change: 'removed', object: 'grant', name: 'reader', breaking: true },
    ],
    [
      'a comment on a table',
      (c) => (customer(c).comment = 'people'),
      { object: 'table', property: 'comment', breaking: false },
    ],
    [
      'a table gone',
      (c) => publicSchema(c).tables.pop(),
      { change: 'removed', object: 'table', relation: 'order', before: 'table of 3 columns', breaking: true },
    ],
    [
      'a new table',
      (c) => publicSchema(c).tables.push(table('region', [column('region_id', 1)])),
      { change: 'added', object: 'table', relation: 'region', breaking: false },
    ],
    [
      'a view that reads otherwise',
      (c) => (publicSchema(c).views = [view('rich', [column('id', 1)], 'select 1')]),
      { change: 'changed', object: 'view', property: 'definition', breaking: false },
    ],
    [
      'a sequence that steps otherwise',
      (c) => (publicSchema(c).sequences![0]!.increment = '2'),
      { object: 'sequence', name: 'numbers', breaking: true },
    ],
    [
      'another signature',
      (c) => (publicSchema(c).routines![0]!.returns = 'bigint'),
      { object: 'routine', property: 'returns', breaking: true },
    ],
    [
      'a schema',
      (c) => c.schemas.push({ name: 'archive', comment: null, tables: [], views: [] }),
      { change: 'added', object: 'schema', schema: 'archive', breaking: false },
    ],
  ])('tells %s, and nothing else', (_, change, expected) => {
    const { changes } = after(change);
    expect(changes).toEqual([expect.objectContaining(expected)]);
  });

  it('guesses that a table was renamed and goes on to compare it and what refers to it', () => {
    const { changes } = after((catalog) => {
      customer(catalog).name = 'client';
      tableIn(catalog, 'order').foreign_keys[0]!.references.table = 'client';
      tableIn(catalog, 'client').columns[3]!.comment = 'where to write';
    });
    expect(changes).toMatchObject([
      {
        change: 'renamed',
        object: 'table',
        before: 'customer',
        after: 'client',
        confidence: 1,
        breaking: true,
      },
      { change: 'changed', object: 'column', name: 'email', property: 'comment' },
    ]);
  });

  it('follows a renamed column into the keys', () => {
    const { changes } = after((catalog) => {
      columnOf(catalog, 'email').name = 'e_mail';
      customer(catalog).unique_keys[0]!.columns = ['e_mail'];
    });
    expect(changes).toMatchObject([{ change: 'renamed', name: 'email', after: 'e_mail' }]);
  });

  it('does not take one column for another of the same type and place whose name has blank in common', () => {
    const { changes } = after(set('email', { name: 'country' }));
    expect(changes.map(({ change, name }) => `${change} ${name}`)).toEqual(
      expect.arrayContaining(['removed email', 'added country']),
    );
  });

  it('says nothing of what was not asked for or could not be read, and names it', () => {
    const { changes, not_compared } = after((catalog) => {
      catalog.scope = { exclude: ['ord*'] };
      publicSchema(catalog).tables.length = 0;
      catalog.unreadable.push({ object: 'public.customer', reason: 'permission denied' });
    });
    expect(changes).toEqual([]);
    expect(not_compared).toEqual([
      { what: 'public.customer', reason: 'now could not read it: permission denied' },
      { what: 'public.order', reason: 'now was extracted without it' },
    ]);
  });

  it('tells a schema that is gone although something else was left out', () => {
    const { changes } = after((catalog) => {
      catalog.scope = { exclude: ['tmp_*'] };
      catalog.schemas = [];
    });
    expect(changes).toMatchObject([
      { change: 'removed', object: 'schema', schema: 'public', breaking: true },
    ]);
  });

  it('leaves breaking changes only when asked', () => {
    const both = after((catalog) => {
      columnOf(catalog, 'email').comment = 'x';
      columnOf(catalog, 'email').nullable = false;
    });
    expect(both.summary).toMatchObject({ changes: 2, breaking: 1 });
    expect(onlyBreaking(both)).toMatchObject({
      summary: { changes: 1, changed: 1 },
      changes: [{ property: 'nullable' }],
    });
  });
});

describe('across systems', () => {
  const warehouse = (): Catalog => {
    const catalog = shop();
    catalog.system = 'DuckDB';
    catalog.schemas[0]!.name = 'main';
    for (const each of catalog.schemas[0]!.tables) {
      each.name = each.name.toUpperCase();
      each.indexes = [];
      each.checks = [];
      for (const one of each.columns) Object.assign(one, { native_type: 'X', default: null });
      for (const { references } of each.foreign_keys)
        Object.assign(references, { schema: 'main', table: 'CUSTOMER' });
    }
    return catalog;
  };
  const compare = (change: (catalog: Catalog) => unknown = () => undefined) => {
    const catalog = warehouse();
    change(catalog);
    return compareCatalogs({ label: 'a', catalog: shop() }, { label: 'b', catalog });
  };

  it('compares by canonical type and name without letter case, default schema with default schema', () => {
    const found = compare();
    expect(found.across_systems).toBe(true);
    expect(found.changes).toEqual([]);
    expect(found.compared.columns).toBe(8);
    expect(found.not_compared[0]?.what).toContain('defaults');
  });

  it('tells another canonical type, and a key that is gone', () => {
    const found = compare((catalog) => {
      tableIn(catalog, 'CUSTOMER').columns[2]!.canonical_type = 'float(64)';
      tableIn(catalog, 'ORDER').primary_key = null;
    });
    expect(found.changes).toMatchObject([
      { name: 'balance', property: 'type', before: 'decimal(10,2)', after: 'float(64)', breaking: true },
      { object: 'primary_key', relation: 'order', change: 'removed' },
    ]);
  });

  it('does not hold SQLite to lengths and digits, which it does not hold values to', () => {
    const loose = compare((catalog) => {
      catalog.system = 'SQLite';
      tableIn(catalog, 'CUSTOMER').columns[2]!.canonical_type = 'decimal';
      tableIn(catalog, 'CUSTOMER').columns[3]!.canonical_type = 'date';
    });
    expect(loose.changes.filter(({ property }) => property === 'type')).toMatchObject([
      { name: 'email', after: 'date' },
    ]);
  });

  it('goes by the map where schemas and tables are called otherwise, and refuses one that is not there', () => {
    const [one, other] = [shop(), shop()];
    other.schemas[0]!.name = 'staging';
    customer(other).name = 'dim_customer';
    tableIn(other, 'order').foreign_keys[0]!.references = {
      schema: 'staging',
      table: 'dim_customer',
      columns: ['id'],
    };
    const sides = [
      { label: 'a', catalog: one },
      { label: 'b', catalog: other },
    ] as const;
    const found = compareCatalogs(...sides, {
      schemaMap: { public: 'staging' },
      tableMap: { customer: 'dim_customer' },
    });
    expect(found.changes).toEqual([]);
    expect(() => compareCatalogs(...sides, { schemaMap: { public: 'prod' } })).toThrow(
      "the catalog of legacy has no schema 'prod'; it has staging",
    );
  });
});

describe('a wider type', () => {
  it.each([
    ['integer(32)', 'integer(64)', true],
    ['integer(64)', 'integer(32)', false],
    ['integer(32)', 'unsigned integer(64)', false],
    ['unsigned integer(32)', 'integer(64)', true],
    ['unsigned integer(32)', 'integer(32)', false],
    ['integer(32)', 'decimal(12,2)', true],
    ['integer(32)', 'decimal(11,2)', false],
    ['integer(32)', 'float(64)', true],
    ['integer(64)', 'float(64)', false],
    ['decimal(10,2)', 'decimal(12,4)', true],
    ['decimal(10,2)', 'decimal(11,4)', false],
    ['decimal', 'decimal(38,10)', false],
    ['varchar(10)', 'varchar(20)', true],
    ['varchar(10)', 'text', true],
    ['text', 'varchar(10)', false],
    ['char(10)', 'char(20)', false],
    ['timestamp(3)', 'timestamp(6)', true],
    ['timestamp(6)', 'timestamptz(6)', false],
    ['date', 'text', false],
  ])('%s -> %s: %s', (from, to, expected) => {
    expect(isWidening(from, to)).toBe(expected);
  });
});

describe('the Markdown', () => {
  it('puts breaking changes first and lets no name break out of its cell', () => {
    const found = after((catalog) => {
      customer(catalog).columns.push(column('evil | `x` <script>\n# head', 5, { nullable: false }));
      columnOf(catalog, 'email').comment = 'x';
    });
    const lines = differenceMarkdown(found).split('\n');
    expect(lines.indexOf('## Breaking changes')).toBeLessThan(lines.indexOf('## Other changes'));
    const row = lines.find((line) => line.includes('evil'))!;
    expect(row).toContain('``public.customer.evil \\| `x` <script> # head (column)``');
    expect(lines).toContain(
      '**2 changes, 1 of them breaking: 1 added, 1 changed** in 2 tables, 1 view and 8 columns compared.',
    );
  });
});
