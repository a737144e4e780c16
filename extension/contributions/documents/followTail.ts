import * as vscode from 'vscode';
import { documentScheme, parseDocumentUri } from './documentUri.ts';

/** The last lines of a view are often half hidden: who sees all but these sees the end. */
const almostLines = 2;

/**
 * Scrolls along with a log that grows, in editors that show its end. Who has scrolled up to read is left alone, wherever the
 * cursor is.
 */
export function registerFollowTail(): vscode.Disposable {
  return vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (document.uri.scheme !== documentScheme || parseDocumentUri(document.uri)?.kind !== 'log') return;
    const added = contentChanges.map(
      ({ text, range }) => text.split('\n').length - 1 - (range.end.line - range.start.line),
    );
    const linesBefore = document.lineCount - added.reduce((sum, lines) => sum + lines, 0);
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document !== document) continue;
      // Here the editor still tells what it showed before the change.
      const lastSeen = editor.visibleRanges.at(-1)?.end.line ?? 0;
      if (lastSeen < linesBefore - 1 - almostLines) continue;
      const end = document.lineAt(document.lineCount - 1).range;
      editor.revealRange(end);
    }
  });
}
