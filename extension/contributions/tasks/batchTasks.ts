import { relative, sep } from 'node:path';
import * as vscode from 'vscode';
import type { WorkspaceContents } from '../../../daemon/protocol/language.ts';
import type { Services } from '../../platform/services.ts';
import { TaskTerminal } from './taskTerminal.ts';

export const taskType = 'ombudsman';
const problemMatcher = '$ombudsman';

interface OfferedFile {
  readonly file: string;
  readonly jobName: string | null;
}

/**
 * Every batch file of the workspace folders that can run as it stands: without mistakes, and with a value for each parameter. VS
 * Code asks for tasks whenever a window opens: while nobody has needed what stands in the files, their names have to do, since
 * reading them would start the daemon.
 */
export async function offeredTasks(services: Services): Promise<vscode.Task[]> {
  const { contents } = services.workspace;
  const files = contents === undefined ? await foundFiles() : runnableFiles(contents);
  return files.flatMap(({ file, jobName }) => {
    const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
    if (folder === undefined) return [];
    const path = relative(folder.uri.fsPath, file).split(sep).join('/');
    const task = taskFor(services, { type: taskType, file: path }, folder, path);
    if (jobName !== null) task.detail = jobName;
    return [task];
  });
}

function runnableFiles({ batch_files: files }: WorkspaceContents): OfferedFile[] {
  return files
    .filter(
      ({ has_errors: hasErrors, parameters }) => !hasErrors && !parameters.some((each) => each.is_required),
    )
    .map(({ file, job_name: jobName }) => ({ file, jobName }));
}

async function foundFiles(): Promise<OfferedFile[]> {
  const found = await vscode.workspace.findFiles('**/*.batch.{yaml,yml,json}', '**/{node_modules,.git}/**');
  return found.map(({ fsPath }) => ({ file: fsPath, jobName: null }));
}

/** A task of tasks.json, which says what to run but not how. */
export function resolvedTask(services: Services, task: vscode.Task): vscode.Task {
  const scope = task.scope ?? vscode.TaskScope.Workspace;
  return taskFor(services, task.definition, scope, task.name);
}

function taskFor(
  services: Services,
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope.Global | vscode.TaskScope.Workspace,
  name: string,
): vscode.Task {
  const folder =
    typeof scope === 'object' ? scope.uri.fsPath : vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  // What VS Code resolved (`${workspaceFolder}` in a path, say) comes with the call.
  const execution = new vscode.CustomExecution(async (resolved) =>
    Promise.resolve(new TaskTerminal(services, resolved, folder)),
  );
  const task = new vscode.Task(definition, scope, name, taskType, execution, [problemMatcher]);
  task.presentationOptions = { showReuseMessage: false };
  return task;
}
