import * as vscode from 'vscode';
import type { Services } from '../../platform/services.ts';

/** Tasks of the type `ombudsman`. Nothing is offered or run in Restricted Mode. */
export function registerTasks(services: Services): vscode.Disposable {
  return vscode.tasks.registerTaskProvider('ombudsman', {
    async provideTasks() {
      if (!vscode.workspace.isTrusted) return [];
      const { offeredTasks } = await import('./batchTasks.ts');
      return offeredTasks(services);
    },
    async resolveTask(task) {
      if (!vscode.workspace.isTrusted) return undefined;
      const { resolvedTask } = await import('./batchTasks.ts');
      return resolvedTask(services, task);
    },
  });
}
