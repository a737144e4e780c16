import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { Services } from '../../platform/services.ts';

const maxTexts = 50;

/**
 * Texts that nobody can be asked for again (the plan of a dry run, a report), in the storage of the workspace, each under its
 * fingerprint: so a document of one is still there after the window was reloaded.
 */
export class KeptTexts {
  readonly #folder: vscode.Uri;

  constructor({ context }: Pick<Services, 'context'>) {
    this.#folder = vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'documents');
  }

  /** Returns the fingerprint. */
  async keep(text: string): Promise<string> {
    const bytes = Buffer.from(text, 'utf8');
    const fingerprint = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    await vscode.workspace.fs.createDirectory(this.#folder);
    await this.#removeOldest();
    await vscode.workspace.fs.writeFile(this.#file(fingerprint), bytes);
    return fingerprint;
  }

  /** Undefined if it is not there any more. */
  async read(fingerprint: string): Promise<string | undefined> {
    try {
      return Buffer.from(await vscode.workspace.fs.readFile(this.#file(fingerprint))).toString('utf8');
    } catch {
      return undefined;
    }
  }

  #file(fingerprint: string): vscode.Uri {
    return vscode.Uri.joinPath(this.#folder, fingerprint);
  }

  async #removeOldest(): Promise<void> {
    const names = (await vscode.workspace.fs.readDirectory(this.#folder)).map(([name]) => name);
    if (names.length < maxTexts) return;
    const aged = await Promise.all(
      names.map(async (name) => {
        const uri = this.#file(name);
        return { uri, mtime: (await vscode.workspace.fs.stat(uri)).mtime };
      }),
    );
    aged.sort((a, b) => b.mtime - a.mtime);
    // Another window of the workspace may have removed it first.
    await Promise.allSettled(aged.slice(maxTexts - 1).map(({ uri }) => vscode.workspace.fs.delete(uri)));
  }
}
