import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeReader } from '../../../daemon/platform/nodeReader.ts';
import { Checker } from '../../../daemon/server/language/workspace/checker.ts';
import { FileStore } from '../../../daemon/server/language/workspace/fileStore.ts';
import { WorkspaceModel } from '../../../daemon/server/language/workspace/workspaceModel.ts';

let dir: string;
let reads: string[];
let hasWatchers: boolean;
let changes: number;

const pipeline = (id: string) =>
  `pipeline_id: ${id}\nsource: { connection: db, table: s }\ntarget: { connection: db, table: t }\n`;

function write(name: string, text: string): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const disk = {
  glob: (path: string, patterns: readonly string[]) => nodeReader.glob(path, patterns),
  readText: async (path: string) => {
    const text = await nodeReader.readText(path);
    if (text !== null) reads.push(path.slice(dir.length + 1));
    return text;
  },
};

function createModel(): { model: WorkspaceModel; checker: Checker } {
  const model = new WorkspaceModel({
    disk,
    hasWatchers: () => hasWatchers,
    onChange: () => (changes += 1),
    onNotice: () => undefined,
  });
  const checker = new Checker({
    projectAt: (path) => model.projectAt(path),
    knownProjects: async () => [{ project_id: 'far', path: join(dir, 'far') }],
  });
  model.setFolders([join(dir, 'ws')]);
  return { model, checker };
}

const open = (model: WorkspaceModel, path: string, text: string, version = 1) =>
  model.opened(path, TextDocument.create(`file://${path}`, 'yaml', version, text));

beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-model-')));
  reads = [];
  hasWatchers = true;
  changes = 0;
  write('ws/ombudsman.yaml', 'name: shop\nconnections:\n  db: { type: duckdb, path: a }\n');
  for (const id of ['a', 'b']) write(`ws/pipelines/${id}.pipeline.yaml`, pipeline(id));
  write('ws/one.batch.yaml', 'pipelines: [{ pipeline_id: a }]\n');
  write('ws/two.batch.yaml', 'items: [{ schema_type: Retail, row_count: 5 }]\n');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('a workspace', () => {
  it('reads each file once, and keeps what did not change as it is', async () => {
    const { model } = createModel();
    const first = await model.snapshot();
    expect(first.projects.get(join(dir, 'ws'))?.pipelines.size).toBe(2);
    expect([...first.batches.keys()]).toEqual([
      join(dir, 'ws/one.batch.yaml'),
      join(dir, 'ws/two.batch.yaml'),
    ]);
    expect(reads.toSorted()).toEqual([
      'ws/ombudsman.yaml',
      'ws/one.batch.yaml',
      'ws/pipelines/a.pipeline.yaml',
      'ws/pipelines/b.pipeline.yaml',
      'ws/two.batch.yaml',
    ]);
    const path = join(dir, 'ws/one.batch.yaml');
    open(model, path, 'pipelines: [{ pipeline_id: b }]\n');
    const second = await model.snapshot();
    expect(reads).toHaveLength(5);
    expect(second.projects.get(join(dir, 'ws'))).toBe(first.projects.get(join(dir, 'ws')));
    const two = join(dir, 'ws/two.batch.yaml');
    expect(second.batches.get(two)).toBe(first.batches.get(two));
    expect(second.file(path)?.text.getText()).toContain('pipeline_id: b');
    expect(first.file(path)?.text.getText()).toContain('pipeline_id: a');
    open(model, join(dir, 'ws/pipelines/a.pipeline.yaml'), pipeline('c'));
    const third = await model.snapshot();
    const [before, after] = [second, third].map((one) => one.projects.get(join(dir, 'ws')));
    expect([...(after?.pipelines.keys() ?? [])]).toEqual(['c', 'b']);
    expect(after?.pipelines.get('b')).toBe(before?.pipelines.get('b'));
  });

  it('trusts watchers where there are some, and looks for itself where not', async () => {
    const path = join(dir, 'ws/pipelines/a.pipeline.yaml');
    const ids = async (model: WorkspaceModel) => [
      ...((await model.snapshot()).projects.get(join(dir, 'ws'))?.pipelines.keys() ?? []),
    ];
    const { model } = createModel();
    expect(await ids(model)).toEqual(['a', 'b']);
    writeFileSync(path, pipeline('aa'));
    expect(await ids(model)).toEqual(['a', 'b']);
    void model.changedOnDisk([{ path, type: 'changed' }]);
    expect(await ids(model)).toEqual(['aa', 'b']);
    const added = write('ws/pipelines/c.pipeline.yaml', pipeline('c'));
    void model.changedOnDisk([{ path: added, type: 'created' }]);
    expect(await ids(model)).toEqual(['aa', 'b', 'c']);

    hasWatchers = false;
    const other = createModel().model;
    expect(await ids(other)).toEqual(['aa', 'b', 'c']);
    writeFileSync(path, pipeline('aaa'));
    other.suspectAll();
    expect(await ids(other)).toEqual(['aaa', 'b', 'c']);
  });

  it('sees what a folder brings that comes whole, and what goes with one, told by the folder alone', async () => {
    const { model } = createModel();
    const seen = async () => {
      const { projects, batches } = await model.snapshot();
      const names = [...projects.values()].flatMap(({ project_id, pipelines }) =>
        [...pipelines.keys()].map((id) => `${project_id}/${id}`),
      );
      return [...names, ...[...batches.keys()].map((path) => path.slice(dir.length + 4))];
    };
    const before = ['shop/a', 'shop/b', 'one.batch.yaml', 'two.batch.yaml'];
    expect(await seen()).toEqual(before);

    write('elsewhere/c.pipeline.yaml', pipeline('c'));
    write('elsewhere/deep/ombudsman.yaml', 'name: deep\nconnections: {}\n');
    write('elsewhere/deep/d.batch.json', '{}');
    const folder = join(dir, 'ws/pipelines/more');
    renameSync(join(dir, 'elsewhere'), folder);
    await model.changedOnDisk([{ path: folder, type: 'created' }]);
    expect((await seen()).toSorted()).toEqual(
      [...before, 'shop/c', 'pipelines/more/deep/d.batch.json'].toSorted(),
    );
    expect((await model.snapshot()).projects.get(join(folder, 'deep'))?.project_id).toBe('deep');

    renameSync(folder, join(dir, 'elsewhere'));
    await model.changedOnDisk([{ path: folder, type: 'deleted' }]);
    expect(await seen()).toEqual(before);
  });

  it('is not disturbed by files and folders that hold no definitions', async () => {
    const { model } = createModel();
    await model.snapshot();
    changes = 0;
    for (const name of ['ws/out/a.csv', 'ws/node_modules/x/y.yaml', 'ws/.git/z.yaml']) write(name, '');
    const others = ['ws/out', 'ws/out/a.csv', 'ws/node_modules', 'ws/.git', 'ws/gone'];
    for (const type of ['created', 'deleted'] as const)
      await model.changedOnDisk(others.map((name) => ({ path: join(dir, name), type })));
    expect(changes).toBe(0);
    write('ws/out/p.yaml', '');
    await model.changedOnDisk([{ path: join(dir, 'ws/out'), type: 'created' }]);
    expect(changes).toBe(1);
  });

  it('finds the project of a file that is opened outside of the folders', async () => {
    const { model } = createModel();
    write('else/ombudsman.yaml', 'name: other\nconnections: {}\n');
    const path = join(dir, 'else/deep/x.batch.yaml');
    open(model, path, 'job_name: x\n');
    const snapshot = await model.snapshot();
    expect(snapshot.projectOf(path)?.project_id).toBe('other');
    model.closed(path);
    expect((await model.snapshot()).projects.size).toBe(1);
  });
});

