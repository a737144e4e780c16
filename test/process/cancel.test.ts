import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isProcessAlive } from '../../daemon/platform/process.ts';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';
import { shopProject } from '../support/shopProject.ts';

let shop: ProjectDaemon;
beforeAll(async () => {
  shop = await startProjectDaemon(shopProject);
});
afterAll(() => shop.dispose());

async function submit(definition: object): Promise<string> {
  const made = await shop.daemon.client.call('jobs/submit', { project: shop.dir, definition });
  if (!('job_id' in made)) throw new Error('a plan and no job');
  return made.job_id;
}
const statusOf = async (job_id: string) => (await shop.daemon.client.call('jobs/get', { job_id })).status;
const inUse = async () => (await shop.daemon.client.call('daemon/status', {})).running_operations;

/** Programs that write their pid and do not care for SIGTERM: a child, a grandchild, and one that left the group. */
const stubborn = (file: string): string => `
  trap '' TERM INT HUP
  echo $$ >> ${file}
  sh -c 'trap "" TERM INT HUP; echo $$ >> ${file}; while :; do sleep 1; done' &
  setsid sh -c 'trap "" TERM INT HUP; echo $$ >> ${file}; while :; do sleep 1; done' &
  while :; do sleep 1; done`;

it.runIf(process.platform === 'linux')(
  'of programs that ignore every polite signal ends them and all they started, however often it is asked for',
  async () => {
    const file = join(shop.dir, 'pids');
    const job_id = await submit({
      job_name: 'stubborn',
      operations: [{ type: 'command', name: 'stubborn', program: '/bin/sh', args: ['-c', stubborn(file)] }],
    });
    const pids = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []);
    await expect.poll(() => pids().length, { timeout: 30_000 }).toBe(3);
    expect(pids().filter(isProcessAlive)).toHaveLength(3);
    const { client } = shop.daemon;
    await Promise.all([1, 2, 3].map(() => client.call('jobs/cancel', { job_id }).catch(() => undefined)));
    await expect.poll(() => statusOf(job_id), { timeout: 30_000 }).toBe('cancelled');
    // Cancelled is said when nothing is left: no waiting here.
    expect(pids().filter(isProcessAlive)).toEqual([]);
    expect(await inUse()).toBe(0);
  },
);

it('while an operation waits for its next attempt, or its job is paused, ends it at once and runs nothing more', async () => {
  const { client } = shop.daemon;
  const ran = join(shop.dir, 'ran');
  const failing = {
    type: 'pipeline',
    name: 'p',
    pipeline_id: 'same',
    retry: { max_attempts: 5, backoff: 'fixed', delay: '1h', max_delay: '1h' },
  };
  shop.write(
    'ombudsman.yaml',
    `${shopProject['ombudsman.yaml']}  gone: { type: postgres, host: 127.0.0.1, port: 1, database: x, user: x }\n`,
  );
  shop.write(
    'pipelines/gone.pipeline.yaml',
    'pipeline_id: gone\nsource: { connection: gone, table: t }\ntarget: { connection: new, table: same.csv }\nchecks: [row_count]\n',
  );
  const waiting = await submit({ job_name: 'waits', operations: [{ ...failing, pipeline_id: 'gone' }] });
  const attempts = async () =>
    (await client.call('jobs/operations', { job_id: waiting })).operations[0]?.attempts.filter(
      ({ finished_at }) => finished_at !== undefined,
    ).length;
  await expect.poll(attempts, { timeout: 30_000 }).toBe(1);
  await client.call('jobs/cancel', { job_id: waiting });
  await expect.poll(() => statusOf(waiting)).toBe('cancelled');
  expect(await attempts()).toBe(1);

  const paused = await submit({
    job_name: 'paused',
    max_parallel: 1,
    operations: [
      { type: 'command', name: 'first', program: '/bin/sh', args: ['-c', 'sleep 1'] },
      { type: 'command', name: 'second', program: '/bin/sh', args: ['-c', `touch ${ran}`] },
    ],
  });
  await client.call('jobs/pause', { job_id: paused });
  await client.call('jobs/cancel', { job_id: paused });
  await expect.poll(() => statusOf(paused), { timeout: 30_000 }).toBe('cancelled');
  expect(existsSync(ran)).toBe(false);
  expect(await inUse()).toBe(0);
});
