import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CatalogModel } from '../../../../extension/views/catalogModel.ts';
import type { CatalogTreeNode, FilesTreeNode, SchemaNode } from '../../../../extension/views/nodes.ts';
import { isCatalogNode } from '../../../../extension/views/nodes.ts';
import { fakeJob, fakeJobId } from '../../../support/fakeJobService.ts';
import { FakeCatalogs, fakeTable } from './fakeCatalogs.ts';

const nowMs = Date.parse('2026-01-31T14:00:00.000Z');
const dir = '/w/retail';
const legacy = { kind: 'connection', projectDir: dir, name: 'legacy' } as const;
const place = { projectDir: dir, connection: 'legacy' };
const customer = fakeTable('customer', { id: 'bigint', name: 'text' }, { comment: 'who *buys*' });
const visit = fakeTable(
  'visit',
  { id: 'bigint', customer_id: 'bigint', shop_id: 'bigint' },
  {
    foreign_keys: [
      {
        name: 'visit_customer',
        columns: ['customer_id'],
        references: { schema: 'public', table: 'customer', columns: ['id'] },
        on_update: 'NO ACTION',
        on_delete: 'NO ACTION',
      },
    ],
    indexes: [
      {
        name: 'visit_by_name',
        columns: [{ column: null, expression: 'lower(name)', descending: true }],
        include: [],
        unique: false,
        primary: false,
        method: 'btree',
        predicate: 'id > 0',
      },
    ],
  },
);

let daemon: FakeCatalogs;
let model: CatalogModel;
beforeEach(() => {
  vi.useFakeTimers();
  daemon = new FakeCatalogs();
  model = new CatalogModel(daemon.store, () => nowMs);
});
afterEach(() => void vi.useRealTimers());

const itemOf = (node: FilesTreeNode) => {
  if (!isCatalogNode(node)) throw new Error(`${node.kind} is no line of a catalog`);
  return model.item(node);
};
const linesOf = (nodes: readonly FilesTreeNode[]) =>
  nodes.map((node) => `${itemOf(node).label} | ${itemOf(node).description}`);
const find = (nodes: readonly FilesTreeNode[], label: string): CatalogTreeNode => {
  const found = nodes.find((node) => itemOf(node).label === label);
  if (found === undefined || !isCatalogNode(found)) throw new Error(`no line ${label}`);
  return found;
};

describe('the tree of a catalog', () => {
  it('has schemas, tables and views, columns, keys and indexes, each read when it is opened', async () => {
    const view = fakeTable(
      'named',
      { id: 'bigint' },
      { kind: 'view', row_count: { value: null, method: 'none' } },
    );
    daemon.catalogs.set('legacy', { public: [customer, visit, view], empty: [] });
    daemon.inferred = [
      { column: 'shop_id', references: { table: 'shop', column: 'id' }, reason: 'named after shop' },
    ];
    const schemas = await model.children(legacy);
    expect(linesOf(schemas)).toEqual(['public | 2 tables · 1 view', 'empty | empty']);
    expect(daemon.asked).toEqual(['catalogs/tables']);
    const tables = await model.children(find(schemas, 'public'));
    expect(linesOf(tables)).toEqual([
      'customer | about 1,200 rows',
      'visit | about 1,200 rows',
      'named | view',
    ]);
    expect(itemOf(tables[2]!).accessibilityLabel).toBe('View named, 1 column');
    expect(daemon.asked).not.toContain('catalogs/table');
    const parts = await model.children(find(tables, 'visit'));
    expect(linesOf(parts)).toEqual([
      'id | bigint · not null',
      'customer_id | bigint · → customer.id',
      'shop_id | bigint · → shop.id (inferred)',
      'Keys | 3',
      'Indexes | 1',
    ]);
    expect(parts.map((node) => itemOf(node).icon?.id)).toEqual([
      'key',
      'references',
      'question',
      'key',
      'list-ordered',
    ]);
    expect(itemOf(parts[0]!).accessibilityLabel).toBe('Column id, primary key, bigint, not null');
    expect(linesOf(await model.children(find(parts, 'Keys')))).toEqual([
      'visit_pkey | (id)',
      'visit_customer | (customer_id) → public.customer (id)',
      'inferred | (shop_id) → shop (id) · a guess',
    ]);
    expect(linesOf(await model.children(find(parts, 'Indexes')))).toEqual([
      'visit_by_name | (lower(name) desc) · btree · where id > 0',
    ]);
    // Ids are how VS Code keeps what is expanded; and every line knows the one above.
    const all = [...schemas, ...tables, ...parts, ...(await model.children(find(parts, 'Keys')))];
    expect(new Set(all.map((node) => itemOf(node).id)).size).toBe(all.length);
    expect(model.parent(find(parts, 'id'))).toEqual(find(tables, 'visit'));
    expect(model.parent(find(tables, 'visit'))).toEqual(find(schemas, 'public'));
    expect(model.parent(find(schemas, 'public'))).toEqual(legacy);
    const before = daemon.asked.length;
    await model.children(find(tables, 'visit'));
    expect(daemon.asked).toHaveLength(before);
  });

  it('explains itself in hovers, with foreign text as text', async () => {
    daemon.catalogs.set('legacy', { public: [customer, visit] });
    const [schema] = await model.children(legacy);
    const tables = await model.children(schema as SchemaNode);
    expect(model.connectionTooltip(legacy)).toMatch(
      /^Catalog of PostgreSQL 16\\\.2, extracted 3 h ago\n\n.*2 could not be read/,
    );
    expect(model.tooltip(find(tables, 'customer'))).toContain('who \\*buys\\*');
    const columns = await model.children(find(tables, 'visit'));
    expect(model.tooltip(find(tables, 'visit'))).toContain('\\(customer\\_id\\) → public\\.customer');
    expect(model.tooltip(find(columns, 'customer_id'))).toMatch(
      /- Type: bigint\n- NULL is allowed\n- Refers to customer\\\.id/,
    );
  });

  it('of files has no schemas', async () => {
    daemon.catalogs.set('legacy', { files: [fakeTable('a.csv', { x: 'text' }, { kind: 'file' })] });
    const lines = await model.children(legacy);
    expect(linesOf(lines)).toEqual(['a.csv | about 1,200 rows']);
    expect(model.parent(lines[0] as CatalogTreeNode)).toEqual(legacy);
  });

  it('that is not there is a line that extracts it; what went wrong is said, and not asked again and again', async () => {
    const [none] = await model.children(legacy);
    expect(itemOf(none!)).toMatchObject({
      label: 'No catalog yet: Extract Metadata…',
      command: { command: 'ombudsman.extractMetadata', arguments: [legacy] },
    });
    await model.children(legacy);
    expect(daemon.asked).toEqual(['catalogs/tables']);
    daemon.fails = new Error('the disk is gone');
    const other = { ...legacy, name: 'other' };
    expect(await model.children(other)).toEqual([{ kind: 'note', text: 'the disk is gone' }]);
    expect(await model.children(other)).toEqual([{ kind: 'note', text: 'the disk is gone' }]);
    expect(daemon.asked).toHaveLength(2);
    daemon.fails = undefined;
    daemon.catalogs.set('other', { public: [customer] });
    await daemon.store.refresh();
    expect(linesOf(await model.children(other))).toEqual(['public | 1 table']);
  });

  it('of five thousand tables comes in pages, and by a part of the name', async () => {
    const many = Array.from({ length: 5000 }, (_, index) =>
      fakeTable(`t${String(index).padStart(4, '0')}`, { id: 'int' }),
    );
    daemon.catalogs.set('legacy', { public: many });
    const [schema] = await model.children(legacy);
    const first = await model.children(schema as SchemaNode);
    expect(first).toHaveLength(501);
    expect(itemOf(first.at(-1)!)).toMatchObject({ label: 'Show More', description: '4,500 more' });
    daemon.store.showMore(place, 'public');
    const second = await model.children(schema as SchemaNode);
    expect(second).toHaveLength(1001);
    expect(second.slice(0, 500)).toEqual(first.slice(0, 500));
    // The first page is not read again.
    expect(daemon.asked).toHaveLength(3);
    daemon.store.setFilter(place, '123');
    expect(daemon.told).toEqual([dir, dir]);
    expect(linesOf(await model.children(legacy))).toEqual(['public | 15 tables · filtered']);
    expect(await model.children(schema as SchemaNode)).toHaveLength(15);
    expect(model.connectionText(legacy)).toBe('catalog 3 h ago · only *123*');
    daemon.store.setFilter(place, '');
    await model.children(legacy);
    expect(await model.children(schema as SchemaNode)).toHaveLength(501);
  });
});

