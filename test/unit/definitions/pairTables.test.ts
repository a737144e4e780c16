import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseDocument } from '../../../daemon/definitions/document.ts';
import { parseBatch } from '../../../daemon/definitions/batch.ts';
import { parsePipeline } from '../../../daemon/definitions/pipeline.ts';
import { batchFileName, pairFiles, pathInProject } from '../../../daemon/definitions/pairing/pairFiles.ts';
import { pairColumns } from '../../../daemon/definitions/pairing/pairColumns.ts';
import { pairTables } from '../../../daemon/definitions/pairing/pairTables.ts';
import { catalogVersion, type Catalog, type CatalogTable } from '../../../daemon/protocol/catalog.ts';

type Columns = Readonly<Record<string, string>>;

function table(name: string, columns: Columns, more: Partial<CatalogTable> = {}): CatalogTable {
  return {
    name,
    kind: 'table',
    comment: null,
    columns: Object.entries(columns).map(([column, type], index) => ({
      name: column,
      position: index + 1,
      native_type: type,
      canonical_type: type,
      length: null,
      precision: null,
      scale: null,
      nullable: false,
      default: null,
      identity: null,
      generated: null,
      collation: null,
      comment: null,
    })),
    indexes: [],
    row_count: { value: null, method: 'none' },
    bytes: null,
    primary_key: null,
    unique_keys: [],
    foreign_keys: [],
    checks: [],
    ...more,
  };
}

function catalog(schemas: Readonly<Record<string, CatalogTable[]>>): Catalog {
  return {
    catalog_version: catalogVersion,
    connection: 'any',
    system: 'DuckDB',
    version: '1',
    extracted_at: '2026-01-01T00:00:00.000Z',
    row_counts: 'none',
    schemas: Object.entries(schemas).map(([name, tables]) => ({ name, comment: null, tables, views: [] })),
    unreadable: [],
    queries: [],
  };
}

const key = (...columns: string[]) => ({ primary_key: { name: null, columns } });
const named = (found: ReturnType<typeof pairTables>) =>
  found.pairs.map(({ source, target, by }) => `${source.table.name} = ${target.table.name} (${by})`);
const idName: Columns = { id: 'integer(32)', name: 'text' };

