import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { methods, type MethodInput } from '../../../daemon/protocol/methods.ts';
import type { EventBatch } from '../../../daemon/protocol/events.ts';
import { eventBatchSchema } from '../../../daemon/protocol/events.ts';
import {
  EventHub,
  type EventHubOptions,
  type EventSink,
  type SharedBatch,
} from '../../../daemon/server/rpc/eventHub.ts';
import { FakeJobService, fakeJob, fakeJobId, fakeOperation } from '../../support/fakeJobService.ts';
import { memoryLog } from '../../support/localDaemon.ts';

const jobA = fakeJobId(1);
const jobB = fakeJobId(2);

class TestSink implements EventSink {
  readonly batches: EventBatch[] = [];
  readonly shared: SharedBatch[] = [];
  buffered = 0;
  #waiting: (() => void)[] = [];
  bufferedBytes = () => this.buffered;
  send = (batch: SharedBatch) => {
    this.shared.push(batch);
    this.batches.push(eventBatchSchema.parse(JSON.parse(batch.json)));
    for (const resolve of this.#waiting.splice(0)) resolve();
  };
  next = () => new Promise<void>((resolve) => this.#waiting.push(resolve));
  /** What each event is about and, for jobs, its status. */
  told = () =>
    this.batches.flatMap(({ events }) =>
      events.map((event) => {
        if (event.type === 'job') return `${event.job.job_id.at(-1)} ${event.job.status}`;
        if (event.type === 'job_deleted') return `${event.job_id.at(-1)} deleted`;
        return `${event.job_id.at(-1)}#${event.operation.index} ${event.operation.status}`;
      }),
    );
}

let service: FakeJobService;
let hub: EventHub;
const log = memoryLog();

function createHub(options: Partial<EventHubOptions> = {}): EventHub {
  const created = new EventHub({ service, log, ...options });
  service.addListener(created);
  return created;
}

const subscribeParams = (params: MethodInput<'events/subscribe'>) =>
  methods['events/subscribe'].params.parse(params);

async function subscribe(params: MethodInput<'events/subscribe'> = {}, to: EventHub = hub) {
  const sink = new TestSink();
  const subscription = await to.subscribe(subscribeParams(params), sink);
  subscription.activate();
  return { sink, subscription };
}

beforeEach(() => {
  service = new FakeJobService();
  hub = createHub();
});
afterEach(() => hub.close());

describe('what a client is told', () => {
  it('starts with a snapshot of jobs and of the operations asked for', async () => {
    service.change(fakeJob(jobA));
    service.changeOperation(jobA, fakeOperation(0));
    const { subscription } = await subscribe({ operations_of: [jobA, jobB] });
    expect(subscription.snapshot?.jobs.map(({ job_id }) => job_id)).toEqual([jobA]);
    expect(Object.keys(subscription.snapshot?.operations ?? {})).toEqual([jobA]);
    expect(subscription.seq).toBe(hub.log.head);
  });

  it('tells the latest state of each thing once', async () => {
    const { sink } = await subscribe();
    for (let percent = 0; percent < 50; percent += 1) service.change(fakeJob(jobA));
    service.change(fakeJob(jobB));
    service.change(fakeJob(jobA, 'completed'));
    hub.flush();
    expect(sink.told()).toEqual(['2 running', '1 completed']);
  });

  it('tells operations only of the jobs asked for', async () => {
    const all = await subscribe();
    const some = await subscribe({ operations_of: [jobA] });
    service.change(fakeJob(jobA));
    service.changeOperation(jobA, fakeOperation(0));
    service.changeOperation(jobB, fakeOperation(0));
    hub.flush();
    expect(all.sink.told()).toEqual(['1 running']);
    expect(some.sink.told()).toEqual(['1 running', '1#0 running']);
  });

  it('tells that a job was deleted, and nothing of its operations', async () => {
    const { sink } = await subscribe({ operations_of: [jobA] });
    service.change(fakeJob(jobA));
    service.changeOperation(jobA, fakeOperation(0));
    service.delete(jobA);
    hub.flush();
    expect(sink.told()).toEqual(['1 deleted']);
  });

  it('joins batches without a gap', async () => {
    const { sink, subscription } = await subscribe();
    for (const status of ['running', 'paused', 'completed'] as const) {
      service.change(fakeJob(jobA, status));
      // Of no concern to this client, and yet no gap.
      service.changeOperation(jobB, fakeOperation(0));
      hub.flush();
      hub.flush();
    }
    let reached = subscription.seq;
    for (const batch of sink.batches) {
      expect(batch.from_seq).toBe(reached + 1);
      expect(batch.to_seq).toBeGreaterThanOrEqual(batch.from_seq);
      reached = batch.to_seq;
    }
    expect(sink.batches).toHaveLength(3);
  });

  it('splits very many events into several batches, in order', async () => {
    hub.close();
    hub = createHub({ maxEventsPerBatch: 10 });
    const { sink } = await subscribe({ operations_of: [jobA] });
    for (let index = 0; index < 25; index += 1) service.changeOperation(jobA, fakeOperation(index));
    hub.flush();
    hub.flush();
    hub.flush();
    expect(sink.batches.map(({ events }) => events.length)).toEqual([10, 10, 5]);
    expect(sink.told()).toEqual(Array.from({ length: 25 }, (_, index) => `1#${index} running`));
  });

  it('serialises a batch once for all clients that get the same', async () => {
    const first = await subscribe();
    const second = await subscribe();
    service.change(fakeJob(jobA));
    hub.flush();
    expect(first.sink.shared[0]).toBe(second.sink.shared[0]);
    const frame = (sink: TestSink) => sink.shared[0]?.frame('ws', (json) => `<${json}>`);
    expect(frame(first.sink)).toBe(frame(second.sink));
  });

  it('ends a batch that gets long, whatever the number of events', async () => {
    hub.close();
    hub = createHub({ maxBatchChars: 5_000 });
    const { sink } = await subscribe({ operations_of: [jobA] });
    const name = 'x'.repeat(3_000);
    for (let index = 0; index < 5; index += 1) service.changeOperation(jobA, fakeOperation(index, { name }));
    for (let round = 0; round < 4; round += 1) hub.flush();
    expect(sink.batches.map(({ events }) => events.length)).toEqual([2, 2, 1]);
    expect(sink.batches.map(({ from_seq }) => from_seq).slice(1)).toEqual(
      sink.batches.map(({ to_seq }) => to_seq + 1).slice(0, 2),
    );
  });

  it('gives an extension host nothing that takes long to parse: half a million characters and one event', async () => {
    const { sink } = await subscribe({ operations_of: [jobA], detail: 'summary' });
    const name = 'x'.repeat(500);
    for (let index = 0; index < 3_000; index += 1)
      service.changeOperation(jobA, fakeOperation(index, { name }));
    for (let round = 0; round < 10; round += 1) hub.flush();
    expect(sink.told()).toHaveLength(3_000);
    for (const { json } of sink.shared) expect(json.length).toBeLessThan(530_000);
  });

  it('sends by itself, no batch before the client is ready and none after it left', async () => {
    const sink = new TestSink();
    const subscription = await hub.subscribe(subscribeParams({}), sink);
    service.change(fakeJob(jobA));
    hub.flush();
    expect(sink.batches).toEqual([]);
    const sent = sink.next();
    subscription.activate();
    await sent;
    expect(sink.told()).toEqual(['1 running']);
    subscription.unsubscribe();
    service.change(fakeJob(jobA, 'completed'));
    hub.flush();
    expect(sink.batches).toHaveLength(1);
    expect(hub.subscribers).toBe(0);
  });

  it('tells what is due when it closes', async () => {
    const { sink } = await subscribe();
    service.change(fakeJob(jobA, 'completed'));
    hub.close();
    expect(sink.told()).toEqual(['1 completed']);
  });
});

describe('detail: summary', () => {
  const at = '2026-01-31T12:00:00.000Z';
  const error = { kind: 'internal' as const, code: 'x', message: 'broke', hint: 'mend it' };
  const long = { ...error, details: { rows: 'd'.repeat(100) }, stack: 's'.repeat(100) };
  const failed = fakeOperation(0, {
    status: 'failed',
    error: long,
    attempts: [{ attempt: 1, started_at: at, finished_at: at, error: long }],
    result: { type: 'noop', evidence: { started_at: at, finished_at: at } },
  });
  const brief = {
    ...fakeOperation(0, { status: 'failed', error }),
    attempts: [{ attempt: 1, started_at: at, finished_at: at, error }],
  };

  it('leaves out the result, and of errors details and stack, in the snapshot and in events', async () => {
    service.changeOperation(jobA, failed);
    service.change(fakeJob(jobA));
    const { sink, subscription } = await subscribe({ operations_of: [jobA], detail: 'summary' });
    expect(subscription.snapshot?.operations[jobA]).toStrictEqual([brief]);
    service.changeOperation(jobA, failed);
    hub.flush();
    expect(sink.batches[0]?.events[0]).toMatchObject({ type: 'operation', operation: brief });
    expect(JSON.stringify(sink.batches)).not.toMatch(/"result"|"details"|"stack"/);
  });

  it('shares no batch with a client that wants all', async () => {
    const summary = await subscribe({ operations_of: [jobA], detail: 'summary' });
    const full = await subscribe({ operations_of: [jobA] });
    const other = await subscribe({ operations_of: [jobA], detail: 'summary', operations_snapshot: false });
    service.changeOperation(jobA, failed);
    hub.flush();
    expect(full.sink.batches[0]?.events[0]).toMatchObject({ operation: { result: { type: 'noop' } } });
    expect(summary.sink.batches[0]?.events[0]).not.toHaveProperty('operation.result');
    expect(other.sink.shared[0]).toBe(summary.sink.shared[0]);
  });
});

describe('operations_snapshot: false', () => {
  it('leaves operations out of the first snapshot and of later ones; the records of the jobs are there', async () => {
    hub.close();
    hub = createHub({ ringSize: 10, recentJobs: 0 });
    service.change(fakeJob(jobA));
    service.changeOperation(jobA, fakeOperation(0));
    const { sink, subscription } = await subscribe({ operations_of: [jobA], operations_snapshot: false });
    expect(subscription.snapshot).toMatchObject({ jobs: [{ job_id: jobA }], operations: {} });
    service.changeOperation(jobA, fakeOperation(0, { status: 'completed' }));
    hub.flush();
    expect(sink.told()).toEqual(['1#0 completed']);
    for (let index = 0; index < 20; index += 1) service.changeOperation(jobA, fakeOperation(index));
    const sent = sink.next();
    hub.flush();
    await sent;
    expect(sink.batches[1]?.snapshot).toMatchObject({ jobs: [{ job_id: jobA }] });
    expect(sink.batches[1]?.snapshot?.operations).toEqual({});
  });
});

describe('resuming', () => {
  it('with other operations_of tells what happened to them since after_seq, without a snapshot', async () => {
    const first = await subscribe({ operations_of: [jobA], operations_snapshot: false });
    service.changeOperation(jobB, fakeOperation(0));
    service.changeOperation(jobA, fakeOperation(0));
    hub.flush();
    const seen = first.sink.batches.at(-1)?.to_seq as number;
    service.changeOperation(jobB, fakeOperation(1));
    service.changeOperation(jobA, fakeOperation(0, { status: 'completed' }));
    const second = await subscribe({ after_seq: seen, operations_of: [jobA, jobB] });
    first.subscription.unsubscribe();
    expect(second.subscription).toMatchObject({ seq: seen, snapshot: null });
    service.changeOperation(jobB, fakeOperation(2));
    hub.flush();
    expect(second.sink.told()).toEqual(['2#1 running', '1#0 completed', '2#2 running']);
  });

  it('goes on from after_seq without a snapshot while the log reaches back', async () => {
    service.change(fakeJob(jobA));
    const seq = hub.log.head;
    service.change(fakeJob(jobB));
    const { sink, subscription } = await subscribe({ after_seq: seq });
    expect(subscription).toMatchObject({ seq, snapshot: null });
    hub.flush();
    expect(sink.told()).toEqual(['2 running']);
  });

  it.each([
    ['of an earlier daemon', () => 5],
    ['from the future', () => hub.log.head + 1],
  ])('gives a snapshot for a seq %s', async (_name, seq) => {
    expect((await subscribe({ after_seq: seq() })).subscription.snapshot).not.toBeNull();
  });

  it('counts on past every number of an earlier daemon', async () => {
    const first = createHub({ now: () => 1_000_000 });
    for (let change = 0; change < 900; change += 1) service.change(fakeJob(jobA));
    const second = createHub({ now: () => 1_000_001 });
    expect(second.log.head).toBeGreaterThan(first.log.head);
    first.close();
    second.close();
  });
});

describe('a slow client', () => {
  it('is passed over while it takes nothing, then gets the latest states', async () => {
    const { sink } = await subscribe();
    const fast = await subscribe();
    sink.buffered = 2_000_000;
    for (const status of ['running', 'paused', 'completed'] as const) {
      service.change(fakeJob(jobA, status));
      hub.flush();
    }
    expect(sink.batches).toEqual([]);
    expect(fast.sink.told()).toEqual(['1 running', '1 paused', '1 completed']);
    sink.buffered = 0;
    hub.flush();
    expect(sink.told()).toEqual(['1 completed']);
  });

  it('gets one snapshot once the log no longer reaches back, and nothing was kept for it meanwhile', async () => {
    hub.close();
    hub = createHub({ ringSize: 100 });
    const { sink } = await subscribe({ operations_of: [jobA] });
    sink.buffered = 2_000_000;
    service.change(fakeJob(jobA));
    for (let round = 0; round < 20; round += 1) {
      for (let index = 0; index < 200; index += 1) service.changeOperation(jobA, fakeOperation(index));
      hub.flush();
    }
    service.change(fakeJob(jobA, 'completed'));
    hub.flush();
    expect(sink.batches).toEqual([]);
    expect(hub.log.entities).toBeLessThanOrEqual(100);
    sink.buffered = 0;
    const sent = sink.next();
    hub.flush();
    await sent;
    expect(sink.batches).toHaveLength(1);
    const [batch] = sink.batches;
    expect(batch).toMatchObject({ from_seq: hub.log.head, to_seq: hub.log.head, events: [] });
    expect(batch?.snapshot?.jobs[0]?.status).toBe('completed');
    expect(batch?.snapshot?.operations[jobA]).toHaveLength(200);
    service.change(fakeJob(jobB));
    hub.flush();
    expect(sink.batches[1]).toMatchObject({ from_seq: hub.log.head });
  });

  it('gets a snapshot with the end state of a job that has left memory', async () => {
    const { sink } = await subscribe({ operations_of: [jobA] });
    service.change(fakeJob(jobA));
    service.changeOperation(jobA, fakeOperation(0, { status: 'completed' }));
    service.operation = () => undefined;
    service.operations = () => undefined;
    const sent = sink.next();
    hub.flush();
    await sent;
    expect(sink.batches[0]?.snapshot?.operations[jobA]?.[0]?.status).toBe('completed');
  });
});
