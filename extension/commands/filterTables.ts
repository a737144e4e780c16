import type { WorkspaceProject } from '../../daemon/protocol/language.ts';
import type { CatalogPlace } from '../platform/services.ts';
import { nodeOf } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { pickProject, requireProjects } from './project/projects.ts';
import { pickConnection } from './scaffold/askConnections.ts';
import { runSteps, type Step } from './ui/steps.ts';

const title = 'Filter Tables';

/** Narrows the tables of a connection in the Connections view to those whose name has a text in it. */
export const filterTables: Command = {
  id: 'ombudsman.filterTables',
  needs: 'trust',
  async run(services, ...args) {
    const projects = await requireProjects(services);
    const { catalogs } = services;
    let place = placeOf(args);
    let text = '';
    const askText: Step = async (ask) => {
      const prompt = 'Part of the names of tables and views; empty: all of them';
      text = await ask.input({ prompt, value: place && catalogs.filter(place), placeholder: 'customer' });
      return undefined;
    };
    await runSteps(title, async (ask) => {
      if (place !== undefined) return askText(ask);
      const project: WorkspaceProject = await pickProject(ask, projects);
      if (project.connections.length === 0) throw new Refusal(`${project.project_id} has no connection yet.`);
      const connection = await pickConnection(ask, project, 'Select a connection', '');
      place = { projectDir: project.dir, connection };
      return askText;
    });
    if (place !== undefined) catalogs.setFilter(place, text.trim());
  },
};

function placeOf(args: readonly unknown[]): CatalogPlace | undefined {
  const node = nodeOf(args);
  if (node?.kind === 'connection') return { projectDir: node.projectDir, connection: node.name };
  if (node === undefined || !('connection' in node)) return undefined;
  return { projectDir: node.projectDir, connection: node.connection };
}
