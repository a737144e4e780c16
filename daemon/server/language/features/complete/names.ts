/** The names of a workspace as completion offers them. */
import { plural } from '../../../../protocol/countText.ts';
import { basename, dirname, relative } from 'node:path';
import { CompletionItemKind } from 'vscode-languageserver/node';
import type { LoadedProject } from '../../../../definitions/project.ts';
import { isRecord, valueAt } from '../../../../definitions/values.ts';
import { schemaTypes } from '../../../../protocol/files/generation.ts';
import type { DefinitionFile } from '../../files.ts';
import type { WorkspaceSnapshot } from '../../workspace/snapshot.ts';
import {
  checkNames,
  connectionNames,
  connectionOf,
  connectionText,
  pipelineText,
} from '../describe/definitions.ts';
import type { FeatureContext } from '../feature.ts';
import { projectByName } from '../names/projectByName.ts';
import { namesOfOperations } from '../names/workspaceNames.ts';
import { columnNames, schemaNames, tableNames } from './catalog.ts';
import { namesInSchema } from './ownSchema.ts';
import type { Gap, Name } from './items.ts';
import { knownSecrets, parameterReferences } from './references.ts';
import type { ProjectSlot, Slot } from './slots.ts';

/** The names for a slot, those that are written there already left out or put last. */
export async function namesFor(
  context: FeatureContext,
  snapshot: WorkspaceSnapshot,
  gap: Gap,
  slot: Exclude<Slot, { names: 'check' }>,
): Promise<Name[]> {
  const { file } = gap;
  const project = snapshot.projectOf(file.path);
  switch (slot.names) {
    case 'newPipeline':
      return [
        { name: basename(file.path).replace(/(\.pipeline)?\.\w+$/, ''), kind: CompletionItemKind.Value },
      ];
    case 'schemaType':
      return schemaTypes.map((name) => ({ name, kind: CompletionItemKind.EnumMember }));
    case 'schemaFile':
      return schemaFileNames(snapshot, project);
    case 'ownTable':
    case 'ownColumn':
    case 'ownReference':
    case 'dictionary':
      return namesInSchema(gap, slot);
    case 'project':
      return projectNames(snapshot, project);
    case 'operation':
      return withoutListed(gap, operationNames(snapshot, file, slot.index));
    case 'pipeline':
      if (slot.project === null) return listedLast(file, pipelineNames(project));
      return withoutListed(
        gap,
        pipelineNames(projectByName(snapshot, slot.project, project, dirname(file.path))),
      );
    default:
      return project === null
        ? []
        : withoutListed(gap, await namesInProject(context, snapshot, project, slot));
  }
}

async function namesInProject(
  context: FeatureContext,
  snapshot: WorkspaceSnapshot,
  project: LoadedProject,
  slot: ProjectSlot,
): Promise<Name[]> {
  switch (slot.names) {
    case 'connection':
      return connectionNames(project).map((name) => ({
        name,
        kind: CompletionItemKind.Reference,
        detail: connectionText(connectionOf(project, name)),
      }));
    case 'password':
      return passwordNames(snapshot, project, slot.connection);
    case 'schema':
      return schemaNames(context, project, slot.connection);
    case 'table':
      return tableNames(context, project, slot.connections);
    case 'column':
      return columnNames(context, project, slot.of, slot.isAll);
  }
}

/** Schema files that are known, as a batch names them: relative to its project's folder. */
function schemaFileNames(snapshot: WorkspaceSnapshot, project: LoadedProject | null): Name[] {
  if (project === null) return [];
  return [...snapshot.files()]
    .filter(({ kind, path }) => kind === 'schema' && path.startsWith(project.dir))
    .map(({ path }) => ({
      name: relative(project.dir, path).replaceAll('\\', '/'),
      kind: CompletionItemKind.File,
    }));
}

function pipelineNames(project: LoadedProject | null): Name[] {
  return [...(project?.pipelines.values() ?? [])].map((pipeline) => ({
    name: pipeline.pipeline_id,
    kind: CompletionItemKind.Reference,
    detail: pipelineText(pipeline),
    documentation: `Checks: ${checkNames(pipeline).join(', ')}`,
  }));
}

/** A pipeline may be listed twice, and seldom is. */
function listedLast(file: DefinitionFile, names: Name[]): Name[] {
  const entries = ['pipelines', 'operations'].flatMap((key) => {
    const list = valueAt(file.document.value, [key]);
    return Array.isArray(list) ? (list as unknown[]) : [];
  });
  const listed = new Set(entries.map((entry) => (isRecord(entry) ? entry.pipeline_id : undefined)));
  return names.map((name) => (listed.has(name.name) ? { ...name, rank: 1 } : name));
}

/** Folders first: they are found on every machine; an id only by a daemon that has seen the project. */
function projectNames(snapshot: WorkspaceSnapshot, own: LoadedProject | null): Name[] {
  const projects = [...snapshot.projects.values()];
  const kind = CompletionItemKind.Folder;
  const pipelines = ({ pipelines: { size } }: LoadedProject) => plural(size, 'pipeline');
  const folders =
    own === null
      ? []
      : projects.map((project) => ({
          name: pathFrom(own.dir, project.dir),
          kind,
          detail: `${project.project_id} · ${pipelines(project)}`,
        }));
  const ids = projects.map((project) => ({
    name: project.project_id,
    kind,
    detail: `${project.dir} · ${pipelines(project)}`,
    rank: 1,
  }));
  return [...folders, ...ids];
}

/** As a batch file names a project: relative to its own project's folder. */
function pathFrom(dir: string, other: string): string {
  const path = relative(dir, other).replaceAll('\\', '/');
  return path === '' ? '.' : path.startsWith('.') ? path : `./${path}`;
}

function operationNames(snapshot: WorkspaceSnapshot, file: DefinitionFile, own: number): Name[] {
  return namesOfOperations(snapshot, file)
    .filter((name, index) => index !== own && name !== '')
    .map((name) => ({ name, kind: CompletionItemKind.Reference }));
}

function passwordNames(snapshot: WorkspaceSnapshot, project: LoadedProject, connection: string): Name[] {
  const kind = CompletionItemKind.Variable;
  const known: Name[] = knownSecrets(snapshot, project).map(({ text, detail }) => ({
    name: text,
    kind,
    detail,
  }));
  const own = `\${secret:${secretNameFor(connection)}}`;
  return known.some(({ name }) => name === own)
    ? known
    : [...known, { name: own, kind, detail: 'a new secret' }];
}

/** `LEGACY_PASSWORD` for the connection `legacy`. */
export function secretNameFor(connection: string): string {
  const name = connection.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
  return `${/^[A-Z_]/.test(name) ? '' : '_'}${name}_PASSWORD`;
}

/** Parameters of a template, which may stand for nearly every value: behind everything else. */
export function parameterNames(file: DefinitionFile): Name[] {
  return parameterReferences(file).map(({ text, ...rest }) => ({
    name: text,
    kind: CompletionItemKind.Variable,
    rank: 8,
    ...rest,
  }));
}

/** What stands in the list (or mapping) already is not offered again, but for the entry that is being written. */
function withoutListed({ file, place: { path, part } }: Gap, names: Name[]): Name[] {
  const around = valueAt(file.document.value, path.slice(0, -1));
  const own = path.at(-1);
  const listed = Array.isArray(around)
    ? (around as unknown[]).filter((_, index) => index !== own)
    : isRecord(around) && part === 'key'
      ? Object.keys(around).filter((key) => key !== own)
      : [];
  const taken = new Set(listed);
  return names.filter(({ name }) => !taken.has(name));
}
