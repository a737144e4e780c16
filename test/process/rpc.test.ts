import { createConnection } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeJobId } from '../support/fakeJobService.ts';
import { openRawSocket, startLocalDaemon, type LocalDaemon, type RawSocket } from '../support/localDaemon.ts';

let local: LocalDaemon;
let rpc: RawSocket;

beforeEach(async () => {
  local = await startLocalDaemon();
  rpc = await openRawSocket(local.daemon);
});
afterEach(() => local.dispose());

const token = () => local.daemon.registration.token;
const call = (method: string, params?: unknown, id: unknown = 1) => ({ jsonrpc: '2.0', id, method, params });

/** Sends a call and a status behind it: what answers first tells whether the call was answered at all. */
async function answerBeforeStatus(message: unknown): Promise<unknown> {
  rpc.send(message);
  rpc.send(call('daemon/status', {}, 'marker'));
  return rpc.nextJson();
}

describe('the handshake', () => {
  it('answers hello and status', async () => {
    const { registration } = local.daemon;
    expect(await rpc.hello(token())).toEqual({
      jsonrpc: '2.0',
      id: 'hello',
      result: {
        pid: process.pid,
        version: registration.version,
        protocol_version: registration.protocol_version,
        started_at: registration.started_at,
        data_dir: local.dataDir,
      },
    });
    rpc.send(call('daemon/status'));
    expect(await rpc.nextJson()).toMatchObject({
      id: 1,
      result: { status: 'ready', clients: 1, live_jobs: 0 },
    });
  });

  it('serves calls sent right behind the hello without waiting for its answer', async () => {
    rpc.send(call('daemon/hello', { client: 't', protocol_version: 1, token: token() }, 'a'));
    rpc.send(call('daemon/status', {}, 'b'));
    expect(await rpc.nextJson()).toMatchObject({ id: 'a', result: { pid: process.pid } });
    expect(await rpc.nextJson()).toMatchObject({ id: 'b', result: { status: 'ready' } });
  });

  it('refuses any other first call and closes', async () => {
    rpc.send(call('daemon/status', {}));
    expect(await rpc.nextJson()).toMatchObject({
      id: 1,
      error: { code: -32000, data: { kind: 'unauthenticated' } },
    });
    expect((await rpc.closed).code).toBe(1008);
  });

  it('refuses a batch as first message, even one that holds a good hello', async () => {
    rpc.send([
      call('daemon/hello', { client: 't', protocol_version: 1, token: token() }),
      call('jobs/list', {}, 2),
    ]);
    expect(await rpc.nextJson()).toMatchObject({ id: null, error: { data: { kind: 'unauthenticated' } } });
    expect((await rpc.closed).code).toBe(1008);
    expect(local.service.calls).toEqual([]);
  });

  it.each([
    ['a wrong token', 'x'.repeat(43)],
    ['an empty token', ''],
    ['the token and one more character', 'plus'],
  ])('refuses %s and closes', async (_name, given) => {
    const answer = await rpc.hello(given === 'plus' ? `${token()}x` : given);
    expect(answer).toMatchObject({ error: { code: -32000, data: { kind: 'unauthenticated' } } });
    expect((await rpc.closed).code).toBe(1008);
  });

  it('tells both versions to a client of another protocol and closes', async () => {
    rpc.send(call('daemon/hello', { client: 't', protocol_version: 99, token: token() }));
    const answer = (await rpc.nextJson()) as { error: { code: number; message: string } };
    expect(answer.error.code).toBe(-32001);
    expect(answer.error.message).toMatch(/protocol 1\b.*99/);
    expect((await rpc.closed).code).toBe(1008);
  });

  it('does not tell its version to a client without the token', async () => {
    rpc.send(call('daemon/hello', { client: 't', protocol_version: 99, token: 'wrong' }));
    expect(await rpc.nextJson()).toMatchObject({ error: { data: { kind: 'unauthenticated' } } });
  });

  it('closes a connection that says nothing in time', async () => {
    const quick = await startLocalDaemon({ handshakeTimeoutMs: 30 });
    try {
      const silent = await openRawSocket(quick.daemon);
      expect(await silent.closed).toEqual({ code: 1008, reason: 'no daemon/hello in time' });
    } finally {
      await quick.dispose();
    }
  });

  it('does not look at a hello larger than any hello', async () => {
    rpc.send('x'.repeat(70_000));
    expect((await rpc.closed).code).toBe(1009);
  });
});

