import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { makePrivateDir } from '../platform/privateFiles.ts';
import { processStart } from '../platform/process.ts';
import type { Registration } from '../protocol/registration.ts';
import { productVersion, protocolVersion } from '../protocol/version.ts';
import type { Daemon, DaemonOptions } from './runningDaemon.ts';
import { directoryIdentity } from './lifecycle/ownership.ts';
import { readRegistration, removeRegistration, writeRegistration } from './lifecycle/registration.ts';
import { acquireLock, lockPath, type LockHolder, type StartLock } from './lifecycle/startLock.ts';
import { nodeHttp } from './rpc/nodeHttp.ts';
import { createToken } from './rpc/token.ts';

/** Another daemon owns the data directory: not a failure, there is one to use. */
export interface AlreadyRunning {
  readonly owner: LockHolder;
  readonly registration: Registration | null;
}

export type StartResult = { readonly daemon: Daemon } | { readonly alreadyRunning: AlreadyRunning };

/**
 * Starts the one daemon of a data directory: lock, socket, registration, store, in this order. A client that reads the
 * registration can connect at once; what it asks waits until the jobs are there and is answered then. Rejects with what kept
 * it from starting; then nothing is left behind and who waited is cut off.
 */
export async function startDaemon(options: DaemonOptions): Promise<StartResult> {
  const { dataDir } = options.config;
  makePrivateDir(dataDir);
  const attempt = await acquireLock(lockPath(dataDir), { isServing: () => isServing(dataDir) });
  if (!attempt.acquired) {
    return { alreadyRunning: { owner: attempt.owner, registration: readRegistration(dataDir) } };
  }
  try {
    return { daemon: await runDaemon(options, attempt.lock) };
  } catch (error) {
    attempt.lock.release();
    throw error;
  }
}

/** Whether the registered daemon answers: asked only where a pid alone does not prove it. */
async function isServing(dataDir: string): Promise<boolean> {
  const registration = readRegistration(dataDir);
  if (registration === null) return false;
  try {
    const answer = await fetch(`http://127.0.0.1:${registration.port}/batch/daemon/status`, {
      headers: { authorization: `Bearer ${registration.token}` },
      signal: AbortSignal.timeout(2_000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/**
 * More connections at once are turned away: each costs an open file, and a process that has none left can write no journal. A
 * window has two, a command line one.
 */
const maxConnections = 512;
const defaultHandshakeTimeoutMs = 10_000;

async function runDaemon(options: DaemonOptions, lock: StartLock): Promise<Daemon> {
  const { config, log } = options;
  const startedAtMs = Date.now();
  const identity = directoryIdentity(config.dataDir);
  const { handshakeTimeoutMs = defaultHandshakeTimeoutMs } = options;
  // Node looks for connections that are late only once in half a minute, if it is not told otherwise.
  const http = nodeHttp.createServer({ connectionsCheckingInterval: Math.ceil(handshakeTimeoutMs / 2) });
  http.maxConnections = maxConnections;
  const waiting = holdBack(http);
  const registration: Registration = {
    pid: process.pid,
    started_at: new Date(startedAtMs).toISOString(),
    process_start: processStart(process.pid) ?? undefined,
    port: await listen(http),
    token: createToken(),
    version: productVersion,
    protocol_version: protocolVersion,
  };
  try {
    writeRegistration(config.dataDir, registration);
    // Loaded only now: by far the larger part of the code, and nobody can ask for anything before the port is known.
    const [{ RunningDaemon }, service] = await Promise.all([
      import('./runningDaemon.ts'),
      options.createService(),
    ]);
    await service.start();
    const daemon = new RunningDaemon(options, {
      ...{ http, service, lock, identity, registration, handshakeTimeoutMs },
    });
    daemon.serve();
    waiting.letIn();
    log.info('ready', { port: registration.port, data_dir: config.dataDir, version: productVersion });
    return daemon;
  } catch (error) {
    removeRegistration(config.dataDir, registration);
    http.close();
    http.closeAllConnections();
    waiting.cutOff();
    throw error;
  }
}

/** Keeps requests and upgrades that come before there is anybody to answer them. */
function holdBack(http: Server): { letIn(): void; cutOff(): void } {
  const requests: [IncomingMessage, ServerResponse][] = [];
  const upgrades: [IncomingMessage, Duplex, Buffer][] = [];
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    void requests.push([request, response]);
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // A client that gives up meanwhile must not end the daemon with an unheard error.
    socket.on('error', ignore);
    upgrades.push([request, socket, head]);
  };
  http.on('request', onRequest);
  http.on('upgrade', onUpgrade);
  return {
    letIn: () => {
      http.off('request', onRequest);
      http.off('upgrade', onUpgrade);
      for (const waiting of requests) http.emit('request', ...waiting);
      for (const [request, socket, head] of upgrades) {
        http.emit('upgrade', request, socket, head);
        socket.off('error', ignore);
      }
    },
    cutOff: () => {
      for (const [, socket] of upgrades) socket.destroy();
    },
  };
}

const ignore = (): void => undefined;

function listen(http: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen({ host: '127.0.0.1', port: 0 }, () => {
      http.off('error', reject);
      resolve((http.address() as AddressInfo).port);
    });
  });
}
