import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { services } from './contributionsSupport.ts';
import { until } from './support.ts';

const dataDir = process.env.BATCH_JOBS_DIR ?? '';

describe('the views in Restricted Mode', () => {
  it('show the files of the workspace and start no daemon', async () => {
    const { workspace, jobsView, session } = await services();
    await vscode.commands.executeCommand('ombudsman.jobs.focus');
    await until('the Jobs view', () => jobsView.isVisible);
    for (const name of ['batchFiles', 'pipelines', 'connections']) {
      await vscode.commands.executeCommand(`ombudsman.${name}.focus`);
    }
    const contents = await until('the workspace', () => workspace.contents);
    assert.ok(contents.batch_files.some(({ job_name }) => job_name === 'Daily validation'));
    assert.equal(session.state.name, 'locating');
    assert.equal(existsSync(join(dataDir, 'daemon.json')), false);
  });
});
