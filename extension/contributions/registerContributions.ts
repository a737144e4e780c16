import * as vscode from 'vscode';
import type { Services } from '../platform/services.ts';
import { registerDocuments } from './documents/documentFileSystem.ts';
import { registerTasks } from './tasks/registerTasks.ts';
import { registerTests, type RegisteredTests } from './tests/registerTests.ts';

export interface Contributions extends vscode.Disposable {
  readonly tests: RegisteredTests;
}

/** Documents, tasks and tests. What they do is loaded when the first of each is asked for. */
export function registerContributions(services: Services): Contributions {
  const tests = registerTests(services);
  const all = vscode.Disposable.from(registerDocuments(services), registerTasks(services), tests);
  return { tests, dispose: () => void all.dispose() };
}
