import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ContextKeys } from './services.ts';

const projectFile = 'ombudsman.yaml';
const elsewhere = '**/{node_modules,.git}/**';
/** A folder comes or goes with many files. */
const quietMs = 300;

/** Keeps `ombudsman.hasProject` true to the workspace. A look at file names; no server is needed for it. */
export function watchProjectPresence(
  contextKeys: ContextKeys,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    try {
      const found = await vscode.workspace.findFiles(`**/${projectFile}`, elsewhere, 1);
      contextKeys.set('ombudsman.hasProject', found.length > 0);
    } catch (error) {
      log.warn('the workspace could not be searched for projects', error);
    }
  };
  const lookSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), quietMs);
  };
  const hasProject = () => contextKeys.get('ombudsman.hasProject') === true;
  // Of a folder that is moved, unpacked or removed whole, the folder alone is told.
  const watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true, false);
  void look();
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(async (uri) => {
      if (!hasProject() && (basename(uri.path) === projectFile || (await isFolder(uri)))) lookSoon();
    }),
    watcher.onDidDelete(() => {
      if (hasProject()) lookSoon();
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => void look()),
    { dispose: () => clearTimeout(timer) },
  );
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type === vscode.FileType.Directory;
  } catch {
    return false; // Gone already.
  }
}
