import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StorageError } from '../../../daemon/server/storage/errors.ts';
import { createFileStore } from '../../../daemon/server/storage/fileStore.ts';
import type { JobStore } from '../../../daemon/server/storage/store.ts';
import { samplesOf, summarise } from '../../../daemon/server/storage/summary.ts';
import { Crash, FaultyFiles, type Fault } from './faultyFiles.ts';
import {
  createdAt,
  everything,
  isoAt,
  jobDocument,
  jobId,
  record,
  records,
} from '../../support/storageJobs.ts';
import { newFolder, openStore, textWith } from './support.ts';

/** What the store has promised so far, and what it had been asked for. */
interface Ledger {
  isCreated: boolean;
  acknowledged: number;
  attempted: number;
  isFinished: boolean;
  /** The finish of the retried job. */
  isFinishedAgain: boolean;
  /** Reopening was asked for: the job may be live or ended from here on. */
  isReopenAsked: boolean;
}

const id = jobId(1);

function documentAt(seq: number, status: 'pending' | 'running' | 'completed' | 'failed' = 'running') {
  const isEnded = status === 'completed' || status === 'failed';
  return jobDocument({
    seq,
    status,
    state: isEnded
      ? { started_at: createdAt(1), finished_at: isoAt(Date.parse(createdAt(1)) + seq * 100) }
      : {},
    operation: () =>
      isEnded
        ? {
            status,
            attempts: [{ attempt: seq, started_at: createdAt(1) }],
            finished_at: isoAt(Date.parse(createdAt(1)) + seq * 100),
            artifacts: [],
          }
        : { status: 'pending', attempts: [], artifacts: [] },
  });
}

/** The life of a job, each step tried again once if it is refused, as the daemon does. */
async function live(store: JobStore, files: FaultyFiles, ledger: Ledger): Promise<void> {
  const step = async (work: () => Promise<unknown>) => {
    await attempt(work);
    // Whatever the store made of it: nobody is left to hear an acknowledgement.
    if (files.isCrashed) throw new Crash();
  };
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      // A process that is gone is not told anything; here its calls end as StorageErrors around a Crash.
      if (isCrash(error)) throw error;
      expect(error).toBeInstanceOf(StorageError);
      expect((error as StorageError).hint).not.toBe('');
      expect((error as StorageError).code, String(error)).toMatch(/^(disk_full|read_only|io)$/);
      await work();
    }
  };
  const append = async (from: number, to: number) => {
    ledger.attempted = to;
    await step(() => store.append(id, records(from, to)));
    ledger.acknowledged = to;
  };
  const finish = async (seq: number, status: 'completed' | 'failed') => {
    const document = documentAt(seq, status);
    await step(() => store.finish(document, summarise(document), samplesOf(document)));
  };
  await step(() => store.open());
  await step(() => store.create(documentAt(0, 'pending'), summarise(documentAt(0, 'pending'))));
  ledger.isCreated = true;
  await append(1, 3);
  store.updateSummary(summarise(documentAt(3)));
  await append(4, 6);
  await step(() => store.compact(documentAt(5)));
  await append(7, 8);
  await finish(8, 'failed');
  ledger.isFinished = true;
  ledger.isReopenAsked = true;
  await step(() => store.reopen(id));
  await append(9, 10);
  await finish(10, 'completed');
  ledger.isFinishedAgain = true;
}

function isCrash(error: unknown): boolean {
  return error instanceof Crash || (error instanceof Error && isCrash(error.cause));
}

function newLedger(): Ledger {
  return {
    isCreated: false,
    acknowledged: 0,
    attempted: 0,
    isFinished: false,
    isFinishedAgain: false,
    isReopenAsked: false,
  };
}

/** A clean process opens what is left: everything acknowledged is there, and nothing torn is shown. */
async function inspect(dir: string, ledger: Ledger): Promise<void> {
  // Without a fault this is the real file system, but for waiting on the disk.
  const store = createFileStore({ dataDir: dir, files: new FaultyFiles(dir) });
  const { live_job_ids: liveIds, notices } = await store.open();
  expect(notices).toEqual([]);
  const names = [...readdirSync(dir), ...readdirSync(join(dir, 'jobs'))];
  expect(names.filter((name) => name.includes('.tmp-'))).toEqual([]);
  if (ledger.isCreated) expect(store.has(id)).toBe(true);
  expect(store.list(everything).total).toBe(store.has(id) ? 1 : 0);
  if (!store.has(id)) {
    expect(liveIds).toEqual([]);
    await store.create(documentAt(0, 'pending'), summarise(documentAt(0, 'pending')));
    await store.close();
    return;
  }
  const { document, records: after } = await store.load(id);
  const last = document.journal_seq + after.length;
  expect(last).toBeGreaterThanOrEqual(ledger.acknowledged);
  expect(last).toBeLessThanOrEqual(ledger.attempted);
  expect(after).toEqual(records(document.journal_seq + 1, last));
  const isLive = liveIds.includes(id);
  const status = document.state.status;
  if (!isLive) {
    expect(['completed', 'failed']).toContain(status);
    expect(store.summary(id)).toEqual(summarise(document));
    // One sample for each of the three operations and each end, never two.
    const ends = status === 'completed' && ledger.isFinished ? 2 : 1;
    const runs = store.history('retail', 'command', 'operation 1')?.runs ?? 0;
    expect(runs).toBeGreaterThanOrEqual(1);
    expect(runs).toBeLessThanOrEqual(ends);
  }
  if (ledger.isFinished && !ledger.isReopenAsked)
    expect({ isLive, status }).toEqual({ isLive: false, status: 'failed' });
  if (ledger.isFinishedAgain) expect({ isLive, status }).toEqual({ isLive: false, status: 'completed' });
  // And it goes on from there.
  if (!isLive) await store.reopen(id);
  await store.append(id, [record(last + 1)]);
  const ended = documentAt(last + 1, 'completed');
  await store.finish(ended, summarise(ended), samplesOf(ended));
  expect(store.summary(id)?.job.status).toBe('completed');
  await store.close();
  const again = createFileStore({ dataDir: dir, files: new FaultyFiles(dir) });
  expect((await again.open()).live_job_ids).toEqual([]);
  expect(again.summary(id)?.job.status).toBe('completed');
  expect((await again.load(id)).document.journal_seq).toBe(last + 1);
  await again.close();
}

