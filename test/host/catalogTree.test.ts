import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Services } from '../../extension/platform/services.ts';
import type { FilesTreeNode } from '../../extension/views/nodes.ts';
import { answering, drive, type Driven } from './commandsSupport.ts';
import { endOf, removeJobs, Shop, submitFile } from './contributionsSupport.ts';
import { until } from './support.ts';

const project = `name: catalog_shop
connections:
  old: { type: duckdb, path: data/old.duckdb }
  new: { type: duckdb, path: data/new.duckdb }
`;
const generate = `job_name: Two sides
items:
  - { schema_type: Retail, row_count: 50, seed: 7, connection: old }
  - { schema_type: Retail, row_count: 50, seed: 7, connection: new }
`;

describe('catalogs in the Connections view', function () {
  this.timeout(180_000);
  const shop = new Shop('catalog-shop');
  const old = { kind: 'connection', projectDir: shop.dir, name: 'old' } as const;
  let driven: Driven;
  let parts: Services;

  before(async () => {
    driven = await drive();
    parts = driven.services;
    mkdirSync(shop.dir);
    writeFileSync(shop.file('ombudsman.yaml'), project);
    writeFileSync(shop.file('generate.batch.yaml'), generate);
    await until('the project', async () =>
      (await parts.workspace.load()).projects.some(({ dir }) => dir === shop.dir),
    );
    await vscode.commands.executeCommand('ombudsman.connections.focus');
    const job = await endOf(parts, await submitFile(parts, shop.file('generate.batch.yaml')));
    assert.equal(job.status, 'completed');
  });
  after(async () => {
    driven.screen.restore();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await removeJobs(parts);
    await shop.remove();
  });

  const lineOf = (node: FilesTreeNode): vscode.TreeItem => parts.connectionsView.getTreeItem(node);
  const children = (node?: FilesTreeNode) => parts.connectionsView.getChildren(node);
  const labels = (nodes: readonly FilesTreeNode[]): string[] =>
    nodes.map((node) => lineOf(node).label as string);
  async function find(nodes: readonly FilesTreeNode[], label: string): Promise<FilesTreeNode> {
    const found = nodes.find((node) => lineOf(node).label === label);
    assert.ok(found, `no ${label} in ${labels(nodes).join(', ')}`);
    return found;
  }

  it('offer an extraction where there is none, and show it by themselves once it has ended', async () => {
    const [none] = await children(old);
    assert.ok(none);
    const line = lineOf(none);
    assert.equal(line.label, 'No catalog yet: Extract Metadata…');
    assert.equal(line.command?.command, 'ombudsman.extractMetadata');
    const asked = line.command?.arguments ?? [];
    const made = (await answering(
      driven,
      { Schemas: '', 'how rows are counted': 'Exact' },
      'ombudsman.extractMetadata',
      ...(asked as unknown[]),
    )) as { job_id: string };
    assert.equal((await endOf(parts, made.job_id)).status, 'completed');
    await until('its age', () => String(lineOf(old).description).includes('catalog just now'));
    assert.deepEqual(labels(await children(old)), ['main']);
  });

  it('show tables, columns and keys, in words for who listens, with hovers', async () => {
    const [schema] = await children(old);
    assert.ok(schema);
    const table = await find(await children(schema), 'dim_customer');
    assert.equal(lineOf(table).collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
    const columns = await children(table);
    const key = await find(columns, 'customer_key');
    const { accessibilityInformation: spoken, iconPath, id } = lineOf(key);
    assert.match(spoken?.label ?? '', /^Column customer_key, primary key, BIGINT, not null$/);
    assert.equal((iconPath as vscode.ThemeIcon).id, 'key');
    assert.ok(id?.startsWith('catalog/'));
    const { tooltip } = parts.connectionsView.resolveTreeItem(lineOf(key), key);
    assert.match((tooltip as vscode.MarkdownString).value, /- Never NULL/);
    assert.deepEqual(parts.connectionsView.getParent(key), table);
    assert.deepEqual(parts.connectionsView.getParent(schema), old);
    await vscode.commands.executeCommand('ombudsman.copyName', table, [table, key]);
    assert.equal(await vscode.env.clipboard.readText(), 'dim_customer\ncustomer_key');
  });

  it('are filtered by a part of the name, until the filter is empty', async () => {
    const [schema] = await children(old);
    assert.ok(schema);
    const all = labels(await children(schema));
    await answering(driven, { 'Part of the names': 'customer' }, 'ombudsman.filterTables', old);
    const some = labels(await children(schema));
    assert.deepEqual(
      some,
      all.filter((label) => label.includes('customer')),
    );
    assert.ok(some.length > 0 && some.length < all.length);
    assert.match(String(lineOf(old).description), /only \*customer\*/);
    await answering(driven, { 'Part of the names': '' }, 'ombudsman.filterTables', old);
    assert.deepEqual(labels(await children(schema)), all);
  });

  it('become pipelines and a batch file that runs them, which is opened; nothing is written over', async () => {
    const target = { ...old, name: 'new' };
    const first = await vscode.commands.executeCommand<{ batch_file: string; pairs: number }>(
      'ombudsman.createPipelines',
      old,
      [old, target],
    );
    assert.equal(first.batch_file, shop.file('validate-old-new.batch.yaml'));
    assert.ok(first.pairs > 3);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, first.batch_file);
    assert.ok(
      driven.screen.texts.at(-1)?.startsWith(`${first.pairs} pipelines created`),
      driven.screen.texts.at(-1),
    );
    const problems = () =>
      vscode.languages
        .getDiagnostics()
        .filter(([uri, all]) => uri.fsPath.startsWith(shop.dir) && all.length > 0);
    await until('the pipelines in the index', async () => {
      const found = (await parts.workspace.load()).projects.find(({ dir }) => dir === shop.dir);
      return found?.pipelines.length === first.pairs && !found.pipelines.some((each) => each.has_errors);
    });
    assert.deepEqual(problems(), []);
    const job = await endOf(parts, await submitFile(parts, first.batch_file));
    assert.equal(job.status, 'completed');

    const own = shop.file('pipelines/dim_customer.pipeline.yaml');
    const mine = `# mine\n${readFileSync(own, 'utf8')}`;
    writeFileSync(own, mine);
    driven.screen.clear();
    await answering(
      driven,
      { 'Select a project': 'catalog_shop', 'data come from': 'old', 'was moved to': 'new' },
      'ombudsman.createPipelines',
    );
    assert.equal(readFileSync(own, 'utf8'), mine);
    assert.ok(
      driven.screen.texts.at(-1)?.startsWith(`0 pipelines created, ${first.pairs} were there already`),
    );
  });

  it('become one pipeline from a table', async () => {
    const [schema] = await children(old);
    assert.ok(schema);
    const table = await find(await children(schema), 'dim_product');
    const file = shop.file('pipelines/dim_product.pipeline.yaml');
    rmSync(file);
    const made = (await answering(driven, { 'was moved to': 'new' }, 'ombudsman.createPipeline', table)) as {
      file: string;
      is_new: boolean;
    };
    assert.deepEqual(made, { file, is_new: true });
    assert.ok(existsSync(file));
  });
});
