import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { openLanguageSocket, spawnLanguageServer } from '../../daemon/client/languageTransport.ts';
import { ApiError } from '../../daemon/protocol/errors.ts';
import type { Registration } from '../../daemon/protocol/registration.ts';
import { LanguageHub } from '../../daemon/server/language/languageHub.ts';
import { EventHub } from '../../daemon/server/rpc/eventHub.ts';
import { createSocketServer } from '../../daemon/server/rpc/socketServer.ts';
import { FakeJobService } from '../support/fakeJobService.ts';
import { overSocket, startStdio } from '../support/languageClient.ts';
import { memoryLog } from '../support/localDaemon.ts';
import { cliPath } from '../support/product.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';

let product: ProjectDaemon;
let registration: Registration;

beforeAll(async () => {
  product = await startProjectDaemon({
    'ombudsman.yaml': 'name: shop\nconnections:\n  files: { type: files, path: data }\n',
    'data/a.csv': 'id,v\n1,x\n2,y\n',
    'data/b.csv': 'id,v\n1,x\n2,y\n',
    'pipelines/same.pipeline.yaml':
      'pipeline_id: same\nsource: { connection: files, table: a.csv }\ntarget: { connection: files, table: b.csv }\nkeys: [id]\nchecks:\n  - row_hash\n',
    'daily.batch.yaml': 'pipelines:\n  - pipeline_id: same\n',
  });
  registration = product.daemon.client.registration;
});
afterAll(() => product.dispose());

const sockets: WebSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate();
});

function dial(path = '/lsp', headers: Record<string, string> = {}, port = registration.port): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  sockets.push(socket);
  socket.on('error', () => undefined);
  return socket;
}
const opened = (socket: WebSocket) => new Promise<void>((resolve) => socket.once('open', resolve));
const closed = (socket: WebSocket) =>
  new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
/** Status and kind with which an upgrade is refused. */
const refused = (socket: WebSocket) =>
  new Promise<[number | undefined, string]>((resolve, reject) => {
    socket.once('open', () => reject(new Error('it was taken')));
    socket.once('unexpected-response', (_request, response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const { error } = JSON.parse(Buffer.concat(parts).toString()) as { error: { kind: string } };
        resolve([response.statusCode, error.kind]);
      });
    });
  });
const bearer = () => ({ authorization: `Bearer ${registration.token}` });

describe('/lsp', () => {
  it('is only for who has the token, in the header, and is no web page', async () => {
    expect(await refused(dial('/lsp'))).toEqual([401, 'unauthenticated']);
    const wrong = { authorization: `Bearer ${registration.token.slice(0, -1)}x` };
    expect(await refused(dial('/lsp', wrong))).toEqual([401, 'unauthenticated']);
    expect(await refused(dial(`/lsp?token=${registration.token}`))).toEqual([403, 'forbidden']);
    expect(await refused(dial(`/lsp?token=x`, bearer()))).toEqual([403, 'forbidden']);
    expect(await refused(dial('/lsp', { ...bearer(), origin: 'http://127.0.0.1' }))).toEqual([
      403,
      'forbidden',
    ]);
    expect(await refused(dial('/lsp', { ...bearer(), host: 'evil.example' }))).toEqual([403, 'forbidden']);
    expect(await refused(dial('/lsp/x', bearer()))).toEqual([404, 'not_found']);
  });

  it('tells the client why it was refused', async () => {
    const attempt = openLanguageSocket({ ...registration, token: 'wrong' });
    await expect(attempt).rejects.toSatisfy((error) => ApiError.is(error, 'unauthenticated'));
    const nobody = openLanguageSocket({ ...registration, port: 1 });
    await expect(nobody).rejects.toThrow(/does not take \/lsp/);
  });

  it('serves several clients, each its own texts, and counts them', async () => {
    const { client: rpc } = product.daemon;
    const before = (await rpc.call('daemon/status', {})).clients;
    const [first, second] = [dial('/lsp', bearer()), dial('/lsp', bearer())];
    await Promise.all([opened(first), opened(second)]);
    expect((await rpc.call('daemon/status', {})).clients).toBe(before + 2);
    const [one, two] = [overSocket(first), overSocket(second)];
    await Promise.all([one.initialize(product.dir), two.initialize(product.dir)]);
    const path = join(product.dir, 'x.batch.yaml');
    one.open(path, 'pipelines: [{ pipeline_id: nope }]\n');
    two.open(path, 'pipelines: [{ pipeline_id: same }]\n');
    expect(await one.diagnostics(path, ({ version }) => version === 1)).toHaveLength(1);
    expect(await two.diagnostics(path, ({ version }) => version === 1)).toHaveLength(0);
    const gone = closed(first);
    first.close();
    await gone;
    two.change(path, 2, 'pipelines: [{ pipeline_id: nope }]\n');
    expect(await two.diagnostics(path, ({ version }) => version === 2)).toHaveLength(1);
  });

  it('knows the results of the last run, and hears of new ones', async () => {
    const socket = dial('/lsp', bearer());
    await opened(socket);
    const client = overSocket(socket);
    await client.initialize(product.dir, {
      capabilities: { workspace: { codeLens: { refreshSupport: true } } },
    });
    const textDocument = { uri: pathToFileURL(join(product.dir, 'pipelines/same.pipeline.yaml')).href };
    const titles = async () =>
      (
        await client.request<{ command?: { title: string } }[]>('textDocument/codeLens', { textDocument })
      ).map(({ command }) => command?.title);
    expect((await titles()).join()).not.toContain('passed');
    const refreshed = new Promise<void>((resolve) =>
      client.connection.onRequest('workspace/codeLens/refresh', () => {
        resolve();
        return null;
      }),
    );
    const job = await product.run('daily.batch.yaml');
    expect(job.status).toBe('completed');
    await refreshed;
    expect((await titles()).join()).toContain('passed');
  });

  it('takes text frames only, and ends with the connection of a client that said exit', async () => {
    const binary = dial('/lsp', bearer());
    await opened(binary);
    binary.send(Buffer.from('{}'), { binary: true });
    expect(await closed(binary)).toMatchObject({ code: 1003 });
    const polite = dial('/lsp', bearer());
    await opened(polite);
    const client = overSocket(polite);
    await client.initialize(null);
    const end = closed(polite);
    await client.shutDown();
    expect(await end).toMatchObject({ reason: 'the language server ended the connection' });
  });

  it('carries texts to and from the transports of the extension', async () => {
    const initialize = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { processId: null, rootUri: null, capabilities: {} },
    });
    const transports = [
      await openLanguageSocket(registration),
      spawnLanguageServer({ cliPath: cliPath(), noDaemon: true }),
    ];
    for (const transport of transports) {
      transport.send(initialize);
      const answer = await new Promise<string>((resolve) => transport.onMessage(resolve));
      expect(JSON.parse(answer)).toMatchObject({ id: 1, result: { serverInfo: { name: 'Ombudsman' } } });
      const end = new Promise<string>((resolve) => transport.onClose(resolve));
      transport.close();
      expect(await end).not.toBe('');
      transport.send('{}');
      expect(await new Promise<string>((resolve) => transport.onClose(resolve))).toBe(await end);
    }
  });
});

