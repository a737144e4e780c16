import * as vscode from 'vscode';
import type { Command } from './command.ts';

/** Reads everything again: the files of the workspace and, where something runs at all, what the daemon knows. */
export const refresh: Command = {
  id: 'ombudsman.refresh',
  needs: 'nothing',
  async run(services) {
    const { workspace, results, catalogs, session, jobsView } = services;
    const { projects } = await workspace.load();
    if (!vscode.workspace.isTrusted) return;
    await session.ensure();
    await Promise.all([
      jobsView.refresh(),
      catalogs.refresh(),
      ...projects.map(({ dir }) => results.load(dir)),
    ]);
  },
};