describe('pairTables', () => {
  it('pairs by name whatever the schema, the case and the underscores', () => {
    const source = catalog({ dbo: [table('CustomerOrder', idName), table('Region', idName)] });
    const target = catalog({ public: [table('customer_order', idName), table('REGION', idName)] });
    expect(named(pairTables(source, target))).toEqual([
      'CustomerOrder = customer_order (name)',
      'Region = REGION (name)',
    ]);
  });

  it('settles a name in several schemas by the columns, then by the schema, and guesses nothing', () => {
    const wide = { ...idName, city: 'text' };
    const source = catalog({ sales: [table('item', wide)], hr: [table('person', idName)] });
    const target = catalog({
      a: [table('item', idName), table('person', idName)],
      b: [table('item', wide)],
      HR: [table('person', idName)],
      c: [table('person', idName)],
    });
    const found = pairTables(source, target);
    expect(found.pairs.map(({ source: from, target: to }) => `${from.table.name} ${to.schema}`)).toEqual([
      'item b',
      'person HR',
    ]);
    const doubtful = pairTables(catalog({ x: [table('person', idName)] }), target);
    expect(doubtful.pairs).toEqual([]);
    expect(doubtful.only_source.map(({ reason }) => reason)).toEqual([
      'a.person, HR.person, c.person fit equally well',
    ]);
  });

  it('falls back to stems and to columns, and leaves strangers alone', () => {
    const address = { street: 'text', city: 'text', zip: 'text', country: 'text', since: 'date' };
    const source = catalog({
      main: [table('customers', idName), table('adr01', address), table('log', { at: 'date', what: 'text' })],
    });
    const target = catalog({
      main: [
        table('dim_customer', { id: 'integer(64)', NAME: 'text' }),
        table('address', address),
        table('audit', { at: 'date', what: 'text' }),
      ],
    });
    const found = pairTables(source, target);
    expect(named(found)).toEqual(['customers = dim_customer (stem)', 'adr01 = address (columns)']);
    expect(found.only_source.map((each) => each.table.name)).toEqual(['log']);
    expect(found.only_target.map((each) => each.table.name)).toEqual(['audit']);
    expect(found.only_source[0]?.reason).toMatch(/^no table is named like it/);
    expect(found.only_target[0]?.reason).toBe(found.only_source[0]?.reason);
  });

  it('takes every target once, and gives it to the table with more in common', () => {
    const source = catalog({
      old: [table('item', { id: 'text' })],
      live: [table('item', { ...idName, price: 'decimal' })],
    });
    const target = catalog({ main: [table('ITEM', { ...idName, price: 'decimal' })] });
    const [pair, ...more] = pairTables(source, target).pairs;
    expect(more).toEqual([]);
    expect(pair?.source.schema).toBe('live');
    const { only_source: alone } = pairTables(source, target);
    expect(alone.map(({ schema, reason }) => [schema, reason])).toEqual([
      ['old', 'ITEM goes with live.item, which has more in common with it'],
    ]);
  });

  it('pairs columns exactly first; a name that could mean two pairs with none', () => {
    const left = table('t', { Cust_Id: 'text', note: 'text', 'a-b': 'text', ab: 'text', x_y: 'text' });
    const right = table('t', {
      custid: 'text',
      note: 'text',
      NOTE: 'text',
      AB: 'text',
      xY: 'text',
      XY: 'text',
    });
    expect([...pairColumns(left, right)]).toEqual([
      ['Cust_Id', 'custid'],
      ['note', 'note'],
    ]);
  });

  it('finds the only table with the same columns among two thousand strangers', () => {
    const strangers = (side: string) =>
      Array.from({ length: 2000 }, (_, index) =>
        table(`${side}_${index}`, {
          ...idName,
          [`${side}a_${index}`]: 'text',
          [`${side}b_${index}`]: 'text',
        }),
      );
    const wide = { ...idName, city: 'text', zip: 'text', street: 'text' };
    const found = pairTables(
      catalog({ main: [...strangers('left'), table('adr', wide)] }),
      catalog({ main: [...strangers('right'), table('place', { ...wide, fresh: 'text' })] }),
    );
    expect(named(found)).toEqual(['adr = place (columns)']);
    expect(found.only_source).toHaveLength(2000);
    const { city: _city, zip: _zip, ...fewer } = { ...wide, fresh: 'text' };
    const other = catalog({ main: [table('place', fewer)] });
    expect(pairTables(catalog({ main: [table('adr', wide)] }), other).pairs).toEqual([]);
  });

  it('asked for one table, pairs no other; the better partner of its target stays in the way', () => {
    const wide = { ...idName, city: 'text' };
    const source = catalog({ a: [table('item', wide), table('region', idName)], b: [table('item', idName)] });
    const target = catalog({ main: [table('item', wide), table('region', idName)] });
    const one = pairTables(source, target, { source_tables: ['region'] });
    expect(named(one)).toEqual(['region = region (name)']);
    expect(one.only_source).toEqual([]);
    const none = pairTables(source, target, { source_tables: ['b.item'] });
    expect(none.pairs).toEqual([]);
    expect(none.only_source.map(({ reason }) => reason)).toEqual([
      'item goes with a.item, which has more in common with it',
    ]);
  });

  it('pairs a thousand tables, and writes a right file for each', () => {
    const many = (rename: (name: string) => string) =>
      Array.from({ length: 1000 }, (_, index) =>
        table(
          rename(`table_${index}`),
          { [rename('row_id')]: 'integer(64)', ...idName, [`own_${index}`]: 'text' },
          key(rename('row_id')),
        ),
      );
    const found = pairTables(
      catalog({ public: many((name) => name) }),
      catalog({ dbo: many((name) => name.toUpperCase().replace('_', '')) }),
    );
    expect(found.pairs).toHaveLength(1000);
    const { files } = pairFiles(found.pairs, { source: 'old', target: 'new', existing: new Map() });
    expect(Object.keys(files)).toHaveLength(1001);
    const { spec, diagnostics } = parsePipeline(
      parseDocument('p', files['pipelines/table_7.pipeline.yaml'] ?? ''),
    );
    expect(diagnostics).toEqual([]);
    expect(spec).toMatchObject({ keys: ['row_id'], column_map: { row_id: 'ROWID' } });
  });
});

