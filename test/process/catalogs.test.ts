import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import { writeNewFiles } from '../../daemon/client/writeNewFiles.ts';
import type { Job } from '../../daemon/protocol/entities.ts';
import { methods, type MethodResult } from '../../daemon/protocol/methods.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';

const project = `name: shop
connections:
  old: { type: sqlite, path: data/old.db }
  new: { type: sqlite, path: data/new.db }
  gone: { type: sqlite, path: data/missing/gone.db }
`;
const customers = `create table customer (id integer primary key, name text not null);
  create table visit (id integer primary key, customer_id integer not null, at text);
  create view named as select id, name from customer;`;

let shop: ProjectDaemon;
let client: DaemonClient;
beforeEach(async () => {
  shop = await startProjectDaemon({ 'ombudsman.yaml': project });
  mkdirSync(join(shop.dir, 'data'));
  client = shop.daemon.client;
});
afterEach(() => shop.dispose());

function sql(name: string, statements: string): void {
  const database = new DatabaseSync(join(shop.dir, 'data', `${name}.db`));
  database.exec(statements);
  database.close();
}

async function extract(...connections: string[]): Promise<Job> {
  const sources = connections.map((connection) => ({ connection, row_counts: 'exact' }));
  return await shop.run({ job_name: 'Catalogs', sources });
}

