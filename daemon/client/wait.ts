import { setTimeout as delay } from 'node:timers/promises';

/** Waits so many milliseconds; rejects with the signal's own reason (Node's delay would say only "aborted"). */
export async function waitMs(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
