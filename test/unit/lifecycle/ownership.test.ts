import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWindows, processStart } from '../../../daemon/platform/process.ts';
import type { Registration } from '../../../daemon/protocol/registration.ts';
import { createIdleWatch } from '../../../daemon/server/lifecycle/idleWatch.ts';
import { checkOwnership, directoryIdentity } from '../../../daemon/server/lifecycle/ownership.ts';
import {
  readRegistration,
  registrationPath,
  removeRegistration,
  writeRegistration,
} from '../../../daemon/server/lifecycle/registration.ts';
import { acquireLock, lockPath, type StartLock } from '../../../daemon/server/lifecycle/startLock.ts';

const ours: Registration = {
  pid: process.pid,
  started_at: '2026-01-31T12:00:00.000Z',
  process_start: processStart(process.pid) ?? undefined,
  port: 4711,
  token: 'a token of this daemon',
  version: '0.1.0',
  protocol_version: 1,
};

let dir: string;
let lock: StartLock;
let identity: string | null;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ombudsman-own-'));
  const attempt = await acquireLock(lockPath(dir));
  if (!attempt.acquired) throw new Error('a new folder has no owner');
  lock = attempt.lock;
  writeRegistration(dir, ours);
  identity = directoryIdentity(dir);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const check = () => checkOwnership({ dataDir: dir, identity, lock, registration: ours });

describe('the registration', () => {
  it('comes back as it was written, readable by its owner only', () => {
    expect(readRegistration(dir)).toEqual(ours);
    if (!isWindows) expect(statSync(registrationPath(dir)).mode & 0o777).toBe(0o600);
  });

  it('is removed by its own daemon and by no other', () => {
    expect(removeRegistration(dir, { ...ours, token: 'the token of another' })).toBe(false);
    expect(existsSync(registrationPath(dir))).toBe(true);
    expect(removeRegistration(dir, ours)).toBe(true);
    expect(existsSync(registrationPath(dir))).toBe(false);
  });

  it.each(['', '{', '{"pid": 1}', 'null'])('is none when it holds %j', (text) => {
    writeFileSync(registrationPath(dir), text);
    expect(readRegistration(dir)).toBeNull();
  });
});

describe('ownership', () => {
  it('is ours while nothing happened', () => {
    expect(check()).toEqual({ state: 'ours' });
  });

  it.each([
    ['deleted', () => rmSync(registrationPath(dir))],
    ['damaged', () => writeFileSync(registrationPath(dir), 'rubbish')],
    [
      'that of a dead daemon',
      () =>
        writeRegistration(dir, {
          ...ours,
          token: 'the token of another',
          pid: spawnSync(process.execPath, ['-e', '0']).pid,
        }),
    ],
  ])('is restored when the registration is %s', (_name, happen) => {
    happen();
    expect(check().state).toBe('restored');
    expect(readRegistration(dir)).toEqual(ours);
    expect(check().state).toBe('ours');
  });

  it('is restored when the lock was deleted', () => {
    rmSync(lockPath(dir));
    expect(check().state).toBe('restored');
    expect(lock.isHeld()).toBe(true);
  });

  it('is lost when another living daemon has registered, whose registration stays', () => {
    const other = { ...ours, token: 'the token of another', pid: process.ppid, process_start: undefined };
    writeRegistration(dir, other);
    expect(check().state).toBe('lost');
    expect(readRegistration(dir)).toEqual(other);
  });

  it('is lost when another has the lock', () => {
    const other = JSON.stringify({ ...lock.holder, nonce: 'cd'.repeat(16) });
    writeFileSync(lockPath(dir), other);
    expect(check().state).toBe('lost');
    expect(readFileSync(lockPath(dir), 'utf8')).toBe(other);
  });

  it('is lost when lock and registration are gone: somebody emptied the directory', () => {
    rmSync(lockPath(dir));
    rmSync(registrationPath(dir));
    expect(check().state).toBe('lost');
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is lost when another directory has the name, even with our files in it', () => {
    const moved = `${dir}-moved`;
    renameSync(dir, moved);
    cpSync(moved, dir, { recursive: true });
    expect(check().state).toBe('lost');
    rmSync(moved, { recursive: true });
  });

  it('is lost when the directory is gone', () => {
    rmSync(dir, { recursive: true });
    expect(check().state).toBe('lost');
    expect(existsSync(dir)).toBe(false);
  });
});

describe('the idle watch', () => {
  function watch(idleTimeoutMs = 1000) {
    const state = { nowMs: 0, isBusy: false, idles: 0 };
    const idle = createIdleWatch(
      { idleTimeoutMs, isBusy: () => state.isBusy, onIdle: () => (state.idles += 1) },
      () => state.nowMs,
    );
    const checkAt = (nowMs: number) => {
      state.nowMs = nowMs;
      idle.check();
      return state.idles;
    };
    return { state, idle, checkAt };
  }

  it('tells once, after the timeout and not before', () => {
    const { checkAt } = watch();
    expect(checkAt(999)).toBe(0);
    expect(checkAt(1000)).toBe(1);
    expect(checkAt(5000)).toBe(1);
  });

  it('counts from the last moment somebody was busy or came by', () => {
    const { state, idle, checkAt } = watch();
    state.isBusy = true;
    expect(checkAt(5000)).toBe(0);
    state.isBusy = false;
    expect(checkAt(5999)).toBe(0);
    idle.touch();
    expect(checkAt(6998)).toBe(0);
    expect(checkAt(6999)).toBe(1);
  });
});
