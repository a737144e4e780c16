import { DatabaseSync } from 'node:sqlite';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogDifference } from '../../daemon/protocol/catalogDifference.ts';
import { createWorkspace, type Workspace } from '../support/product.ts';
import type { Found } from './fixtures.ts';

const project = `name: shop
connections:
  old: { type: sqlite, path: old.sqlite }
  new: { type: sqlite, path: new.sqlite }
  gone: { type: sqlite, path: missing/none.sqlite }
`;

let workspace: Workspace;
beforeEach(() => {
  workspace = createWorkspace({ 'ombudsman.yaml': project });
  for (const name of ['old', 'new'])
    sql(
      name,
      'create table customer(id integer primary key, name text not null, email text); create table region(id integer primary key)',
    );
});
afterEach(() => workspace.dispose());

function sql(name: string, statements: string): void {
  const database = new DatabaseSync(join(workspace.dir, `${name}.sqlite`));
  database.exec(statements);
  database.close();
}

const diff = (...args: string[]) => workspace.json<CatalogDifference>(['catalog', 'diff', ...args]);

describe('catalog diff', () => {
  it('of two connections exits 0 while they are alike and 1 once one column differs', async () => {
    const same = await diff('old', 'new');
    expect([same.code, same.document.summary.changes]).toEqual([0, 0]);
    expect(same.document.compared).toMatchObject({ tables: 2, columns: 4 });
    sql('new', 'alter table customer add column age integer');
    const other = await diff('old', 'new');
    expect(other.code).toBe(1);
    expect(other.document.changes).toMatchObject([
      {
        change: 'added',
        object: 'column',
        schema: 'main',
        relation: 'customer',
        name: 'age',
        breaking: false,
      },
    ]);
    // Nobody is broken by a column that may be left out.
    expect((await diff('old', 'new', '--breaking-only')).code).toBe(0);
    sql('new', 'alter table customer drop column email');
    expect((await diff('old', 'new', '--breaking-only')).code).toBe(1);
    expect((await diff('old', 'new', '--exclude', 'customer')).code).toBe(0);
  });

  it('of snapshots: by job, by the last of a connection, and by file without a daemon', async () => {
    const first = await workspace.json<Found>(['extract', '--connection', 'old']);
    const artifact = first.document.operations[0]?.artifacts.find(({ kind }) => kind === 'catalog');
    workspace.write('baseline.json', readFileSync(artifact?.path ?? '', 'utf8'));
    sql('old', 'drop table region');
    const drift = await diff('baseline.json', 'old');
    expect(drift.code).toBe(1);
    expect(drift.document.changes).toMatchObject([
      { change: 'removed', object: 'table', relation: 'region' },
    ]);
    // What was just extracted is the last snapshot, and the first job still is what it was.
    expect((await diff(first.document.job.job_id, 'old@last')).document.summary).toMatchObject({
      removed: 1,
    });
    await workspace.cli(['daemon', 'stop']);
    const files = await workspace.cli(['catalog', 'diff', './baseline.json', './baseline.json']);
    expect([files.code, files.stdout]).toEqual([0, expect.stringContaining('no differences')]);
    expect((await workspace.cli(['daemon', 'status'])).code).not.toBe(0);
  });

  it('writes Markdown for a pull request where it is told to', async () => {
    sql('new', 'drop table region');
    const { code, stdout } = await workspace.cli([
      'catalog',
      'diff',
      'old',
      'new',
      '--format',
      'markdown',
      '-o',
      'drift.md',
    ]);
    expect([code, stdout]).toEqual([1, '']);
    const text = readFileSync(join(workspace.dir, 'drift.md'), 'utf8');
    expect(text).toContain('## Breaking changes');
    expect(text).toContain('| `main.region` | `removed: table of 1 column` |');
  });

  it('says what is wrong with a name, and exits 2', async () => {
    workspace.write('broken.json', '{"catalog_version": 1}');
    for (const [name, said] of [
      ['./nowhere.json', /Cannot read the catalog .*nowhere\.json: there is none/],
      ['./broken.json', /no catalog: connection/],
      ['olt', /olt.*\n.*did you mean old/s],
      ['gone', /has no catalog of gone: the extraction failed/],
      ['new@last', /has not been extracted yet/],
    ] as const) {
      const { code, stderr } = await workspace.cli(['catalog', 'diff', 'old', name]);
      expect([name, code, stderr]).toEqual([name, 2, expect.stringMatching(said)]);
    }
  });
});

