import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registrationSchema, type Registration } from '../protocol/registration.ts';

/** The registration in a data directory; null if there is none that can be read. It may be stale: see connectDaemon. */
export function readRegistration(dataDir: string): Registration | null {
  try {
    return registrationSchema.parse(JSON.parse(readFileSync(join(dataDir, 'daemon.json'), 'utf8')));
  } catch {
    return null;
  }
}
