import * as vscode from 'vscode';
import type { Services } from '../../platform/services.ts';
import { documentScheme } from './documentUri.ts';
import type { LiveDocuments } from './liveDocuments.ts';

const readonlyReason = 'This says what the Ombudsman daemon knows; it cannot be changed here.';

/**
 * The scheme `ombudsman:` as a read-only file system. Contents by a TextDocumentContentProvider would be lost when the window is
 * reloaded: VS Code restores editors of file systems only.
 */
export function registerDocuments(services: Services): vscode.Disposable {
  const fileSystem = new DocumentFileSystem(services);
  const options = { isCaseSensitive: true, isReadonly: new vscode.MarkdownString(readonlyReason) };
  return vscode.Disposable.from(
    fileSystem,
    vscode.workspace.registerFileSystemProvider(documentScheme, fileSystem, options),
  );
}

class DocumentFileSystem implements vscode.FileSystemProvider {
  readonly #services: Services;
  readonly #changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changes.event;
  #documents: Promise<LiveDocuments> | undefined;
  #isDisposed = false;

  constructor(services: Services) {
    this.#services = services;
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, mtime } = await (await this.#live()).read(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime,
      size: bytes.byteLength,
      permissions: vscode.FilePermission.Readonly,
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await (await this.#live()).read(uri)).bytes;
  }

  /** A document that is open is followed anyway. */
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#changes.dispose();
    void this.#documents?.then((documents) => documents.dispose());
  }

  /** What the documents say is loaded with the first of them. */
  #live(): Promise<LiveDocuments> {
    this.#documents ??= import('./liveDocuments.ts').then(
      ({ LiveDocuments }) =>
        new LiveDocuments(this.#services, (uri) => {
          if (!this.#isDisposed) this.#changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
        }),
    );
    return this.#documents;
  }
}