describe('checking', () => {
  it('plans a batch again only if it, its project or one it names is another', async () => {
    write('far/ombudsman.yaml', 'name: far\nconnections:\n  db: { type: duckdb, path: a }\n');
    const far = write('far/pipelines/x.pipeline.yaml', pipeline('x'));
    rmSync(join(dir, 'ws/two.batch.yaml'));
    const path = write('ws/three.batch.yaml', 'projects: [{ project: ../far, pipeline_ids: [x] }]\n');
    const { model, checker } = createModel();
    const check = async () => {
      const snapshot = await model.snapshot();
      return await checker.checkBatch(snapshot, snapshot.batches.get(path)!);
    };
    const first = await check();
    expect(first).toEqual({ diagnostics: [], operations: 1 });
    open(model, join(dir, 'ws/one.batch.yaml'), 'job_name: y\n');
    expect(await check()).toBe(first);
    writeFileSync(far, pipeline('y'));
    utimesSync(far, new Date(), new Date(Date.now() + 5_000));
    model.suspectAll();
    const second = await check();
    expect(second.diagnostics.map(({ code }) => code)).toEqual(['unknown_pipeline']);
    expect(await check()).toBe(second);
  });

  it('knows a project by its id, here or wherever the daemon saw it', async () => {
    const path = join(dir, 'ws/x.batch.yaml');
    const { model, checker } = createModel();
    const codes = async (project: string) => {
      open(model, path, `projects: [{ project: ${project} }]\n`);
      return (await checker.problems(await model.snapshot(), path)).map(({ code }) => code);
    };
    expect(await codes('shop')).toEqual([]);
    expect(await codes('far')).toEqual(['unknown_project']);
    write('far/ombudsman.yaml', 'name: far\nconnections:\n  db: { type: duckdb, path: a }\n');
    write('far/pipelines/x.pipeline.yaml', pipeline('x'));
    model.suspectAll();
    expect(await codes('far')).toEqual([]);
    expect(await codes('fra')).toEqual(['unknown_project']);
  });

  it('checks a pipeline that no project lists, against the connections around it', async () => {
    const path = join(dir, 'ws/drafts/x.pipeline.yaml');
    const { model, checker } = createModel();
    open(model, path, pipeline('x').replace('connection: db', 'connection: dbb'));
    const found = await checker.problems(await model.snapshot(), path);
    expect(found.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['unknown_connection', 2, 23],
    ]);
  });

  it('says that a batch file cannot be read', async () => {
    const path = write('ws/huge.batch.yaml', 'x'.repeat(17 * 1_048_576));
    const { model, checker } = createModel();
    const found = await checker.problems(await model.snapshot(), path);
    expect(found.map(({ code, line, column }) => [code, line, column])).toEqual([['unreadable', 1, 1]]);
  });
});

describe('FileStore', () => {
  it('looks at what nobody watches again after a second', async () => {
    let nowMs = 0;
    const path = write('ws/one.batch.yaml', 'a: 1\n');
    const store = new FileStore({ disk, isWatched: () => false, now: () => nowMs });
    const first = await store.file(path, 'batch');
    writeFileSync(path, 'a: 22\n');
    nowMs = 999;
    expect(await store.file(path, 'batch')).toBe(first);
    nowMs = 1_001;
    expect(await store.readText(path)).toBe('a: 22\n');
    nowMs = 3_000;
    const same = await store.file(path, 'batch');
    nowMs = 6_000;
    expect(await store.file(path, 'batch')).toBe(same);
  });

  it('leaves out a byte order mark', async () => {
    const path = write('ws/one.batch.yaml', '\ufeffa: 1\n');
    const store = new FileStore({ disk, isWatched: () => true });
    expect((await store.file(path, 'batch'))?.text.getText()).toBe('a: 1\n');
    expect(await store.readText(join(dir, 'nothing'))).toBeNull();
  });
});
