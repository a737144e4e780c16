import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processStart } from '../../../daemon/platform/process.ts';
import { acquireLock, type LockAttempt, type StartLock } from '../../../daemon/server/lifecycle/startLock.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ombudsman-lock-'));
  path = join(dir, 'daemon.lock');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const nonce = 'ab'.repeat(16);
const holder = (pid: number, process_start: string | null) => JSON.stringify({ pid, process_start, nonce });
/** A pid of a process that was real and is dead. */
const deadPid = () => spawnSync(process.execPath, ['-e', '0']).pid;

function lockOf(attempt: LockAttempt): StartLock {
  if (!attempt.acquired) throw new Error(`held by ${attempt.owner.pid}`);
  return attempt.lock;
}

describe('the start lock', () => {
  it('is taken once; the second is told who has it', async () => {
    const lock = lockOf(await acquireLock(path));
    const second = await acquireLock(path);
    expect(second).toEqual({ acquired: false, owner: lock.holder });
    expect(lock.holder.pid).toBe(process.pid);
  });

  it('is free again after release, which leaves nothing behind', async () => {
    lockOf(await acquireLock(path)).release();
    expect(readdirSync(dir)).toEqual([]);
    expect((await acquireLock(path)).acquired).toBe(true);
  });

  it('is taken over from a holder that is dead', async () => {
    writeFileSync(path, holder(deadPid(), '0:1'));
    const lock = lockOf(await acquireLock(path));
    expect(lock.isHeld()).toBe(true);
    expect(readdirSync(dir)).toEqual(['daemon.lock']);
  });

  it('is taken over from a holder whose pid another process has now', async () => {
    writeFileSync(path, holder(process.pid, 'another boot:1'));
    expect((await acquireLock(path)).acquired).toBe(processStart(process.pid) !== null);
  });

  it('is not taken from a living holder, however old', async () => {
    writeFileSync(path, holder(process.pid, processStart(process.pid)));
    const longAgo = new Date(Date.now() - 86_400_000);
    utimesSync(path, longAgo, longAgo);
    expect(
      (await acquireLock(path, { isServing: async () => processStart(process.pid) === null })).acquired,
    ).toBe(false);
  });

  it.each([
    [true, false],
    [false, true],
  ])(
    'where the start of a process is unknown, an old lock stands on its daemon answering (%s)',
    async (isServing, isTaken) => {
      writeFileSync(path, holder(process.pid, null));
      const longAgo = new Date(Date.now() - 86_400_000);
      utimesSync(path, longAgo, longAgo);
      expect((await acquireLock(path, { isServing: async () => isServing })).acquired).toBe(isTaken);
    },
  );

  it.each(['', '{"pid": 12', '{"pid": -1}'])(
    'is taken over when a crash left it unreadable: %j',
    async (text) => {
      writeFileSync(path, text);
      const longAgo = new Date(Date.now() - 60_000);
      utimesSync(path, longAgo, longAgo);
      expect((await acquireLock(path)).acquired).toBe(true);
    },
  );

  it('waits for a holder that has made the file and not written its name yet', async () => {
    writeFileSync(path, '');
    const attempt = acquireLock(path);
    const first = await Promise.race([
      attempt,
      new Promise((resolve) => setTimeout(resolve, 100, 'waiting')),
    ]);
    expect(first).toBe('waiting');
    writeFileSync(path, holder(process.pid, processStart(process.pid)));
    expect(await attempt).toMatchObject({ acquired: false, owner: { nonce } });
  });

  it('goes to exactly one of many that find a dead holder at once', async () => {
    for (let round = 0; round < 20; round += 1) {
      writeFileSync(path, holder(deadPid(), '0:1'));
      const attempts = await Promise.all(Array.from({ length: 10 }, () => acquireLock(path)));
      const locks = attempts.filter((attempt) => attempt.acquired).map(lockOf);
      expect(locks).toHaveLength(1);
      expect(locks[0]?.isHeld()).toBe(true);
      locks[0]?.release();
    }
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is taken over even if a taker died in the middle', async () => {
    writeFileSync(path, holder(deadPid(), '0:1'));
    writeFileSync(
      `${path}.${nonce}`,
      JSON.stringify({ pid: deadPid(), process_start: '0:1', nonce: 'cd'.repeat(16) }),
    );
    expect((await acquireLock(path)).acquired).toBe(true);
    expect(readdirSync(dir)).toEqual(['daemon.lock']);
  });

  it('knows when it was replaced, and neither restores nor releases the other', async () => {
    const lock = lockOf(await acquireLock(path));
    const other = holder(process.pid, processStart(process.pid));
    writeFileSync(path, other);
    expect(lock.isHeld()).toBe(false);
    expect(lock.restore()).toBe(false);
    lock.release();
    expect(readFileSync(path, 'utf8')).toBe(other);
  });

  it('comes back if it was only deleted', async () => {
    const lock = lockOf(await acquireLock(path));
    rmSync(path);
    expect(lock.restore()).toBe(true);
    expect(lock.isHeld()).toBe(true);
    lock.release();
    expect(existsSync(path)).toBe(false);
  });
});
