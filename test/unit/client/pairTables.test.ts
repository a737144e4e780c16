import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseDocument } from '../../../daemon/definitions/document.ts';
import { parseBatch } from '../../../daemon/definitions/batch.ts';
import { parsePipeline } from '../../../daemon/definitions/pipeline.ts';
import { batchFileName, pairFiles, pathInProject } from '../../../daemon/client/pairing/pairFiles.ts';
import { pairColumns, pairTables } from '../../../daemon/client/pairing/pairTables.ts';
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
    expect(doubtful.only_source).toHaveLength(1);
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
    const files = pairFiles(found.pairs, { source: 'old', target: 'new', existing: new Map() });
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
        { sales_key: 'integer(64)', customerkey: 'integer(64)', sold_on: 'date', fresh: 'text' },
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
    existing: new Map([['other.pipeline.yaml', 'fact_sales_validation']]),
  };
  const { pairs } = pairTables(source, target, { source_schemas: ['public'] });
  const files = pairFiles(pairs, names);
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
      'row_hash',
    ]);
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
    const existing = new Map([[pathInProject('/p', '/p/pipelines/Fact_sales.pipeline.yaml'), 'mine']]);
    const again = pairFiles(pairs, { ...names, existing });
    expect(again[batchFileName(names)]).toMatch(/dim_customer_validation\n  - pipeline_id: mine\n/);
  });

  it('gives tables of one name in two schemas files of their own', () => {
    const twins = catalog({ a: [table('T', { x: 'text' })], b: [table('t', { y: 'text' })] });
    const paths = Object.keys(pairFiles(pairTables(twins, twins).pairs, names));
    expect(paths.filter((path) => path.startsWith('pipelines/'))).toEqual([
      'pipelines/T.pipeline.yaml',
      'pipelines/b_t.pipeline.yaml',
    ]);
  });
});
