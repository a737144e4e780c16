import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { Dismissed } from '../failures/refusal.ts';
import { plain } from '../jobs/jobItems.ts';
import type { Questions } from '../ui/steps.ts';

/** A folder of the workspace, or another one. */
export async function pickFolder(ask: Questions): Promise<vscode.Uri> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length === 0) return browse();
  const chosen = await ask.pick<vscode.Uri | 'other'>({
    placeholder: 'Select the folder of the project',
    items: [
      ...folders.map(({ name, uri }) => ({
        label: `$(folder) ${plain(name)}`,
        description: existsSync(join(uri.fsPath, 'ombudsman.yaml')) ? 'has a project already' : undefined,
        detail: uri.fsPath,
        value: uri,
      })),
      { label: '$(folder-opened) Another folder…', value: 'other' },
    ],
  });
  return chosen === 'other' ? browse() : chosen;
}

async function browse(): Promise<vscode.Uri> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: 'Folder of the new project',
      openLabel: 'Create Project Here',
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  if (folder === undefined) throw new Dismissed();
  return folder;
}
