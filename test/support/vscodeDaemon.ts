import { readRegistration } from '../../daemon/client/registration.ts';
import { shutdownDaemon } from '../../daemon/client/shutdownDaemon.ts';
import { isSameProcess } from '../../daemon/platform/process.ts';

/** Ends the daemon that an extension host started for this data directory: asked, and if that does not help, by its pid. */
export async function endDaemon(dataDir: string): Promise<void> {
  const registration = readRegistration(dataDir);
  if (registration === null) return;
  try {
    await shutdownDaemon({ dataDir, clientName: 'test', drain: false });
  } catch {
    if (isSameProcess(registration.pid, registration.process_start))
      process.kill(registration.pid, 'SIGKILL');
  }
}
