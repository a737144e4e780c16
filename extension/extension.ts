import * as vscode from 'vscode';
import { registerCommands } from './commands/registerCommands.ts';
import { registerContributions } from './contributions/registerContributions.ts';
import { registerDashboard } from './dashboard/registerDashboard.ts';
import { createServices } from './platform/createServices.ts';
import { watchDefinitionFiles } from './platform/definitionFiles.ts';
import { watchProjectPresence } from './platform/projectPresence.ts';
import type { CoreServices, Services } from './platform/services.ts';
import { createEndNotices } from './views/endNotices.ts';
import { registerViews } from './views/registerViews.ts';
import { createStatusBar } from './views/statusBar.ts';

/** How long after activation a daemon that runs already is looked for: what the window shows first goes first. */
const lookAfterMs = 200;

/** Builds, registers and returns. Whatever takes time begins when it is first needed. */
export function activate(context: vscode.ExtensionContext): unknown {
  const log = vscode.window.createOutputChannel('Ombudsman', { log: true });
  context.subscriptions.push(log);
  try {
    const core = createServices(context, log);
    context.subscriptions.push(core);
    const views = registerViews(core);
    const { jobsView, connectionStatus, connectionsView } = views;
    const services: Services = { ...core, jobsView, connectionStatus, connectionsView };
    const contributions = registerContributions(services);
    context.subscriptions.push(
      views,
      createStatusBar(core, () => jobsView.isVisible),
      createEndNotices(core, core.session.onDidAnswer),
      registerCommands(services),
      contributions,
      registerDashboard(services),
      watchProjectPresence(core.contextKeys, log),
      watchDefinitionFiles(core.workspace, log),
      lookSoon(core),
    );
    return context.extensionMode === vscode.ExtensionMode.Production
      ? undefined
      : { services, contributions };
  } catch (error) {
    log.error('activation failed', error);
    const message = error instanceof Error ? error.message : String(error);
    void showFailure(`Ombudsman could not be activated: ${message}`, log);
    throw error;
  }
}

/** Everything ends with the subscriptions of the context; a daemon with nothing left to do ends by itself. */
export function deactivate(): void {}

function lookSoon({ session }: CoreServices): vscode.Disposable {
  const timer = setTimeout(() => void session.look(), lookAfterMs);
  return vscode.Disposable.from(
    { dispose: () => clearTimeout(timer) },
    vscode.workspace.onDidGrantWorkspaceTrust(() => void session.look()),
    // Another window or the command line may have started one meanwhile.
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) void session.look();
    }),
  );
}

async function showFailure(message: string, log: vscode.LogOutputChannel): Promise<void> {
  const showLog = 'Show Log';
  if ((await vscode.window.showErrorMessage(message, showLog)) === showLog) log.show();
}
