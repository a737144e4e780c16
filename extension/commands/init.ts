import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import {
  projectFiles,
  projectName,
  sampleProjectFiles,
  type NewProject,
  type ProjectFiles,
} from '../../daemon/client/scaffold.ts';
import { writeNewFiles } from '../../daemon/client/writeNewFiles.ts';
import type { Services } from '../platform/services.ts';
import type { Command } from './command.ts';
import { Refusal } from './failures/refusal.ts';
import { askForProject, type ProjectAnswers } from './project/askForProject.ts';
import { pickFolder } from './project/pickFolder.ts';
import { runSteps, type Step } from './ui/steps.ts';

const title = 'Create Project';

/** Makes a project in a folder, with sample data or with connections that are asked for, and opens it. */
export const init: Command = {
  id: 'ombudsman.init',
  needs: 'trust',
  async run(services) {
    let folder: vscode.Uri | undefined;
    let answers: ProjectAnswers | 'sample' = 'sample';
    const askFolder: Step = async (ask) => {
      folder = await pickFolder(ask);
      if (hasProject(folder.fsPath)) return undefined;
      return askKind;
    };
    const askKind: Step = async (ask) => {
      const isSample = await ask.pick({
        placeholder: 'What to begin with',
        items: [
          {
            label: '$(beaker) Sample project with generated data',
            detail: 'Two connections, two pipelines and batch files that run as they stand',
            value: true,
          },
          {
            label: '$(plug) My own connections',
            detail: 'A source and a target, asked for step by step',
            value: false,
          },
        ],
      });
      if (isSample) {
        answers = 'sample';
        return undefined;
      }
      const own = askForProject(projectName(basename(folder?.fsPath ?? '')));
      answers = own.answers;
      return own.first;
    };
    await runSteps(title, askFolder);
    if (folder === undefined) return;
    if (hasProject(folder.fsPath)) {
      await open(services, folder, false);
      throw new Refusal(`${folder.fsPath} has a project already: its ombudsman.yaml is open now.`);
    }
    await create(services, folder, answers);
    await open(services, folder, true);
  },
};

function hasProject(folder: string): boolean {
  return existsSync(join(folder, 'ombudsman.yaml'));
}

async function create(
  services: Services,
  folder: vscode.Uri,
  answers: ProjectAnswers | 'sample',
): Promise<void> {
  const dir = folder.fsPath;
  const files: ProjectFiles =
    answers === 'sample' ? sampleProjectFiles(basename(dir)) : projectFiles(newProject(answers));
  try {
    writeNewFiles(dir, files);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(`The project cannot be written to ${dir}: ${reason}.`, [], 'error');
  }
  if (answers === 'sample') return;
  for (const [name, value] of answers.secrets) await services.secrets.set(dir, name, value);
}

function newProject({ name, source, target, tables }: ProjectAnswers): NewProject {
  return { name, source, target, tables };
}

async function open(services: Services, folder: vscode.Uri, isNew: boolean): Promise<void> {
  const file = vscode.Uri.joinPath(folder, 'ombudsman.yaml');
  // By the command: VS Code would keep a document that it was asked for here open for minutes after it is closed.
  await vscode.commands.executeCommand('vscode.open', file);
  if (vscode.workspace.getWorkspaceFolder(file) !== undefined || !isNew) return;
  services.notices.show({
    severity: 'info',
    message: `The project is in ${folder.fsPath}. Open the folder to work with it.`,
    followUps: [
      { title: 'Open Folder', command: 'vscode.openFolder', args: [folder] },
      { title: 'Open in New Window', command: 'vscode.openFolder', args: [folder, { forceNewWindow: true }] },
    ],
  });
}
