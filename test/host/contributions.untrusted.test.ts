import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { contributions, services } from './contributionsSupport.ts';
import { until, workspaceFolder } from './support.ts';

describe('documents and tests in Restricted Mode', () => {
  it('a document of a job says that the workspace must be trusted, and starts no daemon', async () => {
    const { session } = await services();
    const uri = vscode.Uri.parse('ombudsman:/log/01JZZZZZZZZZZZZZZZZZZZZZZZ/Daily.log');
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    assert.match(text, /^# The log cannot be shown: .*trust/i);
    assert.equal(session.client, undefined);
  });

  it('pipelines are listed all the same', async () => {
    const { tests } = await contributions();
    await (await tests.load()).resolve(undefined);
    const project = await until('the project is listed', () =>
      tests.controller.items.get(workspaceFolder().uri.fsPath),
    );
    assert.equal(project.label, 'retail_migration');
  });
});
