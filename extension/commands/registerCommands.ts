import * as vscode from 'vscode';
import type { Services } from '../platform/services.ts';

interface Contributed {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
  };
}

/**
 * Registers every command of the manifest (a test proves that `table.ts` has exactly those). What they do is loaded when the
 * first of them is called: activation pays for nothing but their names.
 */
export function registerCommands(services: Services): vscode.Disposable {
  const { contributes } = services.context.extension.packageJSON as Contributed;
  return vscode.Disposable.from(
    ...contributes.commands.map(({ command, title }) =>
      vscode.commands.registerCommand(command, async (...args: unknown[]) => {
        const { dispatch } = await import('./dispatch.ts');
        return dispatch(services, command, title.replace(/…$/, ''), args);
      }),
    ),
  );
}
