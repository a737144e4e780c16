import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { stringify } from 'yaml';
import { plural } from '../../daemon/client/text.ts';
import type { MethodInput } from '../../daemon/protocol/methods.ts';
import type { ToHost } from '../../webview/protocol/messages.ts';
import { Dismissed, Refusal } from '../commands/failures/refusal.ts';
import { exportFileStem } from '../commands/jobs/exports.ts';
import type { Services } from '../platform/services.ts';
import { fromFolder } from './batchText.ts';

type Of<T extends ToHost['type']> = Extract<ToHost, { type: T }>;

/** Asks where, writes and opens the file; answers its path. Throws Dismissed if the person thought better of it. */
export async function saveBatchFile({
  project_dir: projectDir,
  definition,
}: Of<'saveBatchFile'>): Promise<string> {
  const chosen = await vscode.window.showSaveDialog({
    title: 'Save as batch file',
    defaultUri: vscode.Uri.file(join(projectDir === '' ? startFolder() : projectDir, 'new.batch.yaml')),
    // Not `batch.yaml`: dialogs that know only the last part of a name would put it behind the name once more.
    filters: { 'Batch files': ['yaml', 'yml'] },
  });
  if (chosen === undefined) throw new Dismissed();
  const text = stringify(fromFolder(definition, dirname(chosen.fsPath)));
  await vscode.workspace.fs.writeFile(chosen, Buffer.from(text, 'utf8'));
  await vscode.window.showTextDocument(chosen);
  return vscode.workspace.asRelativePath(chosen);
}

/** Asks where and has the daemon write the rows there, however many; answers what was done. */
export async function exportRows(services: Services, { name, params }: Of<'exportRows'>): Promise<string> {
  const chosen = await vscode.window.showSaveDialog({
    title: 'Export differing rows',
    defaultUri: vscode.Uri.file(join(startFolder(), `${exportFileStem(name, 'differences')}.csv`)),
    filters: { CSV: ['csv'] },
  });
  if (chosen === undefined) throw new Dismissed();
  if (chosen.scheme !== 'file') {
    throw new Refusal(
      `The daemon writes the rows and cannot reach ${chosen.toString(true)}. Choose a folder on its machine.`,
    );
  }
  // The daemon checks what the page says of the rows.
  const input = { ...params, file: chosen.fsPath } as MethodInput<'artifacts/export'>;
  const { rows } = await services.session.call('artifacts/export', input);
  return `Wrote ${plural(rows, 'row')} to ${vscode.workspace.asRelativePath(chosen)}`;
}

function startFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder?.scheme === 'file' ? folder.fsPath : homedir();
}
