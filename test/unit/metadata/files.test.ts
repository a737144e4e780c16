import { mkdirSync, writeFileSync } from 'node:fs';
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
let data: string;
beforeEach(async () => {
  folder = temporaryFolder();
  data = join(folder.path, 'data');
  mkdirSync(join(data, 'old'), { recursive: true });
  writeFileSync(join(data, 'customer.csv'), 'id,name,balance\n1,Ann,1.50\n2,"B, b",\n3,,-2.25\n');
  writeFileSync(join(data, 'old', 'events.ndjson'), '{"id":1,"at":"2026-01-31"}\n{"id":2,"at":null}\n');
  writeFileSync(join(data, 'readme.txt'), 'not a table');
  const sales = join(data, "fact's sales.parquet").replaceAll("'", "''");
  await runDuckdb(
    ':memory:',
    `copy (select i::bigint as id, (i / 4)::decimal(9,2) as amount from range(1000) r(i)) to '${sales}'`,
  );
});
afterEach(() => folder.remove());
afterAll(() => closeDuckdb());

const read = (options: ExtractOptions = {}) =>
  extract({ type: 'files', path: data }, folder.scratch, options);

describe('a folder of files', () => {
  it('is read with a table for each file, and the types that hold every value', async () => {
    const { catalog } = await read();
    expect(catalog.unreadable).toEqual([]);
    expect(catalog.schemas.map(({ name, tables }) => [name, tables.map((table) => table.name)])).toEqual([
      ['main', ['customer.csv', "fact's sales.parquet", 'old/events.ndjson']],
    ]);
    const types = (name: string) =>
      tableOf(catalog, name).columns.map((column) => [column.name, column.canonical_type, column.nullable]);
    expect(types('customer.csv')).toEqual([
      ['id', 'integer(64)', null],
      ['name', 'text', null],
      ['balance', 'decimal(3,2)', null],
    ]);
    expect(types("fact's sales.parquet").map(([name, type]) => [name, type])).toEqual([
      ['id', 'integer(64)'],
      ['amount', 'decimal(9,2)'],
    ]);
    expect(types('old/events.ndjson').map(([name]) => name)).toEqual(['id', 'at']);
    expect(tableOf(catalog, 'customer.csv').bytes).toBe(46);
  });

  it('tells how a text file is written, and what the footer of a Parquet file says', async () => {
    writeFileSync(
      join(data, 'semi.csv'),
      'exported by hand;;\r\nid;on;text\r\n1;31.12.2026;"a;b"\r\n2;01.02.2026;c\r\n',
    );
    const nested = join(data, 'nested.parquet');
    await runDuckdb(
      ':memory:',
      `copy (select i as id, {'a': i, 'b': [i::varchar]} as part from range(300000) r(i)) to '${nested}' (row_group_size 122880, compression zstd)`,
    );
    const { catalog } = await read();
    expect(tableOf(catalog, 'customer.csv').file).toMatchObject({
      format: 'csv',
      csv: { delimiter: ',', quote: '"', new_line: '\\n', has_header: true, skipped_lines: 0 },
    });
    expect(tableOf(catalog, 'semi.csv').file?.csv).toMatchObject({
      delimiter: ';',
      new_line: '\\r\\n',
      quote: '"',
    });
    expect(tableOf(catalog, 'old/events.ndjson').file).toEqual({ format: 'json' });
    const { parquet } = tableOf(catalog, 'nested.parquet').file ?? {};
    expect(parquet?.created_by).toMatch(/DuckDB/);
    expect(parquet?.row_groups.map(({ rows }) => rows)).toEqual([122880, 122880, 54240]);
    expect(parquet?.row_groups.every(({ bytes }) => bytes > 0)).toBe(true);
    expect(parquet?.columns).toEqual([
      {
        path: 'id',
        physical_type: 'INT64',
        logical_type: 'INT_64',
        repetition: 'OPTIONAL',
        compression: ['ZSTD'],
      },
      {
        path: 'part.a',
        physical_type: 'INT64',
        logical_type: 'INT_64',
        repetition: 'OPTIONAL',
        compression: ['ZSTD'],
      },
      expect.objectContaining({
        path: 'part.b.list.element',
        physical_type: 'BYTE_ARRAY',
        compression: ['ZSTD'],
      }),
    ]);
  });

  it('knows the rows of Parquet from its footer; of the others only when they are counted', async () => {
    const { catalog } = await read();
    expect(tableOf(catalog, "fact's sales.parquet").row_count).toEqual({ value: 1000, method: 'exact' });
    expect(tableOf(catalog, 'customer.csv').row_count).toEqual({ value: null, method: 'none' });
    const { catalog: exact } = await read({ row_counts: 'exact' });
    expect(exact.schemas[0]?.tables.map((table) => table.row_count)).toEqual([
      { value: 3, method: 'exact' },
      { value: 1000, method: 'exact' },
      { value: 2, method: 'exact' },
    ]);
    expect(catalogCounts(exact.schemas)).toMatchObject({ tables: 3, columns: 7, rows: 1005 });
  });

  it('is profiled by its typed values', async () => {
    const { catalog } = await read({ profile: true, tables: ['customer'] });
    expect(tableOf(catalog, 'customer.csv').columns.map((column) => column.profile)).toMatchObject([
      { nulls: 0, distinct: 3, min: '1', max: '3' },
      { nulls: 1, distinct: 2, min: 'Ann', max: 'B, b' },
      { nulls: 1, distinct: 2, min: '-2.25', max: '1.50' },
    ]);
  });

  it('profiles what the other systems do, in one statement a table', async () => {
    await runDuckdb(
      ':memory:',
      `copy (select i::int as whole, (i / 10.0)::decimal(6,2) as money, case when i % 3 = 0 then 'AB-' || i else 'x' end as word, null::int as blank from range(1, 21) r(i)) to '${join(data, 'figures.parquet')}'`,
    );
    const { catalog } = await read({
      tables: ['figures'],
      profile: { quantiles: [0, 0.5, 1], histogram: 4, top_values: 2, patterns: 2 },
    });
    expect(catalog.unreadable).toEqual([]);
    expect(tableOf(catalog, 'figures.parquet').profile).toEqual({ rows_scanned: 20, sample: null });
    expect(profilesOf(tableOf(catalog, 'figures.parquet'))).toMatchObject(figures);
    expect(catalog.queries.filter(({ sql }) => sql.startsWith('with s as'))).toHaveLength(1);
  });

  it('looks at a part of a large table and says how it was chosen', async () => {
    await runDuckdb(':memory:', `copy (select i from range(5000) r(i)) to '${join(data, 'large.csv')}'`);
    const { catalog } = await read({ tables: ['large'], profile: { max_rows: 1000, time_limit: '1h' } });
    const { profile, columns } = tableOf(catalog, 'large.csv');
    expect(profile).toEqual({
      rows_scanned: 1000,
      sample: { method: 'reservoir of 1000 rows, seed 42', rows_of_table: 5000 },
    });
    expect(columns[0]?.profile).toMatchObject({ distinct: 1000, nulls: 0 });
  });

  it('names a file that cannot be read and reads the others', async () => {
    writeFileSync(join(data, 'broken.parquet'), 'this is no Parquet');
    const { catalog } = await read({ row_counts: 'exact' });
    expect(catalog.unreadable.map(({ object }) => object)).toEqual(['broken.parquet']);
    expect(catalog.unreadable[0]?.reason).toMatch(/Parquet|magic/i);
    expect(catalog.schemas[0]?.tables).toHaveLength(3);
  });

  it('differs exactly where a file got another column', async () => {
    const before = await read();
    writeFileSync(join(data, 'customer.csv'), 'id,name,balance,x\n1,Ann,1.50,\n');
    const after = await read();
    const found = differences(keyed(before.catalog), keyed(after.catalog));
    expect(found.map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      '/main/customer.csv/columns/x',
      '/main/customer.csv/bytes',
      '/main/customer.csv/file/csv/quote',
    ]);
  });

  it('is filtered by name, stem and glob', async () => {
    const names = async (tables: string[]) => {
      const { catalog } = await read({ tables });
      return catalog.schemas[0]?.tables.map((table) => table.name);
    };
    expect(await names(['old/events'])).toEqual(['old/events.ndjson']);
    expect(await names(['*.csv'])).toEqual(['customer.csv']);
    await expect(read({ tables: ['custmer.csv'] })).rejects.toMatchObject({
      kind: 'definition',
      hint: 'did you mean customer.csv?',
    });
  });
});
