import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Registration } from '../../protocol/registration.ts';
import { privateFileMode } from '../../platform/privateFiles.ts';

export function registrationPath(dataDir: string): string {
  return join(dataDir, 'daemon.json');
}

/** The registration that stands in the data directory; null if there is none or it cannot be read as one. */
export function readRegistration(dataDir: string): Registration | null {
  try {
    const found: unknown = JSON.parse(readFileSync(registrationPath(dataDir), 'utf8'));
    return isRegistration(found) ? found : null;
  } catch {
    return null;
  }
}

/** What a daemon asks of a registration, by hand: it runs before the daemon listens, when zod is not loaded yet. */
function isRegistration(found: unknown): found is Registration {
  if (typeof found !== 'object' || found === null) return false;
  const { pid, port, token, started_at } = found as Partial<Record<keyof Registration, unknown>>;
  const areNumbers = Number.isInteger(pid) && Number.isInteger(port);
  return areNumbers && typeof token === 'string' && token.length >= 16 && typeof started_at === 'string';
}

/** Written beside and renamed, so that a reader sees the whole of it or nothing; readable by its owner only. */
export function writeRegistration(dataDir: string, registration: Registration): void {
  const path = registrationPath(dataDir);
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(registration, null, 2)}\n`, {
      mode: privateFileMode,
      flag: 'wx',
    });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** True if the registration is this one: the token is random, so it names one daemon for ever. */
export function isOurs(found: Registration | null, ours: Registration): boolean {
  return found !== null && found.token === ours.token && found.pid === ours.pid;
}

/** Removes the registration if it is this one. Returns whether it did. */
export function removeRegistration(dataDir: string, ours: Registration): boolean {
  if (!isOurs(readRegistration(dataDir), ours)) return false;
  rmSync(registrationPath(dataDir), { force: true });
  return true;
}
