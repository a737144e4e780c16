import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DaemonClient } from '../../daemon/client/connectDaemon.ts';
import { isProcessAlive } from '../../daemon/platform/process.ts';
import { isJobEnded, type Job, type Operation } from '../../daemon/protocol/entities.ts';
import type { EventBatch } from '../../daemon/protocol/events.ts';
import { startTestDaemon, type TestDaemon } from '../support/daemon.ts';

/** In `npm test` a few rounds; more with OMBUDSMAN_CRASH_ROUNDS=50. */
const rounds = Number(process.env.OMBUDSMAN_CRASH_ROUNDS ?? 4);

let daemon: TestDaemon;
let folder: string;
beforeEach(async () => {
  daemon = await startTestDaemon();
  folder = mkdtempSync(join(tmpdir(), 'ombudsman-crash-'));
});
afterEach(async () => {
  await daemon.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Operations that each append their own number to a file: what ran, and how often, can be read there. */
const marking = (count: number, file: string): unknown => ({
  job_name: 'marks',
  max_parallel: 8,
  operations: Array.from({ length: count }, (_, index) => ({
    type: 'command',
    name: `mark ${index}`,
    program: '/bin/sh',
    args: ['-c', 'echo "$0" >> "$1"', String(index), file],
    cwd: '/',
  })),
});

async function submit(client: DaemonClient, definition: unknown): Promise<string> {
  const answer = await client.call('jobs/submit', { definition: JSON.stringify(definition) });
  if (!('job_id' in answer)) throw new Error('not a job');
  return answer.job_id;
}

async function allOperations(client: DaemonClient, jobId: string): Promise<Operation[]> {
  const operations: Operation[] = [];
  for (;;) {
    const page = await client.call('jobs/operations', {
      job_id: jobId,
      limit: 500,
      offset: operations.length,
    });
    operations.push(...page.operations);
    if (operations.length >= page.total) return operations;
  }
}

/** Follows a job's events: what was announced of its operations, and a wait for the job to satisfy a condition. */
async function follow(client: DaemonClient, jobId: string) {
  const announced = new Map<string, Operation>();
  const waits: { isSo: (job: Job) => boolean; resolve: (job: Job) => void }[] = [];
  let latest: Job | undefined;
  const look = (job: Job | undefined): void => {
    if (job === undefined || job.job_id !== jobId) return;
    latest = job;
    for (const wait of waits.splice(0)) {
      if (wait.isSo(job)) wait.resolve(job);
      else waits.push(wait);
    }
  };
  const take = (batch: Pick<EventBatch, 'events'>): void => {
    for (const event of batch.events) {
      if (event.type === 'operation' && event.job_id === jobId)
        announced.set(event.operation.operation_id, event.operation);
      if (event.type === 'job') look(event.job);
    }
  };
  const { snapshot } = await client.subscribe({ operations_of: [jobId] }, (batch) => {
    for (const operation of batch.snapshot?.operations[jobId] ?? [])
      announced.set(operation.operation_id, operation);
    for (const job of batch.snapshot?.jobs ?? []) look(job);
    take(batch);
  });
  for (const operation of snapshot?.operations[jobId] ?? []) announced.set(operation.operation_id, operation);
  for (const job of snapshot?.jobs ?? []) look(job);
  return {
    announced,
    until: (isSo: (job: Job) => boolean): Promise<Job> =>
      latest !== undefined && isSo(latest)
        ? Promise.resolve(latest)
        : new Promise((resolve) => waits.push({ isSo, resolve })),
  };
}

describe('kill -9 of the daemon at any moment', () => {
  it(
    `loses nothing accepted, repeats nothing finished, leaves no ghost (${rounds} kills)`,
    { timeout: 600_000 },
    async () => {
      const seed = Date.now() & 0x7fffffff;
      const kills = fc.sample(fc.integer({ min: 1, max: 40 }), { numRuns: rounds, seed });
      const file = join(folder, 'marks');
      const total = 60 * (rounds + 1);
      let client = daemon.client;
      const jobId = await submit(client, marking(total, file));
      const accepted = [jobId];
      for (const more of kills) {
        const following = await follow(client, jobId);
        const before = (await client.call('jobs/get', { job_id: jobId })).progress.completed;
        await following.until((job) => job.progress.completed >= Math.min(total, before + more));
        accepted.push(await submit(client, marking(1, `${file}-${accepted.length}`)));
        await daemon.kill();
        const finished = [...following.announced.values()].filter(({ status }) => status === 'completed');
        client = await daemon.connect();
        for (const id of accepted)
          expect((await client.call('jobs/get', { job_id: id })).job_id, `seed ${seed}`).toBe(id);
        const now = new Map(
          (await allOperations(client, jobId)).map((operation) => [operation.operation_id, operation]),
        );
        for (const { operation_id, attempts } of finished) {
          expect(
            now.get(operation_id),
            `seed ${seed}: ${operation_id} was announced as completed`,
          ).toMatchObject({ status: 'completed', attempts });
        }
      }
      for (const id of accepted) {
        const following = await follow(client, id);
        const ended = await following.until((job) => isJobEnded(job.status));
        expect(ended.status, `seed ${seed}`).toBe('completed');
      }
      const operations = await allOperations(client, jobId);
      expect(operations.every(({ status }) => status === 'completed')).toBe(true);
      const marks = readFileSync(file, 'utf8').trim().split('\n').map(Number);
      for (const { index, attempts } of operations) {
        const times = marks.filter((mark) => mark === index).length;
        expect(
          times,
          `seed ${seed}: operation ${index} ran ${times} times in ${attempts.length} attempts`,
        ).toBeGreaterThanOrEqual(1);
        expect(times).toBeLessThanOrEqual(attempts.length);
      }
      const status = await client.call('daemon/status', {});
      expect(status).toMatchObject({ live_jobs: 0, running_operations: 0, waiting_operations: 0 });
    },
  );

  it('ends the program of a command that outlived daemon and engine, before it runs again', async () => {
    const file = join(folder, 'pids');
    const jobId = await submit(daemon.client, {
      job_name: 'stubborn',
      operations: [
        {
          type: 'command',
          name: 'sleeper',
          program: '/bin/sh',
          args: ['-c', 'trap "" TERM; echo $$ >> "$0"; while :; do sleep 1; done', file],
          cwd: '/',
        },
      ],
    });
    const pids = (): number[] => {
      try {
        return readFileSync(file, 'utf8').trim().split('\n').map(Number);
      } catch {
        return [];
      }
    };
    const until = async (isSo: () => boolean): Promise<void> => {
      while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await until(() => pids().length === 1);
    const { engines } = await daemon.client.call('daemon/status', {});
    process.kill(engines[0]!.pid!, 'SIGSTOP'); // So that the engine cannot clean up behind the daemon.
    await daemon.kill();
    const client = await daemon.connect();
    await until(() => pids().length === 2);
    const [first, second] = pids() as [number, number];
    expect(isProcessAlive(first)).toBe(false);
    const following = await follow(client, jobId);
    await client.call('jobs/cancel', { job_id: jobId });
    expect((await following.until((job) => isJobEnded(job.status))).status).toBe('cancelled');
    expect(isProcessAlive(second)).toBe(false);
  });
});

describe('kill -9 of the engine', () => {
  it('costs only the attempts in flight, which are tried again; the daemon stays', async () => {
    const file = join(folder, 'marks');
    const jobId = await submit(daemon.client, marking(120, file));
    const following = await follow(daemon.client, jobId);
    for (const completed of [10, 40, 80]) {
      await following.until((job) => job.progress.completed >= completed);
      const { engines } = await daemon.client.call('daemon/status', {});
      const pid = engines[0]?.pid;
      if (typeof pid === 'number') process.kill(pid, 'SIGKILL');
    }
    const ended = await following.until((job) => isJobEnded(job.status));
    expect(ended).toMatchObject({ status: 'completed', progress: { completed: 120 } });
    const retried = (await allOperations(daemon.client, jobId)).filter(({ attempts }) => attempts.length > 1);
    for (const { attempts } of retried)
      expect(attempts[0]?.error).toMatchObject({ kind: 'interrupted', code: 'engine_died' });
    const { pid, engines } = await daemon.client.call('daemon/status', {});
    expect(pid).toBe(daemon.pid);
    expect(engines[0]?.restarts).toBeGreaterThanOrEqual(1);
  });
});
