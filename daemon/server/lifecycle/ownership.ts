import { statSync } from 'node:fs';
import type { Registration } from '../../protocol/methods.ts';
import { isSameProcess } from '../../platform/process.ts';
import { isOurs, readRegistration, registrationPath, writeRegistration } from './registration.ts';
import type { StartLock } from './startLock.ts';

/** What a look at the data directory found, and what was done about it. */
export type OwnershipCheck =
  | { readonly state: 'ours' }
  | { readonly state: 'restored'; readonly message: string }
  | { readonly state: 'lost'; readonly message: string };

/**
 * Sees whether this daemon still owns its data directory. A registration or lock that was deleted or damaged is put back;
 * a directory that is gone, or that another living daemon has taken, is lost: its jobs are not ours to write any more.
 */
export function checkOwnership(dataDir: string, lock: StartLock, registration: Registration): OwnershipCheck {
  if (statSync(dataDir, { throwIfNoEntry: false }) === undefined) {
    return { state: 'lost', message: `the data directory ${dataDir} was removed` };
  }
  const isLockHeld = lock.isHeld();
  if (!isLockHeld && !lock.restore()) {
    return { state: 'lost', message: `another daemon has taken the lock in ${dataDir}` };
  }
  const found = readRegistration(dataDir);
  if (found !== null && !isOurs(found, registration) && isSameProcess(found.pid, found.process_start)) {
    if (found.pid !== process.pid) {
      return { state: 'lost', message: `the daemon with pid ${found.pid} has registered in ${dataDir}` };
    }
  }
  if (isOurs(found, registration)) {
    return isLockHeld
      ? { state: 'ours' }
      : { state: 'restored', message: 'the lock file was deleted; it is back' };
  }
  writeRegistration(dataDir, registration);
  return { state: 'restored', message: `${registrationPath(dataDir)} was deleted or replaced; it is back` };
}
