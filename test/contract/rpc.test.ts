import WebSocket from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EventBatch } from '../../daemon/protocol/events.ts';
import { createWorkspace, type Workspace } from '../support/product.ts';
import { smallProject } from './fixtures.ts';

/** A client as somebody else would write it, from the design alone. */
interface RawClient {
  request(method: string, params: unknown): Promise<Answer>;
  readonly batches: EventBatch[];
  /** Resolves with the first batch, past or to come, that fulfils the condition. */
  untilBatch(condition: (batch: EventBatch) => boolean): Promise<EventBatch>;
  close(): void;
}
interface Answer {
  readonly id: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { code: number; message: string; data: { kind: string; hint?: string } };
}

let workspace: Workspace;
const clients: RawClient[] = [];
beforeAll(async () => {
  workspace = createWorkspace(smallProject);
  expect((await workspace.cli(['daemon', 'start'])).code).toBe(0);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
afterAll(() => workspace.dispose());

async function connect(): Promise<RawClient> {
  const { port, token } = workspace.registration();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`);
  const pending = new Map<number, (answer: Answer) => void>();
  const batches: EventBatch[] = [];
  const watchers = new Set<() => void>();
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as Answer & { method?: string; params?: EventBatch };
    if (message.method === 'events/batch' && message.params !== undefined) {
      batches.push(message.params);
      for (const watcher of watchers) watcher();
    } else pending.get(message.id)?.(message);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  let lastId = 0;
  const client: RawClient = {
    batches,
    request(method, params) {
      lastId += 1;
      const id = lastId;
      const answered = new Promise<Answer>((resolve) => pending.set(id, resolve));
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      return answered;
    },
    untilBatch: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          const found = batches.find(condition);
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    close: () => socket.close(),
  };
  clients.push(client);
  const hello = await client.request('daemon/hello', { client: 'contract test', protocol_version: 1, token });
  expect(hello.result).toMatchObject({ pid: workspace.registration().pid, protocol_version: 1 });
  return client;
}

const endOf = (jobId: string) => (batch: EventBatch) =>
  batch.events.some(
    (event) =>
      event.type === 'job' &&
      event.job.job_id === jobId &&
      ['completed', 'partial_success', 'failed', 'cancelled'].includes(event.job.status),
  );

describe('JSON-RPC by a client of somebody else', () => {
  it('makes a job, hears of its operations, and reads the same afterwards', async () => {
    const client = await connect();
    const made = await client.request('jobs/submit', { file: `${workspace.dir}/mixed.batch.yaml` });
    expect(made.result).toMatchObject({ status: 'pending', total_operations: 2 });
    const jobId = made.result?.['job_id'] as string;
    const subscribed = await client.request('events/subscribe', { operations_of: [jobId] });
    expect(subscribed.result).toHaveProperty('snapshot');
    const snapshot = subscribed.result?.['snapshot'] as { jobs: { job_id: string; status: string }[] };
    const told = snapshot.jobs.find((job) => job.job_id === jobId);
    if (told?.status !== 'partial_success') await client.untilBatch(endOf(jobId));
    const got = await client.request('jobs/get', { job_id: jobId });
    expect(got.result).toMatchObject({ status: 'partial_success', progress: { completed: 1, failed: 1 } });
    const operations = await client.request('jobs/operations', { job_id: jobId, status: 'failed' });
    expect(operations.result).toMatchObject({ total: 1, operations: [{ name: 'other', status: 'failed' }] });
  });

  it('tells sequence numbers that only grow, and goes on after the last one seen', async () => {
    const client = await connect();
    const subscribed = await client.request('events/subscribe', {});
    const seq = subscribed.result?.['seq'] as number;
    const made = await client.request('jobs/submit', { file: `${workspace.dir}/green.batch.yaml` });
    const jobId = made.result?.['job_id'] as string;
    await client.untilBatch(endOf(jobId));
    const bounds = client.batches.flatMap((batch) => [batch.from_seq, batch.to_seq]);
    expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
    expect(bounds[0]).toBeGreaterThan(seq);

    const other = await connect();
    const resumed = await other.request('events/subscribe', { after_seq: seq });
    expect(resumed.result?.['snapshot']).toBeNull();
    const missed = await other.untilBatch(endOf(jobId));
    expect(missed.from_seq).toBeGreaterThan(seq);
  });

  it.each([
    ['jobs/frobnicate', {}, -32601, 'method_not_found'],
    ['jobs/get', { job_id: 'x' }, -32602, 'invalid_params'],
    ['jobs/get', { job_id: '01JDQ3Z4N5K6M7P8Q9R0S1T2V3' }, -32002, 'not_found'],
    ['jobs/list', { limit: 501 }, -32602, 'invalid_params'],
    ['jobs/submit', { definition: 'pipelines: [{ pipeline_id: ' }, -32004, 'definition_invalid'],
  ])('answers %s %j with code %d', async (method, params, code, kind) => {
    const client = await connect();
    const { error } = await client.request(method, params);
    expect(error).toMatchObject({ code, data: { kind } });
  });

  it('refuses a wrong token', async () => {
    const { port } = workspace.registration();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`);
    const answer = new Promise<Answer>((resolve, reject) => {
      socket.once('message', (data: Buffer) => resolve(JSON.parse(data.toString('utf8')) as Answer));
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed without an answer')));
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.once('open', () => {
      const params = { client: 'x', protocol_version: 1, token: 'not the token of anybody' };
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'daemon/hello', params }));
    });
    expect((await answer).error?.data.kind).toBe('unauthenticated');
    await closed;
  });
});
