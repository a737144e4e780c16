import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { schemaVersion } from '../../../daemon/protocol/version.ts';
import { openDocument, type DocumentKind } from '../../../daemon/server/storage/documents.ts';
import { jobDocumentKind } from '../../../daemon/server/storage/jobDocument.ts';
import { migrate, type Migration } from '../../../daemon/server/storage/migrations/migrations.ts';
import { createProjectRegistry } from '../../../daemon/server/storage/projects.ts';
import { documentEnd, serialise } from '../../../daemon/server/storage/serialise.ts';
import { FaultyFiles } from './faultyFiles.ts';
import { jobDocument } from '../../support/storageJobs.ts';
import { contextOf, newFolder, openStore, textWith } from './support.ts';

interface Note {
  schema_version: number;
  text: string;
}

const noteKind: DocumentKind<Note> = {
  migrations: [],
  validate: (raw) => {
    if (typeof raw.text !== 'string') throw new Error('text: expected a string');
    return raw as unknown as Note;
  },
};

describe('text of a document', () => {
  test.each([
    {},
    { a: 1, b: undefined, c: null },
    {
      list: [],
      nested: {},
      deep: { list: [{ x: [1, [2]] }, undefined, 'é\n"'], more: { even: { deeper: [1] } } },
    },
    jobDocument({ operations: 100 }),
  ])('is what JSON.stringify would say, in lines (%#)', (value) => {
    const text = [...serialise(value)].join('') + documentEnd;
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
  });

  test('a document of 100,000 operations is written in pieces between which the event loop turns', async () => {
    const folder = newFolder();
    const low = openDocument(join(folder, 'j.json'), jobDocumentKind, contextOf());
    low.data = jobDocument({ operations: 100_000 });
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await low.write();
    isDone = true;
    const bytes = readFileSync(join(folder, 'j.json')).length;
    // At least one turn for each 128 Ki of text.
    expect(turns).toBeGreaterThan(bytes / (140 * 1024));
    const read = openDocument(join(folder, 'j.json'), jobDocumentKind, contextOf());
    await read.read();
    expect(read.data).toEqual(low.data);
  });
});

describe('writing', () => {
  test('syncs the file before the rename and the folder after it', async () => {
    const folder = newFolder();
    const files = new FaultyFiles(folder);
    const low = openDocument(join(folder, 'n.json'), noteKind, contextOf(files));
    low.data = { schema_version: 1, text: 'one' };
    await low.write();
    expect(files.calls).toEqual(['open', 'write', 'datasync', 'close', 'rename', 'syncDir']);
  });

  test.each([1, 2, 3, 4, 5])(
    'a failure at call %i leaves the previous document and no temporary file',
    async (at) => {
      const folder = newFolder();
      const path = join(folder, 'n.json');
      writeFileSync(path, '{"schema_version":1,"text":"before"}');
      const files = new FaultyFiles(folder, { at, errno: 'ENOSPC' });
      const context = contextOf(files);
      const low = openDocument(path, noteKind, context);
      low.data = { schema_version: 1, text: 'after' };
      await expect(low.write()).rejects.toMatchObject({ name: 'StorageError', code: 'disk_full' });
      expect(context.health.report()).toMatchObject({ ok: false });
      expect(readdirSync(folder)).toEqual(['n.json']);
      expect(readFileSync(path, 'utf8')).toContain('before');
      await low.write();
      expect(context.health.report()).toEqual({ ok: true });
      expect(readFileSync(path, 'utf8')).toContain('after');
    },
  );

  test('a damaged file that could not be moved away is moved before its name is written again', async () => {
    const folder = newFolder();
    const path = join(folder, 'n.json');
    writeFileSync(path, 'damaged');
    const files = new FaultyFiles(folder);
    const context = contextOf(files);
    const low = openDocument(path, noteKind, context);
    files.refusing = 'EROFS';
    await low.read();
    expect(low.data).toBeNull();
    expect(context.notices).toEqual([{ path, message: textWith('read-only') }]);
    low.data = { schema_version: 1, text: 'new' };
    await expect(low.write()).rejects.toMatchObject({ code: 'read_only' });
    expect(readFileSync(path, 'utf8')).toBe('damaged');
    files.refusing = undefined;
    await low.write();
    const kept = readdirSync(folder).find((name) => name.startsWith('n.json.corrupt-')) as string;
    expect(readFileSync(join(folder, kept), 'utf8')).toBe('damaged');
    expect(readFileSync(path, 'utf8')).toContain('new');
  });

  test('two damaged files in one millisecond are both kept', async () => {
    const folder = newFolder();
    const path = join(folder, 'n.json');
    for (const text of ['first', 'second']) {
      writeFileSync(path, text);
      await openDocument(path, noteKind, contextOf()).read();
    }
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(kept.sort()).toEqual(['first', 'second']);
  });

  test('a file that cannot be read is an error, not damage: it stays where it is', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'n.json'));
    await expect(openDocument(join(folder, 'n.json'), noteKind, contextOf()).read()).rejects.toMatchObject({
      code: 'io',
    });
    expect(readdirSync(folder)).toEqual(['n.json']);
  });
});

