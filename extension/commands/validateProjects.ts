import { plural } from '../../daemon/client/text.ts';
import { nodesOf } from '../views/nodes.ts';
import type { Services } from '../platform/services.ts';
import type { WorkspaceProject } from '../../daemon/protocol/language.ts';
import type { Command } from './command.ts';
import { projectItem, requireProjects } from './project/projects.ts';
import { saveDefinitions } from './run/saveDefinitions.ts';
import { showStarted } from './run/showStarted.ts';
import { start } from './run/start.ts';
import { askOnce } from './ui/steps.ts';

const title = 'Validate Projects';

/** All pipelines of projects, as one job with an operation for each project. */
export const validateProjects: Command = {
  id: 'ombudsman.validateProjects',
  needs: 'trust',
  async run(services, ...args) {
    const projects = await chosenProjects(services, args);
    const dirs = projects.map(({ dir }) => dir);
    await saveDefinitions(services, dirs);
    const [first] = projects;
    const what = projects.length === 1 && first ? first.project_id : plural(projects.length, 'project');
    const jobId = await start(services, {
      title: `Validate ${what}`,
      method: 'projects/multiValidate',
      input: { job_name: `Validate ${what}`, projects: dirs.map((dir) => ({ project: dir })) },
      projectDirs: dirs,
    });
    await showStarted(services, [jobId]);
    return { job_id: jobId };
  },
};

async function chosenProjects(
  services: Services,
  args: readonly unknown[],
): Promise<readonly WorkspaceProject[]> {
  const projects = await requireProjects(services);
  const nodes = nodesOf('project', args).map(({ dir }) => dir);
  const given = projects.filter(({ dir }) => nodes.includes(dir));
  if (given.length > 0) return given;
  if (projects.length === 1) return projects;
  return askOnce(title, (ask) =>
    ask.pickMany({
      placeholder: 'Select projects',
      items: projects.map(projectItem),
      nothingPicked: 'Tick at least one project, or press Escape',
    }),
  );
}
