import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFileStore } from '../../../daemon/server/storage/fileStore.ts';
import { timeOfId } from '../../../daemon/server/storage/retention.ts';
import type { StorageNotice } from '../../../daemon/server/storage/store.ts';
import { samplesOf, summarise } from '../../../daemon/server/storage/summary.ts';
import {
  createdAt,
  everything,
  jobDocument,
  jobId,
  pending,
  record,
  records,
  type JobShape,
} from '../../support/storageJobs.ts';
import { newFolder, openStore, textWith, textLike } from './support.ts';

const id = jobId(1);

async function storeWithJob(dir: string, shape: JobShape = {}) {
  const store = await openStore(dir);
  const document = jobDocument(shape);
  await store.create(document, summarise(document));
  return store;
}

/** A job that has come to its end, in a directory of its own. */
async function endJob(dir: string, n: number, state: JobShape['state'] = {}): Promise<void> {
  const store = await storeWithJob(dir, { n });
  const ended = jobDocument({ n, status: 'completed', state: { finished_at: createdAt(n), ...state } });
  await store.finish(ended, summarise(ended), samplesOf(ended));
  await store.close();
}

function corruptFiles(dir: string): string[] {
  return readdirSync(dir).filter((name) => name.includes('.corrupt-'));
}

describe('the life of a job', () => {
  test('what was created and appended is loaded, by this store and by the next', async () => {
    const dir = newFolder();
    const store = await storeWithJob(dir);
    await store.append(id, records(1, 4));
    expect(await store.load(id)).toEqual({ document: jobDocument(), records: records(1, 4) });
    await store.close();
    const next = createFileStore({ dataDir: dir });
    expect(await next.open()).toEqual({ live_job_ids: [id], notices: [] });
    expect(await next.load(id)).toEqual({ document: jobDocument(), records: records(1, 4) });
    await next.append(id, [record(5)]);
    expect((await next.load(id)).records).toEqual(records(1, 5));
    await next.close();
  });

  test('the files are private, and a person can read the document', async () => {
    const dir = newFolder();
    await storeWithJob(dir);
    expect(statSync(join(dir, 'jobs')).mode & 0o777).toBe(0o700);
    const path = join(dir, 'jobs', `${id}.json`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(JSON.parse(text)).toEqual(jobDocument());
    expect(text).toContain('\n  "schema_version": 1,\n');
    expect(text.split('\n').filter((line) => line.includes('"operation_id"'))).toHaveLength(3);
  });

  test('appending to a job that nobody has loaded since the start works', async () => {
    const dir = newFolder();
    await (await storeWithJob(dir)).close();
    const store = await openStore(dir);
    await store.append(id, [record(1)]);
    expect((await store.load(id)).records).toEqual([record(1)]);
  });

  test('compaction shortens the journal and loses no record, appends going on meanwhile', async () => {
    const dir = newFolder();
    const store = await storeWithJob(dir);
    await store.append(id, records(1, 500));
    const before = store.journalBytes(id);
    const compaction = store.compact(jobDocument({ seq: 490, status: 'running' }));
    const appends = records(501, 520).map((one) => store.append(id, [one]));
    await Promise.all([compaction, ...appends]);
    expect(store.journalBytes(id)).toBeLessThan(before / 5);
    const { document, records: after } = await store.load(id);
    expect([document.journal_seq, document.state.status]).toEqual([490, 'running']);
    expect(after).toEqual(records(491, 520));
  });

  test('a compaction keeps what its operations were at the call, whatever is replaced while it writes', async () => {
    const dir = newFolder();
    const store = await storeWithJob(dir, { operations: 20_000 });
    await store.append(id, [record(1)]);
    const document = jobDocument({ seq: 1, status: 'running', operations: 20_000 });
    const compaction = store.compact(document);
    for (let index = 0; index < 20_000; index += 1)
      document.operations[index] = { ...pending, status: 'cancelled' };
    document.state.status = 'cancelled';
    await compaction;
    const loaded = (await store.load(id)).document;
    expect(loaded.state.status).toBe('running');
    expect(loaded.operations.every(({ status }) => status === 'pending')).toBe(true);
  });

  test('a document that claims other records than were acknowledged is refused, and nothing is written', async () => {
    const store = await storeWithJob(newFolder());
    await store.append(id, records(1, 3));
    await expect(store.compact(jobDocument({ seq: 4 }))).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.finish(jobDocument({ seq: 2 }), summarise(jobDocument()), [])).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await store.load(id)).records).toEqual(records(1, 3));
  });

  test('finish closes the journal; reopen takes the job back, with numbers going on', async () => {
    const dir = newFolder();
    const store = await storeWithJob(dir);
    await store.append(id, records(1, 2));
    const ended = jobDocument({ seq: 2, status: 'failed', state: { finished_at: createdAt(2) } });
    await store.finish(ended, summarise(ended), []);
    expect(existsSync(join(dir, 'jobs', `${id}.journal`))).toBe(false);
    await expect(store.append(id, [record(3)])).rejects.toMatchObject({ code: 'conflict' });
    await store.reopen(id);
    await store.append(id, [record(3)]);
    await store.close();
    const next = createFileStore({ dataDir: dir });
    expect((await next.open()).live_job_ids).toEqual([id]);
    expect((await next.load(id)).records).toEqual([record(3)]);
    await next.close();
  });

  test('a document that has not ended is live even without its journal', async () => {
    const dir = newFolder();
    await storeWithJob(dir);
    const { unlinkSync } = await import('node:fs');
    unlinkSync(join(dir, 'jobs', `${id}.journal`));
    const next = createFileStore({ dataDir: dir });
    expect((await next.open()).live_job_ids).toEqual([id]);
    await next.load(id);
    await next.append(id, [record(1)]);
    await next.close();
  });

  test('the same id twice is refused; the first job stays as it is', async () => {
    const store = await storeWithJob(newFolder());
    const other = jobDocument({ operations: 1 });
    await expect(store.create(other, summarise(other))).rejects.toMatchObject({ code: 'conflict' });
    expect((await store.load(id)).document).toEqual(jobDocument());
  });

  test.each(['../../etc/passwd', '', 'index', '01ARZ3NDEKTSV4RRFFQ69G5FA', `${id}/..`, id.toLowerCase()])(
    'no path is made of %j',
    async (wrong) => {
      const store = await openStore(newFolder());
      await expect(store.load(wrong)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.remove(wrong)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.reopen(wrong)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.append(wrong, [record(1)])).rejects.toMatchObject({ code: 'not_found' });
      expect(() => store.artifactDir(wrong)).toThrow('is not a job id');
    },
  );
});

