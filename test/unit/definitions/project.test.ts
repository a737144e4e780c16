import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProjectDir, isProjectMissing, loadProject } from '../../../daemon/definitions/project.ts';
import type { FileReader } from '../../../daemon/definitions/reader.ts';
import { nodeReader } from '../../../daemon/platform/nodeReader.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ombudsman-project-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, name)), { recursive: true });
  await writeFile(join(dir, name), text);
}

const projectText = 'name: shop\nconnections: { db: { type: duckdb, path: a.duckdb } }\n';
const pipelineText = (id: string, more = '') =>
  `pipeline_id: ${id}\nsource: { connection: db, table: s }\ntarget: { connection: db, table: t }\n${more}`;

describe('nodeReader', () => {
  it('reads text, and null for what is not there', async () => {
    await write('a.txt', 'hello');
    expect(await nodeReader.readText(join(dir, 'a.txt'))).toBe('hello');
    expect(await nodeReader.readText(join(dir, 'b.txt'))).toBeNull();
    expect(await nodeReader.readText(join(dir, 'a.txt', 'c'))).toBeNull();
  });

  it('throws for a folder', async () => {
    await expect(nodeReader.readText(dir)).rejects.toThrow('folder');
  });

  it('finds files by pattern, without node_modules and folders that begin with a dot', async () => {
    for (const name of [
      'p/a.x.yaml',
      'p/q/b.x.yaml',
      'p/.git/c.x.yaml',
      'node_modules/p/d.x.yaml',
      'p/e.yaml',
      'f.x.yaml',
    ]) {
      await write(name, '');
    }
    const found = await nodeReader.glob(dir, ['p/**/*.x.yaml', '*.x.yaml']);
    expect(found.sort()).toEqual(['f.x.yaml', 'p/a.x.yaml', 'p/q/b.x.yaml'].map((name) => join(dir, name)));
    expect(await nodeReader.glob(dir, ['{p,nowhere}/?.yaml'])).toEqual([join(dir, 'p/e.yaml')]);
    expect(await nodeReader.glob(join(dir, 'nowhere'), ['**/*'])).toEqual([]);
  });

  it('does not walk a circle of links', async () => {
    await write('p/a.x.yaml', '');
    await symlink(dir, join(dir, 'p/round'));
    expect(await nodeReader.glob(dir, ['p/**/*.x.yaml'])).toEqual([join(dir, 'p/a.x.yaml')]);
  });
});

describe('findProjectDir', () => {
  it('finds the nearest ombudsman.yaml at or above', async () => {
    await write('ombudsman.yaml', projectText);
    await write('inner/ombudsman.yaml', projectText);
    await mkdir(join(dir, 'a/b'), { recursive: true });
    expect(await findProjectDir(join(dir, 'a/b'), nodeReader)).toBe(dir);
    expect(await findProjectDir(dir, nodeReader)).toBe(dir);
    expect(await findProjectDir(join(dir, 'inner'), nodeReader)).toBe(join(dir, 'inner'));
  });

  it('answers null at the root', async () => {
    const empty: FileReader = { readText: async () => null, glob: async () => [] };
    expect(await findProjectDir(join(dir, 'x/y'), empty)).toBeNull();
  });

  it('stops at one that cannot be read, so that loading says why', async () => {
    const broken: FileReader = {
      readText: async (path) => (path.startsWith(join(dir, 'x')) ? null : Promise.reject(new Error('EIO'))),
      glob: async () => [],
    };
    expect(await findProjectDir(join(dir, 'x/y'), broken)).toBe(dir);
  });
});

