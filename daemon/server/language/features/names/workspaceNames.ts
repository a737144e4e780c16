/** Names across the files of the workspace: what one stands for, where it is defined and everywhere it is used. */
import { dirname } from 'node:path';
import type { Position, Range } from 'vscode-languageserver/node';
import type { Path } from '../../../../definitions/document.ts';
import { isRecord, valueAt } from '../../../../definitions/values.ts';
import type { DefinitionFile } from '../../files.ts';
import type { Place } from '../../place.ts';
import type { WorkspaceSnapshot } from '../../workspace/snapshot.ts';
import {
  operationNames,
  textOf,
  withDefaults,
  type BatchOperation,
  type NameChanges,
} from './batchOperations.ts';
import { namesIn, type Dependency, type NameKind, type NameUse } from './fileNames.ts';
import { projectByName } from './projectByName.ts';
import { spotOf } from './spot.ts';

/** What a name stands for. */
export interface NameTarget {
  readonly kind: NameKind;
  readonly name: string;
  /** Folders of the projects it may belong to; of parameters and operations their file. */
  readonly scopes: readonly string[];
}

export interface LocatedUse {
  readonly file: DefinitionFile;
  readonly use: NameUse;
  readonly target: NameTarget;
}

const found = new WeakMap<WorkspaceSnapshot, WeakMap<DefinitionFile, readonly LocatedUse[]>>();

/** Every name in a file and what it stands for, the names in `depends_on` and automatic names of operations included. */
export function usesIn(snapshot: WorkspaceSnapshot, file: DefinitionFile): readonly LocatedUse[] {
  const ofSnapshot = found.get(snapshot) ?? new WeakMap<DefinitionFile, readonly LocatedUse[]>();
  found.set(snapshot, ofSnapshot);
  const known = ofSnapshot.get(file);
  if (known !== undefined) return known;
  const names = namesIn(file);
  const scopes = scopesOf(snapshot, file);
  const uses = [...names.uses, ...(file.kind === 'batch' ? operationUses(snapshot, file) : [])];
  const located = uses.map((use) => ({ file, use, target: targetOf(snapshot, file, use, scopes) }));
  ofSnapshot.set(file, located);
  return located;
}

/** What stands at a place, the narrowest first; a pipeline or a connection before the operation that is named by it. */
export function namesAt(
  snapshot: WorkspaceSnapshot,
  file: DefinitionFile,
  position: Position,
  place: Place | null,
): LocatedUse[] {
  if (place === null) return [];
  const at = file.text.offsetAt(position);
  const size = ({ use }: LocatedUse) => lengthOf(file, use.spot.range);
  const isHere = namesIn(file).hasAliases ? () => true : ({ use }: LocatedUse) => isAt(use.spot.path, place);
  return usesIn(snapshot, file)
    .filter((one) => isHere(one) && contains(file, one.use.spot.range, at))
    .sort((a, b) => size(a) - size(b) || rank(a) - rank(b));
}

/** A word alone below its key may be a value as well as a key that is begun. */
function isAt(path: Path, { path: here, part }: Place): boolean {
  const isPrefix = path.every((segment, index) => segment === here[index]);
  return isPrefix && (path.length === here.length || (part === 'key' && path.length === here.length - 1));
}

function rank({ use }: LocatedUse): number {
  return use.kind === 'operation' ? 1 : 0;
}

function contains({ text }: DefinitionFile, { start, end }: Range, offset: number): boolean {
  return text.offsetAt(start) <= offset && offset <= text.offsetAt(end);
}

function lengthOf({ text }: DefinitionFile, { start, end }: Range): number {
  return text.offsetAt(end) - text.offsetAt(start);
}

/** Every place in the workspace that means this name. A file that belongs to two projects ties their names together. */
export function usesOf(snapshot: WorkspaceSnapshot, target: NameTarget): LocatedUse[] {
  const candidates = filesFor(snapshot, target).flatMap((file) =>
    usesIn(snapshot, file).filter(
      ({ target: found }) => found.kind === target.kind && found.name === target.name,
    ),
  );
  const scopes = new Set(target.scopes);
  for (let size = -1; size !== scopes.size;) {
    size = scopes.size;
    for (const found of candidates) {
      if (found.target.scopes.some((scope) => scopes.has(scope)))
        found.target.scopes.forEach((scope) => scopes.add(scope));
    }
  }
  return candidates.filter((found) => found.target.scopes.some((scope) => scopes.has(scope)));
}

/** Where a name is defined. */
export function definitionsOf(snapshot: WorkspaceSnapshot, target: NameTarget): LocatedUse[] {
  return usesOf(snapshot, target).filter(({ use }) => use.isDefinition);
}

function filesFor(snapshot: WorkspaceSnapshot, { kind, scopes }: NameTarget): DefinitionFile[] {
  if (kind === 'parameter' || kind === 'operation')
    return scopes.flatMap((path) => snapshot.file(path) ?? []);
  return [...snapshot.files()];
}

const owners = new WeakMap<WorkspaceSnapshot, ReadonlyMap<string, readonly string[]>>();

