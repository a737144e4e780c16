/** What the planning of operations shares: the batch, its projects, and where mistakes go. */
import type { Diagnostic } from '../protocol/errors.ts';
import type { OperationItem } from '../protocol/files/batch.ts';
import type { PlannedOperation, PlannedWork } from '../protocol/plan.ts';
import { problemAt, type Path, type Problem, type SourceDocument } from './document.ts';
import { unknownConnection, type LoadedProject } from './project.ts';
import type { SecretKind } from './secrets.ts';

export interface WorkContext {
  readonly document: SourceDocument;
  readonly project: LoadedProject | null;
  /** What relative paths of the batch are relative to: the project's folder, else the batch file's. */
  readonly baseDir: string | null;
  readonly loadProject: (pathOrId: string) => Promise<LoadedProject | null>;
  /** A definition file by its absolute path; null if it does not exist. */
  readonly readDocument: (path: string) => Promise<SourceDocument | null>;
  readonly hasSecret: (kind: SecretKind, name: string, projectDir: string) => boolean;
  /** Filled on the way: every project the plan uses, by folder, and the connections used of each. */
  readonly projects: Map<string, LoadedProject>;
  readonly connections: Map<string, Set<string>>;
  /** Answers of `loadProject`: a batch may name one project a thousand times. */
  readonly loaded: Map<string, LoadedProject | null>;
  readonly diagnostics: Diagnostic[];
  /** What was said once and is not said again for every operation. */
  readonly told: Set<string>;
  /** Ids that no pipeline has, as they came up. */
  readonly unknownIds: Set<string>;
}

export interface PlannedItem {
  readonly automaticName: string;
  /** Null: there is a diagnostic that says why. */
  readonly work: PlannedWork | null;
  readonly connections: PlannedOperation['connections'];
  readonly description: string;
}

/** An operation of one type, as it is written. */
export type ItemOf<T extends OperationItem['type']> = Extract<OperationItem, { type: T }>;

/** A mistake at a place of the batch. */
export function report(context: WorkContext, path: Path, part: 'key' | 'value', problem: Problem): null {
  context.diagnostics.push(problemAt(context.document, path, part, problem));
  return null;
}

/** A project that an operation uses, if it is fit to be used; its own mistakes are told once. */
export function useProject(context: WorkContext, loaded: LoadedProject): LoadedProject | null {
  if (!context.projects.has(loaded.dir)) {
    context.projects.set(loaded.dir, loaded);
    context.diagnostics.push(...loaded.project_diagnostics);
  }
  return loaded.project === null ? null : loaded;
}

/** The project of the batch; without one the mistake is told once. */
export function ownProject(context: WorkContext, path: Path, what: string): LoadedProject | null {
  if (context.project !== null) return useProject(context, context.project);
  if (context.told.has('no_project')) return null;
  context.told.add('no_project');
  return report(context, path, 'key', {
    code: 'no_project',
    message: `${what} needs a project, and there is none`,
    hint: 'put the file into a folder with an ombudsman.yaml (or below one); in a call, name the project',
  });
}

/** Notes that a connection is used. */
export function useConnection(context: WorkContext, loaded: LoadedProject, name: string): [string, string] {
  const used = context.connections.get(loaded.dir) ?? new Set();
  context.connections.set(loaded.dir, used.add(name));
  return [loaded.dir, name];
}

/** A connection of the batch's own project, by the name that stands in the batch. */
export function ownConnection(
  context: WorkContext,
  name: string,
  path: Path,
): { slot: [string, string]; dir: string } | null {
  const loaded = ownProject(context, path, `connection "${name}"`);
  if (loaded?.project == null) return null;
  const { connections } = loaded.project;
  if (!Object.hasOwn(connections, name)) {
    return report(context, path, 'value', unknownConnection(name, Object.keys(connections)));
  }
  return { slot: useConnection(context, loaded, name), dir: loaded.dir };
}

/** An operation that cannot run; a diagnostic says why. */
export function unplanned(automaticName: string): PlannedItem {
  return { automaticName, work: null, connections: [], description: '' };
}