describe('ombudsman lsp --stdio beside a daemon', () => {
  it('asks it for results', async () => {
    const job = await product.run('daily.batch.yaml');
    expect(job.status).toBe('completed');
    const client = startStdio(['--data-dir', product.daemon.dataDir]);
    try {
      await client.initialize(product.dir);
      const uri = pathToFileURL(join(product.dir, 'pipelines/same.pipeline.yaml')).href;
      const lenses = await client.request<{ command?: { title: string } }[]>('textDocument/codeLens', {
        textDocument: { uri },
      });
      expect(lenses.map(({ command }) => command?.title).join()).toContain('passed');
    } finally {
      client.child.kill();
      await client.exited;
    }
  });
});

describe('a language server that dies', () => {
  let http: Server;
  let stop: () => Promise<void>;
  let port: number;
  const log = memoryLog();

  beforeAll(async () => {
    http = createServer();
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    ({ port } = http.address() as AddressInfo);
    const languageHub = new LanguageHub({
      ask: () => Promise.reject(new Error('nothing known')),
      log: (level, message) => log[level](message),
      workerUrl: new URL('../fixtures/language/dyingWorker.mjs', import.meta.url),
    });
    const service = new FakeJobService();
    const server = createSocketServer(http, {
      receive: async () => null,
      hub: new EventHub({ service, log }),
      hello: () => ({ pid: 1, version: '0', protocol_version: 1, started_at: '', data_dir: '' }),
      token: 'secret',
      languageHub: async () => languageHub,
      handshakeTimeoutMs: 10_000,
      log,
      onActivity: () => undefined,
    });
    stop = async () => {
      await server.close('over');
      http.closeAllConnections();
      http.close();
    };
  });
  afterAll(() => stop());

  const dialDying = () => dial('/lsp', { authorization: 'Bearer secret', host: `127.0.0.1:${port}` }, port);
  const echo = (socket: WebSocket, text: string) =>
    new Promise<string>((resolve) => {
      socket.once('message', (data) => resolve((data as Buffer).toString()));
      socket.send(text);
    });

  it('closes its clients with the reason, and the next one gets another', async () => {
    const [first, second] = [dialDying(), dialDying()];
    await Promise.all([opened(first), opened(second)]);
    expect(await echo(first, 'a')).toBe('a');
    expect(await echo(second, 'b')).toBe('b');
    const ends = Promise.all([closed(first), closed(second)]);
    first.send('die');
    for (const end of await ends) {
      expect(end).toEqual({ code: 1011, reason: 'the language server failed: out of order' });
    }
    const third = dialDying();
    await opened(third);
    expect(await echo(third, 'c')).toBe('c');
    // It goes with its last client.
    third.close();
    await expect
      .poll(
        () =>
          log.lines.filter(({ message }) => message === 'language server ended: no client is left').length,
      )
      .toBe(1);
  });
});
