import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { clientDataDir } from '../../daemon/client/config.ts';
import type { Services } from '../platform/services.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';

/** Opens the log of the daemon, or of its last start where it did not come far enough to have one. */
export const showDaemonLog: Command = {
  id: 'ombudsman.showDaemonLog',
  needs: 'nothing',
  async run(services) {
    const path = logPaths(services).find((each) => existsSync(each));
    if (path === undefined) {
      throw new Refusal('There is no daemon log yet: no daemon has run in this data directory.', [
        { title: 'Show Extension Log', command: 'ombudsman.showLog' },
      ]);
    }
    const document = await vscode.workspace.openTextDocument(path);
    const end = document.lineAt(document.lineCount - 1).range.end;
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(end, end) });
  },
};

function logPaths({ session, settings }: Services): string[] {
  const { state } = session;
  const logs = join(state.name === 'ready' ? state.dataDir : clientDataDir(settings.dataDirectory), 'logs');
  const failed = state.name === 'failed' && state.logPath !== null ? [state.logPath] : [];
  return [...failed, join(logs, 'daemon.log'), join(logs, 'daemon-start.log')];
}
