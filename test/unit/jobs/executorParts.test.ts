import { expect, it } from 'vitest';
import { retryDelayMs } from '../../../daemon/server/executor/backoff.ts';
import { Gate, holdAll } from '../../../daemon/server/executor/gates.ts';
import { ReadyQueue } from '../../../daemon/server/executor/readyQueue.ts';

const policy = {
  max_attempts: 9,
  backoff: 'exponential' as const,
  delay_ms: 2_000,
  max_delay_ms: 60_000,
  jitter: false,
};

it('doubles the delay up to its maximum', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map((attempt) => retryDelayMs(policy, attempt, () => 0))).toEqual([
    2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
  ]);
  expect(retryDelayMs({ ...policy, backoff: 'fixed' }, 5, () => 0)).toBe(2_000);
});

it('draws jitter between half and the whole', () => {
  const jittered = { ...policy, jitter: true };
  expect(retryDelayMs(jittered, 1, () => 0)).toBe(1_000);
  expect(retryDelayMs(jittered, 1, () => 0.999999)).toBe(2_000);
});

it('a gate has no room while its slots are held, and has it again when release has resolved', async () => {
  const gate = new Gate('connection', 'db', 2);
  const holder = { job_id: 'j', operation_id: 'op-0001', name: 'a' };
  const releases = [holdAll([gate], holder), holdAll([gate], { ...holder, operation_id: 'op-0002' })];
  expect(gate.hasRoom).toBe(false);
  expect(gate.holders.map(({ operation_id }) => operation_id)).toEqual(['op-0001', 'op-0002']);
  await releases[0]!();
  expect(gate.hasRoom).toBe(true);
  expect(gate.holders.map(({ operation_id }) => operation_id)).toEqual(['op-0002']);
  await releases[1]!();
  expect(gate.inUse).toBe(0);
});

it('finds the first ready operation whose connections have room', () => {
  const full = new Gate('connection', 'full', 1);
  const free = new Gate('connection', 'free', 1);
  void holdAll([full], { job_id: 'j', operation_id: 'op-0009', name: 'x' });
  const queue = new ReadyQueue();
  for (const index of [5, 3, 9]) queue.add(index, 'full', [full]);
  for (const index of [8, 4, 7]) queue.add(index, 'free', [free]);
  expect(queue.first()).toBe(3);
  const taken: number[] = [];
  for (let next = queue.peek(); next !== null; next = queue.peek()) {
    taken.push(next.index);
    queue.take(next.signature);
  }
  expect(taken).toEqual([4, 7, 8]);
  expect(queue.size).toBe(3);
});
