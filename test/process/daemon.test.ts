import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectDaemon } from '../../daemon/client/connectDaemon.ts';
import { DaemonUnreachableError, IncompatibleDaemonError } from '../../daemon/client/errors.ts';
import { readRegistration } from '../../daemon/client/registration.ts';
import { shutdownDaemon } from '../../daemon/client/shutdownDaemon.ts';
import { isWindows, processStart } from '../../daemon/platform/process.ts';
import type { Registration } from '../../daemon/protocol/registration.ts';
import {
  connectTo,
  disposeDataDir,
  makeDataDir,
  serverPath,
  startTestDaemon,
  untilGone,
} from '../support/daemon.ts';

const run = promisify(execFile);
const children: ChildProcess[] = [];
let dataDir: string;
beforeEach(() => {
  dataDir = makeDataDir();
});
afterEach(async () => {
  // Only a test that failed leaves one.
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await disposeDataDir(dataDir);
});

const log = () => readFileSync(join(dataDir, 'logs', 'daemon.log'), 'utf8');
const readies = () => log().match(/"message":"ready"/g)?.length ?? 0;
const registration = (): Registration => {
  const found = readRegistration(dataDir);
  if (found === null) throw new Error('no daemon is registered');
  return found;
};
const writeRegistration = (changes: Partial<Registration>) =>
  writeFileSync(
    join(dataDir, 'daemon.json'),
    JSON.stringify({
      pid: process.pid,
      started_at: '2026-01-31T12:00:00.000Z',
      process_start: processStart(process.pid) ?? undefined,
      port: 1,
      token: 'a token of nobody at all',
      version: '0.0.0-dev',
      protocol_version: 1,
      ...changes,
    }),
  );

/** Starts the server as a plain child, with its settings; resolves once it has registered. */
async function startChild(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [serverPath(), '--data-dir', dataDir], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  children.push(child);
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  await expect.poll(() => readRegistration(dataDir)?.pid, { timeout: 20_000, interval: 10 }).toBe(child.pid);
  return { child, exited };
}

describe('one daemon for each data directory', () => {
  it('is started by the first client and used by the next', async () => {
    const first = await connectTo(dataDir);
    const second = await connectTo(dataDir);
    expect(first.hello.data_dir).toBe(dataDir);
    expect(first.registration).toEqual(registration());
    expect(second.hello.pid).toBe(first.hello.pid);
    expect(await second.call('daemon/status', {})).toMatchObject({
      status: 'ready',
      clients: 2,
      storage: { ok: true },
    });
    if (!isWindows) {
      expect(statSync(join(dataDir, 'daemon.json')).mode & 0o777).toBe(0o600);
      expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    }
    first.close();
    second.close();
  });

  it('is one, however many clients start it at once', async () => {
    const clients = await Promise.all(Array.from({ length: 10 }, () => connectTo(dataDir)));
    expect(new Set(clients.map(({ hello }) => hello.pid)).size).toBe(1);
    expect(readies()).toBe(1);
    for (const client of clients) client.close();
  });

  it('is one when ten processes start beside a leftover of a crash, and the others exit 0 naming it', async () => {
    const daemon = await startTestDaemon(dataDir);
    await daemon.kill();
    expect(existsSync(join(dataDir, 'daemon.lock'))).toBe(true);
    const starters = Array.from({ length: 10 }, () =>
      spawn(process.execPath, [serverPath(), '--data-dir', dataDir], { stdio: ['ignore', 'ignore', 'pipe'] }),
    );
    children.push(...starters);
    const outcomes = new Map<number, { code: number | null; text: string }>();
    for (const child of starters) {
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
      child.on('close', (code) => outcomes.set(child.pid ?? 0, { code, text }));
    }
    await expect.poll(() => outcomes.size, { timeout: 60_000 }).toBe(9);
    const { pid } = registration();
    for (const { code, text } of outcomes.values()) {
      expect(text).toContain(`the daemon with pid ${pid} `);
      expect(code).toBe(0);
    }
    expect(starters.map((child) => child.pid)).toContain(pid);
    // It listens, and has told so, before its jobs are there; what it says to be ready is told after.
    await expect.poll(readies, { timeout: 20_000 }).toBe(2);
  });

  it('comes back after a crash, for the next client', async () => {
    const daemon = await startTestDaemon(dataDir);
    const lost = new Promise((resolve) => daemon.client.onClose(resolve));
    await daemon.kill();
    await lost;
    await expect(daemon.client.call('daemon/status', {})).rejects.toThrow(DaemonUnreachableError);
    const next = await daemon.connect();
    expect(next.hello.pid).not.toBe(daemon.pid);
    next.close();
  });
});

