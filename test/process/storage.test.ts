import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFileStore, type FileStore } from '../../daemon/server/storage/fileStore.ts';
import type { StorageNotice } from '../../daemon/server/storage/store.ts';
import { samplesOf, summarise } from '../../daemon/server/storage/summary.ts';
import { everything, jobDocument, jobId, record, records } from '../support/storageJobs.ts';
import { FaultyFiles } from '../unit/storage/faultyFiles.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ombudsman-storage-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('kill -9', () => {
  interface Told {
    created: Set<number>;
    appended: Map<number, number>;
    ended: Map<number, number>;
  }

  /** Runs the writer and kills it as soon as it has said so many things. */
  async function writeUntilKilled(
    writer: string,
    dataDir: string,
    lines: number,
    firstJob: number,
    told: Told,
  ) {
    const child = spawn(process.execPath, [writer, dataDir, String(firstJob)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const exited = new Promise<NodeJS.Signals | null>((resolve) =>
      child.once('close', (_code, signal) => resolve(signal)),
    );
    let count = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, n, seq] = line.split(' ') as [string, string, string | undefined];
      if (what === 'created') told.created.add(Number(n));
      const list = what === 'appended' ? told.appended : what === 'ended' ? told.ended : undefined;
      list?.set(Number(n), Math.max(Number(seq), list.get(Number(n)) ?? 0));
      count += 1;
      if (count === lines) child.kill('SIGKILL');
    }
    expect(await exited, errors).toBe('SIGKILL');
  }

  test('20 times in the middle of appends, compactions and ends: nothing acknowledged is lost, nothing torn is shown', async () => {
    const writer = join(folder, 'writer.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, '..', 'support', 'storageWriter.ts')],
      outfile: writer,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'error',
    });
    const dataDir = join(folder, 'killed');
    const told: Told = { created: new Set(), appended: new Map(), ended: new Map() };
    let firstJob = 1;
    for (let round = 0; round < 20; round += 1) {
      await writeUntilKilled(writer, dataDir, 23 + round * 61, firstJob, told);
      const store = createFileStore({ dataDir });
      const { live_job_ids: live, notices } = await store.open();
      expect(notices).toEqual([]);
      for (const n of told.created) expect(store.has(jobId(n)), `job ${n}`).toBe(true);
      for (const [n, seq] of told.appended) {
        const { document, records: after } = await store.load(jobId(n));
        const last = document.journal_seq + after.length;
        expect(last, `job ${n}`).toBeGreaterThanOrEqual(seq);
        expect(after).toEqual(records(document.journal_seq + 1, last));
        if (document.state.status === 'completed' && !live.includes(jobId(n)))
          expect(store.summary(jobId(n))).toEqual(summarise(document));
      }
      for (const [n, seq] of told.ended) {
        expect(live).not.toContain(jobId(n));
        expect((await store.load(jobId(n))).document).toMatchObject({
          journal_seq: seq,
          state: { status: 'completed' },
        });
      }
      const { total } = store.list(everything);
      firstJob = total + 1;
      await store.close();
    }
    expect(told.ended.size).toBeGreaterThan(5);
  });
});

/** Runs `mount` or says why it cannot. */
function mountTmpfs(path: string, bytes: number): boolean {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'tmpfs', path], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** A data directory on a disk of its own, small and real where this user may mount one, injected elsewhere. */
interface SmallDisk {
  readonly dataDir: string;
  open(onNotice?: (notice: StorageNotice) => void): FileStore;
  fill(): void;
  empty(): void;
  setReadOnly(isReadOnly: boolean): void;
  remove(): void;
}

function realDisk(dataDir: string): SmallDisk {
  return {
    dataDir,
    open: () => createFileStore({ dataDir }),
    fill: () => {
      try {
        writeFileSync(join(dataDir, 'ballast'), Buffer.alloc(8 * 1024 * 1024));
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      }
    },
    empty: () => rmSync(join(dataDir, 'ballast')),
    setReadOnly: (isReadOnly) => {
      execFileSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, dataDir]);
    },
    remove: () => {
      execFileSync('umount', [dataDir]);
    },
  };
}

