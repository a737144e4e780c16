import { join } from 'node:path';
import * as vscode from 'vscode';
import { nodesOf } from '../views/nodes.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { requireProjects } from './project/projects.ts';
import { askConnections } from './scaffold/askConnections.ts';
import { pairConnections } from './scaffold/pairConnections.ts';
import { writePipelines } from './scaffold/writePipelines.ts';
import { showDone } from './ui/notice.ts';

const title = 'New Pipeline';

/** A starter pipeline from a table of the Connections view to the table of another connection that goes with it. */
export const createPipeline: Command = {
  id: 'ombudsman.createPipeline',
  needs: 'trust',
  async run(services, ...args) {
    const [node] = nodesOf('relation', args);
    if (node === undefined) throw new Refusal('Call this from a table in the Connections view.');
    const projects = await requireProjects(services);
    const { projectDir, connection: source, schema, relation } = node;
    const { project, target } = await askConnections(title, projects, { projectDir, source });
    const table = `${schema}.${relation}`;
    const found = await pairConnections(services, {
      title,
      projectDir: project.dir,
      source,
      target,
      tables: [table],
    });
    const [pair] = found.pairs;
    if (pair === undefined) {
      const reason = found.only_source[0]?.reason ?? 'views and partitions are left out';
      throw new Refusal(`${relation} goes with no table of ${target}: ${reason}.`);
    }
    const files = found.files.filter(({ path }) => path === pair.file);
    const [written] = writePipelines(project.dir, files);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(join(project.dir, pair.file)));
    showDone(
      written?.isNew === true ? `Created ${pair.pipeline_id}` : `${pair.pipeline_id} was there already`,
    );
    return { file: join(project.dir, pair.file), is_new: written?.isNew === true };
  },
};