describe('a registration is only a hint', () => {
  it.each([
    ['of a dead process', () => writeRegistration({ pid: spawnSync(process.execPath, ['-e', '0']).pid })],
    ['of a pid that another process has now', () => writeRegistration({ process_start: 'another boot:1' })],
    ['of a living process at a port that nobody serves', () => writeRegistration({})],
    ['that is rubbish', () => writeFileSync(join(dataDir, 'daemon.json'), '{"pid":')],
  ])('one %s is not trusted', async (_name, leave) => {
    leave();
    const client = await connectTo(dataDir);
    expect(client.hello.pid).toBe(registration().pid);
    expect(client.hello.pid).not.toBe(process.pid);
    client.close();
  });

  it('one whose port is served by something else is not trusted', async () => {
    const stranger = createServer((socket) =>
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
    );
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    writeRegistration({ port: (stranger.address() as AddressInfo).port });
    const client = await connectTo(dataDir);
    expect(client.hello.pid).not.toBe(process.pid);
    client.close();
    stranger.close();
  });

  it('one with a wrong token is not trusted; the daemon puts its own back', async () => {
    const daemon = await startTestDaemon(dataDir);
    const right = registration();
    writeFileSync(
      join(dataDir, 'daemon.json'),
      JSON.stringify({ ...right, token: 'not the token of that daemon' }),
    );
    const client = await connectTo(dataDir);
    expect(client.hello.pid).toBe(daemon.pid);
    expect(registration()).toEqual(right);
    client.close();
    daemon.client.close();
  });

  it('a deleted one comes back, and no second daemon starts meanwhile', async () => {
    const daemon = await startTestDaemon(dataDir);
    rmSync(join(dataDir, 'daemon.json'));
    const client = await connectTo(dataDir);
    expect(client.hello.pid).toBe(daemon.pid);
    expect(readies()).toBe(1);
    client.close();
    daemon.client.close();
  });
});

