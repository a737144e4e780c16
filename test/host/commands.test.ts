import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

const generate = () => workspaceFile('generate.batch.yaml');
const daily = () => workspaceFile('daily-validation.batch.yaml');
const few = { parameters: { rows: 300, faults: 20 } };

/** Notices at the end of jobs come when they like. */
async function setNotices(value: string | undefined): Promise<void> {
  const target = vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration('ombudsman').update('notifications.jobEnd', value, target);
}

describe('commands', function () {
  this.timeout(120_000);
  let driven: Driven;
  before(async () => {
    driven = await drive();
    await setNotices('never');
    // What ended before is told a moment later, by the setting of that moment.
    await until('the setting of notices', () => driven.services.settings.notifyAtEnd === 'never');
    driven.screen.clear();
  });
  afterEach(() => driven.screen.clear());
  after(async () => {
    driven.screen.restore();
    await setNotices(undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const { session } = driven.services;
    const { jobs } = await session.call('jobs/list', { limit: 500 });
    for (const { job_id } of jobs) await session.call('jobs/delete', { job_id });
  });

  async function ended(result: unknown): Promise<Job> {
    const { job_id } = result as { job_id: string };
    assert.match(job_id, /^[0-9A-Z]{26}$/);
    return until(`the end of job ${job_id}`, async () => {
      const job = await driven.services.session.call('jobs/get', { job_id });
      return isJobEnded(job.status) && job;
    });
  }
  const run = (id: string, ...args: unknown[]) => dismissing(driven, id, ...args);
  const answer = (answers: Answers, id: string, ...args: unknown[]) =>
    answering(driven, answers, id, ...args);

  it('run a batch file with given parameters, and show its job', async () => {
    const job = await ended(await run('ombudsman.runBatchFile', generate().fsPath, few));
    assert.equal(job.status, 'completed');
    assert.equal(job.progress.completed, 2);
    assert.deepEqual(driven.screen.messages, []);
    assert.deepEqual(
      driven.services.jobsView.selection.map((node) => 'jobId' in node && node.jobId),
      [job.job_id],
    );
  });

  it('ask for parameters and take their defaults', async () => {
    await vscode.window.showTextDocument(generate());
    const plan = await answer({}, 'ombudsman.dryRunBatchFile');
    assert.equal(plan, undefined);
    const { document } = vscode.window.activeTextEditor ?? assert.fail('no plan was opened');
    assert.equal(document.uri.scheme, 'ombudsman');
    assert.match(document.getText(), /20,?000/);
    assert.deepEqual(driven.screen.messages, []);
  });

  it('run nothing where a person presses Escape', async () => {
    const before = (await driven.services.session.call('jobs/list', { limit: 1 })).total;
    assert.equal(await run('ombudsman.runBatchFile', generate()), undefined);
    assert.equal((await driven.services.session.call('jobs/list', { limit: 1 })).total, before);
    assert.deepEqual(driven.screen.shown, []);
  });

  it('run what stands in the editor, saved without a question', async () => {
    const uri = vscode.Uri.joinPath(workspaceFolder().uri, 'unsaved.batch.yaml');
    writeFileSync(uri.fsPath, 'job_name: As saved\npipelines:\n  - pipeline_id: dim_date_validation\n');
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 10, 0, 18), 'As typed'));
    assert.equal(document.isDirty, true);
    const job = await ended(await run('ombudsman.runBatchFile'));
    assert.equal(job.job_name, 'As typed');
    assert.equal(document.isDirty, false);
    rmSync(uri.fsPath);
  });

  it('name the first mistake of a file with its place, and offer to open it there', async () => {
    const uri = vscode.Uri.joinPath(workspaceFolder().uri, 'broken.batch.yaml');
    writeFileSync(uri.fsPath, 'job_name: Broken\npipelines:\n  - pipeline_id: no_such_pipeline\n');
    await run('ombudsman.runBatchFile', uri);
    const [message, ...others] = driven.screen.messages;
    assert.deepEqual(others, []);
    assert.equal(message?.severity, 'error');
    assert.match(message?.text ?? '', /^broken\.batch\.yaml:3:18: .*no_such_pipeline/);
    assert.deepEqual(message?.buttons, ['Open File']);
    driven.screen.clear();
    await run('ombudsman.openDefinition', uri.fsPath, 3, 18);
    const { selection, document } = vscode.window.activeTextEditor ?? assert.fail('nothing was opened');
    assert.deepEqual(
      [document.fileName, selection.start.line, selection.start.character],
      [uri.fsPath, 2, 17],
    );
    rmSync(uri.fsPath);
  });

  it('run pipelines by file, by node and from the list', async () => {
    const file = workspaceFile('pipelines/dim_date.pipeline.yaml').fsPath;
    assert.equal((await ended(await run('ombudsman.runPipeline', file))).job_name, 'dim_date_validation');
    const node = (pipelineId: string) => ({
      kind: 'pipeline',
      projectDir: workspaceFolder().uri.fsPath,
      pipelineId,
    });
    const nodes = [node('dim_date_validation'), node('dim_store_validation')];
    const job = await ended(await run('ombudsman.runPipeline', nodes[0], nodes));
    assert.equal(job.progress.total, 2);
    const picked = await answer(
      { 'Select pipelines': ['dim_store_validation', 'dim_date_validation'], 'How many at once': '1' },
      'ombudsman.runPipelines',
    );
    const { max_parallel, progress } = await ended(picked);
    assert.deepEqual([max_parallel, progress.total], [1, 2]);
  });

  it('validate a project, extract metadata and generate data without more questions than there are', async () => {
    const validated = await ended(await run('ombudsman.validateProjects'));
    assert.equal(validated.job_type, 'multi_project_validation');
    const connection = { kind: 'connection', projectDir: workspaceFolder().uri.fsPath, name: 'legacy' };
    const extracted = await ended(await answer({}, 'ombudsman.extractMetadata', connection));
    assert.equal(extracted.job_name, 'Metadata of legacy');
    assert.equal(extracted.status, 'completed');
    driven.screen.presses.push('Generate');
    const generated = await ended(await answer({}, 'ombudsman.generateData', connection));
    assert.equal(generated.job_name, 'Retail data, 10,000 rows');
    assert.equal(generated.status, 'completed');
    assert.deepEqual(driven.screen.texts, ['Replace 8 tables in “legacy” of retail_migration?']);
  });

  it('generate nothing where the question is dismissed', async () => {
    const before = (await driven.services.session.call('jobs/list', { limit: 1 })).total;
    const connection = { kind: 'connection', projectDir: workspaceFolder().uri.fsPath, name: 'warehouse' };
    await answer({}, 'ombudsman.generateData', connection);
    assert.equal((await driven.services.session.call('jobs/list', { limit: 1 })).total, before);
    assert.equal(driven.screen.messages.length, 1);
  });

  it('show what failed, and execute it again', async () => {
    await ended(await run('ombudsman.runBatchFile', generate().fsPath, few));
    const job = await ended(await run('ombudsman.runBatchFile', daily().fsPath));
    assert.equal(job.status, 'partial_success');
    await answer({}, 'ombudsman.showFailures', job.job_id);
    assert.equal(
      vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff,
      true,
    );
    const attempts = async () => {
      const { operations } = await driven.services.session.call('jobs/operations', {
        job_id: job.job_id,
        status: 'failed',
      });
      return operations.map((operation) => operation.attempts.length);
    };
    const before = await attempts();
    await run('ombudsman.retryFailed', job.job_id);
    await ended({ job_id: job.job_id });
    assert.deepEqual(
      await attempts(),
      before.map((count) => count + 1),
    );
    assert.deepEqual(driven.screen.texts, []);
  });

  it('show the log, the operation and the differences', async () => {
    const { jobs } = await driven.services.session.call('jobs/list', { status: 'partial_success', limit: 1 });
    const [job] = jobs;
    assert.ok(job);
    await run('ombudsman.showJobLog', job.job_id);
    assert.match(vscode.window.activeTextEditor?.document.uri.toString() ?? '', /^ombudsman:/);
    await answer({}, 'ombudsman.showOperation', job.job_id);
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /failed/);
    await answer({}, 'ombudsman.showDifferences', job.job_id);
    assert.deepEqual(driven.screen.texts, []);
  });

  it('export one job into the file that was chosen', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ombudsman-export-'));
    const { jobs } = await driven.services.session.call('jobs/list', { limit: 1 });
    const [job] = jobs;
    assert.ok(job);
    driven.screen.saveTo = vscode.Uri.file(join(folder, 'report.json'));
    await run('ombudsman.exportJob', job.job_id, { format: 'json' });
    const written = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as { job: Job };
    assert.equal(written.job.job_id, job.job_id);
    assert.equal(vscode.window.activeTextEditor?.document.fileName, join(folder, 'report.json'));
    rmSync(folder, { recursive: true });
  });

  it('export several jobs into a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ombudsman-export-'));
    const { jobs } = await driven.services.session.call('jobs/list', { limit: 3 });
    driven.screen.openFolder = vscode.Uri.file(folder);
    const ids = jobs.map(({ job_id }) => job_id);
    await run('ombudsman.exportJob', ids, { format: 'csv' });
    assert.equal(readdirSync(folder).filter((name) => name.endsWith('.csv')).length, 3);
    rmSync(folder, { recursive: true });
  });

  it('run again, and delete after one question with the count', async () => {
    const { jobs } = await driven.services.session.call('jobs/list', { status: 'completed', limit: 2 });
    const ids = jobs.map(({ job_id }) => job_id);
    const again = await ended(await run('ombudsman.runAgain', ids[0]));
    assert.equal(again.rerun_of, ids[0]);
    await run('ombudsman.deleteJob', ids);
    assert.deepEqual(driven.screen.texts, ['Delete 2 jobs and their artifacts?']);
    assert.equal((await driven.services.session.call('jobs/get', { job_id: ids[0] ?? '' })).job_id, ids[0]);
    driven.screen.clear();
    driven.screen.presses.push('Delete');
    await run('ombudsman.deleteJob', ids);
    await assert.rejects(driven.services.session.call('jobs/get', { job_id: ids[0] ?? '' }));
    assert.deepEqual(
      driven.screen.shown.map(({ text }) => text),
      ['Delete 2 jobs and their artifacts?', '$(check) Deleted 2 jobs'],
    );
  });

  it('pause, resume and cancel a live job, and do not delete it', async () => {
    const uri = vscode.Uri.joinPath(workspaceFolder().uri, 'long.batch.yaml');
    const program = JSON.stringify(process.execPath);
    writeFileSync(
      uri.fsPath,
      `job_name: Long\noperations:\n  - { name: wait, type: command, program: ${program}, args: [-e, 'setTimeout(() => {}, 600000)'], env: { ELECTRON_RUN_AS_NODE: '1' } }\n  - { name: never, type: command, program: ${program}, depends_on: [wait] }\n`,
    );
    const { job_id } = (await run('ombudsman.runBatchFile', uri)) as { job_id: string };
    const statusIs = (status: Job['status']) =>
      until(`job is ${status}`, async () => {
        const job = await driven.services.session.call('jobs/get', { job_id });
        return job.status === status;
      });
    await statusIs('running');
    await run('ombudsman.pauseJob', job_id);
    await statusIs('paused');
    await run('ombudsman.resumeJob', job_id);
    await statusIs('running');
    assert.deepEqual(driven.screen.texts, []);
    await run('ombudsman.deleteJob', job_id);
    assert.deepEqual(driven.screen.texts, [
      '“Long” is running: only ended jobs can be deleted. Cancel first.',
    ]);
    driven.screen.clear();
    await run('ombudsman.cancelJob', { kind: 'job', jobId: job_id });
    await statusIs('cancelled');
    await run('ombudsman.cancelJob', job_id);
    assert.deepEqual(driven.screen.texts, ['“Long” is no longer running or is being cancelled already.']);
    rmSync(uri.fsPath);
  });

  it('check connections and tell the view', async () => {
    const probes = (await run('ombudsman.checkConnections')) as { ok: boolean }[];
    assert.deepEqual(
      probes.map(({ ok }) => ok),
      [true, true],
    );
    const dir = workspaceFolder().uri.fsPath;
    assert.equal(driven.services.connectionStatus.get(dir, 'warehouse')?.probe.ok, true);
    assert.deepEqual(driven.screen.texts, []);
  });

  it('store and remove secrets', async () => {
    const project_dir = workspaceFolder().uri.fsPath;
    await run('ombudsman.setSecret', { project_dir, name: 'HOST_TEST', value: 'hunter2' });
    assert.equal(await driven.services.secrets.get(project_dir, 'HOST_TEST'), 'hunter2');
    assert.ok(driven.screen.shown.every(({ text }) => !text.includes('hunter2')));
    await driven.services.secrets.remove(project_dir, 'HOST_TEST');
  });

  it('create a sample project in a folder and never write over a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ombudsman-init-'));
    writeFileSync(join(folder, '.gitignore'), 'mine\n');
    driven.screen.openFolder = vscode.Uri.file(folder);
    // The folder of this window has a project already.
    const answers = { 'folder of the project': 'Another folder', 'What to begin with': 'Sample project' };
    await answer(answers, 'ombudsman.init');
    assert.equal(readFileSync(join(folder, '.gitignore'), 'utf8'), 'mine\n');
    await untilShown(join(folder, 'ombudsman.yaml'));
    rmSync(folder, { recursive: true });
    await closeEditors(driven, 1);
  });

  it('find everything in order', async () => {
    await run('ombudsman.doctor');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /# Doctor: everything is in order/);
    assert.match(text, /✔ connection warehouse: duckdb/);
  });
});
