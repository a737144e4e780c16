import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDaemonClient, type DaemonClient } from '../../daemon/client/daemonClient.ts';
import type { EventBatch } from '../../daemon/protocol/events.ts';
import { protocolVersion } from '../../daemon/protocol/version.ts';
import { fakeJob, fakeJobId, fakeOperation } from '../support/fakeJobService.ts';
import { openRawSocket, startLocalDaemon, type LocalDaemon } from '../support/localDaemon.ts';

const jobA = fakeJobId(1);
let local: LocalDaemon;
const streams: IncomingMessage[] = [];

beforeEach(async () => {
  local = await startLocalDaemon();
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.destroy();
  await local.dispose();
});

const connect = (): Promise<DaemonClient> =>
  openDaemonClient({ registration: local.daemon.registration, clientName: 'test', protocolVersion });

/** Batches as they come, to be waited for one by one. */
function batchQueue() {
  const arrived: EventBatch[] = [];
  const waiting: ((batch: EventBatch) => void)[] = [];
  return {
    push: (batch: EventBatch) => {
      const waiter = waiting.shift();
      if (waiter === undefined) arrived.push(batch);
      else waiter(batch);
    },
    next: (): Promise<EventBatch> => {
      const batch = arrived.shift();
      return batch === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(batch);
    },
  };
}

describe('events over WebSocket', () => {
  it('follow the snapshot, and end with unsubscribe', async () => {
    const client = await connect();
    const queue = batchQueue();
    local.service.change(fakeJob(jobA));
    const subscription = await client.subscribe({ operations_of: [jobA] }, queue.push);
    expect(subscription.snapshot?.jobs).toHaveLength(1);
    local.service.changeOperation(jobA, fakeOperation(0, { status: 'completed' }));
    const batch = await queue.next();
    expect(batch.from_seq).toBe(subscription.seq + 1);
    expect(batch.events).toMatchObject([
      { type: 'operation', job_id: jobA, operation: { status: 'completed' } },
    ]);
    await subscription.unsubscribe();
    expect(await client.call('events/unsubscribe', {})).toEqual({ unsubscribed: false });
    client.close();
  });

  it('resume on a new connection where the old one ended', async () => {
    const first = await connect();
    const { seq } = await first.subscribe({}, () => undefined);
    first.close();
    local.service.change(fakeJob(jobA, 'completed'));
    const second = await connect();
    const queue = batchQueue();
    const resumed = await second.subscribe({ after_seq: seq }, queue.push);
    expect(resumed).toMatchObject({ seq, snapshot: null });
    expect((await queue.next()).events).toMatchObject([{ type: 'job', job: { status: 'completed' } }]);
    second.close();
  });

  it('of one more job, added on the same connection: no snapshot, and nothing missed while all goes on', async () => {
    const jobB = fakeJobId(2);
    const client = await connect();
    const total = 400;
    const statuses = new Map<string, string>();
    let seen = 0;
    let tellAll: () => void = () => undefined;
    const allEnded = new Promise<void>((resolve) => (tellAll = resolve));
    const take = ({ to_seq, events, snapshot }: EventBatch): void => {
      expect(snapshot).toBeUndefined();
      seen = to_seq;
      for (const event of events)
        if (event.type === 'operation' && event.job_id === jobB)
          statuses.set(event.operation.operation_id, event.operation.status);
      if ([...statuses.values()].filter((status) => status === 'completed').length === total) tellAll();
    };
    local.service.change(fakeJob(jobA));
    local.service.change(fakeJob(jobB));
    const first = { operations_of: [jobA], detail: 'summary' as const, operations_snapshot: false };
    ({ seq: seen } = await client.subscribe(first, take));

    // Every operation of B starts and ends while the client is busy with adding it; those of A keep batches coming.
    const flood = (async () => {
      for (let index = 0; index < 2 * total; index += 1) {
        const status = index < total ? 'running' : 'completed';
        local.service.changeOperation(jobB, fakeOperation(index % total, { status }));
        local.service.changeOperation(jobA, fakeOperation(index % 7));
        if (index % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const atFirst = seen;
    await expect.poll(() => seen).toBeGreaterThan(atFirst);
    const after = seen;
    const { operations } = await client.call('jobs/operations', {
      job_id: jobB,
      detail: 'summary',
      limit: 500,
    });
    for (const { operation_id, status } of operations) statuses.set(operation_id, status);
    // After the page and before the subscription, and never again: only after_seq leads to it.
    local.service.changeOperation(jobB, fakeOperation(total, { status: 'skipped' }));
    const added = await client.subscribe({ ...first, operations_of: [jobA, jobB], after_seq: after }, take);
    expect(added).toMatchObject({ seq: after, snapshot: null });
    await flood;
    await allEnded;
    expect(statuses.get(fakeOperation(total).operation_id)).toBe('skipped');
    expect(statuses.size).toBe(total + 1);
    client.close();
  });

  it('come to every client, the same', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, connect));
    const queues = await Promise.all(
      clients.map(async (client) => {
        const queue = batchQueue();
        await client.subscribe({}, queue.push);
        return queue;
      }),
    );
    local.service.change(fakeJob(jobA));
    const batches = await Promise.all(queues.map((queue) => queue.next()));
    for (const batch of batches) expect(batch).toEqual(batches[0]);
    for (const client of clients) client.close();
  });

  it('stop when the connection ends: the daemon counts no client any more', async () => {
    const client = await connect();
    await client.subscribe({}, () => undefined);
    const other = await connect();
    expect((await other.call('daemon/status', {})).clients).toBe(2);
    const gone = new Promise((resolve) => client.onClose(resolve));
    client.close();
    await gone;
    await expect.poll(async () => (await other.call('daemon/status', {})).clients).toBe(1);
    other.close();
  });

  it('reach a client that reads nothing only as far as its buffer, and others at once', async () => {
    const stuck = await openRawSocket(local.daemon);
    await stuck.hello(local.daemon.registration.token);
    stuck.send({ jsonrpc: '2.0', id: 1, method: 'events/subscribe', params: { operations_of: [jobA] } });
    await stuck.next();
    stuck.socket.pause();
    const client = await connect();
    const queue = batchQueue();
    await client.subscribe({}, queue.push);
    const longName = 'x'.repeat(20_000);
    for (let round = 0; round < 30; round += 1) {
      for (let index = 0; index < 20; index += 1) {
        local.service.changeOperation(jobA, fakeOperation(index, { name: longName, attempts: [] }));
      }
      local.service.change(fakeJob(jobA, 'running', { job_name: `round ${round}` }));
      const batch = await queue.next();
      expect(batch.events.at(-1)).toMatchObject({ type: 'job', job: { job_name: `round ${round}` } });
    }
    local.service.change(fakeJob(jobA, 'completed'));
    await queue.next();
    stuck.socket.resume();
    let last = '';
    while (!last.includes('"status":"completed"')) last = await stuck.next();
    client.close();
  });
});

interface SseEvent {
  event: string;
  id: number;
  data: unknown;
}

/** Opens GET /batch/events and reads its events one by one. */
async function openStream(query = '', headers: Record<string, string> = {}) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { port } = local.daemon.registration;
    const path = `/batch/events${query}`;
    const request = httpRequest(
      { host: '127.0.0.1', port, path, headers: { ...local.headers, ...headers } },
      resolve,
    );
    request.on('error', reject);
    request.end();
  });
  streams.push(answer);
  answer.setEncoding('utf8');
  answer.on('error', () => undefined);
  let text = '';
  const blocks = (async function* () {
    for await (const chunk of answer as AsyncIterable<string>) {
      text += chunk;
      let end = text.indexOf('\n\n');
      while (end !== -1) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        end = text.indexOf('\n\n');
        const field = (name: string) => block.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1];
        const event = field('event');
        if (event !== undefined)
          yield { event, id: Number(field('id')), data: JSON.parse(field('data') ?? '') as unknown };
      }
    }
  })();
  return {
    answer,
    next: async (): Promise<SseEvent> => {
      const result = await blocks.next();
      if (result.done === true) throw new Error('the stream has ended');
      return result.value;
    },
  };
}