describe('what is known of catalogs', () => {
  const extracted = (number: number) => {
    const job = fakeJob(fakeJobId(number), 'completed', { job_type: 'bulk_metadata_extraction' });
    daemon.jobs.set(job.job_id, job);
    daemon.change({ endedJobs: new Set([job.job_id]) });
    return vi.advanceTimersByTimeAsync(1000);
  };

  it('is forgotten when an extraction ends, and only then', async () => {
    daemon.catalogs.set('legacy', { public: [customer] });
    await daemon.store.load(dir);
    expect(model.connectionText(legacy)).toBe('catalog 3 h ago');
    expect(daemon.told).toEqual([dir]);
    const [schema] = await model.children(legacy);
    expect(await model.children(schema as SchemaNode)).toHaveLength(1);
    const other = fakeJob(fakeJobId(8), 'completed', { job_type: 'bulk_pipeline_execution' });
    daemon.jobs.set(other.job_id, other);
    const before = daemon.asked.length;
    daemon.change({ endedJobs: new Set([other.job_id]) });
    await vi.advanceTimersByTimeAsync(1000);
    expect(daemon.asked).toHaveLength(before);

    daemon.run = 2;
    daemon.catalogs.set('legacy', { public: [customer, visit] });
    await extracted(2);
    expect(daemon.told).toEqual([dir, dir]);
    expect(model.connectionText(legacy)).toBe('catalog 2 h ago');
    await model.children(legacy);
    expect(await model.children(schema as SchemaNode)).toHaveLength(2);
  });

  it('comes once the first extraction has ended', async () => {
    await daemon.store.load(dir);
    expect(itemOf((await model.children(legacy))[0]!).contextValue).toBe('noCatalog');
    daemon.catalogs.set('legacy', { public: [customer] });
    await extracted(1);
    expect(daemon.told).toEqual([dir]);
    expect(linesOf(await model.children(legacy))).toEqual(['public | 1 table']);
    daemon.catalogs.delete('legacy');
    daemon.change({ deletedJobs: new Set([fakeJobId(1)]) });
    await vi.advanceTimersByTimeAsync(1000);
    expect(itemOf((await model.children(legacy))[0]!).contextValue).toBe('noCatalog');
    expect(model.connectionText(legacy)).toBe('');
  });

  it('is not what an answer from before a filter says', async () => {
    daemon.catalogs.set('legacy', { public: [customer, visit] });
    const early = model.children(legacy);
    daemon.store.setFilter(place, 'visit');
    await early;
    expect(linesOf(await model.children(legacy))).toEqual(['public | 1 table · filtered']);
  });
});
