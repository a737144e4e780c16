import * as vscode from 'vscode';

/** A line in the status bar for what went well and needs no answer. */
export function showDone(message: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${message}`, 5000);
}