describe('who may connect', () => {
  it.each([
    ['an Origin', { origin: 'http://127.0.0.1' }],
    ['an opaque Origin', { origin: 'null' }],
    ['the Host of another name', { host: 'evil.example:80' }],
    ['a Host without our port', { host: '127.0.0.1' }],
  ])('refuses %s', async (_name, headers) => {
    await expect(openRawSocket(local.daemon, { headers })).rejects.toThrow('403');
  });

  it('accepts localhost and [::1] as names of this machine', async () => {
    const { port } = local.daemon.registration;
    for (const name of ['localhost', '[::1]']) {
      const raw = await openRawSocket(local.daemon, { headers: { host: `${name}:${port}` } });
      expect(await raw.hello(token())).toHaveProperty('result');
    }
  });

  it.each([
    ['/lsp', '401'],
    ['/', '404'],
    ['/rpc?token=abc', '403'],
  ])('answers an upgrade at %s with %s', async (path, status) => {
    await expect(openRawSocket(local.daemon, { path })).rejects.toThrow(status);
  });
});

describe("the JSON-RPC 2.0 specification's examples", () => {
  beforeEach(async () => {
    await rpc.hello(token());
  });

  it('call of a non-existent method', async () => {
    rpc.send('{"jsonrpc": "2.0", "method": "foobar", "id": "1"}');
    expect(await rpc.nextJson()).toMatchObject({
      jsonrpc: '2.0',
      error: { code: -32601, message: 'Method not found' },
      id: '1',
    });
  });

  it('call with invalid JSON', async () => {
    rpc.send('{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]');
    expect(await rpc.nextJson()).toMatchObject({
      jsonrpc: '2.0',
      error: { code: -32700, message: 'Parse error' },
      id: null,
    });
  });

  it('call with an invalid request object', async () => {
    rpc.send('{"jsonrpc": "2.0", "method": 1, "params": "bar"}');
    expect(await rpc.nextJson()).toMatchObject({
      jsonrpc: '2.0',
      error: { code: -32600, message: 'Invalid Request' },
      id: null,
    });
  });

  it('call batch, invalid JSON', async () => {
    rpc.send(
      '[ {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"}, {"jsonrpc": "2.0", "method"]',
    );
    expect(await rpc.nextJson()).toMatchObject({ error: { code: -32700, message: 'Parse error' }, id: null });
  });

  it('call with an empty array', async () => {
    rpc.send('[]');
    expect(await rpc.nextJson()).toMatchObject({
      error: { code: -32600, message: 'Invalid Request' },
      id: null,
    });
  });

  it('call with an invalid batch (but not empty)', async () => {
    rpc.send('[1]');
    const answer = await rpc.nextJson();
    expect(answer).toHaveLength(1);
    expect(answer).toMatchObject([{ error: { code: -32600, message: 'Invalid Request' }, id: null }]);
  });

  it('call with an invalid batch', async () => {
    rpc.send('[1,2,3]');
    const invalid = { jsonrpc: '2.0', error: { code: -32600, message: 'Invalid Request' }, id: null };
    expect(await rpc.nextJson()).toMatchObject([invalid, invalid, invalid]);
  });

  it('call batch with requests, notifications and rubbish', async () => {
    rpc.send(`[
      {"jsonrpc": "2.0", "method": "jobs/list", "params": {}, "id": "1"},
      {"jsonrpc": "2.0", "method": "projects/list", "params": {}},
      {"jsonrpc": "2.0", "method": "daemon/status", "params": {}, "id": "2"},
      {"foo": "boo"},
      {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
      {"jsonrpc": "2.0", "method": "projects/list", "id": "9"}
    ]`);
    const answers = (await rpc.nextJson()) as { id: unknown }[];
    expect(answers.map(({ id }) => id)).toEqual(['1', '2', null, '5', '9']);
    expect(answers).toMatchObject([
      { result: { jobs: [] } },
      { result: { status: 'ready' } },
      { error: { code: -32600, message: 'Invalid Request' } },
      { error: { code: -32601, message: 'Method not found' } },
      { result: { projects: [] } },
    ]);
    expect(local.service.calls.map(({ method }) => method)).toEqual([
      'jobs/list',
      'projects/list',
      'projects/list',
    ]);
  });

  it('call batch (all notifications) is not answered', async () => {
    const notification = { jsonrpc: '2.0', method: 'projects/list', params: {} };
    expect(await answerBeforeStatus([notification, notification])).toMatchObject({ id: 'marker' });
    expect(local.service.calls).toHaveLength(2);
  });

  it.each([
    ['a notification', { jsonrpc: '2.0', method: 'projects/list' }],
    ['a notification of an unknown method', { jsonrpc: '2.0', method: 'foobar' }],
    ['a notification that fails', { jsonrpc: '2.0', method: 'jobs/get', params: { job_id: fakeJobId(9) } }],
    ['a notification with wrong params', { jsonrpc: '2.0', method: 'jobs/get', params: { job: 1 } }],
  ])('%s is not answered', async (_name, message) => {
    expect(await answerBeforeStatus(message)).toMatchObject({ id: 'marker' });
  });

  it.each(['null', 'true', '0', '"text"', '""'])(
    'a message that is %s is an invalid request',
    async (text) => {
      rpc.send(text);
      expect(await rpc.nextJson()).toMatchObject({ error: { code: -32600 }, id: null });
    },
  );

  it.each([
    [0, 0],
    ['', ''],
    [null, null],
    [1.5, 1.5],
  ])('an id of %j comes back', async (id, expected) => {
    rpc.send({ jsonrpc: '2.0', method: 'projects/list', id });
    expect(await rpc.nextJson()).toEqual({ jsonrpc: '2.0', id: expected, result: { projects: [] } });
  });

  it.each([[{ a: 1 }], [[1]], [true]])('an id of %j is refused', async (id) => {
    rpc.send({ jsonrpc: '2.0', method: 'projects/list', id });
    expect(await rpc.nextJson()).toMatchObject({ error: { code: -32600 }, id: null });
  });
});

