import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../../platform/services.ts';
import { Refusal } from '../failures/refusal.ts';
import { isDefinitionFile, isInside, isSamePath } from '../project/paths.ts';
import { quoted } from '../words.ts';

/**
 * Saves what was changed and not saved of the definitions that a run reads: the daemon reads files, and a person who presses
 * Run means what stands in the editor. Asks nothing, as Run and Debug of VS Code.
 */
export async function saveDefinitions(
  services: Services,
  projectDirs: readonly string[],
  files: readonly string[] = [],
): Promise<void> {
  const pipelines = new Set(
    (services.workspace.contents?.projects ?? []).flatMap((project) =>
      project.pipelines.map(({ file }) => file),
    ),
  );
  const isMeant = (path: string): boolean =>
    files.some((file) => isSamePath(file, path)) ||
    (projectDirs.some((dir) => isInside(path, dir)) && (isDefinitionFile(path) || pipelines.has(path)));
  const dirty = vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && isMeant(uri.fsPath),
  );
  for (const document of dirty) {
    if (await document.save()) continue;
    const name = quoted(basename(document.uri.fsPath));
    throw new Refusal(`${name} could not be saved, so nothing was run. Save it and run again.`, [], 'error');
  }
}
