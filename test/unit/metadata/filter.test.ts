import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../daemon/engine/errors.ts';
import { select, type CatalogFilter } from '../../../daemon/engine/metadata/filter.ts';

const relations = [
  { schema: 'public', name: 'fact_sales' },
  { schema: 'public', name: 'fact_stock' },
  { schema: 'public', name: 'dim_store' },
  { schema: 'public', name: 'odd*name' },
  { schema: 'archive', name: 'fact_sales' },
  { schema: 'archive', name: 'a.csv', alias: 'a' },
];
const schemas = ['archive', 'empty', 'public'];
const chosen = (filter: CatalogFilter) => {
  const found = select(filter, schemas, relations, 'legacy');
  return { schemas: found.schemas, names: found.relations.map(({ schema, name }) => `${schema}.${name}`) };
};

describe('select', () => {
  it('takes everything without a filter, empty schemas too', () => {
    expect(chosen({}).names).toHaveLength(relations.length);
    expect(chosen({}).schemas).toEqual(schemas);
  });

  it.each<[CatalogFilter, string[]]>([
    [{ tables: ['dim_store'] }, ['public.dim_store']],
    [{ tables: ['fact_*'] }, ['public.fact_sales', 'public.fact_stock', 'archive.fact_sales']],
    [{ tables: ['public.fact_*'] }, ['public.fact_sales', 'public.fact_stock']],
    [{ schemas: ['arch*'], tables: ['fact_*'] }, ['archive.fact_sales']],
    [{ tables: ['dim_stor?'] }, ['public.dim_store']],
    [{ tables: ['odd*name'] }, ['public.odd*name']],
    [{ tables: ['DIM_STORE'] }, ['public.dim_store']],
    [{ tables: ['a'] }, ['archive.a.csv']],
    [{ tables: ['dim_store', 'd*'] }, ['public.dim_store']],
  ])('%j', (filter, names) => {
    expect(chosen(filter).names).toEqual(names);
  });

  it('leaves out schemas in which nothing was asked for', () => {
    expect(chosen({ tables: ['dim_store'] }).schemas).toEqual(['public']);
  });

  it.each<[CatalogFilter, string, string, RegExp]>([
    [
      { tables: ['dim_stores'] },
      'no_such_table',
      "has no table or view 'dim_stores'",
      /did you mean dim_store\?/,
    ],
    [
      { tables: ['public.dim_stor'] },
      'no_such_table',
      "'public.dim_stor'",
      /did you mean public.dim_store\?/,
    ],
    [{ tables: ['zzz_*'] }, 'no_such_table', "that matches 'zzz_*'", /known are fact_sales/],
    [{ schemas: ['publc'] }, 'no_such_schema', "has no schema 'publc'", /did you mean public\?/],
    [{ schemas: ['empty'], tables: ['x'] }, 'no_such_table', "'x'", /there are none/],
    [{ tables: ['dim_store', 'nope'] }, 'no_such_table', "'nope'", /known are/],
  ])('%j is a mistake that is told', (filter, code, message, hint) => {
    let error: unknown;
    try {
      chosen(filter);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ kind: 'definition', code });
    expect((error as EngineError).message).toContain(message);
    expect((error as EngineError).message).toContain("connection 'legacy'");
    expect((error as EngineError).hint).toMatch(hint);
  });
});
