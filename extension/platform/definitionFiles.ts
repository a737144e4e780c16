import * as vscode from 'vscode';
import type { LanguageWorkspaceIndex } from './workspaceIndex.ts';

const definitionFile = /[\\/](ombudsman\.yaml|[^\\/]+\.pipeline\.yaml|[^\\/]+\.batch\.(ya?ml|json))$/;

/** The language server starts with the first definition file that somebody looks at. */
export function watchDefinitionFiles(
  workspace: LanguageWorkspaceIndex,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const look = () => {
    const isShown = vscode.window.visibleTextEditors.some(
      ({ document: { uri } }) => uri.scheme === 'file' && definitionFile.test(uri.path),
    );
    if (!isShown) return;
    listener.dispose();
    workspace.wake().catch((error: unknown) => log.error('the language server could not be started', error));
  };
  const listener = vscode.window.onDidChangeVisibleTextEditors(look);
  look();
  return listener;
}