describe('pairFiles', () => {
  const customer: Columns = {
    customer_key: 'integer(64)',
    customer_id: 'text',
    eff_from: 'date',
    eff_to: 'date',
    is_current: 'boolean',
  };
  const sales: Columns = {
    sales_key: 'integer(64)',
    customer_key: 'integer(64)',
    sold_on: 'date',
    net_amount: 'decimal(12,2)',
    quantity: 'integer(32)',
    weight: 'float(64)',
    gone: 'text',
  };
  const source = catalog({
    public: [table('dim_customer', customer, key('customer_key')), table('fact_sales', sales)],
    old: [table('dim_customer', customer)],
  });
  const target = catalog({
    main: [
      table('dim_customer', customer),
      table(
        'fact_sales',
        {
          sales_key: 'integer(64)',
          customerkey: 'integer(64)',
          sold_on: 'date',
          net_amount: 'decimal(12,2)',
          quantity: 'integer(32)',
          weight: 'float(64)',
          fresh: 'text',
        },
        {
          ...key('sales_key'),
          foreign_keys: [
            {
              name: null,
              columns: ['customerkey'],
              references: { schema: 'main', table: 'dim_customer', columns: ['customer_key'] },
              on_update: 'NO ACTION',
              on_delete: 'NO ACTION',
            },
          ],
        },
      ),
    ],
  });
  const names = {
    source: 'legacy',
    target: 'ware house',
    existing: new Map([
      ['other.pipeline.yaml', { pipeline_id: 'fact_sales_validation', source: 'legacy', target: 'x' }],
    ]),
  };
  const { pairs } = pairTables(source, target, { source_schemas: ['public'] });
  const { files } = pairFiles(pairs, names);
  const read = (path: string) => parse(files[path] ?? '') as Record<string, unknown>;

  it('finds keys on either side, maps columns, and takes the checks that fit', () => {
    const dimension = read('pipelines/dim_customer.pipeline.yaml');
    expect(dimension).toMatchObject({
      pipeline_id: 'dim_customer_validation',
      source: { connection: 'legacy', table: 'public.dim_customer' },
      target: { connection: 'ware house', table: 'dim_customer' },
      keys: ['customer_key'],
    });
    expect(dimension['checks']).toContainEqual({
      scd2: {
        business_key: ['customer_id'],
        effective_from: 'eff_from',
        effective_to: 'eff_to',
        current: 'is_current',
        severity: 'warn',
      },
    });
    const fact = read('pipelines/fact_sales.pipeline.yaml');
    expect(fact).toMatchObject({
      pipeline_id: 'fact_sales_validation_2',
      keys: ['sales_key'],
      column_map: { customer_key: 'customerkey' },
    });
    expect(fact['checks']).toEqual([
      'schema',
      'schema_nullability',
      'schema_keys',
      'row_count',
      'column_stats',
      'unique_key',
      {
        fact_dim_conformance: {
          columns: ['customer_key'],
          dimension: { table: 'dim_customer', columns: ['customer_key'] },
        },
      },
      { row_count_by: { column: 'sold_on', bucket: 'month' } },
      { metric_sum: { column: 'net_amount' } },
      { metric_sum: { column: 'quantity' } },
      'row_hash',
    ]);
  });

  it('asks for no member of a dimension where a reference may be NULL', () => {
    const [, fact] = pairs;
    const columns = fact!.target.table.columns.map((each) => ({ ...each, nullable: true }));
    const optional = { ...fact!, target: { ...fact!.target, table: { ...fact!.target.table, columns } } };
    const text = pairFiles([optional], names).files['pipelines/fact_sales.pipeline.yaml'] ?? '';
    expect((parse(text) as { checks: unknown[] }).checks).toContainEqual({
      foreign_key: {
        columns: ['customer_key'],
        references: { table: 'dim_customer', columns: ['customer_key'] },
        side: 'target',
      },
    });
    expect(text).not.toMatch(/fact_dim_conformance/);
  });

  it('says what is on one side only instead of leaving it out', () => {
    const text = files['pipelines/fact_sales.pipeline.yaml'] ?? '';
    expect(text).toMatch(
      /^# Only in the source, name them in column_map or exclude: gone\n# Only in the target, .*: fresh\n/,
    );
    expect(text).not.toMatch(/^exclude/m);
  });

  it('writes files without a mistake, and a batch that runs them all', () => {
    for (const [path, text] of Object.entries(files)) {
      if (path.endsWith('.batch.yaml')) continue;
      expect(parsePipeline(parseDocument(path, text)).diagnostics, path).toEqual([]);
    }
    expect(batchFileName(names)).toBe('validate-legacy-ware_house.batch.yaml');
    expect(parseBatch(parseDocument('b', files[batchFileName(names)] ?? '')).diagnostics).toEqual([]);
    expect(read(batchFileName(names))['pipelines']).toEqual([
      { pipeline_id: 'dim_customer_validation' },
      { pipeline_id: 'fact_sales_validation_2' },
    ]);
    const mine = { pipeline_id: 'mine', source: names.source, target: names.target };
    const path = pathInProject('/p', '/p/pipelines/Fact_sales.pipeline.yaml');
    const again = pairFiles(pairs, { ...names, existing: new Map([[path, mine]]) });
    expect(again.files[batchFileName(names)]).toMatch(/dim_customer_validation\n  - pipeline_id: mine\n/);
  });

  it('takes a pipeline of other connections for none of its own', () => {
    const other = { pipeline_id: 'other', source: names.source, target: 'elsewhere' };
    const existing = new Map([['pipelines/fact_sales.pipeline.yaml', other]]);
    const { files: again, pipelines } = pairFiles(pairs, { ...names, existing });
    expect(pipelines[1]).toMatchObject({
      path: 'pipelines/public_fact_sales.pipeline.yaml',
      pipeline_id: 'public_fact_sales_validation',
    });
    expect(again[batchFileName(names)]).not.toMatch(/other/);
  });

  it('compares foreign keys as such only where both sides call things the same', () => {
    const to = (name: string) => ({
      foreign_keys: [
        {
          name: null,
          columns: ['region_id'],
          references: { schema: 'main', table: name, columns: ['id'] },
          on_update: 'NO ACTION',
          on_delete: 'NO ACTION',
        },
      ],
    });
    const side = (name: string) =>
      catalog({ main: [table(name, idName), table('shop', { region_id: 'integer(32)' }, to(name))] });
    const checksOf = (target: string) => {
      const written = pairFiles(pairTables(side('region'), side(target)).pairs, names);
      const text = written.files['pipelines/shop.pipeline.yaml'] ?? '';
      return { text, checks: (parse(text) as { checks: unknown[] }).checks };
    };
    expect(checksOf('Region').checks).toContain('schema_keys');
    const renamed = checksOf('dim_regions');
    expect(renamed.checks).toContainEqual({ schema_keys: { compare: ['primary_key', 'unique_keys'] } });
    expect(renamed.text).toMatch(/^# Foreign keys are not compared as such: .* region$/m);
  });

  it('gives tables of one name in two schemas files of their own', () => {
    const twins = catalog({ a: [table('T', { x: 'text' })], b: [table('t', { y: 'text' })] });
    const paths = Object.keys(pairFiles(pairTables(twins, twins).pairs, names).files);
    expect(paths.filter((path) => path.startsWith('pipelines/'))).toEqual([
      'pipelines/T.pipeline.yaml',
      'pipelines/b_t.pipeline.yaml',
    ]);
  });
});
