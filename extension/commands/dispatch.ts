import * as vscode from 'vscode';
import type { Services } from '../platform/services.ts';
import { manageTrust } from './failures/describeFailure.ts';
import { Refusal } from './failures/refusal.ts';
import { showFailure } from './failures/showFailure.ts';
import { commands } from './table.ts';

/** Runs one command with what it needs. Never rejects: whatever goes wrong is told in one message. */
export async function dispatch(
  services: Services,
  id: string,
  title: string,
  args: readonly unknown[],
): Promise<unknown> {
  try {
    const command = commands.find((each) => each.id === id);
    if (command === undefined) throw new Error(`there is no command ${id}`);
    if (command.needs !== 'nothing') requireTrust(title);
    if (command.needs === 'daemon') await connect(services);
    return await command.run(services, ...args);
  } catch (error) {
    showFailure(services, title, error);
    return undefined;
  }
}

function requireTrust(title: string): void {
  if (vscode.workspace.isTrusted) return;
  throw new Refusal(
    `“${title}” needs a trusted workspace: in Restricted Mode nothing runs.`,
    [manageTrust],
    'warning',
  );
}

async function connect({ session }: Services): Promise<void> {
  if (session.state.name === 'ready') return;
  const location = vscode.ProgressLocation.Window;
  await vscode.window.withProgress({ location, title: 'Connecting to the daemon' }, () => session.ensure());
}
