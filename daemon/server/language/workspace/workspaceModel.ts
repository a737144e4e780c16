import type { SourceDocument } from '../../../definitions/document.ts';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { FileReader } from '../../../definitions/reader.ts';
import { isWatched, kindByName, type DefinitionFile } from '../files.ts';
import type { LoadedProject } from '../../../definitions/project.ts';
import { buildSnapshot, loadKept, type Kept, type KeptProject } from './buildSnapshot.ts';
import { discover, hasDefinitions, type Discovered } from './discovery.ts';
import { FileStore, isBelow } from './fileStore.ts';
import type { WorkspaceSnapshot } from './snapshot.ts';

export interface WorkspaceModelOptions {
  readonly disk: FileReader;
  /** False: the client tells nothing about changes on disk. */
  readonly hasWatchers: () => boolean;
  /** Something is there to be looked at anew. */
  readonly onChange: () => void;
  /** For a person, in the client's log. */
  readonly onNotice: (message: string) => void;
}

/** A change on disk, of a file or a folder. */
export interface DiskChange {
  readonly path: string;
  readonly type: 'created' | 'changed' | 'deleted';
}

/** How old a snapshot with files that nobody watches may get. */
const unwatchedForMs = 1_000;

/** The workspace folders, kept as snapshots: nothing is read or parsed a second time while it is the same. */
export class WorkspaceModel {
  readonly #options: WorkspaceModelOptions;
  readonly #store: FileStore;
  readonly #kept: Kept = { projects: new Map(), batches: new Map() };
  /** Projects outside the workspace that batch files of it name. */
  readonly #outside = new Map<string, KeptProject>();
  #folders: readonly string[] = [];
  #discovering: Promise<Discovered> | undefined;
  #current: Promise<WorkspaceSnapshot> | undefined;
  #latest: Promise<unknown> = Promise.resolve();
  #startedAtMs = 0;

  constructor(options: WorkspaceModelOptions) {
    this.#options = options;
    this.#store = new FileStore({ disk: options.disk, isWatched: (path) => this.#isWatched(path) });
  }

  setFolders(folders: readonly string[]): void {
    this.#folders = folders;
    this.#discovering = undefined;
    this.#changed();
  }

  get folders(): readonly string[] {
    return this.#folders;
  }

  /** The editor's text of a file from now on. Must not change any more. */
  opened(path: string, text: TextDocument): void {
    this.#store.open(path, text);
    this.#changed();
  }

  closed(path: string): void {
    this.#store.close(path);
    this.#changed();
  }

  /** A file at once, if it is open in the editor and its name tells its kind. */
  openFile(path: string): DefinitionFile | null {
    const kind = kindByName(path);
    return kind === null ? null : this.#store.openFile(path, kind);
  }

  /**
   * Any YAML file may concern us: projects name their pipelines as they like. A folder that comes whole (unpacked, moved, checked out)
   * or goes is told by itself alone, without what is in it.
   */
  async changedOnDisk(changes: readonly DiskChange[]): Promise<void> {
    const isFile = (path: string): boolean => isWatched(path) || this.#store.knows(path);
    const files = changes.filter(({ path }) => isFile(path));
    for (const { path, type } of files) {
      this.#store.changedOnDisk(path, type === 'changed');
      if (type !== 'changed' && kindByName(path) !== null) this.#discovering = undefined;
    }
    if (files.length > 0) this.#changed();
    for (const { path, type } of changes) {
      if (type === 'changed' || isFile(path)) continue;
      const isConcerned = type === 'deleted' ? this.#store.knowsBelow(path) : await hasDefinitions(path);
      if (!isConcerned) continue;
      this.suspectAll();
      return;
    }
  }

  /** Folders were moved or removed, or nobody tells what changes. */
  suspectAll(): void {
    this.#store.suspectAll();
    this.#discovering = undefined;
    this.#changed();
  }

  /** A file that a batch names, as the editor has it, else the disk; null: there is none. */
  async readDocument(path: string): Promise<SourceDocument | null> {
    return await this.#store.readDocument(path);
  }

  /** As of the last change received. */
  snapshot(): Promise<WorkspaceSnapshot> {
    if (this.#current !== undefined && this.#isOutdated()) this.#current = undefined;
    if (this.#current === undefined) {
      // One after the other: two at once would bring what is kept out of step.
      this.#current = this.#latest.then(() => this.#build());
      this.#latest = this.#current.catch(() => undefined);
      this.#startedAtMs = performance.now();
    }
    return this.#current;
  }

  /** The project of a folder, in the workspace or not; one without an ombudsman.yaml says so in its diagnostics. */
  async projectAt(dir: string): Promise<LoadedProject> {
    const inside = (await this.snapshot()).projects.get(dir);
    if (inside !== undefined) return inside;
    const kept = await loadKept(this.#store, dir, this.#outside.get(dir));
    this.#outside.set(dir, kept);
    return kept.project;
  }

  async #build(): Promise<WorkspaceSnapshot> {
    this.#discovering ??= this.#discover();
    return await buildSnapshot(this.#store, this.#folders, await this.#discovering, this.#kept);
  }

  async #discover(): Promise<Discovered> {
    const found = await discover(this.#folders);
    if (found.isPartial) {
      this.#options.onNotice(
        'The workspace has more files than are looked through: projects and batch files deep inside it are seen once they are opened.',
      );
    }
    return found;
  }

  #changed(): void {
    this.#current = undefined;
    this.#options.onChange();
  }

  #isWatched(path: string): boolean {
    return this.#options.hasWatchers() && this.#folders.some((folder) => isBelow(path, folder));
  }

  #isOutdated(): boolean {
    if (performance.now() - this.#startedAtMs < unwatchedForMs) return false;
    return (
      !this.#options.hasWatchers() ||
      [...this.#kept.projects.keys(), ...this.#outside.keys()].some(
        (dir) => !this.#folders.some((folder) => isBelow(dir, folder)),
      )
    );
  }
}
