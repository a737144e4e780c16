import { statSync } from 'node:fs';
import type { Registration } from '../../protocol/registration.ts';
import { isSameProcess } from '../../platform/process.ts';
import { isOurs, readRegistration, registrationPath, writeRegistration } from './registration.ts';
import type { StartLock } from './startLock.ts';

/** What a look at the data directory found, and what was done about it. */
export type OwnershipCheck =
  | { readonly state: 'ours' }
  | { readonly state: 'restored'; readonly message: string }
  | { readonly state: 'lost'; readonly message: string };

/** Which directory a path led to when the daemon started: the same name may lead to another one later. */
export function directoryIdentity(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? null : `${stat.dev}:${stat.ino}`;
}

export interface Owned {
  readonly dataDir: string;
  /** directoryIdentity at the start. */
  readonly identity: string | null;
  readonly lock: StartLock;
  readonly registration: Registration;
}

/**
 * Sees whether this daemon still owns its data directory. A registration or a lock that was deleted or damaged is put back.
 * A directory that was removed (though something may have made it anew), emptied, or taken by another living daemon is
 * lost: its jobs are not ours to write any more. Throws what the file system throws.
 */
export function checkOwnership({ dataDir, identity, lock, registration }: Owned): OwnershipCheck {
  if (directoryIdentity(dataDir) !== identity) {
    return { state: 'lost', message: `the data directory ${dataDir} was removed` };
  }
  const found = readRegistration(dataDir);
  const isLockHeld = lock.isHeld();
  if (found === null && !isLockHeld) {
    return { state: 'lost', message: `the data directory ${dataDir} was removed or emptied` };
  }
  if (!isLockHeld && !lock.restore()) {
    return { state: 'lost', message: `another daemon has taken the lock in ${dataDir}` };
  }
  if (isOurs(found, registration)) {
    return isLockHeld
      ? { state: 'ours' }
      : { state: 'restored', message: 'the lock file was deleted; it is back' };
  }
  const isOther =
    found !== null && found.pid !== process.pid && isSameProcess(found.pid, found.process_start);
  if (isOther) {
    return { state: 'lost', message: `the daemon with pid ${found.pid} has registered in ${dataDir}` };
  }
  writeRegistration(dataDir, registration);
  return { state: 'restored', message: `${registrationPath(dataDir)} was deleted or replaced; it is back` };
}