async function rest<T>(verb: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const headers = { ...shop.daemon.headers, 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${shop.daemon.url}${path}`, { method: verb, headers, ...sent });
  return { status: response.status, body: (await response.json()) as T };
}

const tables = async (more: Record<string, unknown> = {}): Promise<MethodResult<'catalogs/tables'>> =>
  methods['catalogs/tables'].result
    .strict()
    .parse(await client.call('catalogs/tables', { project: shop.dir, connection: 'old', ...more }));

describe('catalogs/list', () => {
  it('tells every completed extraction, the latest first, and of each connection the last', async () => {
    sql('old', customers);
    sql('new', customers);
    const first = await extract('old', 'new');
    const second = await extract('old', 'gone');
    const { catalogs, total } = await client.call('catalogs/list', { project: shop.dir });
    expect(total).toBe(3);
    expect(catalogs[0]).toMatchObject({ connection: 'old', job_id: second.job_id });
    expect(catalogs.slice(1).map(({ connection, job_id }) => [connection, job_id])).toEqual(
      expect.arrayContaining([
        ['old', first.job_id],
        ['new', first.job_id],
      ]),
    );
    const latest = await client.call('catalogs/list', { project: shop.dir, latest: true });
    expect(latest.catalogs.map(({ connection, job_id }) => [connection, job_id])).toEqual([
      ['old', second.job_id],
      ['new', first.job_id],
    ]);
    expect(await rest('GET', '/batch/projects/shop/catalogs?latest=true')).toEqual({
      status: 200,
      body: latest,
    });
    await client.call('jobs/delete', { job_id: second.job_id });
    const left = await client.call('catalogs/list', { project: shop.dir, connection: 'old' });
    expect(left.catalogs.map(({ job_id }) => job_id)).toEqual([first.job_id]);
  });
});

describe('catalogs/tables and catalogs/table', () => {
  it('tell schemas, pages of tables, and one table whole, with references that are guessed', async () => {
    await expect(tables()).rejects.toMatchObject({ kind: 'not_found' });
    sql('old', customers);
    sql('old', 'insert into customer values (1, $$Ada$$)'.replaceAll('$$', "'"));
    const { job_id } = await extract('old');
    const page = await tables();
    expect(page).toMatchObject({
      connection: 'old',
      job_id,
      system: 'SQLite',
      schemas: [{ name: 'main', tables: 2, views: 1 }],
      total: 3,
      unreadable: 0,
    });
    expect(page.tables.map(({ name, kind, columns }) => [name, kind, columns])).toEqual([
      ['customer', 'table', 2],
      ['visit', 'table', 3],
      ['named', 'view', 2],
    ]);
    expect(page.tables[0]?.row_count).toEqual({ value: 1, method: 'exact' });
    expect((await tables({ limit: 1, offset: 1 })).tables.map(({ name }) => name)).toEqual(['visit']);
    expect(await tables({ search: 'NAM' })).toMatchObject({
      total: 1,
      tables: [{ name: 'named' }],
      schemas: [{ tables: 0, views: 1 }],
    });
    expect((await tables({ schema: 'other' })).total).toBe(0);
    const input = { project: shop.dir, connection: 'old', schema: 'main', table: 'visit' };
    const visit = methods['catalogs/table'].result.strict().parse(await client.call('catalogs/table', input));
    expect(visit.table).toMatchObject({ name: 'visit', primary_key: { columns: ['id'] } });
    expect(visit.inferred_foreign_keys).toEqual([
      {
        column: 'customer_id',
        references: { table: 'customer', column: 'id' },
        reason: 'named after customer and of the type of its key',
      },
    ]);
    const base = '/batch/projects/shop/catalogs/old';
    expect(await rest('GET', `${base}/table?schema=main&table=visit`)).toEqual({ status: 200, body: visit });
    expect(await rest('GET', `${base}/tables?search=vis&limit=5`)).toEqual({
      status: 200,
      body: await tables({ search: 'vis', limit: 5 }),
    });
    await expect(client.call('catalogs/table', { ...input, table: 'visits' })).rejects.toMatchObject({
      kind: 'not_found',
      data: { hint: 'did you mean visit?' },
    });
    await expect(client.call('catalogs/table', { ...input, schema: 'mian' })).rejects.toMatchObject({
      data: { hint: 'did you mean main?' },
    });

    sql('old', 'drop table visit');
    await extract('old');
    expect((await tables()).tables.map(({ name }) => name)).toEqual(['customer', 'named']);
  });

  it('say so when the file is gone, or damaged', async () => {
    sql('old', customers);
    const { job_id } = await extract('old');
    const { operations } = await client.call('jobs/operations', { job_id });
    const path = operations[0]?.artifacts.find(({ kind }) => kind === 'catalog')?.path ?? '';
    expect((await tables()).total).toBe(3);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100));
    await expect(tables()).rejects.toMatchObject({
      kind: 'invalid_params',
      message: expect.stringContaining('no JSON') as string,
    });
    rmSync(path);
    await expect(tables()).rejects.toMatchObject({
      kind: 'not_found',
      message: expect.stringContaining('the files are gone') as string,
    });
  });
});

describe('catalogs/compare', () => {
  const summary = async (before: object, after: object, more = {}) => {
    const body = { before, after, ...more };
    const answer = await rest<MethodResult<'catalogs/compare'>>('POST', '/batch/catalogs/compare', body);
    expect(answer.status).toBe(200);
    return methods['catalogs/compare'].result.strict().parse(answer.body);
  };

  it('tells what differs between connections, jobs and files, page by page', async () => {
    sql('old', customers);
    sql('new', customers);
    const { job_id } = await extract('old', 'new');
    const [old, now] = ['old', 'new'].map((connection) => ({ project: 'shop', connection }));
    expect((await summary(old!, now!)).summary.changes).toBe(0);
    sql('new', 'alter table visit drop column at; create table extra (id integer)');
    const later = await extract('new');
    const whole = await summary(old!, now!);
    expect(whole).toMatchObject({
      before: { label: 'old', connection: 'old' },
      after: { label: 'new', connection: 'new' },
      summary: { changes: 2, breaking: 1 },
    });
    const second = await summary(old!, now!, { limit: 1, offset: 1 });
    expect(second).toEqual({ ...whole, changes: whole.changes.slice(1) });
    const breaking = await summary(
      { job_id, connection: 'old' },
      { job_id: later.job_id },
      { breaking_only: true },
    );
    expect(breaking.changes).toMatchObject([{ change: 'removed', relation: 'visit', name: 'at' }]);
    const { operations } = await client.call('jobs/operations', { job_id });
    const file = operations[0]?.artifacts.find(({ kind }) => kind === 'catalog')?.path ?? '';
    expect((await summary({ file, label: 'agreed' }, now!)).before.label).toBe('agreed');
  });

  it('refuses what names no catalog', async () => {
    sql('old', customers);
    const { job_id } = await extract('old', 'gone');
    const compare = (before: never, more = {}) =>
      client.call('catalogs/compare', { before, after: { job_id, connection: 'old' }, ...more });
    for (const [ref, kind, message] of [
      [{ job_id }, 'invalid_params', /has 2 catalogs/],
      [{ job_id, connection: 'gone' }, 'not_found', /the extraction failed/],
      [{ job_id, connection: 'other' }, 'not_found', /no catalog of other/],
      [{ file: 'catalog.json' }, 'invalid_params', /no absolute path/],
      [{ file: join(shop.dir, 'none.json') }, 'not_found', /there is none/],
      [{ project: 'shop', connection: 'new' }, 'not_found', /has not been extracted yet/],
      [{ job_id: '01J00000000000000000000000' }, 'not_found', /01J0/],
    ] as const)
      await expect(compare(ref as never)).rejects.toMatchObject({
        kind,
        message: expect.stringMatching(message) as string,
      });
    const maps = { map_schemas: { nowhere: 'main' } };
    await expect(compare({ job_id, connection: 'old' } as never, maps)).rejects.toMatchObject({
      kind: 'invalid_params',
    });
  });
});

describe('catalogs/starterPipelines', () => {
  const starter = (more = {}) =>
    client.call('catalogs/starterPipelines', { project: shop.dir, source: 'old', target: 'new', ...more });

  it('are green when they run, and red once one cell is another', async () => {
    const facts = `create table fact_sales (sales_id integer primary key, customer_id integer not null references dim_customer (customer_id),
      sold_on date not null, amount decimal(12,2) not null);
      insert into fact_sales select value, 1 + value % 20, date('2026-01-01', '+' || (value % 60) || ' days'), value * 1.25 from (
        with recursive n(value) as (select 1 union all select value + 1 from n where value < 200) select value from n);`;
    const dimension = `create table dim_customer (customer_id integer primary key, name text not null);
      insert into dim_customer select value, 'name ' || value from (
        with recursive n(value) as (select 1 union all select value + 1 from n where value < 20) select value from n);`;
    sql('old', `${dimension} ${facts} create table only_here (x text);`);
    sql(
      'new',
      `${dimension.replaceAll('dim_customer', 'DimCustomer')} ${facts.replaceAll('dim_customer', 'DimCustomer')}`,
    );
    const { job_id } = await extract('old', 'new');
    const found = methods['catalogs/starterPipelines'].result.strict().parse(await starter({ job_id }));
    expect(found.pairs.map(({ source, target, by }) => [source, target, by])).toEqual([
      ['dim_customer', 'DimCustomer', 'name'],
      ['fact_sales', 'fact_sales', 'name'],
    ]);
    expect(found.only_source).toEqual([
      {
        schema: 'main',
        table: 'only_here',
        reason: expect.stringMatching(/^no table is named like it/) as string,
      },
    ]);
    expect(found).toEqual(await starter());
    const texts = Object.fromEntries(found.files.map(({ path, text }) => [path, text]));
    expect(texts['pipelines/fact_sales.pipeline.yaml']).toMatch(
      /fact_dim_conformance[^]*metric_sum: \{ column: amount \}/,
    );
    expect(writeNewFiles(shop.dir, texts).map(({ isNew }) => isNew)).toEqual([true, true, true]);
    const checksOf = async (job: Job) =>
      (await client.call('jobs/operations', { job_id: job.job_id })).operations.map(({ name, result }) => [
        name,
        ...(result?.type === 'pipeline'
          ? result.checks.filter(({ status }) => status !== 'passed').map(({ name: check }) => check)
          : []),
      ]);
    const green = await shop.run(found.batch_file ?? '');
    expect(await checksOf(green)).toEqual([['dim_customer_validation'], ['fact_sales_validation']]);
    expect(green.status).toBe('completed');
    sql('new', 'update fact_sales set amount = amount + 0.01 where sales_id = 77');
    const red = await shop.run(found.batch_file ?? '');
    expect([red.status, await checksOf(red)]).toEqual([
      'partial_success',
      [
        ['dim_customer_validation'],
        ['fact_sales_validation', 'column_stats', 'metric_sum(amount)', 'row_hash'],
      ],
    ]);
    // Who asks again gets the same files, and the pipelines that are there are kept.
    const again = await starter();
    expect(again.files).toEqual(found.files);
    expect(writeNewFiles(shop.dir, texts).map(({ isNew }) => isNew)).toEqual([false, false, false]);
  });

  it('of one table, and of none', async () => {
    sql('old', customers);
    sql('new', 'create table Customers (id integer primary key, name text not null)');
    const { job_id } = await extract('old', 'new');
    const one = await starter({ source_tables: ['customer'] });
    expect(one.pairs).toMatchObject([{ source: 'customer', target: 'Customers', by: 'stem' }]);
    const none = await starter({ source_tables: ['main.visit'] });
    expect(none).toMatchObject({ pairs: [], files: [], batch_file: null, only_source: [{ table: 'visit' }] });
    expect(
      await rest('POST', '/batch/projects/shop/catalogs/starter-pipelines', {
        source: 'old',
        target: 'new',
        job_id,
      }),
    ).toEqual({
      status: 200,
      body: await starter(),
    });
  });
});
