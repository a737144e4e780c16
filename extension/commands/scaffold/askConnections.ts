import type { WorkspaceProject } from '../../../daemon/protocol/language.ts';
import { Refusal } from '../failures/refusal.ts';
import { plain } from '../jobs/jobItems.ts';
import { pickProject } from '../project/projects.ts';
import { runSteps, type Questions, type Step } from '../ui/steps.ts';

export interface Sides {
  readonly project: WorkspaceProject;
  readonly source: string;
  readonly target: string;
}

/** Asks for the project and two of its connections; what is preset is not asked. Throws a Refusal if there are not two. */
export async function askConnections(
  title: string,
  projects: readonly WorkspaceProject[],
  preset: { readonly projectDir?: string; readonly source?: string; readonly target?: string } = {},
): Promise<Sides> {
  const [first] = projects;
  if (first === undefined) throw new Refusal('There is no project.');
  const named = projects.find(({ dir }) => dir === preset.projectDir);
  let project = named ?? first;
  let { source = '', target = '' } = preset;
  const askProject: Step = async (ask) => {
    if (named === undefined) project = await pickProject(ask, projects, project);
    if (project.connections.length < 2) throw tooFew(project);
    return askSource;
  };
  const askSource: Step = async (ask) => {
    if (preset.source === undefined)
      source = await pickConnection(ask, project, 'Select the connection the data come from', source);
    return askTarget;
  };
  const askTarget: Step = async (ask) => {
    if (preset.target === undefined)
      target = await pickConnection(
        ask,
        project,
        `Select the connection ${source} was moved to`,
        target,
        source,
      );
    return undefined;
  };
  await runSteps(title, askProject);
  return { project, source, target };
}

/** One connection of a project. */
export async function pickConnection(
  ask: Questions,
  project: WorkspaceProject,
  placeholder: string,
  active: string,
  without?: string,
): Promise<string> {
  return ask.pick({
    placeholder,
    items: project.connections
      .filter(({ name }) => name !== without)
      .map(({ name, type }) => ({ label: `$(database) ${plain(name)}`, description: type, value: name })),
    active: (name) => name === active,
  });
}

function tooFew({ project_id, file }: WorkspaceProject): Refusal {
  return new Refusal(`${project_id} has not two connections yet: add them to its ombudsman.yaml.`, [
    { title: 'Open File', command: 'ombudsman.openDefinition', args: [file] },
  ]);
}
