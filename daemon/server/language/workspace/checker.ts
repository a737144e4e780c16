import { isAbsolute } from 'node:path';
import { problemOf, type SourceDocument } from '../../../definitions/document.ts';
import { parseSchema } from '../../../definitions/schema/parseSchema.ts';
import { parsePipeline } from '../../../definitions/pipeline.ts';
import { planBatch } from '../../../definitions/plan.ts';
import { loadPipeline, type LoadedProject } from '../../../definitions/project.ts';
import type { Diagnostic } from '../../../protocol/errors.ts';
import type { DefinitionFile } from '../files.ts';
import type { WorkspaceBatch, WorkspaceSnapshot } from './snapshot.ts';

export interface CheckerOptions {
  readonly projectAt: (dir: string) => Promise<LoadedProject>;
  /** A file that a batch names, as the editor or the disk has it; null: there is none. */
  readonly readDocument?: (path: string) => Promise<SourceDocument | null>;
  /** Projects outside the workspace by their id. */
  readonly knownProjects: () => Promise<readonly { readonly project_id: string; readonly path: string }[]>;
}

export interface CheckedBatch {
  /** Of the batch file alone. */
  readonly diagnostics: readonly Diagnostic[];
  /** Null while there is an error, or parameters have no values. */
  readonly operations: number | null;
}

interface KnownCheck {
  readonly project: LoadedProject | null;
  /** Other projects it asked for, and what it got. */
  readonly asked: ReadonlyMap<string, LoadedProject | null>;
  /** Files it read, and what they were. */
  readonly read: ReadonlyMap<string, SourceDocument | null>;
  readonly checked: CheckedBatch;
}

/** The definitions' own diagnostics, file by file: the very code that a run plans with. What is the same is not checked again. */
export class Checker {
  readonly #options: CheckerOptions;
  readonly #batches = new WeakMap<SourceDocument, KnownCheck>();
  readonly #byFile = new WeakMap<LoadedProject, ReadonlyMap<string, readonly Diagnostic[]>>();

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  /** Every mistake in a file; none for a file that is not ours. */
  async problems(snapshot: WorkspaceSnapshot, path: string): Promise<readonly Diagnostic[]> {
    const found: Diagnostic[] = [];
    for (const project of snapshot.projects.values()) found.push(...(this.#grouped(project).get(path) ?? []));
    const batch = snapshot.batches.get(path);
    if (batch !== undefined) found.push(...(await this.checkBatch(snapshot, batch)).diagnostics);
    const unreadable = snapshot.unreadable.get(path);
    if (unreadable !== undefined) {
      found.push(problemOf(path, { code: 'unreadable', message: `cannot be read: ${unreadable}` }));
    }
    const file = snapshot.file(path);
    if (file?.kind === 'pipeline' && !snapshot.isListed(path)) found.push(...checkAlone(snapshot, file));
    if (file?.kind === 'schema') found.push(...parseSchema(file.document).diagnostics);
    return withoutDoubles(found);
  }

  /** Every file that a project has something to say about, files that cannot be read included. */
  filesOf(project: LoadedProject): Iterable<string> {
    return this.#grouped(project).keys();
  }

  async checkBatch(snapshot: WorkspaceSnapshot, { file, project }: WorkspaceBatch): Promise<CheckedBatch> {
    const { document, path } = file;
    const known = this.#batches.get(document);
    if (known?.project === project && (await this.#isSame(snapshot, known))) return known.checked;
    const asked = new Map<string, LoadedProject | null>();
    const read = new Map<string, SourceDocument | null>();
    const { plan, diagnostics } = await planBatch({
      document,
      file: path,
      project,
      loadProject: async (pathOrId) => {
        const found = await this.#find(snapshot, pathOrId);
        asked.set(pathOrId, found);
        return found;
      },
      // Whether a secret has a value is known where it is kept, at the time of the run.
      hasSecret: () => true,
      readDocument: async (name) => {
        const found = await this.#read(name);
        read.set(name, found);
        return found;
      },
      isCheckOnly: true,
    });
    const own = diagnostics.filter((each) => each.file === path);
    const checked = { diagnostics: own, operations: plan?.operations.length ?? null };
    this.#batches.set(document, { project, asked, read, checked });
    return checked;
  }

  /** Null too for a file that cannot be read: to a batch it is not there. */
  async #read(path: string): Promise<SourceDocument | null> {
    return (await this.#options.readDocument?.(path).catch(() => null)) ?? null;
  }

  async #isSame(snapshot: WorkspaceSnapshot, { asked, read }: KnownCheck): Promise<boolean> {
    for (const [path, document] of read) if ((await this.#read(path)) !== document) return false;
    for (const [pathOrId, project] of asked) {
      if ((await this.#find(snapshot, pathOrId)) !== project) return false;
    }
    return true;
  }

  async #find(snapshot: WorkspaceSnapshot, pathOrId: string): Promise<LoadedProject | null> {
    if (isAbsolute(pathOrId)) {
      return snapshot.projects.get(pathOrId) ?? (await this.#options.projectAt(pathOrId));
    }
    for (const project of snapshot.projects.values()) if (project.project_id === pathOrId) return project;
    const known = (await this.#options.knownProjects()).find(({ project_id }) => project_id === pathOrId);
    return known === undefined ? null : await this.#options.projectAt(known.path);
  }

  #grouped(project: LoadedProject): ReadonlyMap<string, readonly Diagnostic[]> {
    const known = this.#byFile.get(project);
    if (known !== undefined) return known;
    const grouped = new Map<string, Diagnostic[]>();
    for (const each of project.diagnostics) {
      const others = grouped.get(each.file);
      if (others === undefined) grouped.set(each.file, [each]);
      else others.push(each);
    }
    this.#byFile.set(project, grouped);
    return grouped;
  }
}

/** A pipeline file that no project lists: it does not run, and is checked all the same while it is open. */
function checkAlone(snapshot: WorkspaceSnapshot, { document, path }: DefinitionFile): readonly Diagnostic[] {
  const project = snapshot.projectOf(path);
  return project === null
    ? parsePipeline(document).diagnostics
    : loadPipeline(document, project.positions).diagnostics;
}

/** Two projects may list one pipeline. */
function withoutDoubles(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((each) => {
    const key = JSON.stringify(each);
    return !seen.has(key) && seen.add(key);
  });
}
