import { isSameProcess } from '../platform/process.ts';
import { ApiError } from '../protocol/errors.ts';
import type { Registration } from '../protocol/registration.ts';
import { productVersion, protocolVersion } from '../protocol/version.ts';
import { clientDataDir } from './config.ts';
import { openDaemonClient, type DaemonClient } from './daemonClient.ts';
import { DaemonUnreachableError, IncompatibleDaemonError } from './errors.ts';
import { readRegistration } from './registration.ts';
import { findServerPath } from './runtime.ts';
import { shutdownDaemon } from './shutdownDaemon.ts';
import { startServer, type StartedServer } from './startServer.ts';
import { compareVersions } from './versions.ts';
import { waitMs } from './wait.ts';

export type { DaemonClient } from './daemonClient.ts';

export interface ConnectOptions {
  /** Default: BATCH_JOBS_DIR, else the per-user state directory. */
  readonly dataDir?: string;
  /** Who calls, for the daemon's log. */
  readonly clientName: string;
  /** False: only a daemon that runs will do. Default true. */
  readonly start?: boolean;
  readonly signal?: AbortSignal;
  /** The bundled server.mjs; default: the one beside this code. */
  readonly serverPath?: string;
  readonly startTimeoutMs?: number;
  /** What is done now: a daemon is started, its socket is opened, or an older daemon ends first. Each change is told once. */
  readonly onStep?: (step: ConnectStep) => void;
}

export type ConnectStep = 'replacing' | 'starting' | 'connecting';

const defaultStartTimeoutMs = 30_000;
const pollMs = 20;
/** How long an owner that is on its way out may hold the lock before a start is tried once more. */
const restartAfterMs = 250;

/**
 * Connects to the one daemon of the data directory; starts it if there is none, replaces it if it is older than this client.
 * A registration is only ever a hint: the process it names must live and the socket must take its token. Rejects with
 * DaemonUnreachableError, IncompatibleDaemonError (it is newer) or the signal's reason.
 */
export async function connectDaemon(options: ConnectOptions): Promise<DaemonClient> {
  const { clientName, signal, start = true } = options;
  const dataDir = clientDataDir(options.dataDir);
  const startTimeoutMs = options.startTimeoutMs ?? defaultStartTimeoutMs;
  const tell = teller(options.onStep);
  let deadlineMs = performance.now() + startTimeoutMs;
  let refusal: Error | undefined;
  let server: StartedServer | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const registration = readLiving(dataDir);
    if (registration !== null) {
      if (start && isOlder(registration)) {
        tell('replacing');
        const hasStopped = await shutdownDaemon({ dataDir, clientName, drain: true, signal });
        deadlineMs = performance.now() + startTimeoutMs;
        if (hasStopped) continue;
      } else {
        tell('connecting');
        const opened = await tryOpen(registration, options);
        if (!(opened instanceof Error)) return opened;
        refusal = opened;
      }
    }
    if (!start) throw refusal ?? notRunning(dataDir);
    const exit = server?.exit();
    if (server !== undefined && exit?.isOk === false) throw startFailed(dataDir, server, exit.description);
    if (performance.now() > deadlineMs) throw timedOut(dataDir, startTimeoutMs, server, refusal);
    if (server === undefined) {
      tell('starting');
      server = launch(dataDir, options.serverPath);
    } else if (exit?.isOk === true && readLiving(dataDir) === null) {
      // It found an owner that is not registered (any more): one that stops now, or one that is about to register.
      await waitMs(restartAfterMs, signal);
      if (readLiving(dataDir) === null) server = launch(dataDir, options.serverPath);
    }
    await waitMs(pollMs, signal);
  }
}

function teller(onStep: ConnectOptions['onStep']): (step: ConnectStep) => void {
  let last: ConnectStep | undefined;
  return (step) => {
    if (step === last) return;
    last = step;
    onStep?.(step);
  };
}

function readLiving(dataDir: string): Registration | null {
  const registration = readRegistration(dataDir);
  return registration !== null && isSameProcess(registration.pid, registration.process_start)
    ? registration
    : null;
}

function isOlder(registration: Registration): boolean {
  if (registration.protocol_version !== protocolVersion)
    return registration.protocol_version < protocolVersion;
  return compareVersions(registration.version, productVersion) < 0;
}

/** The client, or why this registration leads nowhere. Throws IncompatibleDaemonError and the signal's reason. */
async function tryOpen(registration: Registration, options: ConnectOptions): Promise<DaemonClient | Error> {
  const { clientName, signal } = options;
  if (registration.protocol_version !== protocolVersion) throw incompatible(registration);
  try {
    return await openDaemonClient({ registration, clientName, protocolVersion, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (ApiError.is(error, 'incompatible_version')) throw incompatible(registration);
    // A refused token: the file was replaced between reading and connecting, or another program has the port.
    if (ApiError.is(error)) return new DaemonUnreachableError(error.message, { cause: error });
    if (error instanceof DaemonUnreachableError) return error;
    throw error;
  }
}

function launch(dataDir: string, serverPath: string | undefined): StartedServer {
  try {
    return startServer(dataDir, serverPath ?? findServerPath());
  } catch (error) {
    if (error instanceof DaemonUnreachableError) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new DaemonUnreachableError(
      `The daemon cannot be started in ${dataDir}: ${what}. Make the folder writable, or name another one with --data-dir or BATCH_JOBS_DIR.`,
      { cause: error },
    );
  }
}

function incompatible(registration: Registration): IncompatibleDaemonError {
  const { version, pid } = registration;
  const isNewer = registration.protocol_version > protocolVersion;
  const advice = isNewer
    ? 'Update this program, or stop the daemon with the newer one ("ombudsman daemon stop").'
    : 'Stop it with "ombudsman daemon stop".';
  return new IncompatibleDaemonError(
    `The daemon with pid ${pid} is version ${version} (protocol ${registration.protocol_version}); this program is version ${productVersion} (protocol ${protocolVersion}). ${advice}`,
    { daemon: version, client: productVersion },
  );
}

function notRunning(dataDir: string): DaemonUnreachableError {
  return new DaemonUnreachableError(
    `No daemon runs for ${dataDir}. Start one with "ombudsman daemon start".`,
  );
}

function startFailed(dataDir: string, server: StartedServer, how: string): DaemonUnreachableError {
  return new DaemonUnreachableError(`The daemon for ${dataDir} did not start: ${how}.${outputOf(server)}`, {
    logPath: server.logPath,
  });
}

function timedOut(
  dataDir: string,
  afterMs: number,
  server: StartedServer | undefined,
  refusal: Error | undefined,
): DaemonUnreachableError {
  const output = server === undefined ? '' : outputOf(server);
  const why = refusal === undefined ? '' : ` Last refusal: ${refusal.message}`;
  return new DaemonUnreachableError(`No daemon for ${dataDir} answered in ${afterMs} ms.${why}${output}`, {
    logPath: server?.logPath,
  });
}

function outputOf(server: StartedServer): string {
  const output = server.output();
  return output === '' ? ` See ${server.logPath}.` : ` ${server.logPath} ends with:\n${output}`;
}