function injectedDisk(dataDir: string): SmallDisk {
  mkdirSync(dataDir, { recursive: true });
  const layers: FaultyFiles[] = [];
  let refusing: string | undefined;
  const set = (errno: string | undefined) => {
    refusing = errno;
    for (const layer of layers) layer.refusing = errno;
  };
  return {
    dataDir,
    open: () => {
      const files = new FaultyFiles(dataDir);
      files.refusing = refusing;
      layers.push(files);
      return createFileStore({ dataDir, files });
    },
    fill: () => set('ENOSPC'),
    empty: () => set(undefined),
    setReadOnly: (isReadOnly) => set(isReadOnly ? 'EROFS' : undefined),
    remove: () => undefined,
  };
}

const probe = mkdtempSync(join(tmpdir(), 'ombudsman-mount-'));
const mayMount = mountTmpfs(probe, 4096);
if (mayMount) execFileSync('umount', [probe]);
rmSync(probe, { recursive: true });

describe(`a small disk (${mayMount ? 'a real tmpfs' : 'injected errors: this user may not mount'})`, () => {
  const id = jobId(1);
  let disk: SmallDisk;

  beforeAll(() => {
    const dataDir = join(folder, 'disk');
    disk = mayMount && mountTmpfs(dataDir, 2 * 1024 * 1024) ? realDisk(dataDir) : injectedDisk(dataDir);
  });
  afterAll(() => disk.remove());

  test('full: every write is refused with a reason, what is there stays whole, and with room again it goes on', async () => {
    const store = disk.open();
    await store.open();
    await store.create(jobDocument(), summarise(jobDocument()));
    await store.append(id, records(1, 10));
    disk.fill();
    let last = 10;
    // A page of the journal may still have room for a few records.
    const failure = await (async () => {
      for (;;) {
        try {
          await store.append(id, records(last + 1, last + 50));
          last += 50;
        } catch (error) {
          return error;
        }
      }
    })();
    const refused = { name: 'StorageError', code: 'disk_full' };
    expect(failure).toMatchObject(refused);
    expect(last).toBeLessThan(1000);
    await expect(store.compact(jobDocument({ seq: last }))).rejects.toMatchObject(refused);
    const second = jobDocument({ n: 2 });
    await expect(store.create(second, summarise(second))).rejects.toMatchObject(refused);
    expect(store.health().ok).toBe(false);
    expect((await store.load(id)).records).toEqual(records(1, last));
    disk.empty();
    await store.append(id, [record(last + 1)]);
    expect(store.health()).toEqual({ ok: true });
    await store.create(second, summarise(second));
    await store.close();
    const next = disk.open();
    expect(await next.open()).toEqual({ live_job_ids: [1, 2].map(jobId), notices: [] });
    expect((await next.load(id)).records).toEqual(records(1, last + 1));
    expect(readdirSync(join(disk.dataDir, 'jobs')).filter((name) => name.includes('tmp'))).toEqual([]);
    const ended = jobDocument({ seq: last + 1, status: 'completed' });
    await next.finish(ended, summarise(ended), samplesOf(ended));
    await next.close();
  });

  test('read-only: what is there can be listed and loaded, writes are refused with a reason', async () => {
    disk.setReadOnly(true);
    const store = disk.open();
    const opened = await store.open();
    expect(opened).toEqual({ live_job_ids: [jobId(2)], notices: [] });
    expect(store.list(everything).jobs.map((job) => [job.job_id, job.status])).toEqual([
      [jobId(2), 'pending'],
      [jobId(1), 'completed'],
    ]);
    expect((await store.load(jobId(1))).document.state.status).toBe('completed');
    expect(await store.load(jobId(2))).toEqual({ document: jobDocument({ n: 2 }), records: [] });
    const refused = { name: 'StorageError', code: 'read_only' };
    await expect(store.append(jobId(2), [record(1)])).rejects.toMatchObject(refused);
    const third = jobDocument({ n: 3 });
    await expect(store.create(third, summarise(third))).rejects.toMatchObject(refused);
    await expect(store.reopen(id)).rejects.toMatchObject(refused);
    await expect(store.remove(id)).rejects.toMatchObject(refused);
    expect(store.health()).toMatchObject({ ok: false });
    expect(store.has(id)).toBe(true);
    await store.close();
    disk.setReadOnly(false);
    const next = disk.open();
    await next.open();
    await next.append(jobId(2), [record(1)]);
    expect(next.health()).toEqual({ ok: true });
    await next.close();
  });
});

test('a data directory that cannot be made is said so', async () => {
  writeFileSync(join(folder, 'file'), '');
  const store = createFileStore({ dataDir: join(folder, 'file', 'data') });
  await expect(store.open()).rejects.toMatchObject({
    name: 'StorageError',
    code: 'io',
    path: join(folder, 'file', 'data'),
  });
});