/** Folders of the projects that a file belongs to. */
export function scopesOf(
  snapshot: WorkspaceSnapshot,
  file: Pick<DefinitionFile, 'path' | 'kind'>,
): readonly string[] {
  if (file.kind === 'pipeline') {
    let known = owners.get(snapshot);
    if (known === undefined) {
      known = ownersIn(snapshot);
      owners.set(snapshot, known);
    }
    const found = known.get(file.path);
    if (found !== undefined) return found;
  }
  const project = snapshot.projectOf(file.path);
  return [project?.dir ?? dirname(file.path)];
}

function ownersIn(snapshot: WorkspaceSnapshot): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const project of snapshot.projects.values()) {
    for (const { file } of project.pipeline_files) {
      found.set(file, [...(found.get(file) ?? []), project.dir]);
    }
  }
  return found;
}

function targetOf(
  snapshot: WorkspaceSnapshot,
  file: DefinitionFile,
  { kind, name, project }: NameUse,
  scopes: readonly string[],
): NameTarget {
  if (kind === 'parameter' || kind === 'operation') return { kind, name, scopes: [file.path] };
  if (kind === 'project') {
    const found = file.kind === 'project' ? (scopes[0] ?? name) : projectOf(snapshot, file, name)?.dir;
    return { kind, name: found ?? name, scopes: [found ?? `? ${name}`] };
  }
  if (project === null) return { kind, name, scopes };
  // A project that is not in the workspace: its pipelines are names of their own.
  return { kind, name, scopes: [projectOf(snapshot, file, project)?.dir ?? `? ${project}`] };
}

function projectOf(snapshot: WorkspaceSnapshot, file: DefinitionFile, written: string) {
  return projectByName(snapshot, written, snapshot.projectOf(file.path), dirname(file.path));
}

const unchanged = (name: string) => name;

/** The names of a batch file's operations as a run gives them; `changes` says what a rename would make of other names. */
export function namesOfOperations(
  snapshot: WorkspaceSnapshot,
  file: DefinitionFile,
  changes: Partial<Omit<NameChanges, 'project'>> = {},
): string[] {
  return operationNames(namesIn(file).operations, valueAt(file.document.value, ['parameters']), {
    pipeline: unchanged,
    connection: unchanged,
    operation: unchanged,
    ...changes,
    project: (written) => projectOf(snapshot, file, written)?.project_id ?? written,
  });
}

/** Which operation each `depends_on` entry means; null for one that means none. */
export function resolveDependencies(
  names: readonly string[],
  dependencies: readonly Dependency[],
): { dependency: Dependency; operation: number | null }[] {
  const indexOf = new Map(names.map((name, index) => [name, index]));
  return dependencies.map((dependency) => ({
    dependency,
    operation: indexOf.get(dependency.written) ?? null,
  }));
}

function operationUses(snapshot: WorkspaceSnapshot, file: DefinitionFile): NameUse[] {
  const { operations, dependencies } = namesIn(file);
  const names = namesOfOperations(snapshot, file);
  const parameters = valueAt(file.document.value, ['parameters']);
  const definitions = operations.flatMap((operation, index) =>
    automaticDefinition(file, operation, names[index] ?? ''),
  );
  const uses = resolveDependencies(names, dependencies).flatMap(
    ({ dependency, operation: index }): NameUse[] => {
      const { written, spot } = dependency;
      const operation = index === null ? undefined : operations[index];
      const use = {
        kind: 'operation',
        name: written,
        isDefinition: false,
        spot,
        project: null,
        isDerived: true,
      } as const;
      return [use, ...(operation === undefined ? [] : namedBy(operation, dependency, parameters))];
    },
  );
  return [...definitions, ...uses];
}

const namingKeys = {
  pipeline: 'pipeline_id',
  data_generation: 'schema_type',
  project_validation: 'project',
  metadata_extraction: 'connection',
  command: 'program',
} as const;

/** An operation without a name is defined by the value that names it. */
function automaticDefinition(file: DefinitionFile, operation: BatchOperation, name: string): NameUse[] {
  const { type, entry, path, explicitName } = operation;
  if (type === null || explicitName !== null) return [];
  const key =
    type === 'data_generation' && entry.schema_type === undefined ? 'schema_file' : namingKeys[type];
  const text = textOf(entry[key]);
  if (text === null) return [];
  const spot = spotOf(file, [...path, key], 'value', text);
  return [{ kind: 'operation', name, isDefinition: true, spot, project: null, isDerived: true }];
}

/** The pipeline, connection or project that an automatic name in `depends_on` holds. */
function namedBy(
  { type, entry, explicitName }: BatchOperation,
  { written, spot }: Dependency,
  parameters: unknown,
): NameUse[] {
  if (explicitName !== null) return [];
  const kind = namedKind(type, entry);
  if (kind === null) return [];
  const name = withDefaults(
    textOf(entry[kind === 'pipeline' ? 'pipeline_id' : 'connection']) ?? '',
    parameters,
  );
  const at = type === 'data_generation' ? written.indexOf(` -> ${name}`) + ' -> '.length : 0;
  if (name === '' || !written.startsWith(name, at)) return [];
  return [
    {
      kind,
      name,
      isDefinition: false,
      spot: spot.partOf(at, at + name.length),
      project: null,
      isDerived: true,
    },
  ];
}

function namedKind(
  type: BatchOperation['type'],
  entry: BatchOperation['entry'],
): 'pipeline' | 'connection' | null {
  if (type === 'pipeline') return isRecord(entry.pipeline) ? null : 'pipeline';
  return type === 'data_generation' || type === 'metadata_extraction' ? 'connection' : null;
}
