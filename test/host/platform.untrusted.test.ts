import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { definitionsSource } from '../../daemon/protocol/language.ts';
import type { Services } from '../../extension/platform/services.ts';
import { services } from './contributionsSupport.ts';
import { until, workspaceFile } from './support.ts';

describe('Restricted Mode', function () {
  this.timeout(90_000);
  const file = workspaceFile('restricted.batch.yaml');
  let parts: Services;
  before(async () => {
    parts = await services();
    await writeFile(file.fsPath, 'job_name: Broken\npipelines:\n  - pipeline_id: dim_dat_validation\n');
    await vscode.window.showTextDocument(file);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(file.fsPath);
  });

  it('checks definition files', async () => {
    await until('the mistake', () =>
      vscode.languages.getDiagnostics(file).some(({ source }) => source === definitionsSource),
    );
  });

  it('shows what stands in the workspace', async () => {
    const { projects } = await parts.workspace.load();
    assert.deepEqual(
      projects.map(({ project_id }) => project_id),
      ['retail_migration'],
    );
  });

  it('offers to run nothing', async () => {
    const daily = workspaceFile('daily-validation.batch.yaml');
    await vscode.window.showTextDocument(daily);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      daily,
      10,
    );
    assert.deepEqual(
      lenses.filter(({ command }) => /run/i.test(command?.command ?? '')),
      [],
    );
  });

  it('connects to nothing, starts nothing and writes nothing', async () => {
    await parts.session.look();
    for (const attempt of [
      parts.session.ensure(),
      parts.session.call('jobs/list', {}),
      parts.session.restart({ drain: false }),
      parts.session.stop({ drain: false }),
    ]) {
      await assert.rejects(attempt, { name: 'SessionError', kind: 'untrusted' });
    }
    assert.deepEqual(parts.session.state, { name: 'locating', isBusy: false });
    assert.equal(existsSync(process.env.BATCH_JOBS_DIR ?? ''), false);
  });
});
