import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { readRegistration } from '../../daemon/client/registration.ts';
import { definitionsSource } from '../../daemon/protocol/language.ts';
import type { Services } from '../../extension/platform/services.ts';
import { services } from './contributionsSupport.ts';
import { until, workspaceFile } from './support.ts';

const dataDir = process.env.BATCH_JOBS_DIR ?? '';

describe('the language server', function () {
  this.timeout(90_000);
  const file = workspaceFile('broken.batch.yaml');
  let parts: Services;
  let document: vscode.TextDocument;
  let written = 0;

  before(async () => {
    parts = await services();
    await writeFile(file.fsPath, 'job_name: Broken\npipelines:\n  - pipeline_id: dim_dat_validation\n');
    document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(file.fsPath, { force: true });
    await parts.session.ensure();
  });

  const mistakes = (): vscode.Diagnostic[] =>
    vscode.languages.getDiagnostics(file).filter(({ source }) => source === definitionsSource);
  async function write(text: string): Promise<void> {
    // Refused where the document has just changed by itself: the file was written a moment before.
    await until('the edit', async () => {
      const edit = new vscode.WorkspaceEdit();
      edit.replace(file, new vscode.Range(0, 0, document.lineCount, 0), text);
      return vscode.workspace.applyEdit(edit);
    });
  }
  /** Writes it with a mistake and without it: whoever serves the file sees both. */
  async function isServed(): Promise<void> {
    // Another one each time: what an earlier server told of the file is no answer.
    const id = `no_pipeline_${(written += 1)}`;
    await write(`job_name: Broken\npipelines:\n  - pipeline_id: ${id}\n`);
    await until(`the mistake ${id}`, () => {
      const found = mistakes();
      return found.length === 1 && found.every(({ message }) => message.includes(id)) && found;
    });
    assert.equal(document.getText(mistakes()[0]?.range), id);
    await write('job_name: Mended\npipelines:\n  - pipeline_id: dim_date_validation\n');
    await until('no mistake', () => mistakes().length === 0);
  }
  async function lenses(): Promise<string[]> {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      file,
      10,
    );
    return found.flatMap(({ command }) => (command === undefined ? [] : [command.command]));
  }

  it('starts the daemon when a definition file is looked at, and checks the file over its socket', async () => {
    await until('the daemon', () => parts.session.state.name === 'ready');
    await isServed();
    assert.deepEqual(await until('lenses', async () => (await lenses()).length > 0 && lenses()), [
      'ombudsman.runBatchFile',
      'ombudsman.dryRunBatchFile',
    ]);
    const contents = await parts.workspace.load();
    assert.ok(contents.batch_files.some((each) => each.file === file.fsPath && each.job_name === 'Mended'));
    const { clients } = await parts.session.call('daemon/status', {});
    assert.equal(clients, 2, 'the socket of the session and that of the language client');
  });

  it('comes back with a daemon that was killed', async () => {
    const held = parts.session.hold();
    const { pid } = readRegistration(dataDir) ?? assert.fail('no daemon');
    process.kill(pid, 'SIGKILL');
    await until('another daemon', () => {
      const { state } = parts.session;
      return state.name === 'ready' && state.pid !== pid;
    });
    await isServed();
    await until(
      'the language client',
      async () => (await parts.session.call('daemon/status', {})).clients === 2,
    );
    held.dispose();
  });

  it('goes on without a daemon that was stopped, and leaves it stopped', async () => {
    await parts.session.stop({ drain: false });
    await isServed();
    assert.ok((await parts.workspace.load()).projects.length > 0);
    assert.equal(parts.session.state.name, 'locating');
    assert.equal(existsSync(join(dataDir, 'daemon.json')), false);
  });

  it('takes to the daemon again when something needs it', async () => {
    await parts.session.ensure();
    await until(
      'the language client',
      async () => (await parts.session.call('daemon/status', {})).clients === 2,
    );
    await isServed();
  });

  it('follows the settings without a restart', async () => {
    const setting = vscode.workspace.getConfiguration('ombudsman');
    const target = vscode.ConfigurationTarget.Workspace;
    await until('lenses', async () => (await lenses()).length > 0);
    try {
      await setting.update('codeLens.enabled', false, target);
      await until('no lenses', async () => (await lenses()).length === 0);
    } finally {
      await setting.update('codeLens.enabled', undefined, target);
    }
    await until('lenses again', async () => (await lenses()).length > 0);
  });

  it('sees files that others write', async () => {
    const other = workspaceFile('fresh.batch.yaml');
    const isKnown = async () =>
      (await parts.workspace.load()).batch_files.some((each) => each.file === other.fsPath);
    try {
      await writeFile(other.fsPath, 'job_name: Fresh\npipelines:\n  - pipeline_id: dim_date_validation\n');
      await until('the new file', isKnown);
    } finally {
      await rm(other.fsPath);
    }
    await until('the file to be gone', async () => !(await isKnown()));
  });
});
