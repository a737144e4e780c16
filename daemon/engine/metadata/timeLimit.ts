import type { Connection } from '../connections/connection.ts';
import { catalogSession, type CatalogSession } from './session.ts';

/** Opens a second session on the source, which ends what runs when the signal aborts. */
export type OpenAnother = (signal: AbortSignal) => Promise<Connection>;

/**
 * Runs work in a session of its own that is ended after so many milliseconds; what it has done until then stays. True if it came to
 * its end. Statements of the second session stand among those of the first. It reads what is there now, not the snapshot of the first.
 */
export async function withinLimit(
  session: CatalogSession,
  openAnother: OpenAnother,
  limitMs: number,
  work: (limited: CatalogSession) => Promise<void>,
): Promise<boolean> {
  const limit = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([session.signal, limit]);
  let connection: Connection | undefined;
  try {
    connection = await openAnother(signal);
    await work(catalogSession(connection, signal, session.queries));
    return true;
  } catch (error) {
    if (!limit.aborted || session.signal.aborted) throw error;
    return false;
  } finally {
    await connection?.close();
  }
}
