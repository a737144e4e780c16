import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Diagnostic as LspDiagnostic, PublishDiagnosticsParams } from 'vscode-languageserver/node';
import type { LoadedProject } from '../../definitions/project.ts';
import { toLspDiagnostic } from './diagnostics.ts';
import type { DefinitionFile } from './files.ts';
import type { Checker } from './workspace/checker.ts';
import type { WorkspaceSnapshot } from './workspace/snapshot.ts';

export interface PublisherOptions {
  readonly snapshot: () => Promise<WorkspaceSnapshot>;
  readonly checker: Checker;
  /** More diagnostics of the files of a project, by path. */
  readonly more: (project: LoadedProject) => Promise<ReadonlyMap<string, readonly LspDiagnostic[]>>;
  readonly send: (params: PublishDiagnosticsParams) => void;
  /** Everything was looked at; nothing changed meanwhile. */
  readonly onChecked: (snapshot: WorkspaceSnapshot) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** After the last keystroke; long enough for the next one of a fast typist. */
const debounceMs = 150;
/** At most so long without letting requests be answered. */
const sliceMs = 10;

interface Published {
  readonly uri: string;
  readonly version: number | null;
  readonly json: string;
}

/** Checks what changed and tells the client, open files first. */
export class DiagnosticsPublisher {
  readonly #options: PublisherOptions;
  readonly #published = new Map<string, Published>();
  #more = new WeakMap<LoadedProject, ReadonlyMap<string, readonly LspDiagnostic[]>>();
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isDirty = false;
  #isEnded = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Something changed: it is looked at a moment after the last such call. */
  changed(delayMs = debounceMs): void {
    if (this.#isEnded) return;
    this.#isDirty = true;
    if (this.#isRunning) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), delayMs);
  }

  /** What `more` says may be another now. */
  moreChanged(): void {
    this.#more = new WeakMap();
    this.changed(0);
  }

  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      this.#isDirty = false;
      await this.#check();
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#isRunning = false;
      if (this.#isDirty) this.changed();
    }
  }

  /** Ends early when something changes: the next run begins with what is open. */
  async #check(): Promise<void> {
    const snapshot = await this.#options.snapshot();
    const slice = new Slice();
    for (const path of this.#paths(snapshot)) {
      if (this.#isDirty || this.#isEnded) return;
      await this.#checkFile(snapshot, path);
      await slice.mayEnd();
    }
    if (!this.#isDirty && !this.#isEnded) await this.#options.onChecked(snapshot);
  }

  #paths(snapshot: WorkspaceSnapshot): Iterable<string> {
    const open: string[] = [];
    const others: string[] = [];
    for (const { path, version } of snapshot.files()) (version === null ? others : open).push(path);
    const told = [...snapshot.projects.values()].flatMap((project) => [
      ...this.#options.checker.filesOf(project),
    ]);
    return new Set([...open, ...others, ...snapshot.unreadable.keys(), ...told, ...this.#published.keys()]);
  }

  async #checkFile(snapshot: WorkspaceSnapshot, path: string): Promise<void> {
    const file = snapshot.file(path);
    const problems = (await this.#options.checker.problems(snapshot, path)).map(toLspDiagnostic);
    const project = snapshot.projectOf(path);
    const more = project === null || file === null ? [] : ((await this.#moreOf(project)).get(path) ?? []);
    this.#publish(path, file, [...problems, ...more]);
  }

  async #moreOf(project: LoadedProject): Promise<ReadonlyMap<string, readonly LspDiagnostic[]>> {
    const known = this.#more.get(project);
    if (known !== undefined) return known;
    const asked = this.#more;
    let found: ReadonlyMap<string, readonly LspDiagnostic[]> = new Map();
    try {
      found = await this.#options.more(project);
    } catch (error) {
      this.#options.onError(error);
    }
    asked.set(project, found);
    return found;
  }

  #publish(path: string, file: DefinitionFile | null, diagnostics: LspDiagnostic[]): void {
    const before = this.#published.get(path);
    const uri = file?.uri ?? before?.uri ?? pathToFileURL(path).href;
    const version = file?.version ?? null;
    const json = JSON.stringify(diagnostics);
    if (before === undefined && version === null && diagnostics.length === 0) return;
    if (before?.json === json && before.uri === uri && before.version === version) return;
    // The same file under the editor's own spelling of its URI.
    if (before !== undefined && before.uri !== uri) this.#options.send({ uri: before.uri, diagnostics: [] });
    this.#options.send({ uri, diagnostics, ...(version === null ? {} : { version }) });
    if (version === null && diagnostics.length === 0) this.#published.delete(path);
    else this.#published.set(path, { uri, version, json });
  }
}

/** Lets others have their turn, now and then. */
class Slice {
  #startedAtMs = performance.now();

  async mayEnd(): Promise<void> {
    if (performance.now() - this.#startedAtMs < sliceMs) return;
    await nextTurn();
    this.#startedAtMs = performance.now();
  }
}
