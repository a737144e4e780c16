import * as vscode from 'vscode';
import type { Services } from '../platform/services.ts';
import type { DashboardPanel } from './dashboardPanel.ts';

export interface DashboardTarget {
  /** One of the tabs of webview/protocol; anything else opens the tab shown last. */
  readonly tab?: string;
  readonly jobId?: string;
}

const viewType = 'ombudsman.dashboard';
let panel: DashboardPanel | undefined;

/** The one dashboard of the window: a second opening reveals the first. */
export async function openDashboard(services: Services, target: DashboardTarget = {}): Promise<void> {
  if (panel === undefined) {
    const { Active } = vscode.ViewColumn;
    const opened = vscode.window.createWebviewPanel(viewType, 'Ombudsman', Active, {
      enableFindWidget: true,
    });
    await adopt(services, opened);
  }
  panel?.show(target.tab ?? null, target.jobId ?? null);
}

/** Brings a dashboard back that was open when the window was closed or reloaded. */
export function registerDashboard(services: Services): vscode.Disposable {
  const serializer = vscode.window.registerWebviewPanelSerializer(viewType, {
    deserializeWebviewPanel: (restored) => adopt(services, restored),
  });
  return vscode.Disposable.from(serializer, { dispose: () => panel?.dispose() });
}

/** What the panel needs is loaded with the first one: checking messages alone costs more than all of activation may. */
async function adopt(services: Services, webviewPanel: vscode.WebviewPanel): Promise<void> {
  const { DashboardPanel } = await import('./dashboardPanel.ts');
  panel?.dispose();
  const adopted = new DashboardPanel(services, webviewPanel, () => {
    if (panel === adopted) panel = undefined;
  });
  panel = adopted;
}
