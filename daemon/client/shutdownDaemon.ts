import { isSameProcess } from '../platform/process.ts';
import { ApiError } from '../protocol/errors.ts';
import { clientDataDir } from './config.ts';
import { openDaemonClient } from './daemonClient.ts';
import { DaemonUnreachableError } from './errors.ts';
import { readRegistration } from './registration.ts';
import { waitMs } from './wait.ts';

export interface ShutdownOptions {
  readonly dataDir?: string;
  readonly clientName: string;
  /** True: running operations end first. They are given `drainTimeoutMs`; then they are stopped and go on at the next start. */
  readonly drain: boolean;
  readonly drainTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

const defaultDrainTimeoutMs = 5 * 60_000;
const stopTimeoutMs = 30_000;
const pollMs = 25;

/**
 * Asks the daemon of a data directory, of whatever version, to stop and waits until its process is gone. Resolves false if
 * none runs. Rejects with DaemonUnreachableError if it does not go, or the signal's reason.
 */
export async function shutdownDaemon(options: ShutdownOptions): Promise<boolean> {
  const { signal, drain, clientName } = options;
  const dataDir = clientDataDir(options.dataDir);
  const registration = readRegistration(dataDir);
  if (registration === null) return false;
  const isAlive = () => isSameProcess(registration.pid, registration.process_start);
  if (!isAlive()) return false;

  /** False if nothing answers there and the registration still stands: a leftover whose pid another process has now. */
  const ask = async (withDrain: boolean): Promise<boolean> => {
    // Its own protocol version: hello and daemon/shutdown mean the same in all of them.
    const protocolVersion = registration.protocol_version;
    try {
      const client = await openDaemonClient({ registration, clientName, protocolVersion, signal });
      await client.call('daemon/shutdown', { drain: withDrain }).finally(() => client.close());
    } catch (error) {
      signal?.throwIfAborted();
      if (!isNobodyThere(error)) throw error;
      // One that stops right now has removed its registration before it closed its socket.
      return readRegistration(dataDir)?.token !== registration.token;
    }
    return true;
  };
  const isGoneWithin = async (timeoutMs: number): Promise<boolean> => {
    const deadlineMs = performance.now() + timeoutMs;
    while (isAlive()) {
      if (performance.now() > deadlineMs) return false;
      await waitMs(pollMs, signal);
    }
    return true;
  };

  if (!(await ask(drain))) return false;
  if (await isGoneWithin(drain ? (options.drainTimeoutMs ?? defaultDrainTimeoutMs) : stopTimeoutMs))
    return true;
  if (drain) {
    await ask(false);
    if (await isGoneWithin(stopTimeoutMs)) return true;
  }
  throw new DaemonUnreachableError(
    `The daemon with pid ${registration.pid} was asked to stop and still runs. End that process and try again.`,
  );
}

function isNobodyThere(error: unknown): boolean {
  return error instanceof DaemonUnreachableError || ApiError.is(error, 'unauthenticated');
}