describe('events over SSE', () => {
  it('begin with a snapshot and go on with batches', async () => {
    local.service.change(fakeJob(jobA));
    const stream = await openStream();
    expect(stream.answer.headers['content-type']).toContain('text/event-stream');
    const first = await stream.next();
    expect(first).toMatchObject({ event: 'snapshot', data: { snapshot: { jobs: [{ job_id: jobA }] } } });
    expect((first.data as { seq: number }).seq).toBe(first.id);
    local.service.change(fakeJob(jobA, 'completed'));
    const second = await stream.next();
    expect(second).toMatchObject({
      event: 'batch',
      data: { from_seq: first.id + 1, events: [{ job: { status: 'completed' } }] },
    });
    expect((second.data as EventBatch).to_seq).toBe(second.id);
  });

  it('resume from Last-Event-ID without a snapshot', async () => {
    const { id } = await (await openStream()).next();
    local.service.change(fakeJob(jobA, 'completed'));
    const resumed = await openStream('', { 'last-event-id': String(id) });
    expect(await resumed.next()).toMatchObject({ event: 'batch', data: { from_seq: id + 1 } });
  });

  it.each(['?operations_of=JOBS', '?operations_of=A&operations_of=B'])(
    'take operations_of as %s',
    async (query) => {
      const jobB = fakeJobId(2);
      local.service.change(fakeJob(jobA));
      local.service.change(fakeJob(jobB));
      const stream = await openStream(
        query.replace('JOBS', `${jobA},${jobB}`).replace('=A', `=${jobA}`).replace('=B', `=${jobB}`),
      );
      expect(
        Object.keys(((await stream.next()).data as { snapshot: { operations: object } }).snapshot.operations),
      ).toEqual([jobA, jobB]);
      local.service.changeOperation(jobB, fakeOperation(0));
      expect(await stream.next()).toMatchObject({ data: { events: [{ type: 'operation', job_id: jobB }] } });
    },
  );

  it('refuse a job id that is none before the stream begins', async () => {
    const stream = await openStream('?operations_of=nonsense');
    expect(stream.answer.statusCode).toBe(422);
  });

  it('count as a client while they are open', async () => {
    const stream = await openStream();
    await stream.next();
    const clients = async () => {
      const answer = await fetch(`${local.url}/batch/daemon/status`, { headers: local.headers });
      return ((await answer.json()) as { clients: number }).clients;
    };
    expect(await clients()).toBe(1);
    stream.answer.destroy();
    await expect.poll(clients).toBe(0);
  });

  it('end when the daemon stops', async () => {
    const stream = await openStream();
    await stream.next();
    const ended = new Promise((resolve) => stream.answer.once('close', resolve));
    stream.answer.resume();
    await local.daemon.stop('test');
    await ended;
  });
});