describe('loadProject', () => {
  it('loads from the folder or the file', async () => {
    await write('ombudsman.yaml', projectText);
    await write('pipelines/deep/er/a.pipeline.yaml', pipelineText('a'));
    for (const place of [dir, join(dir, 'ombudsman.yaml')]) {
      const loaded = await loadProject(place, nodeReader);
      expect(loaded).toMatchObject({
        project_id: 'shop',
        dir,
        file: join(dir, 'ombudsman.yaml'),
        diagnostics: [],
      });
      expect([...loaded.pipelines.keys()]).toEqual(['a']);
    }
  });

  it('gives a pipeline without checks the starter set', async () => {
    await write('ombudsman.yaml', projectText);
    await write('pipelines/a.pipeline.yaml', pipelineText('a'));
    await write('pipelines/b.pipeline.yaml', pipelineText('b', 'keys: [id]\n'));
    const { pipelines } = await loadProject(dir, nodeReader);
    const kinds = (id: string) => pipelines.get(id)?.spec?.checks.map(({ check }) => check);
    expect(kinds('a')).toEqual(['schema_columns', 'schema_types', 'row_count', 'column_stats', 'row_hash']);
    expect(kinds('b')).toEqual([
      'schema_columns',
      'schema_types',
      'row_count',
      'column_stats',
      'unique_key',
      'row_hash',
    ]);
  });

  it('names checks, applies defaults and opens aliases', async () => {
    const checks = `checks:
  - schema
  - row_hash
  - row_hash: { max_diffs: 5, severity: warn }
  - column_stats: { columns: [a, b] }
  - rule: { sql: "a\\n  > 0" }
  - rule: { sql: "b > 0", name: row_hash }
`;
    await write('ombudsman.yaml', projectText);
    await write('pipelines/a.pipeline.yaml', pipelineText('a', checks));
    const { pipelines, diagnostics } = await loadProject(dir, nodeReader);
    expect(diagnostics).toEqual([]);
    expect(
      pipelines.get('a')?.spec?.checks.map(({ check, name, severity }) => [check, name, severity]),
    ).toEqual([
      ['schema_columns', 'schema_columns', 'fail'],
      ['schema_types', 'schema_types', 'fail'],
      ['row_hash', 'row_hash #2', 'fail'],
      ['row_hash', 'row_hash #3', 'warn'],
      ['column_stats', 'column_stats(a, b)', 'fail'],
      ['rule', 'rule(a > 0)', 'fail'],
      ['rule', 'row_hash', 'fail'],
    ]);
    expect(pipelines.get('a')?.spec?.checks[3]?.params).toMatchObject({ max_diffs: 5, max_samples: 20 });
  });

  it('keeps the good pipelines beside a bad one, and knows the bad one by its id', async () => {
    await write('ombudsman.yaml', projectText);
    await write('pipelines/good.pipeline.yaml', pipelineText('good'));
    await write('pipelines/bad.pipeline.yaml', pipelineText('bad', 'kyes: [a]\n'));
    await write('pipelines/torn.pipeline.yaml', 'pipeline_id: torn\nsource: {\n');
    await write('pipelines/nameless.pipeline.yaml', 'source: {}\n');
    const { pipelines } = await loadProject(dir, nodeReader);
    const runnable = [...pipelines].map(([id, { spec, diagnostics }]) => [
      id,
      spec !== null,
      diagnostics.length > 0,
    ]);
    expect(runnable).toEqual([
      ['bad', false, true],
      ['good', true, false],
      ['nameless', false, true],
      ['torn', false, true],
    ]);
  });

  it('says that two files have one id, at both, and runs neither', async () => {
    await write('ombudsman.yaml', projectText);
    await write('pipelines/a.pipeline.yaml', pipelineText('p'));
    await write('pipelines/b.pipeline.yaml', pipelineText('p'));
    const { pipelines, diagnostics } = await loadProject(dir, nodeReader);
    expect(pipelines.get('p')?.spec).toBeNull();
    expect(diagnostics.map(({ code, file }) => [code, file])).toEqual([
      ['duplicate_pipeline_id', join(dir, 'pipelines/a.pipeline.yaml')],
      ['duplicate_pipeline_id', join(dir, 'pipelines/b.pipeline.yaml')],
    ]);
  });

  it('says when there is no project', async () => {
    const loaded = await loadProject(join(dir, 'nowhere'), nodeReader);
    expect(isProjectMissing(loaded)).toBe(true);
    expect(loaded).toMatchObject({ project_id: 'nowhere', project: null });
  });

  it('says why a file cannot be read', async () => {
    await write('ombudsman.yaml', projectText);
    await mkdir(join(dir, 'pipelines'));
    const reader: FileReader = {
      readText: async (path) =>
        path.endsWith('a.pipeline.yaml')
          ? Promise.reject(new Error('EACCES: permission denied'))
          : nodeReader.readText(path),
      glob: async () => [join(dir, 'pipelines/a.pipeline.yaml'), join(dir, 'pipelines/gone.pipeline.yaml')],
    };
    const { pipelines, diagnostics } = await loadProject(dir, reader);
    expect(diagnostics).toMatchObject([
      { code: 'unreadable', file: join(dir, 'pipelines/a.pipeline.yaml'), line: 1, column: 1 },
    ]);
    expect(diagnostics[0]?.message).toBe('cannot be read: EACCES: permission denied');
    expect([...pipelines.keys()]).toEqual(['a']);
  });

  it('says why a real file cannot be read', async () => {
    await write('ombudsman.yaml/oops', '');
    const loaded = await loadProject(dir, nodeReader);
    expect(loaded.diagnostics).toMatchObject([
      { code: 'unreadable', message: 'cannot be read: it is a folder' },
    ]);
  });
});
