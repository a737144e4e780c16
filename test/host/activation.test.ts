import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { activate } from './support.ts';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

/** VS Code lists every command of a manifest; that somebody answers it shows when it cannot be registered again. */
function isRegistered(command: string): boolean {
  try {
    vscode.commands.registerCommand(command, () => undefined).dispose();
    return false;
  } catch {
    return true;
  }
}

describe('activation', () => {
  it('succeeds and registers every command of the manifest', async () => {
    const extension = await activate();
    const { commands } = (extension.packageJSON as Manifest).contributes;
    assert.ok(commands.length > 0);
    assert.deepEqual(
      commands.map(({ command }) => command).filter((command) => !isRegistered(command)),
      [],
    );
  });
});
