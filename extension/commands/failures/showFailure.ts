import * as vscode from 'vscode';
import type { Services } from '../../platform/services.ts';
import { describeFailure } from './describeFailure.ts';

/** Tells what was thrown in one message, with what to do; details of the unexpected go into the log. */
export function showFailure(services: Services, title: string, error: unknown): void {
  const notice = describeFailure(error, title);
  if (notice === null) return;
  if (notice.isUnexpected) services.log.error(error instanceof Error ? error : String(error));
  if (notice.files.some(isInProblems)) void vscode.commands.executeCommand('workbench.actions.view.problems');
  services.notices.show(notice);
}

/** What only a run can find, such as a secret without a value, is in no editor's list of problems. */
function isInProblems(file: string): boolean {
  return vscode.languages
    .getDiagnostics(vscode.Uri.file(file))
    .some(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
}