describe('params and errors', () => {
  beforeEach(async () => {
    await rpc.hello(token());
  });

  it('refuses positional params with the names to use', async () => {
    rpc.send(call('jobs/get', [fakeJobId(1)]));
    const answer = (await rpc.nextJson()) as { error: { data: { hint: string } } };
    expect(answer).toMatchObject({ error: { code: -32602, data: { kind: 'invalid_params' } } });
    expect(answer.error.data.hint).toContain('job_id');
  });

  it('names every wrong parameter', async () => {
    rpc.send(call('jobs/list', { limit: 501, offset: -1, colour: 'red' }));
    const { error } = (await rpc.nextJson()) as {
      error: { code: number; data: { issues: { path: string }[] } };
    };
    expect(error.code).toBe(-32602);
    expect(error.data.issues.map(({ path }) => path).sort()).toEqual(['', 'limit', 'offset']);
  });

  it('names the place of a mistake inside a list', async () => {
    rpc.send(
      call('data/bulkGenerate', {
        items: [
          { schema_type: 'Retail', row_count: 1 },
          { schema_type: 'Retail', row_count: 0 },
        ],
      }),
    );
    const { error } = (await rpc.nextJson()) as { error: { message: string } };
    expect(error.message).toContain('items[1].row_count');
    expect(local.service.calls).toEqual([]);
  });

  it('gives handlers their defaults', async () => {
    rpc.send(call('jobs/list'));
    await rpc.nextJson();
    expect(local.service.calls).toEqual([{ method: 'jobs/list', params: { limit: 50, offset: 0 } }]);
  });

  it('answers an ApiError with its code and data', async () => {
    rpc.send(call('jobs/get', { job_id: fakeJobId(7) }));
    expect(await rpc.nextJson()).toMatchObject({ error: { code: -32002, data: { kind: 'not_found' } } });
  });

  it('answers an unexpected error without its stack, logs it with, and goes on', async () => {
    local.service.answers.set('projects/list', async () => {
      throw new TypeError('a secret detail');
    });
    rpc.send(call('projects/list'));
    const text = await rpc.next();
    expect(JSON.parse(text)).toMatchObject({ error: { code: -32603, message: 'Internal error' } });
    expect(text).not.toContain('a secret detail');
    const line = local.log.lines.find(({ message }) => message === 'unexpected error');
    expect(line?.fields?.error).toMatch(/TypeError: a secret detail\n\s+at /);
    rpc.send(call('daemon/status'));
    expect(await rpc.nextJson()).toMatchObject({ result: { status: 'ready' } });
  });
});

