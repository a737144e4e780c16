/** Whatever a client with the token sends: an answer or an error of our table for each call, never "internal", and the daemon stays. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import { rpcErrors } from '../../daemon/protocol/errors.ts';
import { methods, type MethodName } from '../../daemon/protocol/methods.ts';
import { protocolVersion } from '../../daemon/protocol/version.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';
import { shopProject } from '../support/shopProject.ts';

let shop: ProjectDaemon;
let socket: WebSocket;
let known: unknown[];

beforeAll(async () => {
  shop = await startProjectDaemon(shopProject);
  const { job_id } = await shop.run('daily.batch.yaml');
  const { operations } = await shop.daemon.client.call('jobs/operations', { job_id });
  const artifacts = operations.flatMap((each) => each.artifacts.map(({ artifact_id }) => artifact_id));
  known = [
    job_id,
    'op-0001',
    'op-0002',
    ...artifacts,
    shop.dir,
    'shop',
    'same',
    'other',
    'old',
    'completed',
    'row',
  ];
  socket = new WebSocket(shop.daemon.url.replace('http', 'ws') + '/rpc');
  await new Promise((resolve) => socket.once('open', resolve));
  const token = shop.daemon.headers.authorization.slice('Bearer '.length);
  await ask({
    jsonrpc: '2.0',
    id: 0,
    method: 'daemon/hello',
    params: { client: 'fuzz', protocol_version: protocolVersion, token },
  });
});
afterAll(async () => {
  socket.terminate();
  await shop.dispose();
});

interface Call {
  readonly jsonrpc: '2.0';
  readonly id: number;
  readonly method: string;
  readonly params?: unknown;
}

interface Answer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: { readonly kind?: string };
  };
}

/** Sends a message and resolves with its answer; rejects if the daemon closes the connection instead. */
function ask(message: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = (act: () => void): void => {
      socket.off('message', look);
      socket.off('close', gone);
      act();
    };
    const gone = (code: number): void =>
      done(() => reject(new Error(`closed with ${code}: ${JSON.stringify(message)}`)));
    const look = (data: WebSocket.RawData): void => {
      const answer = JSON.parse((data as Buffer).toString('utf8')) as Answer;
      if (answer.id === message.id) done(() => resolve(answer));
    };
    socket.on('message', look);
    socket.on('close', gone);
    socket.send(JSON.stringify(message));
  });
}

/** These end what the test needs: the connection's hello and the daemon itself. */
const ending: ReadonlySet<MethodName> = new Set<MethodName>(['daemon/hello', 'daemon/shutdown']);
const asked = (Object.keys(methods) as MethodName[]).filter((method) => !ending.has(method));

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    ...[
      '',
      ' ',
      '\0',
      '../..',
      '/',
      '/etc/passwd',
      '__proto__',
      'constructor',
      '\ud800',
      '🦊',
      '%00',
      '${env:HOME}',
    ],
    ...[-1, 0, 0.5, 1e308, Number.MAX_SAFE_INTEGER, 2 ** 53, true, null, [], {}, [[]], { toString: 1 }],
    'x'.repeat(10_000),
  ),
);

it('every method answers whatever it is given', { timeout: 120_000 }, async () => {
  let id = 1;
  const value = fc.oneof(
    { weight: 2, arbitrary: fc.nat().map((at) => known[at % known.length]) },
    { weight: 1, arbitrary: odd },
  );
  const call = fc.constantFrom(...asked).chain((method) => {
    const names = Object.keys(methods[method].params.shape);
    const params = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.dictionary(names.length === 0 ? fc.string() : fc.constantFrom(...names), value, {
          maxKeys: 8,
        }),
      },
      { weight: 1, arbitrary: odd },
    );
    return fc.record({ method: fc.constant(method), params });
  });
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(call, async ({ method, params }) => {
      const answer = await ask({ jsonrpc: '2.0', id: (id += 1), method, params });
      if (answer.error === undefined) {
        answered += 1;
        return;
      }
      const { code, message, data } = answer.error;
      const entry = Object.entries(rpcErrors).find(([, each]) => each.code === code);
      expect([entry?.[0], entry?.[0] === 'internal_error'], message).toEqual([
        data?.kind ?? entry?.[0],
        false,
      ]);
      expect(message).not.toMatch(/\[object Object\]|TypeError|at .*\.[cm]?[jt]s:\d/);
    }),
    { numRuns: 5_000 },
  );
  expect(answered).toBeGreaterThan(20);
  const status = await ask({ jsonrpc: '2.0', id: (id += 1), method: 'daemon/status' });
  expect(status.result).toMatchObject({ status: 'ready', pid: shop.daemon.pid });
});
