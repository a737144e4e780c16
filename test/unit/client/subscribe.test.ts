import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { openDaemonClient, type DaemonClient } from '../../../daemon/client/daemonClient.ts';
import type { EventBatch } from '../../../daemon/protocol/events.ts';

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: { after_seq?: number };
}

let server: WebSocketServer;
let peer: WebSocket;
let client: DaemonClient;
let onSubscribe: (call: Call) => void;

const batch = (from_seq: number, to_seq: number) =>
  JSON.stringify({ jsonrpc: '2.0', method: 'events/batch', params: { from_seq, to_seq, events: [] } });
const answer = (id: number, result: unknown) => JSON.stringify({ jsonrpc: '2.0', id, result });

beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    peer = socket;
    socket.on('message', (data: Buffer) => {
      const call = JSON.parse(data.toString('utf8')) as Call;
      if (call.method === 'daemon/hello') socket.send(answer(call.id, {}));
      else onSubscribe(call);
    });
  });
  const { port } = server.address() as { port: number };
  client = await openDaemonClient({
    registration: {
      pid: 1,
      port,
      token: 'x'.repeat(16),
      version: '0.0.0',
      protocol_version: 1,
      started_at: '2026-01-01T00:00:00.000Z',
    },
    clientName: 'test',
    protocolVersion: 1,
  });
});

afterEach(() => {
  client.close();
  server.close();
});

it('gives batches to the subscription they belong to, however close they come to the answer', async () => {
  const first: number[] = [];
  const second: number[] = [];
  let tellDone: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (tellDone = resolve));
  onSubscribe = ({ id }) => peer.send(answer(id, { seq: 0, snapshot: null }));
  await client.subscribe({}, (each: EventBatch) => first.push(each.to_seq));
  // In one turn: a batch of the old subscription, the answer, and the first batch of the new one.
  onSubscribe = ({ id }) => {
    peer.send(batch(1, 5));
    peer.send(answer(id, { seq: 0, snapshot: null }));
    peer.send(batch(1, 7));
  };
  await client.subscribe({ after_seq: 0 }, (each) => {
    second.push(each.to_seq);
    tellDone();
  });
  await done;
  expect({ first, second }).toEqual({ first: [5], second: [7] });
});

it('leaves the subscription as it was when a further one is refused', async () => {
  let tell: (seq: number) => void = () => undefined;
  const got = new Promise<number>((resolve) => (tell = resolve));
  onSubscribe = ({ id }) => peer.send(answer(id, { seq: 0, snapshot: null }));
  await client.subscribe({}, (each) => tell(each.to_seq));
  onSubscribe = ({ id }) =>
    peer.send(
      JSON.stringify({
        jsonrpc: '2.0',
        id,
        error: { code: -32603, message: 'no', data: { kind: 'internal_error' } },
      }),
    );
  await expect(client.subscribe({}, () => tell(-1))).rejects.toThrow('no');
  peer.send(batch(1, 3));
  expect(await got).toBe(3);
});