describe('damage', () => {
  test.each([
    ['cut off', (text: string) => text.slice(0, text.length / 2)],
    ['no JSON', () => 'hello'],
    ['empty', () => ''],
    ['of another shape', (text: string) => text.replace('"pending"', '"dreaming"')],
    ['with an operation missing', (text: string) => text.replace(/,\n {4}\{"status"[^\n]*\n {2}\]/, '\n  ]')],
    ['without a version', (text: string) => text.replace('"schema_version": 1,', '')],
  ])('a document %s is set aside whole, said, and never overwritten', async (_name, damage) => {
    const dir = newFolder();
    const notices: StorageNotice[] = [];
    await (await storeWithJob(dir)).close();
    const path = join(dir, 'jobs', `${id}.json`);
    const good = readFileSync(path, 'utf8');
    const bad = damage(good);
    expect(bad).not.toBe(good);
    writeFileSync(path, bad);
    let store = await openStore(dir, { onNotice: (notice) => notices.push(notice) });
    await expect(store.load(id)).rejects.toMatchObject({ code: 'damaged', hint: textWith('.corrupt-') });
    expect(notices.map((notice) => notice.path)).toContain(path);
    const kept = corruptFiles(join(dir, 'jobs')).filter((name) => name.includes('.json.corrupt-'));
    expect(kept).toHaveLength(1);
    expect(readFileSync(join(dir, 'jobs', kept[0] as string), 'utf8')).toBe(bad);
    expect(store.has(id)).toBe(false);
    expect(store.list(everything).total).toBe(0);
    const where = join(dir, 'jobs', kept[0] as string);
    expect(store.setAside(id)).toBe(where);
    await store.close();
    store = await openStore(dir, { onNotice: (notice) => notices.push(notice) });
    expect(store.setAside(id)).toBe(where);
    expect(store.setAside(id.replace(/.$/, '0'))).toBeUndefined();
    // The name is free again, and the damaged file stays.
    await store.create(jobDocument(), summarise(jobDocument()));
    expect(store.setAside(id)).toBeUndefined();
    await store.remove(id);
    expect(corruptFiles(join(dir, 'jobs')).filter((name) => name.includes('.json.corrupt-'))).toEqual(kept);
  });

  test('a damaged journal: what stands before the damage is used, a copy of the whole is kept, and the job goes on', async () => {
    const dir = newFolder();
    const first = await storeWithJob(dir);
    await first.append(id, records(1, 10));
    await first.close();
    const path = join(dir, 'jobs', `${id}.journal`);
    const bytes = readFileSync(path);
    const lines = bytes.toString().split('\n');
    const place = lines.slice(0, 6).join('\n').length + 20;
    bytes[place] = (bytes[place] as number) ^ 4;
    writeFileSync(path, bytes);
    const notices: StorageNotice[] = [];
    const store = await openStore(dir, { onNotice: (notice) => notices.push(notice) });
    expect((await store.load(id)).records).toEqual(records(1, 6));
    expect(notices).toEqual([{ path, message: textWith('line 7 is not what was written there') }]);
    const [kept] = corruptFiles(join(dir, 'jobs'));
    expect(readFileSync(join(dir, 'jobs', kept as string))).toEqual(bytes);
    await store.append(id, [record(7)]);
    await store.close();
    const next = await openStore(dir, { onNotice: (notice) => notices.push(notice) });
    expect((await next.load(id)).records).toEqual(records(1, 7));
    expect(notices).toHaveLength(1);
  });

  test('damage in what the document contains already does not leave a gap before what is appended next', async () => {
    const dir = newFolder();
    const first = await storeWithJob(dir);
    await first.append(id, records(1, 10));
    const path = join(dir, 'jobs', `${id}.journal`);
    const long = readFileSync(path);
    await first.compact(jobDocument({ seq: 10, status: 'running' }));
    await first.close();
    // A crash before the journal was shortened, and a flipped bit in its third line.
    long[long.indexOf('"seq":3')] = 0;
    writeFileSync(path, long);
    const store = await openStore(dir);
    expect((await store.load(id)).records).toEqual([]);
    await store.append(id, [record(11)]);
    await store.close();
    const next = createFileStore({ dataDir: dir });
    expect((await next.open()).notices).toEqual([]);
    expect((await next.load(id)).records).toEqual([record(11)]);
    await next.close();
  });

  test('random bit flips in a journal never show a record that was not written', async () => {
    const dir = newFolder();
    const first = await storeWithJob(dir);
    await first.append(id, records(1, 40));
    await first.close();
    const path = join(dir, 'jobs', `${id}.journal`);
    const good = readFileSync(path);
    for (let round = 0; round < 40; round += 1) {
      const bytes = Buffer.from(good);
      const place = (round * 7919 + 13) % bytes.length;
      bytes[place] = (bytes[place] as number) ^ (1 << (round % 8));
      writeFileSync(path, bytes);
      const notices: StorageNotice[] = [];
      const store = await openStore(dir, { onNotice: (notice) => notices.push(notice) });
      const { records: read } = await store.load(id);
      expect(read).toEqual(records(1, read.length));
      expect(read.length).toBeLessThan(40);
      expect(notices).toHaveLength(1);
      await store.close();
    }
  });

  test('a torn last line is no damage', async () => {
    const dir = newFolder();
    const first = await storeWithJob(dir);
    await first.append(id, records(1, 10));
    await first.close();
    const path = join(dir, 'jobs', `${id}.journal`);
    truncateSync(path, statSync(path).size - 9);
    const store = createFileStore({ dataDir: dir });
    expect((await store.open()).notices).toEqual([]);
    expect((await store.load(id)).records).toEqual(records(1, 9));
    expect(corruptFiles(join(dir, 'jobs'))).toEqual([]);
    await store.close();
  });

  test('a journal whose document is lost is set aside; an empty one of a creation that was cut off goes without a word', async () => {
    const dir = newFolder();
    const first = await storeWithJob(dir);
    await first.append(id, [record(1)]);
    await first.close();
    const { unlinkSync } = await import('node:fs');
    unlinkSync(join(dir, 'jobs', `${id}.json`));
    writeFileSync(join(dir, 'jobs', `${jobId(2)}.journal`), '');
    const store = createFileStore({ dataDir: dir });
    const opened = await store.open();
    expect(opened.live_job_ids).toEqual([]);
    expect(opened.notices).toHaveLength(1);
    expect(readdirSync(join(dir, 'jobs'))).toEqual([textLike(`^${id}.journal.corrupt-`)]);
    await store.close();
  });
});

