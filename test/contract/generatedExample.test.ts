import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createWorkspace, repositoryRoot, type Workspace } from '../support/product.ts';
import { invariants } from '../unit/generation/invariants.ts';
import type { Found } from './fixtures.ts';

const example = join(repositoryRoot, 'examples/generated-domains');
let workspace: Workspace;

beforeAll(async () => {
  workspace = createWorkspace();
  cpSync(example, workspace.dir, {
    recursive: true,
    filter: (path) => !/[\\/](data|\.ombudsman)$/.test(path),
  });
  const generated = await workspace.cli(['run', 'generate.batch.yaml', '--param', 'rows=3000']);
  expect(generated.code, generated.stdout + generated.stderr).toBe(0);
});
afterAll(() => workspace.dispose());

const changed = async (file: string, sql: string): Promise<void> => {
  const instance = await DuckDBInstance.create(join(workspace.dir, 'data', file));
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
};

const failed = ({ operations }: Found): string[] =>
  operations.filter(({ status }) => status !== 'completed').map(({ name }) => name);

describe('the example of generated domains', () => {
  it.each(Object.entries(invariants))('has every rule of %s, as the tests have it', (domain, rules) => {
    const file = join(example, `pipelines/${domain.toLowerCase()}_rules.pipeline.yaml`);
    const { target } = parse(readFileSync(file, 'utf8')) as { target: { query: string } };
    const words = (text: string) => text.replace(/\s+/g, ' ');
    for (const [rule, sql] of Object.entries(rules))
      expect(words(target.query)).toContain(
        words(`'${rule.replaceAll("'", "''")}' as rule, (${sql}) as violations`),
      );
  });

  it('all rules hold in what was generated', async () => {
    const { code, document } = await workspace.json<Found>(['run', 'rules.batch.yaml']);
    expect([failed(document), code]).toEqual([[], 0]);
    expect(document.job.progress.total).toBe(6);
  });

  it('one changed value in each domain turns its rules red, and no others', async () => {
    await changed(
      'retail.duckdb',
      'update fact_sales set net_amount = net_amount + 0.01 where sales_key = 77',
    );
    await changed(
      'finance.duckdb',
      'update journal_line set credit = credit + 1 where journal_line_id = (select max(journal_line_id) from journal_line where credit > 0)',
    );
    const { code, document } = await workspace.json<Found>(['run', 'rules.batch.yaml']);
    expect([failed(document).sort(), code]).toEqual([['finance_rules', 'retail_rules'], 1]);
  });

  it('the pair differs in exactly what the answer key says', async () => {
    const { document } = await workspace.json<Found>(['run', 'faults.batch.yaml']);
    const database = new DatabaseSync(join(workspace.dir, 'data/shop_new.sqlite'));
    const rows = database
      .prepare(
        `select 'shop_' || table_name as pipeline, case when column_name is null then kind else 'value' end as class, count(distinct "key") as n
         from _faults where table_name <> 'product' group by 1, 2`,
      )
      .all() as { pipeline: string; class: string; n: number }[];
    database.close();
    expect(rows.length).toBeGreaterThan(4);
    for (const { pipeline, class: of, n } of rows) {
      const result = document.operations.find(({ name }) => name === pipeline)?.result as {
        checks: { check: string; differences?: Record<string, number> }[];
      };
      const found = result.checks.find(({ check }) => check === 'row_hash')?.differences;
      expect([pipeline, of, found?.[of]]).toEqual([pipeline, of, n]);
    }
  });
});
