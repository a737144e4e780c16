import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { isJobEnded, type Job } from '../../daemon/protocol/entities.ts';
import {
  answering,
  closeEditors,
  dismissing,
  drive,
  untilShown,
  type Answers,
  type Driven,
} from './commandsSupport.ts';
import { until, workspaceFile, workspaceFolder } from './support.ts';

describe('questions of commands', function () {
  this.timeout(120_000);
  let driven: Driven;
  before(async () => {
    driven = await drive();
    await setNotices('never');
  });
  afterEach(() => driven.screen.clear());
  after(async () => {
    await deleteAllJobs();
    driven.screen.restore();
    await setNotices(undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const run = (id: string, ...args: unknown[]) => dismissing(driven, id, ...args);
  const answer = (answers: Answers, id: string, ...args: unknown[]) =>
    answering(driven, answers, id, ...args);
  const call: Driven['services']['session']['call'] = (method, input) =>
    driven.services.session.call(method, input);

  async function endOf(result: unknown): Promise<Job> {
    const { job_id } = result as { job_id: string };
    return until(`the end of job ${job_id}`, async () => {
      const job = await call('jobs/get', { job_id });
      return isJobEnded(job.status) && job;
    });
  }
  async function deleteAllJobs(): Promise<void> {
    const { jobs } = await call('jobs/list', { limit: 500 });
    for (const { job_id } of jobs) await call('jobs/delete', { job_id });
  }
  async function setNotices(value: string | undefined): Promise<void> {
    const target = vscode.ConfigurationTarget.Workspace;
    await vscode.workspace.getConfiguration('ombudsman').update('notifications.jobEnd', value, target);
  }
  /** A job that ends at once, well or not. */
  async function quickJob(name: string, code = 0): Promise<Job> {
    const definition = {
      job_name: name,
      operations: [
        {
          name: 'program',
          type: 'command',
          program: process.execPath,
          args: ['-e', `process.exit(${code})`],
          env: { ELECTRON_RUN_AS_NODE: '1' },
        },
      ],
    };
    return endOf(await call('jobs/submit', { project: workspaceFolder().uri.fsPath, definition }));
  }

  it('filter the Jobs view by one thing after the other, and clear it', async () => {
    await answer({ 'Filter by': 'Status', statuses: ['failed'] }, 'ombudsman.filterJobs');
    await answer({ 'Filter by': 'Text', 'Text in the name': ' nightly ' }, 'ombudsman.filterJobs');
    await answer(
      { 'Filter by': 'Date', 'When the job': 'From', 'From this day': '2026-01-31', 'Up to': '2026-01-31' },
      'ombudsman.filterJobs',
    );
    assert.deepEqual(driven.services.jobsView.filter, {
      status: ['failed'],
      search: 'nightly',
      created_after: new Date(2026, 0, 31).toISOString(),
      created_before: new Date(2026, 1, 1).toISOString(),
    });
    await run('ombudsman.filterJobs');
    assert.equal(driven.services.jobsView.filter.search, 'nightly');
    await answer({ 'Filter by': 'Clear filter' }, 'ombudsman.filterJobs');
    assert.deepEqual(driven.services.jobsView.filter, {});
  });

  it('clear finished jobs of a kind, after one question with their number', async () => {
    await deleteAllJobs();
    await quickJob('Good');
    await quickJob('Good, too');
    const bad = await quickJob('Bad', 3);
    driven.screen.presses.push('Delete 2');
    await answer({ 'jobs to delete': 'Completed jobs' }, 'ombudsman.clearFinished');
    assert.deepEqual(driven.screen.texts, ['Delete 2 jobs and their artifacts?']);
    const { jobs } = await call('jobs/list', {});
    assert.deepEqual(
      jobs.map(({ job_id }) => job_id),
      [bad.job_id],
    );
  });

  it('ask for the job where none is named: only those that fit are there', async () => {
    await deleteAllJobs();
    await quickJob('Good');
    const bad = await quickJob('Bad', 3);
    let lines: readonly string[] = [];
    const asked = vscode.commands.executeCommand('ombudsman.retryFailed');
    await until('the jobs that failed', () => {
      const { box } = driven.screen;
      if (box === undefined || !('items' in box) || box.items.length === 0) return false;
      lines = box.items.map(({ label }) => label);
      return true;
    });
    await vscode.commands.executeCommand('quickInput.hide');
    await asked;
    assert.deepEqual(lines, ['$(error) Bad']);
    await answer({ 'Select jobs': ['Bad'] }, 'ombudsman.retryFailed');
    await endOf(bad);
    const { operations } = await call('jobs/operations', { job_id: bad.job_id });
    assert.equal(operations[0]?.attempts.length, 2);
  });

  it('ask for a secret that a run lacks, keep it, and run', async () => {
    const dir = mkdtempSync(join(workspaceFolder().uri.fsPath, 'secret-'));
    writeFileSync(
      join(dir, 'ombudsman.yaml'),
      'name: secretive\nconnections:\n  db: { type: duckdb, path: "data/${secret:DB_NAME}.duckdb" }\n',
    );
    const file = join(dir, 'catalog.batch.yaml');
    writeFileSync(file, 'job_name: Catalog\nsources:\n  - { connection: db }\n');
    assert.equal(await run('ombudsman.runBatchFile', file), undefined);
    assert.deepEqual(driven.screen.messages, []);
    const job = await endOf(await answer({ 'has no value': 'hunter2' }, 'ombudsman.runBatchFile', file));
    assert.equal(job.job_name, 'Catalog');
    assert.equal(await driven.services.secrets.get(dir, 'DB_NAME'), 'hunter2');
    assert.ok(driven.screen.shown.every(({ text }) => !text.includes('hunter2')));

    await driven.services.secrets.remove(dir, 'DB_NAME');
    rmSync(dir, { recursive: true });
  });

  it('set a secret of any name, and remove it after one question', async () => {
    const dir = workspaceFolder().uri.fsPath;
    await answer(
      { 'Select a secret': 'Other name', 'Name of the secret': 'HOST_TEST', 'Value of HOST_TEST': 'hunter2' },
      'ombudsman.setSecret',
    );
    assert.equal(await driven.services.secrets.get(dir, 'HOST_TEST'), 'hunter2');
    driven.screen.presses.push('Remove');
    await answer({ 'secrets to remove': ['HOST_TEST'] }, 'ombudsman.removeSecret');
    assert.deepEqual(driven.screen.texts, ['Remove the secret HOST_TEST?']);
    assert.equal(await driven.services.secrets.get(dir, 'HOST_TEST'), undefined);
  });

  it('ask what becomes of live jobs before the daemon is restarted', async () => {
    const file = workspaceFile('long.batch.yaml').fsPath;
    const program = JSON.stringify(process.execPath);
    writeFileSync(
      file,
      `job_name: Long\noperations:\n  - { name: wait, type: command, program: ${program}, args: [-e, 'setTimeout(() => {}, 600000)'], env: { ELECTRON_RUN_AS_NODE: '1' } }\n`,
    );
    const { job_id } = (await run('ombudsman.runBatchFile', file)) as { job_id: string };
    const pidOf = async () => (await call('daemon/status', {})).pid;
    const before = await pidOf();
    await run('ombudsman.restartDaemon');
    assert.deepEqual(driven.screen.texts, ['Restart the daemon? 1 job is live.']);
    assert.deepEqual(driven.screen.messages[0]?.buttons, ['Restart When Operations End', 'Restart Now']);
    assert.equal(await pidOf(), before);
    driven.screen.presses.push('Restart Now');
    await run('ombudsman.restartDaemon');
    assert.notEqual(await pidOf(), before);
    await until('the job goes on', async () => (await call('jobs/get', { job_id })).status === 'running');
    await run('ombudsman.cancelJob', job_id);
    assert.equal((await endOf({ job_id })).status, 'cancelled');
    rmSync(file);
  });

  it('lead to a project of one’s own that has no mistakes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ombudsman-own-'));
    driven.screen.openFolder = vscode.Uri.file(folder);
    await answer(
      {
        'folder of the project': 'Another folder',
        'What to begin with': 'My own connections',
        'Name of the project': 'own',
        'Source:': 'sqlite',
        'Target:': 'postgres',
        Database: 'shop',
        'User;': 'reader',
        'Password,': 'hunter2',
        'A table of': 'customer',
        'What customer is called': 'public.dim_customer',
      },
      'ombudsman.init',
    );
    const text = readFileSync(join(folder, 'ombudsman.yaml'), 'utf8');
    assert.match(text, /legacy: \{ type: sqlite, path: data\/legacy\.sqlite \}/);
    assert.match(text, /password: "\$\{secret:WAREHOUSE_PASSWORD\}"/);
    assert.equal(await driven.services.secrets.get(folder, 'WAREHOUSE_PASSWORD'), 'hunter2');
    assert.ok(existsSync(join(folder, 'pipelines/customer.pipeline.yaml')));
    const { project_id, diagnostics } = await call('projects/check', {
      project: folder,
      secrets: await driven.services.secrets.forProject(folder),
    });
    assert.deepEqual([project_id, diagnostics], ['own', []]);
    assert.deepEqual(
      driven.screen.messages.map(({ buttons }) => buttons),
      [['Open Folder', 'Open in New Window']],
    );
    await driven.services.secrets.remove(folder, 'WAREHOUSE_PASSWORD');
    await untilShown(join(folder, 'ombudsman.yaml'));
    rmSync(folder, { recursive: true });
    await closeEditors(driven, 1);
  });
});
