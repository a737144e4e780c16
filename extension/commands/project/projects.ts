import * as vscode from 'vscode';
import type { WorkspaceContents, WorkspaceProject } from '../../../daemon/protocol/language.ts';
import type { Services } from '../../platform/services.ts';
import { Refusal } from '../failures/refusal.ts';
import { plain } from '../jobs/jobItems.ts';
import { isInside } from './paths.ts';
import type { PickItem, Questions } from '../ui/steps.ts';

/** What to say where there is no project. */
export function noProject(): Refusal {
  if ((vscode.workspace.workspaceFolders ?? []).length === 0) {
    return new Refusal('No folder is open. Open the folder that has your ombudsman.yaml, or an empty one.', [
      { title: 'Open Folder', command: 'vscode.openFolder' },
      { title: 'Create Project', command: 'ombudsman.init' },
    ]);
  }
  return new Refusal('There is no ombudsman.yaml in this workspace yet.', [
    { title: 'Create Project', command: 'ombudsman.init' },
  ]);
}

/** What stands in the workspace; says that it is being read where that takes a moment. */
export async function loadWorkspace({ workspace }: Services): Promise<WorkspaceContents> {
  if (workspace.contents !== undefined) return workspace.load();
  const location = vscode.ProgressLocation.Window;
  return vscode.window.withProgress({ location, title: 'Reading the workspace' }, () => workspace.load());
}

/** The projects of the workspace. Throws a Refusal if there are none. */
export async function requireProjects(services: Services): Promise<readonly WorkspaceProject[]> {
  const { projects } = await loadWorkspace(services);
  if (projects.length === 0) throw noProject();
  return projects;
}

export function projectItem(project: WorkspaceProject): PickItem<WorkspaceProject> {
  return {
    label: `${project.has_errors ? '$(error)' : '$(project)'} ${plain(project.project_id)}`,
    description: project.has_errors ? 'has mistakes' : undefined,
    detail: vscode.workspace.asRelativePath(project.dir),
    value: project,
  };
}

/** One project: the only one, that of the file in the editor first, or the one that is picked. */
export async function pickProject(
  ask: Questions,
  projects: readonly WorkspaceProject[],
  current?: WorkspaceProject,
): Promise<WorkspaceProject> {
  const [only, ...others] = projects;
  if (only === undefined) throw noProject();
  if (others.length === 0) return only;
  const preset = current ?? projectOfEditor(projects);
  return ask.pick({
    placeholder: 'Select a project',
    items: projects.map(projectItem),
    active: ({ dir }) => dir === preset?.dir,
  });
}

function projectOfEditor(projects: readonly WorkspaceProject[]): WorkspaceProject | undefined {
  const path = vscode.window.activeTextEditor?.document.uri.fsPath;
  if (path === undefined) return undefined;
  // The innermost, where one project lies in another.
  return projects.filter(({ dir }) => isInside(path, dir)).toSorted((a, b) => b.dir.length - a.dir.length)[0];
}
