import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'mocha';
import { isJobEnded } from '../../daemon/protocol/entities.ts';
import { answering, closeEditors, dismissing, drive, untilShown, type Driven } from './commandsSupport.ts';
import { until, workspaceFile } from './support.ts';

const made = [
  'ombudsman.yaml',
  'pipelines',
  'generate.batch.yaml',
  'validate.batch.yaml',
  '.gitignore',
  'data',
];

describe('a sample project in an empty folder', function () {
  this.timeout(120_000);
  let driven: Driven;
  before(async () => {
    driven = await drive();
  });
  after(async () => {
    for (const path of made) rmSync(workspaceFile(path).fsPath, { recursive: true, force: true });
    await closeEditors(driven, 0);
    await until(
      'no batch file',
      async () => (await driven.services.workspace.load()).batch_files.length === 0,
    );
    const { session } = driven.services;
    const { jobs } = await session.call('jobs/list', {});
    for (const { job_id } of jobs) await session.call('jobs/delete', { job_id });
    driven.screen.restore();
  });

  it('is made, known at once, and runs as it stands', async () => {
    const { services, screen } = driven;
    await answering(driven, { 'What to begin with': 'Sample project' }, 'ombudsman.init');
    assert.deepEqual(screen.messages, []);
    await untilShown(workspaceFile('ombudsman.yaml').fsPath);
    await until('the project with its pipelines', async () => {
      const { projects, batch_files } = await services.workspace.load();
      return projects[0]?.pipelines.length === 2 && batch_files.length === 2;
    });
    for (const file of ['generate.batch.yaml', 'validate.batch.yaml']) {
      const { job_id } = (await dismissing(driven, 'ombudsman.runBatchFile', workspaceFile(file))) as {
        job_id: string;
      };
      const job = await until(`the end of ${file}`, async () => {
        const found = await services.session.call('jobs/get', { job_id });
        return isJobEnded(found.status) && found;
      });
      assert.equal(job.status, 'completed', file);
    }
  });
});