describe('the check schema_drift', () => {
  const pipeline = (params: string) =>
    workspace.write(
      'pipelines/drift.pipeline.yaml',
      `pipeline_id: drift\nsource: { connection: old, table: customer }\ntarget: { connection: new, table: customer }\nchecks:\n  - schema_drift: { ${params} }\n`,
    );
  const run = async () => {
    const { code, document } = await workspace.json<Found>(['validate', 'drift']);
    const [operation] = document.operations;
    return {
      code,
      operation,
      check: operation?.result?.type === 'pipeline' ? operation.result.checks[0] : undefined,
    };
  };

  it('holds a table against a catalog that was kept, and turns red when one column changes', async () => {
    sql('old', "insert into customer(name) values ('Ada')");
    sql('new', "insert into customer(name) values ('Ada')");
    const kept = await workspace.cli([
      'catalog',
      'show',
      'old',
      '--format',
      'json',
      '-o',
      'agreed/catalog.json',
    ]);
    expect(kept.code).toBe(2);
    workspace.write('agreed/README.md', 'Kept catalogs\n');
    expect(
      (await workspace.cli(['catalog', 'show', 'old', '--format', 'json', '-o', 'agreed/catalog.json'])).code,
    ).toBe(0);
    pipeline('baseline: agreed/catalog.json, side: both');
    const green = await run();
    expect([green.code, green.check?.status, green.check?.actual]).toEqual([
      0,
      'passed',
      { changes: { source: 0, target: 0 } },
    ]);
    sql('new', 'alter table customer add column age integer');
    const red = await run();
    expect([red.code, red.check?.status]).toEqual([1, 'failed']);
    expect(red.check?.reason).toBe('target main.customer.age (column) added: INTEGER');
    expect(red.check?.samples).toMatchObject([
      { side: 'target', change: 'added', name: 'age', breaking: false },
    ]);
    pipeline('baseline: agreed/catalog.json, side: both, breaking_only: true');
    expect((await run()).code).toBe(0);
    pipeline('baseline: agreed/catalog.json, baseline_table: region');
    expect((await run()).check?.status).toBe('failed');
    pipeline('baseline: agreed/catalog.json, baseline_table: regions');
    expect((await run()).check).toMatchObject({
      status: 'error',
      reason: expect.stringMatching(/has no table regions.*It has customer, region/) as string,
    });
    pipeline('baseline: agreed/none.json');
    expect((await run()).check?.reason).toMatch(/the baseline .*none\.json cannot be read/);
  });
});

describe('catalog show', () => {
  it('writes a connection as Markdown with a diagram, and as one HTML page', async () => {
    sql('new', 'create table visit(id integer primary key, customer_id integer)');
    const markdown = await workspace.cli(['catalog', 'show', 'new']);
    expect([markdown.code, markdown.stdout]).toEqual([0, expect.stringContaining('```mermaid\nerDiagram')]);
    expect(markdown.stdout).toContain('"customer" ||..o{ "visit" : "customer_id (inferred)"');
    const page = await workspace.cli(['catalog', 'show', 'new@last', '--format', 'html', '-o', 'new.html']);
    expect([page.code, page.stdout]).toEqual([0, '']);
    expect(readFileSync(join(workspace.dir, 'new.html'), 'utf8')).toMatch(
      /^<!doctype html>[^]*foreign key \(inferred\)/,
    );
  });

  it('extracts what its options say', async () => {
    const extracted = await workspace.json<Found>([
      'extract',
      ...['--connection', 'old', '--exclude', 'reg*', '--row-counts', 'auto(5000)', '--profile'],
    ]);
    expect(extracted.document.operations[0]?.result).toMatchObject({
      counts: { tables: 1 },
      row_counts: 'auto(5000)',
    });
    const { code, stderr } = await workspace.cli(['extract', '--connection', 'old', '--row-counts', 'guess']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('auto(<milliseconds>)')]);
  });
});
