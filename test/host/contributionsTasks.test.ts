import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Services } from '../../extension/platform/services.ts';
import { programs, removeJobs, services, Shop } from './contributionsSupport.ts';
import { until, workspaceFolder } from './support.ts';

const name = 'tasks-shop';

/** Runs a task of this definition to its end. */
async function run(definition: Record<string, unknown>): Promise<number | undefined> {
  const task = await resolved(definition);
  const ended = new Promise<number | undefined>((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name !== task.name) return;
      listener.dispose();
      resolve(exitCode);
    });
  });
  await vscode.tasks.executeTask(task);
  return ended;
}

/** A task as tasks.json has it. */
async function resolved(definition: Record<string, unknown>): Promise<vscode.Task> {
  const all = await vscode.tasks.fetchTasks({ type: 'ombudsman' });
  const offered = all.find(({ definition: { file } }) => file === `${name}/daily.batch.yaml`);
  assert.ok(offered?.execution !== undefined, 'the tasks of the workspace are not offered');
  const title = `test ${JSON.stringify(definition)}`;
  return new vscode.Task(
    { type: 'ombudsman', ...definition },
    workspaceFolder(),
    title,
    'ombudsman',
    offered.execution,
    ['$ombudsman'],
  );
}

describe('tasks', () => {
  const shop = new Shop(name);
  let all: Services;

  before(async () => {
    await shop.make({
      'forever.batch.json': programs('Forever', ['setInterval(() => {}, 1000)']),
      'mistake.batch.yaml': 'job_name: Mistake\npipelines: [{ pipeline_id: sane }]\n',
      'template.batch.yaml':
        'parameters: { id: { type: string } }\njob_name: Template\npipelines: [{ pipeline_id: "${param:id}" }]\n',
    });
    all = await services();
    await until('the workspace knows the new files', async () =>
      (await all.workspace.load()).batch_files.some(({ file }) => file === shop.file('template.batch.yaml')),
    );
  });
  after(async () => {
    await removeJobs(all);
    await shop.remove();
  });

  it('offers batch files that can run as they stand', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'ombudsman' });
    const files = tasks.map(({ definition }) => definition['file'] as string);
    assert.ok(files.includes('daily-validation.batch.yaml'));
    assert.deepEqual(files.filter((file) => file.startsWith(name)).sort(), [
      `${name}/daily.batch.yaml`,
      `${name}/forever.batch.json`,
      `${name}/green.batch.yaml`,
    ]);
  });

  it('ends with the exit codes of the command line', async () => {
    assert.equal(await run({ file: `${name}/green.batch.yaml` }), 0);
    assert.equal(await run({ file: `${name}/daily.batch.yaml` }), 1);
    assert.equal(await run({ file: `${name}/none.batch.yaml` }), 2);
    assert.equal(await run({ file: `${name}/template.batch.yaml`, parameters: { id: 'same' } }), 0);
  });

  it('a dry run makes no job', async () => {
    const before = (await all.session.call('jobs/list', {})).total;
    assert.equal(await run({ file: `${name}/daily.batch.yaml`, dryRun: true }), 0);
    assert.equal((await all.session.call('jobs/list', {})).total, before);
  });

  it('mistakes of a file are marked by the problem matcher', async () => {
    assert.equal(await run({ file: `${name}/mistake.batch.yaml` }), 2);
    const uri = vscode.Uri.file(shop.file('mistake.batch.yaml'));
    const [problem] = await until('the problem is marked', () => {
      const found = vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'ombudsman');
      return found.length > 0 && found;
    });
    assert.ok(problem !== undefined);
    assert.equal(problem.range.start.line, 1);
    assert.match(problem.message, /sane/);
  });

  it('ending the task cancels its job', async () => {
    const task = await resolved({ file: `${name}/forever.batch.json` });
    const execution = await vscode.tasks.executeTask(task);
    const job = await until('the job runs', async () => {
      const { jobs } = await all.session.call('jobs/list', { search: 'Forever', status: 'running' });
      return jobs.find(({ progress }) => progress.running === 1);
    });
    execution.terminate();
    await until('the job is cancelled', async () => {
      const { status } = await all.session.call('jobs/get', { job_id: job.job_id });
      return status === 'cancelled';
    });
  });
});
