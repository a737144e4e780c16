import * as vscode from 'vscode';
import type { Command } from './command.ts';

export const openWalkthrough: Command = {
  id: 'ombudsman.openWalkthrough',
  needs: 'nothing',
  run: async (services) =>
    vscode.commands.executeCommand(
      'workbench.action.openWalkthrough',
      `${services.context.extension.id}#start`,
      false,
    ),
};
