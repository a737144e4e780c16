import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Services } from '../../extension/platform/services.ts';
import { endOf, programs, removeJobs, services, Shop, submitFile } from './contributionsSupport.ts';
import { until } from './support.ts';

const showJobs = () => vscode.commands.executeCommand('ombudsman.jobs.focus');
const showFiles = () => vscode.commands.executeCommand('workbench.view.explorer');

describe('the views', function () {
  this.timeout(120_000);
  const shop = new Shop('views-shop');
  let parts: Services;

  before(async () => {
    parts = await services();
    await shop.make({
      'good.batch.json': programs('Good', ['', '']),
      'bad.batch.json': programs('Bad', ['process.exit(1)', '', '']),
      'slow.batch.json': programs('Slow', ['setInterval(() => {}, 1000)', '']),
    });
  });
  afterEach(() => parts.jobsView.setFilter({}));
  after(async () => {
    await showFiles();
    await removeJobs(parts);
    await shop.remove();
  });

  /** Makes a job and waits for its end. */
  async function run(file: string): Promise<string> {
    const jobId = await submitFile(parts, shop.file(file));
    await endOf(parts, jobId);
    return jobId;
  }

  const selected = () => parts.jobsView.selection.map((node) => ({ ...node }));

  it('of jobs needs the daemon when it is shown, and not before', async () => {
    const { session, jobsView, contextKeys } = parts;
    await showFiles();
    await until('a hidden view', () => !jobsView.isVisible);
    await session.stop({ drain: false });
    await until('no daemon', () => session.state.name === 'locating');
    await showJobs();
    await until('a shown view', () => jobsView.isVisible);
    await until('the daemon', () => session.state.name === 'ready');
    await until('the jobs', () => contextKeys.get('ombudsman.jobs.isLoaded'));
  });

  it('of jobs tells welcome views and menus what there is', async () => {
    const { contextKeys, session } = parts;
    await removeJobs(parts);
    await showJobs();
    await until('no job', () => contextKeys.get('ombudsman.jobs.isEmpty'));
    await until('no ended job', () => contextKeys.get('ombudsman.jobs.hasFinished') === false);
    const slow = await submitFile(parts, shop.file('slow.batch.json'));
    await until('a live job', () => contextKeys.get('ombudsman.jobs.hasLive'));
    await until('its line', () => contextKeys.get('ombudsman.jobs.isEmpty') === false);
    await session.call('jobs/cancel', { job_id: slow });
    await until('its end', () => !contextKeys.get('ombudsman.jobs.hasLive'));
    await until('an ended job', () => contextKeys.get('ombudsman.jobs.hasFinished'));
  });

  it('of jobs selects a job and an operation that somebody asks for, and knows no others', async () => {
    const { jobsView } = parts;
    const good = await run('good.batch.json');
    const bad = await run('bad.batch.json');
    await showFiles();
    assert.equal(await jobsView.reveal(good), true);
    await until('the selected job', () => selected().some((node) => 'jobId' in node && node.jobId === good));
    assert.equal(jobsView.isVisible, true);
    await jobsView.reveal(bad, 'op-0003');
    await until('the selected operation', () =>
      selected().some((node) => node.kind === 'operation' && node.operationId === 'op-0003'),
    );
    assert.equal(await jobsView.reveal('01J00000000000000000000000'), false);
  });

  it('of jobs keeps the operations of an expanded job up to date while it is shown', async () => {
    const { jobs, jobsView, session } = parts;
    const slow = await submitFile(parts, shop.file('slow.batch.json'));
    await jobsView.reveal(slow);
    await until('a running operation', () => jobs.operation(slow, 'op-0001')?.status === 'running');
    await showFiles();
    await until('nobody watching', () => jobs.operation(slow, 'op-0001') === undefined);
    await showJobs();
    await until('the operations again', () => jobs.operation(slow, 'op-0001')?.status === 'running');
    await session.call('jobs/cancel', { job_id: slow });
    await until('their end', () => jobs.operation(slow, 'op-0001')?.status === 'cancelled');
  });

  it('of jobs filters live and ended jobs, remembers it, and shows what is asked for all the same', async () => {
    const { jobsView, contextKeys, context } = parts;
    const good = await run('good.batch.json');
    const filter = { search: 'no job has this name' } as const;
    await showJobs();
    await jobsView.setFilter(filter);
    assert.deepEqual(jobsView.filter, filter);
    assert.equal(contextKeys.get('ombudsman.jobs.isFiltered'), true);
    await until('an empty view', () => contextKeys.get('ombudsman.jobs.isEmpty'));
    assert.deepEqual(context.workspaceState.get('ombudsman.jobs.filter'), filter);
    await jobsView.setFilter({ status: ['completed'] });
    await until('a job', () => !contextKeys.get('ombudsman.jobs.isEmpty'));
    await jobsView.setFilter({ status: ['failed'], search: 'Good' });
    await until('an empty view again', () => contextKeys.get('ombudsman.jobs.isEmpty'));
    assert.equal(await jobsView.reveal(good), true);
    assert.deepEqual(jobsView.filter, {});
    assert.equal(contextKeys.get('ombudsman.jobs.isFiltered'), false);
    assert.equal(context.workspaceState.get('ombudsman.jobs.filter'), undefined);
  });

  it('of files are there, and read what the workspace has', async () => {
    const { workspace } = parts;
    for (const name of ['batchFiles', 'pipelines', 'connections']) {
      await vscode.commands.executeCommand(`ombudsman.${name}.focus`);
    }
    await until('the batch file', () =>
      workspace.contents?.batch_files.some(({ file }) => file === shop.file('good.batch.json')),
    );
  });
});
