import * as vscode from 'vscode';

/** Progress where the daemon shows itself: in the Jobs view and in the status bar. */
export async function withDaemonProgress<T>(title: string, work: () => Promise<T>): Promise<T> {
  const inWindow = { location: vscode.ProgressLocation.Window, title };
  return vscode.window.withProgress({ location: { viewId: 'ombudsman.jobs' } }, () =>
    vscode.window.withProgress(inWindow, work),
  );
}
