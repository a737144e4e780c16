import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { readRegistration } from '../../daemon/client/registration.ts';
import { shutdownDaemon } from '../../daemon/client/shutdownDaemon.ts';
import { isJobEnded } from '../../daemon/protocol/entities.ts';
import type { Services } from '../../extension/platform/services.ts';
import { programs, removeJobs, services, Shop } from './contributionsSupport.ts';
import { until } from './support.ts';

const dataDir = process.env.BATCH_JOBS_DIR ?? '';

describe('the session of a window', function () {
  this.timeout(90_000);
  const shop = new Shop('session-shop');
  let parts: Services;

  before(async () => {
    parts = await services();
    await shop.make({
      'steps.batch.json': programs(
        'Steps',
        Array.from({ length: 6 }, () => 'setTimeout(() => {}, 400)'),
      ),
    });
  });
  after(async () => {
    await removeJobs(parts);
    await shop.remove();
  });

  it('keeps the window right when the daemon is killed in the middle of a job', async () => {
    const { session, jobs } = parts;
    const made = await session.call('jobs/submit', { file: shop.file('steps.batch.json') });
    if (!('job_id' in made)) assert.fail('a plan and no job');
    const id = made.job_id;
    const watch = jobs.watch(id);
    const completed = () => jobs.jobs.get(id)?.progress.completed ?? 0;
    await until('the middle of the job', () => completed() >= 2);
    const { pid } = readRegistration(dataDir) ?? assert.fail('no daemon');
    process.kill(pid, 'SIGKILL');
    await until('the loss', () => session.state.name !== 'ready');
    assert.ok(completed() >= 2, 'what was known stays');
    const job = await until('the end of the job', () => {
      const known = jobs.jobs.get(id);
      return known !== undefined && isJobEnded(known.status) && known;
    });
    assert.equal(job.status, 'completed');
    assert.equal(job.progress.completed, 6);
    await until('the operations', () =>
      Array.from({ length: 6 }, (_, index) => `op-000${index + 1}`).every(
        (operationId) => jobs.operation(id, operationId)?.status === 'completed',
      ),
    );
    watch.dispose();
  });

  it('turns to another daemon with the setting, and back', async () => {
    const { session, jobs, settings } = parts;
    await session.ensure();
    await until('jobs of this daemon', () => jobs.jobs.size > 0);
    const elsewhere = realpathSync(await mkdtemp(join(tmpdir(), 'ombudsman-elsewhere-')));
    const configuration = vscode.workspace.getConfiguration('ombudsman');
    const held = session.hold();
    try {
      await configuration.update('dataDirectory', elsewhere, vscode.ConfigurationTarget.Global);
      await until('the setting', () => settings.dataDirectory === elsewhere);
      await until('the other daemon', () => {
        const { state } = session;
        return state.name === 'ready' && state.dataDir === elsewhere && jobs.isLoaded;
      });
      assert.equal(jobs.jobs.size, 0);
    } finally {
      await configuration.update('dataDirectory', undefined, vscode.ConfigurationTarget.Global);
      held.dispose();
      await until('this daemon again', () => {
        const { state } = session;
        return state.name === 'ready' && state.dataDir === dataDir;
      });
      await shutdownDaemon({ dataDir: elsewhere, clientName: 'test', drain: false });
      await rm(elsewhere, { recursive: true, force: true });
    }
    await until('its jobs', () => jobs.jobs.size > 0);
  });

  it('gives a project its own secrets and no others', async () => {
    const { secrets } = parts;
    await secrets.set(shop.dir, 'PLATFORM_TEST', 'value');
    try {
      assert.equal(await secrets.get(shop.dir, 'PLATFORM_TEST'), 'value');
      assert.deepEqual(secrets.names(shop.dir), ['PLATFORM_TEST']);
      // No file of the project names it.
      assert.deepEqual(await secrets.forProject(shop.dir), {});
    } finally {
      await secrets.remove(shop.dir, 'PLATFORM_TEST');
    }
    assert.equal(await secrets.get(shop.dir, 'PLATFORM_TEST'), undefined);
  });
});
