import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRegistration } from '../../daemon/client/registration.ts';
import { connectTo, disposeDataDir, makeDataDir, serverPath } from '../support/daemon.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = makeDataDir();
});
afterEach(() => disposeDataDir(dataDir));

/** A daemon whose log and stderr stand on a full disk from the first line on. */
async function startOnFullDisk() {
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  symlinkSync('/dev/full', join(dataDir, 'logs', 'daemon.log'));
  const stderr = openSync('/dev/full', 'w');
  const server = spawn(process.execPath, [serverPath(), '--data-dir', dataDir], {
    stdio: ['ignore', 'ignore', stderr],
  });
  closeSync(stderr);
  await expect.poll(() => readRegistration(dataDir)?.pid, { timeout: 20_000 }).toBe(server.pid);
  return await connectTo(dataDir);
}

const operations = [{ name: 'nothing', type: 'command' as const, program: 'true' }];

it('serves on when nothing can be logged, and says what the disk does not take', async () => {
  const client = await startOnFullDisk();
  try {
    // A log line after each of these; an error of the log that is logged again would starve the second.
    for (let round = 0; round < 3; round += 1)
      expect((await client.call('daemon/status', {})).status).toBe('ready');
    rmSync(join(dataDir, 'jobs'), { recursive: true });
    writeFileSync(join(dataDir, 'jobs'), 'no folder');
    writeFileSync(join(dataDir, 'ombudsman.yaml'), 'name: full\nconnections: {}\n');
    for (let round = 0; round < 3; round += 1) {
      await expect(
        client.call('jobs/submit', { project: dataDir, definition: { operations } }),
      ).rejects.toMatchObject({
        kind: 'storage_unavailable',
        data: { hint: expect.stringMatching(/./) as string },
      });
    }
    rmSync(join(dataDir, 'jobs'));
    mkdirSync(join(dataDir, 'jobs'));
    const { job_id } = (await client.call('jobs/submit', {
      project: dataDir,
      definition: { operations },
    })) as { job_id: string };
    await expect
      .poll(async () => (await client.call('jobs/get', { job_id })).status, { timeout: 20_000 })
      .toBe('completed');
  } finally {
    await client.call('daemon/shutdown', { drain: false });
    client.close();
  }
});
