import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '../support/product.ts';
import type { Found } from './fixtures.ts';

let workspace: Workspace;
const run = (path: string, sql: string): void => {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
};
beforeAll(() => {
  workspace = createWorkspace({
    'ombudsman.yaml':
      'name: shop\nconnections:\n  old: { type: sqlite, path: old.db }\n  new: { type: sqlite, path: new.db }\n',
  });
  run(
    join(workspace.dir, 'old.db'),
    `create table CustomerOrder (OrderId integer primary key not null, Total decimal(10,2));
     insert into CustomerOrder values (1, 10.5), (2, 20); create table Region (id integer primary key not null);
     create table log (x text);`,
  );
  run(
    join(workspace.dir, 'new.db'),
    `create table customer_order (order_id integer primary key not null, total decimal(10,2));
     insert into customer_order values (1, 10.5), (2, 20); create table region (id integer primary key not null);`,
  );
});
afterAll(() => workspace.dispose());

describe('ombudsman init pipelines', () => {
  const args = ['init', 'pipelines', '--source', 'old', '--target', 'new'];

  it('says what it would write, pairs tables, and writes pipelines that run', async () => {
    const dry = await workspace.cli([...args, '--dry-run']);
    expect(dry.stdout).toMatch(
      /2 pairs of tables\nonly in the source: main\.log \(no table is named like it/,
    );
    expect(dry.stdout).not.toMatch(/created/);
    const { code, stdout } = await workspace.cli(args);
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/created +pipelines\/CustomerOrder\.pipeline\.yaml/),
    ]);
    const text = readFileSync(join(workspace.dir, 'pipelines/CustomerOrder.pipeline.yaml'), 'utf8');
    expect(text).toMatch(/keys: \[ OrderId \]\ncolumn_map: \{ OrderId: order_id \}/);
    const { document } = await workspace.json<Found>(['run', 'validate-old-new.batch.yaml']);
    expect(document.operations.map(({ name, error }) => [name, error?.message])).toEqual([
      ['CustomerOrder_validation', undefined],
      ['Region_validation', undefined],
    ]);
  });

  it('never writes over a file', async () => {
    const path = join(workspace.dir, 'pipelines/Region.pipeline.yaml');
    const mine = `# mine\n${readFileSync(path, 'utf8')}`;
    writeFileSync(path, mine);
    const { code, stdout } = await workspace.cli(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/kept +pipelines\/Region\.pipeline\.yaml/);
    expect(readFileSync(path, 'utf8')).toBe(mine);
  });

  it('names the connection that is not there', async () => {
    const { code, stderr } = await workspace.cli(['init', 'pipelines', '--source', 'odl', '--target', 'new']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/odl/);
  });
});
