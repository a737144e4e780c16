import * as vscode from 'vscode';
import { join } from 'node:path';
import type { StarterPipelines } from '../../daemon/protocol/catalogMethods.ts';
import type { Services } from '../platform/services.ts';
import { nodesOf } from '../views/nodes.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { requireProjects } from './project/projects.ts';
import { askConnections, type Sides } from './scaffold/askConnections.ts';
import { pairConnections } from './scaffold/pairConnections.ts';
import { unpairedText, writePipelines, writtenText } from './scaffold/writePipelines.ts';

const title = 'Create Pipelines';

/** A starter pipeline for each pair of tables of two connections, and a batch file that runs them all. Writes over nothing. */
export const createPipelines: Command = {
  id: 'ombudsman.createPipelines',
  needs: 'trust',
  async run(services, ...args) {
    const projects = await requireProjects(services);
    const [first, second] = nodesOf('connection', args);
    const isPair = second !== undefined && second.projectDir === first?.projectDir;
    const sides = await askConnections(title, projects, {
      projectDir: first?.projectDir,
      source: first?.name,
      target: isPair ? second.name : undefined,
    });
    const { project, source, target } = sides;
    const found = await pairConnections(services, { title, projectDir: project.dir, source, target });
    if (found.batch_file === null) throw noPair(sides);
    const written = writePipelines(project.dir, found.files);
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(join(project.dir, found.batch_file)));
    tell(services, sides, found, writtenText(written, found));
    return { batch_file: join(project.dir, found.batch_file), pairs: found.pairs.length };
  },
};

function noPair({ source, target }: Sides): Refusal {
  return new Refusal(`No table of ${source} goes with one of ${target}, so nothing was written.`);
}

function tell(services: Services, { source, target }: Sides, found: StarterPipelines, message: string): void {
  const isWhole = found.only_source.length + found.only_target.length === 0;
  const showUnpaired = {
    title: 'Show Unpaired Tables',
    run: async () => {
      const content = unpairedText(found, source, target);
      const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
      await vscode.window.showTextDocument(document);
    },
  };
  services.notices.show({
    severity: 'info',
    message: `${message}.`,
    followUps: isWhole ? [] : [showUnpaired],
  });
}
