import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { callEveryCommand, commandsWith, drive, faultsOf, type Driven } from './commandsSupport.ts';
import { until, workspaceFile } from './support.ts';

describe('every command of the palette', function () {
  this.timeout(180_000);
  let driven: Driven;
  before(async () => {
    driven = await drive();
  });
  after(() => driven.screen.restore());

  it('ends well with a daemon that runs and no jobs', async () => {
    await driven.services.session.ensure();
    assert.deepEqual(faultsOf(await callEveryCommand(driven)), []);
  });

  it('ends well where the daemon was stopped, and starts it if it needs it', async () => {
    const { session } = driven.services;
    const outcomes = await callEveryCommand(driven, () => session.stop({ drain: false }));
    assert.deepEqual(faultsOf(outcomes), []);
    assert.deepEqual(commandsWith(outcomes, 'Show Daemon Log'), []);
  });

  it('ends well where the daemon cannot be started, and says where to look', async () => {
    const { session } = driven.services;
    await session.stop({ drain: false });
    const inFile = join(workspaceFile('ombudsman.yaml').fsPath, 'data');
    await setDataDirectory(inFile);
    try {
      await until('the other data directory', () => driven.services.settings.dataDirectory === inFile);
      const outcomes = await callEveryCommand(driven);
      assert.deepEqual(faultsOf(outcomes), []);
      const told = commandsWith(outcomes, 'Show Daemon Log');
      for (const id of ['cancelJob', 'showJob', 'exportJob', 'validateProjects', 'restartDaemon']) {
        assert.ok(told.includes(`ombudsman.${id}`), `${id} says nothing: ${told.join(', ')}`);
      }
    } finally {
      await setDataDirectory(undefined);
      await until('the data directory as before', () => driven.services.settings.dataDirectory !== inFile);
    }
    await session.ensure();
  });
});

async function setDataDirectory(path: string | undefined): Promise<void> {
  const target = vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration('ombudsman').update('dataDirectory', path, target);
}
