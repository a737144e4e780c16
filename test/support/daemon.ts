import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { connectDaemon, type DaemonClient } from '../../daemon/client/connectDaemon.ts';
import { readRegistration } from '../../daemon/client/registration.ts';
import { shutdownDaemon } from '../../daemon/client/shutdownDaemon.ts';
import { isSameProcess } from '../../daemon/platform/process.ts';

/** The real built daemon in a temporary data directory. */
export interface TestDaemon {
  readonly dataDir: string;
  readonly client: DaemonClient;
  readonly pid: number;
  readonly url: string;
  readonly headers: { authorization: string };
  /** One more connection; starts the daemon again if it is gone. */
  connect(): Promise<DaemonClient>;
  /** Ends the daemon as a crash does, and waits until it is gone. */
  kill(): Promise<void>;
  /** Stops the daemon and removes its data directory. */
  dispose(): Promise<void>;
}

export function serverPath(): string {
  return join(inject('distDir'), 'server.mjs');
}

/** A new empty folder for data; the caller removes it. */
export function makeDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'ombudsman-'));
}

export function connectTo(dataDir: string): Promise<DaemonClient> {
  return connectDaemon({ dataDir, clientName: 'test', serverPath: serverPath() });
}

/** Starts the daemon (through the client, as users do). */
export async function startTestDaemon(dataDir = makeDataDir()): Promise<TestDaemon> {
  const client = await connectTo(dataDir);
  const registration = readRegistration(dataDir);
  if (registration === null) throw new Error('the daemon answers and is not registered');
  const { pid, port, token } = registration;
  return {
    dataDir,
    client,
    pid,
    url: `http://127.0.0.1:${port}`,
    headers: { authorization: `Bearer ${token}` },
    connect: () => connectTo(dataDir),
    kill: async () => {
      const current = readRegistration(dataDir);
      if (current === null) return;
      process.kill(current.pid, 'SIGKILL');
      await untilGone(current.pid, current.process_start);
    },
    dispose: () => disposeDataDir(dataDir),
  };
}

/**
 * Stops whatever daemon serves this folder and removes the folder. A server that lost the race for it may still be on its
 * way, and would become the daemon of an empty folder: it is waited for too, where the system tells of it.
 */
export async function disposeDataDir(dataDir: string): Promise<void> {
  do {
    await shutdownDaemon({ dataDir, clientName: 'test', drain: false });
  } while (isAnyServerOn(dataDir) && (await new Promise<true>((resolve) => setTimeout(resolve, 20, true))));
  rmSync(dataDir, { recursive: true, force: true });
}

function isAnyServerOn(dataDir: string): boolean {
  if (process.platform !== 'linux') return false;
  return readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(`server.mjs\0--data-dir\0${dataDir}\0`);
    } catch {
      return false;
    }
  });
}

/** Resolves when this very process is gone. */
export async function untilGone(pid: number, start?: string): Promise<void> {
  while (isSameProcess(pid, start)) await new Promise((resolve) => setTimeout(resolve, 5));
}
