import * as vscode from 'vscode';
import { nodesOf } from '../views/nodes.ts';
import type { Services } from '../platform/services.ts';
import { filesOf } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { isSamePath } from './project/paths.ts';
import { requireProjects } from './project/projects.ts';
import { pipelineItems } from './run/pipelineItems.ts';
import { runPipelines, type PipelineRef } from './run/pipelines.ts';
import { askOnce } from './ui/steps.ts';

/** Runs the pipelines of the selected nodes, of a file (code lenses), of the file in the editor, or a picked one. */
export const runPipeline: Command = {
  id: 'ombudsman.runPipeline',
  needs: 'trust',
  async run(services, ...args) {
    const nodes = nodesOf('pipeline', args);
    if (nodes.length > 0) return runPipelines(services, nodes);
    const [file] = filesOf(args);
    if (file !== undefined) return runPipelines(services, [await pipelineOfFile(services, file)]);
    return runPipelines(services, [(await pipelineOfEditor(services)) ?? (await pick(services))]);
  },
};

async function findByFile(services: Services, file: string): Promise<PipelineRef | undefined> {
  const { projects } = await services.workspace.load();
  for (const { dir, pipelines } of projects) {
    const found = pipelines.find((pipeline) => isSamePath(pipeline.file, file));
    if (found !== undefined) return { projectDir: dir, pipelineId: found.pipeline_id };
  }
  return undefined;
}

async function pipelineOfFile(services: Services, file: string): Promise<PipelineRef> {
  const found = await findByFile(services, file);
  if (found !== undefined) return found;
  throw new Refusal(
    `${vscode.workspace.asRelativePath(file)} is not a pipeline of any project here: it needs a pipeline_id, and “pipelines” of ombudsman.yaml must name it.`,
    [],
    'warning',
  );
}

async function pipelineOfEditor(services: Services): Promise<PipelineRef | undefined> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === 'file' ? findByFile(services, uri.fsPath) : undefined;
}

async function pick(services: Services): Promise<PipelineRef> {
  const projects = await requireProjects(services);
  const outcomeOf = (dir: string, pipelineId: string) =>
    services.results.get(dir)?.pipelines.find(({ pipeline_id }) => pipeline_id === pipelineId);
  const items = pipelineItems(projects, outcomeOf, Date.now());
  if (items.length === 0)
    throw new Refusal('No project of this workspace has a pipeline (*.pipeline.yaml) yet.');
  return askOnce('Run Pipeline', (ask) => ask.pick({ placeholder: 'Select a pipeline', items }));
}
