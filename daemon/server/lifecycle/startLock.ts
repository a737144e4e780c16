import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { privateFileMode } from '../../platform/privateFiles.ts';
import { isSameProcess, processStart } from '../../platform/process.ts';

export interface LockHolder {
  readonly pid: number;
  readonly process_start: string | null;
  /** Names this lock among all there ever were. */
  readonly nonce: string;
}

export interface StartLock {
  readonly holder: LockHolder;
  /** False once somebody removed or replaced the file. */
  isHeld(): boolean;
  /** Puts the file back if it was removed. False: another process has it now. */
  restore(): boolean;
  /** Removes the file if it is ours. */
  release(): void;
}

export type LockAttempt =
  | { readonly acquired: true; readonly lock: StartLock }
  | { readonly acquired: false; readonly owner: LockHolder };

export interface LockOptions {
  /**
   * Asked only where the system does not tell when a process started (all but Linux), so that a pid may have been reused:
   * is the process that holds this lock really a daemon? A young lock is believed without asking.
   */
  readonly isServing?: () => Promise<boolean>;
}

/** A holder writes its name right after it made the file; past this age an unreadable lock is a leftover of a crash. */
const unreadableGraceMs = 5_000;
/** Longer than any start takes: a younger lock whose pid is alive is a daemon that starts. */
const youngLockMs = 60_000;
const pollMs = 20;

export function lockPath(dataDir: string): string {
  return join(dataDir, 'daemon.lock');
}

/**
 * Takes the lock at `path`, or says who has it. The daemon holds it for its whole life, not only until it listens: a
 * registration deleted by somebody then never leads to two daemons on one store. Liveness of the holder decides, not age.
 *
 * Taking over from a dead holder is a lock of its own, named after the dead lock's nonce: who has that one is the only
 * process that may remove this very lock, and looks again before it does. Two takers therefore never remove each other's
 * fresh lock; a taker that dies on the way is taken over in the same manner. Throws what the file system throws
 * (EACCES, EROFS, ENOSPC …).
 */
export async function acquireLock(path: string, options: LockOptions = {}): Promise<LockAttempt> {
  const holder: LockHolder = {
    pid: process.pid,
    process_start: processStart(process.pid),
    nonce: randomBytes(16).toString('hex'),
  };
  for (;;) {
    if (create(path, holder)) {
      removeLeftoverClaims(path);
      return { acquired: true, lock: lockOf(path, holder) };
    }
    const seen = look(path);
    if (seen === 'gone') continue;
    if (seen === 'being written') {
      await delay(pollMs);
      continue;
    }
    if (seen.holder !== null && (await isHolderAlive(seen.holder, seen.ageMs, options))) {
      return { acquired: false, owner: seen.holder };
    }
    const claim = await acquireLock(`${path}.${seen.nonce}`, options);
    if (!claim.acquired) {
      await delay(pollMs);
      continue;
    }
    const again = look(path);
    if (typeof again === 'object' && again.nonce === seen.nonce) rmSync(path, { force: true });
    claim.lock.release();
  }
}

function create(path: string, holder: LockHolder): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', privateFileMode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, JSON.stringify(holder));
    return true;
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

type Look =
  | 'gone'
  | 'being written'
  | { readonly holder: LockHolder | null; readonly nonce: string; readonly ageMs: number };

function look(path: string): Look {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'gone';
  const ageMs = Math.abs(Date.now() - stat.mtimeMs);
  const holder = readHolder(path);
  if (holder !== null) return { holder, nonce: holder.nonce, ageMs };
  if (ageMs < unreadableGraceMs) return 'being written';
  return { holder: null, nonce: `unreadable-${stat.ino}-${Math.trunc(stat.mtimeMs)}`, ageMs };
}

function readHolder(path: string): LockHolder | null {
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as Partial<Record<keyof LockHolder, unknown>>;
    const { pid, process_start: start, nonce } = found;
    // By hand: this runs before the daemon listens, and zod is a quarter of what it would wait for.
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) return null;
    if (start !== null && typeof start !== 'string') return null;
    return typeof nonce === 'string' && /^[0-9a-f]{32}$/.test(nonce)
      ? { pid, process_start: start, nonce }
      : null;
  } catch {
    return null;
  }
}

async function isHolderAlive(holder: LockHolder, ageMs: number, options: LockOptions): Promise<boolean> {
  if (!isSameProcess(holder.pid, holder.process_start)) return false;
  const isCertain = holder.process_start !== null && processStart(holder.pid) !== null;
  if (isCertain || ageMs < youngLockMs || options.isServing === undefined) return true;
  return options.isServing();
}

function lockOf(path: string, holder: LockHolder): StartLock {
  const isHeld = (): boolean => readHolder(path)?.nonce === holder.nonce;
  return {
    holder,
    isHeld,
    restore: () => isHeld() || create(path, holder),
    release: () => {
      if (isHeld()) rmSync(path, { force: true });
    },
  };
}

/** Claims that a dying taker left. Whoever still holds one will find this lock changed and do nothing with it. */
function removeLeftoverClaims(path: string): void {
  const prefix = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    if (name.startsWith(prefix)) rmSync(join(dirname(path), name), { force: true });
  }
}