describe('versions', () => {
  test('a directory that a newer version wrote is refused, and not a byte of it changed', async () => {
    const dir = newFolder();
    await endJob(dir, 1);
    const path = join(dir, 'index.json');
    const text = readFileSync(path, 'utf8').replace('"schema_version": 1', '"schema_version": 2');
    writeFileSync(path, text);
    const store = createFileStore({ dataDir: dir });
    await expect(store.open()).rejects.toMatchObject({
      code: 'newer_version',
      message: textWith('schema_version 2'),
      hint: textWith('Update'),
    });
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(dir).sort()).toEqual(['artifacts', 'index.json', 'index.log', 'jobs', 'scratch']);
  });

  test('so is one with a live job of a newer version', async () => {
    const dir = newFolder();
    await (await storeWithJob(dir)).close();
    const path = join(dir, 'jobs', `${id}.json`);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"schema_version": 1', '"schema_version": 2'));
    await expect(createFileStore({ dataDir: dir }).open()).rejects.toMatchObject({ code: 'newer_version' });
  });
});

describe('removal', () => {
  test('takes document, journal, log and artifacts, for this store and the next', async () => {
    const dir = newFolder();
    await endJob(dir, 2);
    const store = await storeWithJob(dir);
    mkdirSync(join(store.artifactDir(id), 'op-0001'), { recursive: true });
    writeFileSync(join(store.artifactDir(id), 'op-0001', 'differences.parquet'), 'PAR1');
    await store.remove(id);
    expect(store.has(id)).toBe(false);
    expect(existsSync(store.artifactDir(id))).toBe(false);
    expect(readdirSync(join(dir, 'jobs'))).toEqual([`${jobId(2)}.json`]);
    await expect(store.load(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.remove(id)).rejects.toMatchObject({ code: 'not_found' });
    const next = createFileStore({ dataDir: dir });
    expect((await next.open()).live_job_ids).toEqual([]);
    expect(next.list(everything).jobs.map((job) => job.job_id)).toEqual([jobId(2)]);
    await next.close();
  });

  test('never follows a symbolic link out of the data directory', async () => {
    const dir = newFolder();
    const outside = newFolder();
    writeFileSync(join(outside, 'precious.txt'), 'mine');
    await endJob(dir, 1);
    await endJob(dir, 2);
    symlinkSync(outside, join(dir, 'artifacts', jobId(1)));
    mkdirSync(join(dir, 'artifacts', jobId(2)));
    symlinkSync(outside, join(dir, 'artifacts', jobId(2), 'op-0001'));
    const store = await openStore(dir);
    await store.remove(jobId(1));
    await store.remove(jobId(2));
    expect(readdirSync(join(dir, 'artifacts'))).toEqual([]);
    expect(readFileSync(join(outside, 'precious.txt'), 'utf8')).toBe('mine');
  });
});

describe('retention', () => {
  const dayMs = 86_400_000;

  async function fiveJobs(): Promise<string> {
    const dir = newFolder();
    for (let n = 1; n <= 4; n += 1) {
      await endJob(dir, n);
      mkdirSync(join(dir, 'artifacts', jobId(n)));
      writeFileSync(join(dir, 'artifacts', jobId(n), 'rows.csv'), Buffer.alloc(100_000));
    }
    // The oldest of all is live.
    await (await storeWithJob(dir, { n: 0 })).close();
    return dir;
  }

  function now(days: number): Date {
    return new Date(timeOfId(jobId(4)) + days * dayMs);
  }

  test('by age, from the end of the job', async () => {
    const dir = await fiveJobs();
    const store = await openStore(dir, { retention: { maxAgeDays: 10 } });
    expect(await store.applyRetention(now(9.9))).toEqual([]);
    expect(await store.applyRetention(now(10.1))).toEqual([1, 2, 3, 4].map(jobId));
    expect(readdirSync(join(dir, 'artifacts'))).toEqual([]);
    expect(store.has(jobId(0))).toBe(true);
  });

  test('by count: the oldest ended ones go, a live one counts and stays', async () => {
    const store = await openStore(await fiveJobs(), { retention: { maxJobs: 3 } });
    expect(await store.applyRetention(now(0))).toEqual([1].map(jobId));
    expect(store.list(everything).jobs.map((job) => job.job_id)).toEqual([4, 3, 2, 0].map(jobId));
  });

  test('by bytes, artifacts included', async () => {
    const store = await openStore(await fiveJobs(), { retention: { maxBytes: 250_000 } });
    expect(await store.applyRetention(now(0))).toEqual([1, 2].map(jobId));
    expect(await store.applyRetention(now(0))).toEqual([]);
  });

  test('folders of artifacts whose job is gone are removed once they are a day old', async () => {
    const dir = await fiveJobs();
    mkdirSync(join(dir, 'artifacts', jobId(77)));
    mkdirSync(join(dir, 'artifacts', 'something else'));
    const store = await openStore(dir);
    await store.applyRetention(now(0.5));
    expect(existsSync(join(dir, 'artifacts', jobId(77)))).toBe(true);
    await store.applyRetention(now(1.5));
    expect(existsSync(join(dir, 'artifacts', jobId(77)))).toBe(false);
    expect(existsSync(join(dir, 'artifacts', 'something else'))).toBe(true);
    expect(existsSync(join(dir, 'artifacts', jobId(4)))).toBe(true);
  });
});