describe('hostile messages', () => {
  beforeEach(async () => {
    await rpc.hello(token());
  });

  async function isStillServing(): Promise<void> {
    const other = await openRawSocket(local.daemon);
    expect(await other.hello(token())).toHaveProperty('result');
  }

  it('closes a message of 20 MiB and serves on', async () => {
    rpc.send(`"${'x'.repeat(20 * 1_048_576)}"`);
    expect((await rpc.closed).code).toBe(1009);
    await isStillServing();
  });

  it.each([
    ['in params', (deep: string) => `{"jsonrpc":"2.0","id":7,"method":"jobs/list","params":{"a":${deep}}}`],
    ['alone', (deep: string) => deep],
    ['as params', (deep: string) => `{"jsonrpc":"2.0","id":7,"method":"jobs/list","params":${deep}}`],
  ])('refuses JSON 100,000 deep %s', async (_name, around) => {
    rpc.send(around('['.repeat(100_000) + ']'.repeat(100_000)));
    const answer = (await rpc.nextJson()) as { error?: { code: number } } | { error: { code: number } }[];
    const { error } = Array.isArray(answer) ? answer[0]! : answer;
    expect(error?.code).toBe(-32600);
    rpc.send(call('daemon/status'));
    expect(await rpc.nextJson()).toMatchObject({ result: { status: 'ready' } });
  });

  it('closes on a binary frame', async () => {
    rpc.socket.send(Buffer.from(JSON.stringify(call('daemon/status'))), { binary: true });
    expect((await rpc.closed).code).toBe(1003);
    await isStillServing();
  });

  it('refuses a batch of more than a thousand', async () => {
    rpc.send(Array.from({ length: 1001 }, (_, id) => call('projects/list', {}, id)));
    expect(await rpc.nextJson()).toMatchObject({ error: { code: -32600 }, id: null });
    expect(local.service.calls).toEqual([]);
  });

  it('never runs more than 16 calls of a connection at once, and answers all', async () => {
    let inFlight = 0;
    let most = 0;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    local.service.answers.set('projects/list', async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      if (inFlight === 16) setImmediate(release);
      await gate;
      inFlight -= 1;
      return { projects: [] };
    });
    for (let id = 0; id < 300; id += 1) rpc.send(call('projects/list', {}, id));
    const ids = new Set<unknown>();
    while (ids.size < 300) ids.add(((await rpc.nextJson()) as { id: unknown }).id);
    expect(most).toBe(16);
  });

  it('survives rubbish instead of HTTP', async () => {
    const socket = createConnection(local.daemon.registration.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(Buffer.from([0, 1, 2, 255, 13, 10, 13, 10]));
    await closed;
    await isStillServing();
  });
});