describe('migrations', () => {
  const fixture = new URL('../../fixtures/storage/v1/job.json', import.meta.url);
  const steps: Migration[] = [
    // Version 0 of this test called plan and state by one name each and knew no tags.
    {
      from: 0,
      migrate: ({ job, ...rest }) => ({ ...rest, state: job, plan: { ...(rest.plan as object), tags: [] } }),
    },
  ];

  test('the released version 1 is still read as it was written', async () => {
    const dir = newFolder();
    mkdirSync(join(dir, 'jobs'));
    const text = readFileSync(fixture, 'utf8');
    const raw = JSON.parse(text) as { state: { job_id: string } };
    writeFileSync(join(dir, 'jobs', `${raw.state.job_id}.json`), text);
    const store = await openStore(dir);
    const { document } = await store.load(raw.state.job_id);
    expect(document).toEqual(raw);
    expect(store.summary(raw.state.job_id)?.job).toMatchObject({
      status: 'partial_success',
      duration_ms: 61_000,
      progress: { total: 3, completed: 1, failed: 1, skipped: 1, rows_processed: 2000 },
    });
    expect(store.history('retail', 'pipeline', 'orders')?.recent).toMatchObject([
      { ok: false, duration_ms: 30_000 },
    ]);
  });

  test('an old document goes through every step up to the version of this program', async () => {
    const raw = JSON.parse(readFileSync(fixture, 'utf8')) as Record<string, unknown>;
    const { state, plan, ...rest } = raw;
    const { tags: _tags, ...oldPlan } = plan as Record<string, unknown>;
    const old = { ...rest, schema_version: 0, job: state, plan: oldPlan };
    const before = structuredClone(old);
    const migrated = migrate(old, steps, 'x.json');
    expect(migrated.schema_version).toBe(schemaVersion);
    expect((await jobDocumentKind.validate(migrated)).plan.tags).toEqual([]);
    expect(old).toEqual(before);
    expect(() => migrate(old, [], 'x.json')).toThrow('nothing leads from its schema_version 0 to 1');
  });

  test('several steps are taken one after the other', () => {
    const count: Migration[] = [0, 1, 2].map((from) => ({
      from,
      migrate: (old) => ({ ...old, [`step${from}`]: true }),
    }));
    expect(migrate({ schema_version: 0 }, count, 'x', 3)).toEqual({
      schema_version: 3,
      step0: true,
      step1: true,
      step2: true,
    });
    expect(migrate({ schema_version: 2 }, count, 'x', 3)).toEqual({ schema_version: 3, step2: true });
  });

  test('a newer version is refused by its number', () => {
    expect(() => migrate({ schema_version: 7 }, steps, 'x.json')).toThrow(
      'schema_version 7; this one reads up to 1',
    );
  });
});

describe('known projects', () => {
  const now = () => new Date(clock);
  let clock = Date.parse('2026-05-05T00:00:00.000Z');

  test('are found by folder and by name, the latest seen first, by this registry and the next', async () => {
    const dataDir = newFolder();
    const registry = await createProjectRegistry({ dataDir, now });
    await registry.seen('retail', '/projects/retail');
    clock += 1000;
    await registry.seen('finance', '/projects/finance/');
    clock += 1000;
    await registry.seen('retail', '/copy/retail');
    await registry.close();
    const next = await createProjectRegistry({ dataDir, now });
    expect(next.list().map(({ path }) => path)).toEqual([
      '/copy/retail',
      '/projects/finance',
      '/projects/retail',
    ]);
    expect(next.find('retail').map(({ path }) => path)).toEqual(['/copy/retail', '/projects/retail']);
    expect(next.find('/projects/finance')).toEqual([
      { project_id: 'finance', path: '/projects/finance', last_seen_at: '2026-05-05T00:00:01.000Z' },
    ]);
    expect(next.find('nobody')).toEqual([]);
  });

  test('a project that changed its name is known by the new one only', async () => {
    const registry = await createProjectRegistry({ dataDir: newFolder(), now });
    await registry.seen('old', '/projects/p');
    await registry.seen('new', '/projects/p');
    expect(registry.find('old')).toEqual([]);
    expect(registry.find('new')).toHaveLength(1);
  });

  test('on a full disk are kept in memory, and written when there is room', async () => {
    const dataDir = newFolder();
    const files = new FaultyFiles(dataDir);
    const registry = await createProjectRegistry({ dataDir, files, now });
    files.refusing = 'ENOSPC';
    await registry.seen('retail', '/projects/retail');
    expect(registry.find('retail')).toHaveLength(1);
    files.refusing = undefined;
    await registry.close();
    expect((await createProjectRegistry({ dataDir })).find('retail')).toHaveLength(1);
  });

  test('a damaged file is set aside and said', async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'projects.json'), '{"schema_version":1,"projects":[{"path":5}]}');
    const notices: string[] = [];
    const registry = await createProjectRegistry({
      dataDir,
      onNotice: ({ message }) => notices.push(message),
    });
    expect(registry.list()).toEqual([]);
    expect(notices).toEqual([textWith('projects.0.project_id')]);
  });

  test('a newer file is refused', async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'projects.json'), '{"schema_version":2,"projects":[]}');
    await expect(createProjectRegistry({ dataDir })).rejects.toMatchObject({ code: 'newer_version' });
  });
});
