import { DatabaseSync } from 'node:sqlite';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareCatalogs } from '../../../daemon/definitions/catalog/compareCatalogs.ts';
import { closeDuckdb } from '../../../daemon/engine/connections/duckdbInstance.ts';
import { extract, runDuckdb, temporaryFolder } from './sources.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());
afterAll(() => closeDuckdb());

const tables = `create table region(id integer primary key, code varchar(3) not null unique);
  create table customer(id bigint primary key, region_id integer references region(id), name varchar not null, balance decimal(12,2) default 0, born date);`;

const duckdb = async () => ({
  label: 'duckdb',
  ...(await extract({ type: 'duckdb', path: join(folder.path, 'a.duckdb') }, folder.scratch)),
});

describe('catalogs of real systems', () => {
  it('do not differ between DuckDB and SQLite made by the same statements, until one of them changes', async () => {
    await runDuckdb(join(folder.path, 'a.duckdb'), tables);
    const path = join(folder.path, 'b.sqlite');
    const database = new DatabaseSync(path);
    database.exec(
      tables
        .replaceAll('bigint primary', 'bigint not null primary')
        .replaceAll('id integer primary', 'id integer not null primary'),
    );
    const sqlite = async () => ({
      label: 'sqlite',
      ...(await extract({ type: 'sqlite', path }, folder.scratch)),
    });
    const same = compareCatalogs(await duckdb(), await sqlite());
    expect(same.changes).toEqual([]);
    expect(same.compared).toEqual({ tables: 2, views: 0, columns: 7 });
    database.exec('alter table customer add column vip int; alter table region rename to area');
    database.close();
    const { changes } = compareCatalogs(await duckdb(), await sqlite());
    expect(changes).toMatchObject([
      { change: 'renamed', object: 'table', before: 'region', after: 'area', confidence: 1 },
      { change: 'added', object: 'column', relation: 'customer', name: 'vip' },
    ]);
    expect(changes).toHaveLength(2);
  });

  it('do not differ between a table and the Parquet file that was written of it', async () => {
    const data = join(folder.path, 'data');
    mkdirSync(data);
    await runDuckdb(
      join(folder.path, 'a.duckdb'),
      `create table sale(id integer, amount decimal(9,2), sold_at timestamptz); copy sale to '${join(data, 'sale.parquet')}'`,
    );
    const files = { label: 'files', ...(await extract({ type: 'files', path: data }, folder.scratch)) };
    const found = compareCatalogs(await duckdb(), files, { tableMap: { sale: 'sale.parquet' } });
    expect(found.changes).toEqual([]);
    expect(found.compared).toMatchObject({ tables: 1, columns: 3 });
  });
});
