import * as vscode from 'vscode';
import { plural } from '../../daemon/client/text.ts';
import type { WorkspaceProject } from '../../daemon/protocol/language.ts';
import type { Services } from '../platform/services.ts';
import { nodeOf } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { summaryOf, type ProjectProbe } from './project/probes.ts';
import { requireProjects } from './project/projects.ts';
import { saveDefinitions } from './run/saveDefinitions.ts';
import { showDone } from './ui/notice.ts';

/** Opens every connection of the projects once; the Connections view keeps what was found. */
export const checkConnections: Command = {
  id: 'ombudsman.checkConnections',
  needs: 'trust',
  async run(services, ...args) {
    const projects = chosen(await requireProjects(services), args);
    await saveDefinitions(
      services,
      projects.map(({ dir }) => dir),
    );
    const location = { viewId: 'ombudsman.connections' };
    const probes = await vscode.window.withProgress({ location }, async () =>
      (await Promise.all(projects.map((project) => check(services, project)))).flat(),
    );
    if (probes.length === 0) throw new Refusal('There are no connections yet: add them to ombudsman.yaml.');
    const summary = summaryOf(probes);
    if (summary.failed.length === 0) showDone(`${plural(probes.length, 'connection')} can be opened`);
    else {
      const setSecret = { title: 'Set Secret', command: 'ombudsman.setSecret', args: [summary.secret] };
      const doctor = { title: 'Run Doctor', command: 'ombudsman.doctor' };
      services.notices.show({
        severity: 'error',
        message: summary.message,
        followUps: [...(summary.secret === undefined ? [] : [setSecret]), doctor],
      });
    }
    return probes;
  },
};

async function check(services: Services, { dir }: WorkspaceProject): Promise<ProjectProbe[]> {
  const secrets = await services.secrets.forProject(dir);
  const { connections } = await services.session.call('projects/check', { project: dir, secrets });
  services.connectionStatus.set(dir, connections);
  return connections.map((probe) => ({ ...probe, projectDir: dir }));
}

function chosen(
  projects: readonly WorkspaceProject[],
  args: readonly unknown[],
): readonly WorkspaceProject[] {
  const node = nodeOf(args);
  const dir = node?.kind === 'project' ? node.dir : node?.kind === 'connection' ? node.projectDir : undefined;
  return dir === undefined ? projects : projects.filter((each) => each.dir === dir);
}
