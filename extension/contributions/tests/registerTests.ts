import * as vscode from 'vscode';
import type { Services } from '../../platform/services.ts';
import type { TestExplorer } from './testExplorer.ts';

export interface RegisteredTests extends vscode.Disposable {
  readonly controller: vscode.TestController;
  load(): Promise<TestExplorer>;
}

/**
 * Pipelines and their checks in the Test Explorer. Nothing of it is loaded before somebody looks at it; nothing runs in
 * Restricted Mode.
 */
export function registerTests(services: Services): RegisteredTests {
  const controller = vscode.tests.createTestController('ombudsman', 'Ombudsman');
  const disposables: vscode.Disposable[] = [controller];
  let explorer: Promise<TestExplorer> | undefined;
  const load = (): Promise<TestExplorer> => {
    explorer ??= import('./testExplorer.ts').then(({ TestExplorer }) => {
      const loaded = new TestExplorer(services, controller);
      disposables.push(loaded);
      return loaded;
    });
    return explorer;
  };
  controller.resolveHandler = async (item) => (await load()).resolve(item);
  controller.refreshHandler = async () => (await load()).refresh();
  const offerRuns = (): void => {
    controller.createRunProfile(
      'Run pipelines',
      vscode.TestRunProfileKind.Run,
      async (request, token) => (await load()).run(request, token),
      true,
    );
  };
  if (vscode.workspace.isTrusted) offerRuns();
  else disposables.push(vscode.workspace.onDidGrantWorkspaceTrust(offerRuns));
  return {
    controller,
    load,
    dispose() {
      for (const disposable of disposables) disposable.dispose();
    },
  };
}
