import type * as vscode from 'vscode';
import type { WorkspaceContents } from '../../daemon/protocol/language.ts';
import type { SessionLog } from './daemonSession.ts';
import { Emitter } from './emitter.ts';
import type { WorkspaceIndex } from './services.ts';

/** What the index needs of the language server; `LanguageConnection` is one. */
export interface WorkspaceSource extends vscode.Disposable {
  readonly onDidChangeWorkspace: vscode.Event<void>;
  workspaceContents(): Promise<WorkspaceContents>;
}

export interface WorkspaceIndexOptions {
  /** Called once, when the contents are first asked for. */
  readonly openSource: () => Promise<WorkspaceSource>;
  readonly hasFolders: () => boolean;
  readonly log: SessionLog;
}

const nothing: WorkspaceContents = { projects: [], batch_files: [] };

/** The language server's view of the workspace: asked for once, then again whenever the server says that it changed. */
export class LanguageWorkspaceIndex implements WorkspaceIndex {
  readonly #options: WorkspaceIndexOptions;
  readonly #emitter: Emitter<WorkspaceContents>;
  #contents: WorkspaceContents | undefined;
  #source: Promise<WorkspaceSource> | undefined;
  #listener: vscode.Disposable | undefined;
  #reading: Promise<WorkspaceContents> | undefined;
  #isStale = true;
  #isDisposed = false;

  constructor(options: WorkspaceIndexOptions) {
    this.#options = options;
    this.#emitter = new Emitter((error) =>
      options.log.error('a listener of the workspace index failed', error),
    );
  }

  get contents(): WorkspaceContents | undefined {
    return this.#contents;
  }

  get onDidChange(): vscode.Event<WorkspaceContents> {
    return this.#emitter.event;
  }

  async load(): Promise<WorkspaceContents> {
    const isKnown = this.#reading === undefined && !this.#isStale;
    if (isKnown && this.#contents !== undefined) return this.#contents;
    // A window without a folder has nothing to read, and so no need of a server.
    if (this.#source === undefined && !this.#options.hasFolders()) return nothing;
    return this.#read();
  }

  /** Starts the language server if it does not run yet: a definition file is being looked at. */
  wake(): Promise<WorkspaceSource> {
    this.#source ??= this.#open();
    return this.#source;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#listener?.dispose();
    this.#emitter.dispose();
    void this.#source?.then(
      (source) => void source.dispose(),
      () => undefined,
    );
  }

  async #open(): Promise<WorkspaceSource> {
    try {
      const source = await this.#options.openSource();
      if (this.#isDisposed) source.dispose();
      this.#listener = source.onDidChangeWorkspace(() => this.#changed());
      return source;
    } catch (error) {
      this.#source = undefined;
      throw error;
    }
  }

  #changed(): void {
    this.#isStale = true;
    this.#read().catch((error: unknown) => this.#options.log.warn('the workspace could not be read', error));
  }

  /** Calls while one is under way share it; a change in the middle of it is read again afterwards. */
  #read(): Promise<WorkspaceContents> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<WorkspaceContents> {
    const source = await this.wake();
    let contents: WorkspaceContents;
    do {
      this.#isStale = false;
      try {
        contents = await source.workspaceContents();
      } catch (error) {
        this.#isStale = true;
        throw error;
      }
    } while (this.#isStale && !this.#isDisposed);
    this.#contents = contents;
    this.#emitter.fire(contents);
    return contents;
  }
}
