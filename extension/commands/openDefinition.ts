import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Services } from '../platform/services.ts';
import { filesOf, jobIdOf, nodeOf } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { jobFits } from './jobs/jobFits.ts';
import { jobFor, jobOf } from './jobs/pickJobs.ts';
import { quoted } from './words.ts';

/** Opens the batch file of a job, or a file by its path with (line, column) from 1, as the buttons under messages do. */
export const openDefinition: Command = {
  id: 'ombudsman.openDefinition',
  needs: 'nothing',
  async run(services, ...args) {
    const [file] = filesOf(args);
    const path = file ?? (await fileOfNode(services, args)) ?? (await fileOfJob(services, args));
    if (!existsSync(path)) {
      throw new Refusal(`${path} is no longer there: it was moved or deleted.`, [], 'warning');
    }
    const [, line, column] = args;
    await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: selectionAt(line, column) });
  },
};

function selectionAt(line: unknown, column: unknown): vscode.Range | undefined {
  if (typeof line !== 'number') return undefined;
  const position = new vscode.Position(line - 1, typeof column === 'number' ? column - 1 : 0);
  return new vscode.Range(position, position);
}

async function fileOfNode(services: Services, args: readonly unknown[]): Promise<string | undefined> {
  const node = nodeOf(args);
  if (node?.kind !== 'pipeline' && node?.kind !== 'project' && node?.kind !== 'connection') return undefined;
  const { projects } = services.workspace.contents ?? (await services.workspace.load());
  const dir = node.kind === 'project' ? node.dir : node.projectDir;
  const project = projects.find((each) => each.dir === dir);
  if (node.kind !== 'pipeline') return project?.file;
  return project?.pipelines.find(({ pipeline_id }) => pipeline_id === node.pipelineId)?.file;
}

async function fileOfJob(services: Services, args: readonly unknown[]): Promise<string> {
  const choice = {
    ...jobFits.withDefinition,
    title: 'Open Definition',
    none: 'No job was made from a batch file.',
    unfit: 'was not made from a batch file',
  };
  const jobId = jobIdOf(args);
  const job = jobId === undefined ? await jobFor(services, [], choice) : await jobOf(services, jobId);
  if (job.definition_file === undefined) throw new Refusal(`${quoted(job.job_name)} ${choice.unfit}.`);
  return job.definition_file;
}
