import * as vscode from 'vscode';
import type { WorkspaceBatchFile } from '../../../daemon/protocol/language.ts';
import type { Services } from '../../platform/services.ts';
import { filesOf } from '../arguments.ts';
import { Refusal } from '../failures/refusal.ts';
import { loadWorkspace, noProject } from '../project/projects.ts';
import { isBatchFile, isSamePath } from '../project/paths.ts';
import { askOnce } from '../ui/steps.ts';
import { batchFileItems } from './batchFileItems.ts';

/** The batch files a command is called with; else the one in the editor; else one that is picked. */
export async function batchFilesFor(
  services: Services,
  args: readonly unknown[],
  title: string,
): Promise<string[]> {
  const given = filesOf(args);
  // What else is selected in the explorer is not meant.
  const batches = given.filter(isBatchFile);
  if (given.length > 0) return batches.length > 0 ? batches : given;
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme === 'file' && isBatchFile(uri.fsPath)) return [uri.fsPath];
  const { batch_files, projects } = await loadWorkspace(services);
  if (batch_files.length === 0) {
    if (projects.length === 0) throw noProject();
    throw new Refusal('There is no batch file (*.batch.yaml) in this workspace yet.', [
      { title: 'Run Pipelines', command: 'ombudsman.runPipelines' },
    ]);
  }
  const items = batchFileItems(batch_files, projects, (file) => vscode.workspace.asRelativePath(file));
  return [await askOnce(title, (ask) => ask.pick({ placeholder: 'Select a batch file', items }))];
}

/** What the index knows of a file; undefined for one outside the workspace. */
export async function batchFileInfo(
  services: Services,
  file: string,
): Promise<WorkspaceBatchFile | undefined> {
  const { batch_files } = await loadWorkspace(services);
  return batch_files.find((each) => isSamePath(each.file, file));
}
