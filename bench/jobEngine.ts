import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createFileStore } from '../daemon/server/storage/fileStore.ts';
import { inFolder, median, printMachine, printTable, ratio, whole, type Bench } from './support/bench.ts';
import { killCandidate, measureCandidate, type CandidateFigures } from './support/children.ts';
import { startRedis, type PrivateRedis } from './support/redis.ts';

const atOnce = '10';

interface Candidate {
  readonly name: string;
  measure(operations: number): Promise<CandidateFigures>;
  /** Kills the candidate in the middle; how many operations it had acknowledged and how many of those its disk does not know. */
  kill(operations: number, acknowledgements: number): Promise<{ acknowledged: number; lost: number }>;
}

/**
 * No-op operations, ten at once, every transition on disk before it is told: the server alone, the server with its engine
 * process, BullMQ on a Redis that syncs at every write, and p-limit in memory, which keeps nothing. Then what kill -9 costs each.
 */
export const jobEngine: Bench = async ({ operations = [10_000, 100_000], rounds = 3, kills = 5 }) => {
  await inFolder(async (folder) => {
    const redis = await startRedis(makeFolder(folder, 'redis'));
    try {
      const candidates = candidatesIn(folder, redis);
      for (const count of operations) await measure(candidates, count, rounds);
      if (kills > 0) await lose(candidates, kills, Math.min(10_000, ...operations));
    } finally {
      await redis.stop();
    }
  });
};

function candidatesIn(folder: string, redis: PrivateRedis): Candidate[] {
  const bundles = join(folder, 'dist');
  buildEngine(bundles);
  const enginePath = join(bundles, 'engine.mjs');
  return [
    jobsCandidate('server', 'server, every transition durable', folder, enginePath),
    jobsCandidate('engine', 'the same through the engine process', folder, enginePath),
    bullmqCandidate(redis),
    {
      name: 'p-limit, in memory',
      measure: (operations) => measureCandidate('pLimit.ts', [String(operations), atOnce, 'measure']),
      kill: async (operations, acknowledgements) => {
        const args = [String(operations), atOnce, 'acknowledge'];
        const { size } = await killCandidate('pLimit.ts', args, acknowledgements);
        // There is no disk to ask: what the process knew went with it.
        return { acknowledged: size, lost: size };
      },
    },
  ];
}

let runs = 0;
function makeFolder(folder: string, name: string): string {
  runs += 1;
  const path = join(folder, `${name}-${runs}`);
  mkdirSync(path, { recursive: true });
  return path;
}

function buildEngine(outdir: string): void {
  const root = join(import.meta.dirname, '..');
  const args = ['esbuild.mjs', '--only', 'engine', '--outdir', outdir];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the engine could not be built');
}

function jobsCandidate(
  where: 'server' | 'engine',
  name: string,
  folder: string,
  enginePath: string,
): Candidate {
  const args = (dataDir: string, operations: number, mode: string): string[] => [
    dataDir,
    String(operations),
    atOnce,
    where,
    enginePath,
    mode,
  ];
  return {
    name,
    measure: (operations) =>
      measureCandidate('jobs.ts', args(makeFolder(folder, where), operations, 'measure')),
    kill: async (operations, acknowledgements) => {
      const dataDir = makeFolder(folder, where);
      const acknowledged = await killCandidate(
        'jobs.ts',
        args(dataDir, operations, 'acknowledge'),
        acknowledgements,
      );
      return lossOf(acknowledged, await completedOnDisk(dataDir));
    },
  };
}

/** Operations that are completed by what stands in document and journal, read as the next daemon would. */
async function completedOnDisk(dataDir: string): Promise<Set<number>> {
  const store = createFileStore({ dataDir });
  await store.open();
  const completed = new Set<number>();
  for (const { job_id: jobId } of store.list({ limit: 500, offset: 0 }).jobs) {
    const { document, records } = await store.load(jobId);
    for (const [index, { status }] of document.operations.entries()) {
      if (status === 'completed') completed.add(index);
    }
    for (const record of records) {
      if (record.type === 'op_ended' && record.status === 'completed') completed.add(record.op);
    }
  }
  await store.close();
  return completed;
}

function bullmqCandidate(redis: PrivateRedis): Candidate {
  let queues = 0;
  const nextQueue = (): string => `bench-${++queues}`;
  const args = (operations: number, queue: string, mode: string): string[] => [
    String(redis.port),
    String(operations),
    atOnce,
    queue,
    mode,
  ];
  return {
    name: 'BullMQ, appendfsync always',
    measure: async (operations) => {
      const figures = await measureCandidate('bullmq.ts', args(operations, nextQueue(), 'measure'));
      await withRedis(redis, async (client) => {
        await client.flushall();
      });
      return figures;
    },
    kill: async (operations, acknowledgements) => {
      const queue = nextQueue();
      const acknowledged = await killCandidate(
        'bullmq.ts',
        args(operations, queue, 'acknowledge'),
        acknowledgements,
        () => redis.kill(),
      );
      await redis.restart();
      return withRedis(redis, async (client) => {
        const ids = await client.zrange(`bull:${queue}:completed`, '0', '-1');
        const completed = new Set<number>();
        for (const id of ids) {
          const data = await client.hget(`bull:${queue}:${id}`, 'data');
          if (data !== null) completed.add((JSON.parse(data) as { index: number }).index);
        }
        await client.flushall();
        return lossOf(acknowledged, completed);
      });
    },
  };
}

async function withRedis<T>({ port }: PrivateRedis, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ host: '127.0.0.1', port });
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

function lossOf(acknowledged: ReadonlySet<number>, onDisk: ReadonlySet<number>) {
  const lost = [...acknowledged].filter((index) => !onDisk.has(index)).length;
  return { acknowledged: acknowledged.size, lost };
}

/** Candidates take turns, so that what else the machine does hits all of them alike. */
async function measure(candidates: readonly Candidate[], operations: number, rounds: number): Promise<void> {
  console.log(`\n${whole(operations)} no-op operations, ${atOnce} at once, medians of ${rounds}`);
  await printMachine();
  const figures = candidates.map((): CandidateFigures[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, candidate] of candidates.entries()) {
      figures[index]?.push(await candidate.measure(operations));
    }
  }
  const perSecond = (of: (one: CandidateFigures) => number): number[] =>
    figures.map((all) => operations / (median(all.map(of)) / 1000));
  const [running, overall] = [perSecond((one) => one.run_ms), perSecond((one) => one.whole_ms)];
  const [server = 0, , bullmq = 0] = running;
  printTable(
    ['', 'ops/s', 'server is', 'BullMQ ×', 'ops/s with hand-in and close'],
    candidates.map(({ name }, index) => {
      const rate = running[index] ?? 0;
      return [name, whole(rate), ratio(server / rate), ratio(rate / bullmq), whole(overall[index] ?? 0)];
    }),
  );
}

async function lose(candidates: readonly Candidate[], kills: number, operations: number): Promise<void> {
  console.log(
    `\nkill -9 in the middle of ${whole(operations)} operations, ${kills} times (BullMQ: worker and Redis)`,
  );
  const rows: string[][] = [];
  for (const candidate of candidates) {
    let [acknowledged, lost] = [0, 0];
    for (let round = 0; round < kills; round += 1) {
      const found = await candidate.kill(operations, Math.ceil(operations * (0.1 + 0.7 * Math.random())));
      acknowledged += found.acknowledged;
      lost += found.lost;
    }
    rows.push([candidate.name, whole(acknowledged), whole(lost)]);
  }
  printTable(['', 'acknowledged', 'of those lost'], rows);
}
