import * as vscode from 'vscode';

const defaultDeadlineMs = 30_000;
const lookAgainMs = 20;

/** Resolves with what `look` returns once that is neither undefined nor false; rejects with `what` if that does not come. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = defaultDeadlineMs,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`did not come: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

export const extensionId = 'ombudsman.ombudsman-batch-operations';

/** The extension, activated. */
export async function activate(): Promise<vscode.Extension<unknown>> {
  const extension = vscode.extensions.getExtension(extensionId);
  if (extension === undefined) throw new Error(`${extensionId} is not installed`);
  await extension.activate();
  return extension;
}

/** The only workspace folder. */
export function workspaceFolder(): vscode.WorkspaceFolder {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error('this window has no folder');
  return folder;
}

/** A file of the workspace folder. */
export function workspaceFile(path: string): vscode.Uri {
  return vscode.Uri.joinPath(workspaceFolder().uri, path);
}
