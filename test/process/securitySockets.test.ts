import { readdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { httpVerb, routes } from '../../daemon/server/rest/routes.ts';
import { fakeJobId } from '../support/fakeJobService.ts';
import { openRawSocket, startLocalDaemon, type LocalDaemon } from '../support/localDaemon.ts';

let local: LocalDaemon;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await local.dispose();
});

/** One request with these headers and no others of ours; resolves with its status. */
function statusOf(verb: string, path: string, headers: Record<string, string>): Promise<number> {
  const { port } = local.daemon.registration;
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method: verb, path, headers }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** A connection that does what it likes: all it receives until it is closed. */
function talk(say: (socket: Socket) => void): { readonly socket: Socket; readonly ended: Promise<string> } {
  const socket = createConnection(local.daemon.registration.port, '127.0.0.1');
  sockets.push(socket);
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.once('connect', () => say(socket));
  return { socket, ended: new Promise((resolve) => socket.once('close', () => resolve(received))) };
}

const upgrade = (path: string, ...lines: string[]): string =>
  [
    `GET ${path} HTTP/1.1`,
    ...(lines.some((line) => line.startsWith('Host:'))
      ? []
      : [`Host: 127.0.0.1:${local.daemon.registration.port}`]),
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...lines,
    '',
    '',
  ].join('\r\n');

describe('every address', () => {
  it('lets nobody in without the token in its header, and no web page with it', async () => {
    local = await startLocalDaemon();
    const { token, port } = local.daemon.registration;
    const good = { authorization: `Bearer ${token}` };
    const strangers: readonly (readonly [number, string, Record<string, string>])[] = [
      [401, '', {}],
      [401, '', { authorization: `Bearer ${token.slice(0, -1)}` }],
      [401, '', { authorization: `Bearer ${token}x` }],
      [401, '', { authorization: `Basic ${token}` }],
      [401, '', { cookie: `token=${token}`, 'x-token': token }],
      [401, `?token=${token}`, {}],
      [403, `?token=${token}`, good],
      [403, '', { ...good, origin: 'https://example.com' }],
      [403, '', { ...good, origin: 'null' }],
      [403, '', { ...good, origin: `http://127.0.0.1:${port}` }],
      [403, '', { ...good, origin: 'vscode-webview://x' }],
      [403, '', { ...good, host: `evil.example:${port}` }],
      [403, '', { ...good, host: '127.0.0.1' }],
      [403, '', { ...good, host: `127.0.0.1:${port + 1}` }],
      [403, '', { ...good, host: `127.0.0.1.evil.example:${port}` }],
    ];
    const guarded = routes.filter(({ target }) => target !== 'health');
    expect(guarded.length).toBeGreaterThan(30);
    const wrong: string[] = [];
    for (const { verb, path } of guarded) {
      const address = path.replaceAll(/\{\w+\}/g, fakeJobId(1));
      for (const [expected, query, headers] of strangers) {
        const status = await statusOf(httpVerb(verb), address + query, headers);
        if (status !== expected) wrong.push(`${verb} ${path}${query} ${JSON.stringify(headers)}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(local.service.calls, 'not one call came through').toEqual([]);
    expect(await statusOf('GET', '/batch/jobs', good), 'the door itself opens').toBe(200);
  });

  it('takes no WebSocket from a web page, from elsewhere, or with the token in its address', async () => {
    local = await startLocalDaemon();
    const { token, port } = local.daemon.registration;
    const bearer = `Authorization: Bearer ${token}`;
    for (const [path, line, status] of [
      ['/rpc', 'Origin: https://example.com', 403],
      ['/rpc', 'Origin: null', 403],
      ['/rpc', `Host: evil.example:${port}`, 403],
      ['/lsp', `Host: evil.example:${port}\r\n${bearer}`, 403],
      [`/rpc?token=${token}`, bearer, 403],
      ['/lsp', 'X-Nothing: 1', 401],
      ['/lsp', `Authorization: Bearer ${token.slice(1)}`, 401],
      [`/lsp?token=${token}`, bearer, 403],
      ['/lsp', `${bearer}\r\nOrigin: https://example.com`, 403],
      ['/other', bearer, 404],
    ] as const) {
      const answer = await talk((socket) => socket.write(upgrade(path, line))).ended;
      expect(answer.slice(0, 12), `${path} ${line}`).toBe(`HTTP/1.1 ${status}`);
      expect(answer).not.toContain(token);
    }
  });
});

describe('who says nothing, or hardly anything', () => {
  const handshakeTimeoutMs = 300;
  it.each<[string, (socket: Socket) => unknown]>([
    ['nothing at all', () => undefined],
    ['half a line', (socket) => socket.write('GET /hea')],
    [
      'one header after the other, without end',
      (socket) => {
        socket.write('GET /health HTTP/1.1\r\n');
        const timer = setInterval(() => socket.write('X: y\r\n'), 20);
        socket.once('close', () => clearInterval(timer));
      },
    ],
    ['a WebSocket without a hello', (socket) => socket.write(upgrade('/rpc'))],
    [
      'a WebSocket frame that announces more than comes',
      (socket) =>
        socket.write(Buffer.concat([Buffer.from(upgrade('/rpc')), Buffer.from([0x81, 0xfe, 4, 0])])),
    ],
  ])('is cut off: %s', async (_what, say) => {
    local = await startLocalDaemon({ handshakeTimeoutMs });
    const before = await openRawSocket(local.daemon);
    await before.hello(local.daemon.registration.token);
    await talk(say).ended;
    before.send({ jsonrpc: '2.0', id: 1, method: 'daemon/status' });
    expect(await before.nextJson(), 'who is known is served on').toMatchObject({
      id: 1,
      result: { clients: 1 },
    });
    before.socket.close();
  });

  it('cannot take all files of the process: only so many connections are open at once', async () => {
    local = await startLocalDaemon({ handshakeTimeoutMs: 600_000 });
    const known = await openRawSocket(local.daemon);
    await known.hello(local.daemon.registration.token);
    const silent = Array.from({ length: 1_000 }, () => talk(() => undefined));
    const turnedAway = new Set<Socket>();
    for (const { socket, ended } of silent) void ended.then(() => turnedAway.add(socket));
    await expect.poll(() => turnedAway.size, { timeout: 30_000 }).toBeGreaterThan(400);
    known.send({ jsonrpc: '2.0', id: 2, method: 'daemon/status' });
    expect(await known.nextJson()).toMatchObject({ id: 2, result: { status: 'ready' } });
    for (const { socket } of silent) socket.destroy();
    await expect
      .poll(() => statusOf('GET', '/batch/jobs', local.headers).catch(() => 0), { timeout: 30_000 })
      .toBe(200);
    known.socket.close();
  });
});

describe('another user of this machine', () => {
  it.skipIf(process.platform === 'win32')('can read nothing of the data directory', async () => {
    local = await startLocalDaemon();
    const open = [
      local.dataDir,
      ...readdirSync(local.dataDir).map((name) => join(local.dataDir, name)),
    ].filter((path) => (statSync(path).mode & 0o077) !== 0);
    expect(open).toEqual([]);
    expect(readdirSync(local.dataDir)).toContain('daemon.json');
  });
});
