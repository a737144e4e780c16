import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  projectFiles,
  sampleProjectFiles,
  type NewProject,
  type ProjectFiles,
} from '../../../daemon/client/scaffold.ts';
import { writeNewFiles } from '../../../daemon/client/writeNewFiles.ts';
import { planBatch } from '../../../daemon/definitions/plan.ts';
import { loadProject } from '../../../daemon/definitions/project.ts';
import { nodeReader } from '../../../daemon/platform/nodeReader.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ombudsman-init-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Writes the project and plans each batch file: how many operations each has. */
async function plansOf(files: ProjectFiles): Promise<Record<string, number>> {
  writeNewFiles(dir, files);
  const project = await loadProject(dir, nodeReader);
  expect(project.diagnostics).toEqual([]);
  const counts: Record<string, number> = {};
  for (const path of Object.keys(files).filter((each) => each.endsWith('.batch.yaml'))) {
    const { plan, diagnostics } = await planBatch({
      text: files[path]!,
      file: join(dir, path),
      project,
      loadProject: async () => null,
      hasSecret: () => true,
    });
    expect(diagnostics).toEqual([]);
    counts[path] = plan?.operations.length ?? 0;
  }
  return counts;
}

const own: NewProject = {
  name: 'shop: 2026',
  source: {
    name: 'old shop',
    definition: {
      type: 'postgres',
      host: 'db.example',
      port: 5433,
      database: 'yes',
      user: '#reader',
      password: '${secret:OLD_SHOP_PASSWORD}',
    },
  },
  target: { name: 'warehouse', definition: { type: 'duckdb', path: 'data/ware house.duckdb' } },
  tables: { source: 'public.customer', target: 'dim_customer' },
};

describe('the files of a sample project', () => {
  it('plan without a diagnostic', async () => {
    expect(await plansOf(sampleProjectFiles(basename(dir)))).toEqual({
      'generate.batch.yaml': 2,
      'validate.batch.yaml': 2,
    });
  });

  it.each([
    ['shop-2026', 'shop-2026'],
    ['my project!', 'my_project'],
    ['größe', 'größe'],
    ['...', 'my_project'],
  ])('are named after the folder: %s gives %s', (folder, name) => {
    expect(sampleProjectFiles(folder)['ombudsman.yaml']).toContain(`name: ${name}\n`);
  });
});

describe('the files of a project with own connections', () => {
  it('say what was given, quoted where YAML would read something else', async () => {
    await plansOf(projectFiles(own));
    const { project } = await loadProject(dir, nodeReader);
    expect(project?.name).toBe('shop: 2026');
    expect(project?.connections).toMatchObject({
      'old shop': own.source.definition,
      warehouse: { type: 'duckdb' },
    });
  });

  it('read both catalogs, and compare the tables that were named', async () => {
    const files = projectFiles(own);
    expect(await plansOf(files)).toEqual({ 'extract-metadata.batch.yaml': 2, 'validate.batch.yaml': 1 });
    const { pipelines } = await loadProject(dir, nodeReader);
    const [pipeline] = [...pipelines.values()];
    expect(pipeline?.spec).toMatchObject({
      pipeline_id: 'customer_validation',
      source: { connection: 'old shop', table: 'public.customer' },
      target: { connection: 'warehouse', table: 'dim_customer' },
    });
  });

  it('have no pipeline and no batch of one where no table was named', async () => {
    const files = projectFiles({ ...own, tables: undefined });
    expect(await plansOf(files)).toEqual({ 'extract-metadata.batch.yaml': 2 });
    expect(Object.keys(files).filter((path) => path.startsWith('pipelines/'))).toEqual([]);
  });

  it('keep files of secrets out of version control', () => {
    expect(projectFiles(own)['.gitignore']?.split('\n')).toContain('.env');
  });
});

describe('writing new files', () => {
  it('leaves what is there as it is and tells which', () => {
    writeFileSync(join(dir, '.gitignore'), 'mine\n');
    const written = writeNewFiles(dir, { '.gitignore': 'data/\n', 'a/b.yaml': 'b\n' });
    expect(written).toEqual([
      { path: join(dir, '.gitignore'), isNew: false },
      { path: join(dir, 'a/b.yaml'), isNew: true },
    ]);
    expect(readFileSync(join(dir, '.gitignore'), 'utf8')).toBe('mine\n');
    expect(readFileSync(join(dir, 'a/b.yaml'), 'utf8')).toBe('b\n');
  });

  it('fails where it cannot write', () => {
    writeFileSync(join(dir, 'a'), '');
    expect(() => writeNewFiles(dir, { 'a/b.yaml': 'b\n' })).toThrow();
    expect(existsSync(join(dir, 'a/b.yaml'))).toBe(false);
  });
});
