import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { Registration } from '../../daemon/protocol/registration.ts';
import { protocolVersion } from '../../daemon/protocol/version.ts';
import { startDaemon } from '../../daemon/server/daemon.ts';
import type { JobService } from '../../daemon/server/jobs/service.ts';
import { FakeJobService } from '../support/fakeJobService.ts';
import { memoryLog } from '../support/localDaemon.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'ombudsman-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Starts a daemon whose jobs come when the test says so; the callback runs once its registration stands there. */
function startSlowly() {
  let give!: (service: JobService) => void;
  let refuse!: (error: Error) => void;
  let asked!: () => void;
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const starting = startDaemon({
    config: { dataDir, idleTimeoutMs: 600_000, maxParallel: 1, engineMemoryLimitMb: 512, logLevel: 'debug' },
    log: memoryLog(),
    createService: () =>
      new Promise<JobService>((resolve, reject) => {
        give = resolve;
        refuse = reject;
        asked();
      }),
  });
  const registered = isAsked.then(
    () => JSON.parse(readFileSync(join(dataDir, 'daemon.json'), 'utf8')) as Registration,
  );
  return {
    starting,
    registered,
    give: (service: JobService) => give(service),
    refuse: (error: Error) => refuse(error),
  };
}

const hello = (token: string): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'daemon/hello',
    params: { client: 'early', protocol_version: protocolVersion, token },
  });

it('answers who came before its jobs were there, once they are', async () => {
  const slow = startSlowly();
  const { port, token, pid } = await slow.registered;
  const health = fetch(`http://127.0.0.1:${port}/health`);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`);
  const answer = new Promise<string>((resolve, reject) => {
    socket.on('open', () => socket.send(hello(token)));
    socket.on('message', (data: Buffer) => resolve(data.toString('utf8')));
    socket.on('error', reject);
  });
  slow.give(new FakeJobService());
  const started = await slow.starting;
  expect((await health).status).toBe(200);
  expect(JSON.parse(await answer)).toMatchObject({ id: 1, result: { pid } });
  socket.close();
  if ('daemon' in started) await started.daemon.stop('test');
});

it('cuts off who waits, and leaves neither registration nor lock, if the jobs cannot be had', async () => {
  const slow = startSlowly();
  const { port } = await slow.registered;
  const health = fetch(`http://127.0.0.1:${port}/health`);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`);
  const closed = new Promise<void>((resolve) => {
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
  slow.refuse(new Error('written by a newer version'));
  await expect(slow.starting).rejects.toThrow('written by a newer version');
  await expect(health).rejects.toThrow();
  await closed;
  expect(existsSync(join(dataDir, 'daemon.json'))).toBe(false);
  const again = startSlowly();
  await again.registered;
  again.give(new FakeJobService());
  const started = await again.starting;
  expect('daemon' in started).toBe(true);
  if ('daemon' in started) await started.daemon.stop('test');
});
