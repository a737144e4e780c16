import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { services } from './contributionsSupport.ts';
import { until } from './support.ts';

// Before every other file that needs a daemon: the order of files is that of their names.
describe('a trusted window with projects', () => {
  it('starts no daemon before somebody needs one, though VS Code asks for tasks', async () => {
    const { session, workspace, contextKeys } = await services();
    const tasks = await vscode.tasks.fetchTasks({ type: 'ombudsman' });
    assert.ok(tasks.some(({ definition: { file } }) => file === 'daily-validation.batch.yaml'));
    await session.look();
    await until('projects are known of', () => contextKeys.get('ombudsman.hasProject') === true);
    assert.deepEqual(session.state, { name: 'locating', isBusy: false });
    assert.equal(workspace.contents, undefined);
    assert.equal(existsSync(process.env.BATCH_JOBS_DIR ?? ''), false);
  });
});
