import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { protocolVersion } from '../../daemon/protocol/version.ts';
import type { ServerConfig } from '../../daemon/server/config.ts';
import { startDaemon } from '../../daemon/server/daemon.ts';
import type { Daemon } from '../../daemon/server/runningDaemon.ts';
import type { Logger } from '../../daemon/server/log.ts';
import { FakeJobService } from './fakeJobService.ts';

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** A log that keeps its lines for the test to look at. */
export function memoryLog(): Logger & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at =
    (level: string): Logger['info'] =>
    (message, fields) =>
      lines.push({ level, message, fields });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A daemon in this process, on a real socket and a real data directory, over a fake job service. */
export interface LocalDaemon {
  readonly daemon: Daemon;
  readonly service: FakeJobService;
  readonly log: ReturnType<typeof memoryLog>;
  readonly dataDir: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  dispose(): Promise<void>;
}

export async function startLocalDaemon(
  options: { handshakeTimeoutMs?: number; config?: Partial<ServerConfig> } = {},
): Promise<LocalDaemon> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ombudsman-'));
  const service = new FakeJobService();
  const log = memoryLog();
  const started = await startDaemon({
    config: {
      dataDir,
      idleTimeoutMs: 600_000,
      maxParallel: 16,
      engineMemoryLimitMb: 512,
      logLevel: 'debug',
      ...options.config,
    },
    log,
    createService: async () => service,
    handshakeTimeoutMs: options.handshakeTimeoutMs,
  });
  if (!('daemon' in started)) throw new Error('somebody else has this directory');
  const { daemon } = started;
  return {
    daemon,
    service,
    log,
    dataDir,
    url: `http://127.0.0.1:${daemon.registration.port}`,
    headers: { authorization: `Bearer ${daemon.registration.token}` },
    dispose: async () => {
      await daemon.stop('the test is over');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A bare WebSocket, for messages that no client of ours would send. */
export interface RawSocket {
  readonly socket: WebSocket;
  /** Sends text as it is, or anything else as JSON. */
  send(message: unknown): void;
  /** The next message that came, as text; rejects if the socket closes first. */
  next(): Promise<string>;
  nextJson(): Promise<unknown>;
  /** Sends a daemon/hello and waits for its answer. */
  hello(token: string): Promise<unknown>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

export async function openRawSocket(
  daemon: Daemon,
  options: { path?: string; headers?: Record<string, string> } = {},
): Promise<RawSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${daemon.registration.port}${options.path ?? '/rpc'}`, {
    headers: options.headers,
    maxPayload: 0,
  });
  const arrived: string[] = [];
  const waiting: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  socket.on('message', (data) => {
    const text = (data as Buffer).toString('utf8');
    const waiter = waiting.shift();
    if (waiter === undefined) arrived.push(text);
    else waiter.resolve(text);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      for (const waiter of waiting) waiter.reject(new Error(`closed with ${code} ${reason.toString()}`));
      resolve({ code, reason: reason.toString() });
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  const next = (): Promise<string> => {
    const text = arrived.shift();
    if (text !== undefined) return Promise.resolve(text);
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };
  const send = (message: unknown): void =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return {
    socket,
    send,
    next,
    nextJson: async () => JSON.parse(await next()) as unknown,
    hello: async (token) => {
      const params = { client: 'test', protocol_version: protocolVersion, token };
      send({ jsonrpc: '2.0', id: 'hello', method: 'daemon/hello', params });
      return JSON.parse(await next()) as unknown;
    },
    closed,
  };
}
