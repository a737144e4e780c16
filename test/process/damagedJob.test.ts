import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startProjectDaemon, type ProjectDaemon } from '../support/projectDaemon.ts';

let project: ProjectDaemon;
beforeEach(async () => {
  project = await startProjectDaemon({ 'ombudsman.yaml': 'name: p\nconnections: {}\n' });
});
afterEach(() => project.dispose());

it('a job whose document is damaged is answered with where it was set aside, by this daemon and the next', async () => {
  const { daemon } = project;
  const operations = [{ type: 'command', program: process.execPath, args: ['-e', '0'] }];
  const lost = await project.run({ operations });
  const kept = await project.run({ operations });
  await daemon.kill();
  const jobs = join(daemon.dataDir, 'jobs');
  truncateSync(join(jobs, `${lost.job_id}.json`), 100);

  const client = await daemon.connect();
  const deleted = new Promise<string>((resolve) => {
    void client.subscribe({}, ({ events }) => {
      for (const event of events) if (event.type === 'job_deleted') resolve(event.job_id);
    });
  });
  const asked = { job_id: lost.job_id };
  const refusal = {
    kind: 'not_found',
    message: `The document of job ${lost.job_id} is damaged and was set aside.`,
  };
  await expect(client.call('jobs/operations', asked)).rejects.toMatchObject(refusal);
  const name = readdirSync(jobs).find((file) => file.startsWith(`${lost.job_id}.json.corrupt-`)) ?? 'none';
  const hint = expect.stringContaining(join(jobs, name)) as string;
  await expect(client.call('jobs/get', asked)).rejects.toMatchObject({ ...refusal, data: { hint } });
  expect(await deleted).toBe(lost.job_id);
  client.close();

  await daemon.kill();
  const next = await daemon.connect();
  for (const method of ['jobs/get', 'jobs/log', 'jobs/rerun', 'jobs/retry', 'jobs/cancel'] as const)
    await expect(next.call(method, asked)).rejects.toMatchObject({ ...refusal, data: { hint } });
  expect((await next.call('jobs/list', {})).jobs.map(({ job_id }) => job_id)).toEqual([kept.job_id]);
  next.close();
});