async function run(
  fault: Fault,
): Promise<{ dir: string; files: FaultyFiles; ledger: Ledger; store: JobStore }> {
  const dir = newFolder();
  const files = new FaultyFiles(dir, fault);
  const ledger = newLedger();
  const store = createFileStore({ dataDir: dir, files });
  try {
    await live(store, files, ledger);
  } catch (error) {
    if (!isCrash(error)) throw error;
  }
  return { dir, files, ledger, store };
}

async function callsInALife(): Promise<number> {
  const { files } = await run({ at: Number.POSITIVE_INFINITY, errno: 'EIO' });
  return files.calls.length;
}

describe('a fault at every call of a whole life of a job', () => {
  const timeoutMs = 300_000;

  test.each(['ENOSPC', 'EIO', 'EROFS'])(
    '%s once: told as a StorageError, tried again, nothing lost',
    { timeout: timeoutMs },
    async (errno) => {
      const calls = await callsInALife();
      expect(calls).toBeGreaterThan(60);
      for (let at = 1; at <= calls; at += 1) {
        const { dir, ledger, store } = await run({ at, errno });
        expect(ledger.isFinishedAgain, `call ${at}`).toBe(true);
        await store.close();
        await inspect(dir, ledger);
      }
    },
  );

  test('a killed process', { timeout: timeoutMs }, async () => {
    const calls = await callsInALife();
    for (let at = 1; at <= calls; at += 1) {
      const { dir, files, ledger, store } = await run({ at, crash: true });
      expect(ledger.isFinishedAgain && files.calls.length < at, `call ${at}`).toBe(false);
      await store.close().catch(() => undefined);
      await inspect(dir, ledger);
    }
  });

  test('a power cut that takes all that was not synced', { timeout: timeoutMs }, async () => {
    const calls = await callsInALife();
    for (let at = 1; at <= calls; at += 1) {
      const { dir, files, ledger, store } = await run({ at, crash: true });
      await store.close().catch(() => undefined);
      files.powerCut();
      await inspect(dir, ledger);
    }
  });
});

test('a disk that stays full: every write is refused, reads go on, and when there is room again so does the job', async () => {
  const dir = newFolder();
  const files = new FaultyFiles(dir);
  const store = await openStore(dir, { files });
  await store.create(documentAt(0, 'pending'), summarise(documentAt(0, 'pending')));
  await store.append(id, records(1, 2));
  expect(store.health()).toEqual({ ok: true });
  files.refusing = 'ENOSPC';
  const refused = { name: 'StorageError', code: 'disk_full', hint: textWith('space') };
  await expect(store.append(id, [record(3)])).rejects.toMatchObject(refused);
  await expect(store.compact(documentAt(2))).rejects.toMatchObject(refused);
  const ended = documentAt(2, 'completed');
  await expect(store.finish(ended, summarise(ended), [])).rejects.toMatchObject(refused);
  const second = jobDocument({ n: 2 });
  await expect(store.create(second, summarise(second))).rejects.toMatchObject(refused);
  await expect(store.remove(id)).rejects.toMatchObject(refused);
  expect(store.health()).toMatchObject({ ok: false, message: textWith('full') });
  expect(store.has(jobId(2))).toBe(false);
  expect(store.list(everything).total).toBe(1);
  expect((await store.load(id)).records).toEqual(records(1, 2));
  files.refusing = undefined;
  await store.append(id, [record(3)]);
  expect(store.health()).toEqual({ ok: true });
  await store.create(second, summarise(second));
  const done = documentAt(3, 'completed');
  await store.finish(done, summarise(done), samplesOf(done));
  expect(store.list({ ...everything, status: 'completed' }).total).toBe(1);
});

test('an index that cannot be written loses nothing: a job that ended meanwhile is told right after a kill', async () => {
  const dir = newFolder();
  const files = new FaultyFiles(dir);
  const store = await openStore(dir, { files });
  await store.create(documentAt(0, 'pending'), summarise(documentAt(0, 'pending')));
  await store.append(id, records(1, 1));
  const ended = documentAt(1, 'completed');
  // Refuses from the moment the journal is gone: what is left of finish is the index.
  const unlink = files.unlink.bind(files);
  files.unlink = async (path) => {
    await unlink(path);
    if (path.endsWith('.journal')) files.refusing = 'ENOSPC';
  };
  await store.finish(ended, summarise(ended), samplesOf(ended));
  expect(store.health().ok).toBe(false);
  expect(store.summary(id)?.job.status).toBe('completed');
  const next = await openStore(dir);
  expect(next.summary(id)).toEqual(summarise(ended));
  expect(next.history('retail', 'command', 'operation 0')?.runs).toBe(1);
  files.refusing = undefined;
});