describe('versions', () => {
  it('a newer protocol is told as such and left alone', async () => {
    const daemon = await startTestDaemon(dataDir);
    const right = registration();
    const newer = { ...right, protocol_version: right.protocol_version + 1, version: '99.0.0' };
    writeFileSync(join(dataDir, 'daemon.json'), JSON.stringify(newer));
    await expect(connectTo(dataDir)).rejects.toThrow(IncompatibleDaemonError);
    expect(await daemon.client.call('daemon/status', {})).toMatchObject({ pid: daemon.pid });
    writeFileSync(join(dataDir, 'daemon.json'), JSON.stringify(right));
    daemon.client.close();
  });

  it('an older daemon is asked to drain, and replaced', async () => {
    const daemon = await startTestDaemon(dataDir);
    const older = { ...registration(), version: '0.0.0-alpha' };
    writeFileSync(join(dataDir, 'daemon.json'), JSON.stringify(older));
    const client = await connectTo(dataDir);
    expect(client.hello.pid).not.toBe(daemon.pid);
    expect(log()).toContain('"reason":"drained"');
    client.close();
  });
});

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it in order: exit 0, nothing left registered',
    async (signal) => {
      const { child, exited } = await startChild();
      child.kill(signal);
      expect(await exited).toEqual([0, null]);
      expect(existsSync(join(dataDir, 'daemon.json'))).toBe(false);
      expect(existsSync(join(dataDir, 'daemon.lock'))).toBe(false);
      expect(log()).toContain(`"message":"stopped","reason":"${signal}"`);
    },
  );

  it('daemon/shutdown answers first, tells connected clients, and ends', async () => {
    const daemon = await startTestDaemon(dataDir);
    const { process_start } = registration();
    const other = await daemon.connect();
    const told = new Promise((resolve) => other.onClose(resolve));
    expect(await daemon.client.call('daemon/shutdown', { drain: false })).toEqual({ stopping: true });
    expect(await told).toBe('asked by a client');
    await untilGone(daemon.pid, process_start);
    expect(existsSync(join(dataDir, 'daemon.json'))).toBe(false);
  });

  it('a client that does not start one is told so', async () => {
    await expect(connectDaemon({ dataDir, clientName: 'test', start: false })).rejects.toThrow(
      DaemonUnreachableError,
    );
    expect(await shutdownDaemon({ dataDir, clientName: 'test', drain: true })).toBe(false);
  });

  it('it ends by itself when idle, and not while a client is there', async () => {
    const { exited } = await startChild({ OMBUDSMAN_IDLE_TIMEOUT_MS: '400' });
    const client = await connectDaemon({ dataDir, clientName: 'test', start: false });
    // Several timeouts long, as the daemon itself counts them.
    await expect
      .poll(async () => (await client.call('daemon/status', {})).uptime_ms, { timeout: 10_000 })
      .toBeGreaterThan(1_600);
    client.close();
    expect(await exited).toEqual([0, null]);
    expect(log()).toContain('"reason":"idle"');
  });

  it('it ends when its data directory is deleted, and does not bring it back', async () => {
    const { child, exited } = await startChild();
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    rmSync(dataDir, { recursive: true, force: true });
    expect((await exited)[0]).toBe(0);
    expect(said).toContain('was removed');
    expect(existsSync(join(dataDir, 'daemon.json'))).toBe(false);
  });
});

describe('starting that fails', () => {
  it('ends with 2 and names the setting', async () => {
    const failed = run(process.execPath, [serverPath(), '--data-dir', dataDir], {
      env: { ...process.env, OMBUDSMAN_MAX_PARALLEL: 'lots' },
    });
    await expect(failed).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('OMBUDSMAN_MAX_PARALLEL=lots') as string,
    });
  });

  it('is told to the client with what the server printed', async () => {
    const broken = join(dataDir, 'broken.mjs');
    writeFileSync(broken, 'console.error("no such thing as this"); process.exitCode = 3;');
    const connecting = connectDaemon({ dataDir, clientName: 'test', serverPath: broken });
    await expect(connecting).rejects.toThrow(
      /did not start: it ended with code 3[\s\S]*no such thing as this/,
    );
  });

  it('is told when the data directory cannot be made', async () => {
    const file = join(dataDir, 'file');
    writeFileSync(file, '');
    const connecting = connectDaemon({
      dataDir: join(file, 'data'),
      clientName: 'test',
      serverPath: serverPath(),
    });
    await expect(connecting).rejects.toThrow(DaemonUnreachableError);
  });

  it('can be given up', async () => {
    const hanging = join(dataDir, 'hanging.mjs');
    writeFileSync(
      hanging,
      'process.on("SIGTERM", () => process.exit()); setInterval(() => {}, 1000); import("node:fs").then((fs) => fs.writeFileSync(new URL("pid", import.meta.url), String(process.pid)));',
    );
    const controller = new AbortController();
    const connecting = connectDaemon({
      dataDir,
      clientName: 'test',
      serverPath: hanging,
      signal: controller.signal,
    });
    const rejected = expect(connecting).rejects.toThrow('enough');
    await expect
      .poll(() => existsSync(join(dataDir, 'pid')) && readFileSync(join(dataDir, 'pid'), 'utf8'))
      .toMatch(/^\d+$/);
    controller.abort(new Error('enough'));
    await rejected;
    const pid = Number(readFileSync(join(dataDir, 'pid'), 'utf8'));
    process.kill(pid, 'SIGTERM');
    await untilGone(pid);
  });
});
