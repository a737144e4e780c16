import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkspace, repositoryRoot, type Workspace } from '../support/product.ts';
import type { Found } from './fixtures.ts';

/** The example that `npm start` runs, with fewer rows. */
let workspace: Workspace;
let found: Found;
let exitCode: number | null;

beforeAll(async () => {
  workspace = createWorkspace();
  const isSource = (path: string) => !/[\\/](data|\.ombudsman)$/.test(path);
  cpSync(join(repositoryRoot, 'examples/retail-migration'), workspace.dir, {
    recursive: true,
    filter: isSource,
  });
  cpSync(join(repositoryRoot, 'examples/finance-ledger'), join(workspace.dir, '../finance-ledger'), {
    recursive: true,
    filter: isSource,
  });
  const generated = await workspace.cli([
    'run',
    'generate.batch.yaml',
    '--param',
    'rows=3000',
    '--param',
    'faults=60',
  ]);
  expect(generated.code, generated.stdout + generated.stderr).toBe(0);
  ({ code: exitCode, document: found } = await workspace.json<Found>(['run', 'daily-validation.batch.yaml']));
});
afterAll(() => workspace.dispose());

function compareWithAnswerKey() {
  const file = join(workspace.dir, 'job.json');
  writeFileSync(file, JSON.stringify(found));
  const script = join(repositoryRoot, 'tools/compareAnswerKey.ts');
  return spawnSync(process.execPath, [script, workspace.dir, file], { encoding: 'utf8' });
}

async function changeWarehouse(sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(join(workspace.dir, 'data/warehouse.duckdb'));
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

describe('the retail example', () => {
  it('finds exactly what was planted', () => {
    expect(exitCode).toBe(1);
    expect(found.job.progress.total).toBe(8);
    const { status, stdout } = compareWithAnswerKey();
    expect(stdout).toMatch(/All 60 planted differences were found/);
    expect(status).toBe(0);
  });

  it('does not agree with an answer key in which one fault is another one', async () => {
    const isFirst = 'fault_id = (select min(fault_id) from _faults where column_name is not null)';
    const remember = 'create table kept as select * from _faults';
    await changeWarehouse(
      `${remember}; update _faults set column_name = column_name || '_' where ${isFirst}`,
    );
    try {
      const { status, stdout } = compareWithAnswerKey();
      expect(status).toBe(1);
      expect(stdout).toMatch(/planted, not found/);
      expect(stdout).toMatch(/found, not planted/);
    } finally {
      await changeWarehouse('drop table _faults; alter table kept rename to _faults');
    }
    expect(compareWithAnswerKey().status).toBe(0);
  });

  it('validates several projects and extracts both catalogs', async () => {
    const ledger = await workspace.cli(['run', '../finance-ledger/generate.batch.yaml']);
    expect(ledger.code, ledger.stdout).toBe(0);
    const all = await workspace.cli(['run', 'validate-all-projects.batch.yaml']);
    expect(all.code, all.stdout).toBe(0);
    const catalogs = await workspace.json<Found>(['run', 'extract-metadata.batch.yaml']);
    expect(catalogs.code).toBe(0);
    expect(catalogs.document.operations.map(({ result }) => result?.type)).toEqual([
      'metadata_extraction',
      'metadata_extraction',
    ]);
  });
});
