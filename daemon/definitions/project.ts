import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import pLimit from 'p-limit';
import type { Diagnostic } from '../protocol/errors.ts';
import type { PipelineSpec } from '../protocol/files/pipeline.ts';
import { projectFileSchema, type ProjectFile } from '../protocol/files/project.ts';
import {
  hasErrors,
  parseDocument,
  problemAt,
  problemOf,
  sorted,
  unusableDocument,
  type Path,
  type SourceDocument,
} from './document.ts';
import { checkDurations } from './duration.ts';
import { parsePipeline, pipelineIdOf } from './pipeline.ts';
import type { FileReader } from './reader.ts';
import { findBadReferences } from './secrets.ts';
import { didYouMean, listed, nearest } from './suggest.ts';
import { validate } from './validate.ts';
import { isRecord, isSecretPlace, valueAt } from './values.ts';

export const projectFileName = 'ombudsman.yaml';

export interface LoadedPipeline {
  readonly pipeline_id: string;
  /** Null if the file has an error: the pipeline is known and cannot run. */
  readonly spec: PipelineSpec | null;
  readonly file: string;
  /** The parsed file, for places in it. */
  readonly positions: SourceDocument;
  /** Of this file only. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface LoadedProject {
  /** `name` of ombudsman.yaml, or the name of its folder while that cannot be read. */
  readonly project_id: string;
  readonly dir: string;
  readonly file: string;
  /** Null if ombudsman.yaml has an error: then nothing of the project runs. */
  readonly project: ProjectFile | null;
  readonly positions: SourceDocument;
  readonly pipelines: ReadonlyMap<string, LoadedPipeline>;
  /** Every pipeline file in the order of their paths; of two with the same id `pipelines` has the first only. */
  readonly pipeline_files: readonly LoadedPipeline[];
  /** Of ombudsman.yaml only. */
  readonly project_diagnostics: readonly Diagnostic[];
  /** Of ombudsman.yaml and all pipeline files. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Files read at once: enough to keep the disk busy, far below the limit of open files. */
const readsAtOnce = 32;

/** The nearest folder with an ombudsman.yaml, at or above `startDir` (absolute); null if there is none. */
export async function findProjectDir(startDir: string, reader: FileReader): Promise<string | null> {
  for (let dir = startDir; ; dir = dirname(dir)) {
    try {
      if ((await reader.readText(join(dir, projectFileName))) !== null) return dir;
    } catch {
      // It is there and cannot be read: loading the project says so, with the reason.
      return dir;
    }
    if (dirname(dir) === dir) return null;
  }
}

/** True if the project's ombudsman.yaml does not exist. */
export function isProjectMissing(project: LoadedProject): boolean {
  return project.project_diagnostics.some(({ code }) => code === 'project_not_found');
}

/** Loads a project from its folder or its ombudsman.yaml (absolute path). Never throws: what is wrong is in `diagnostics`. */
export async function loadProject(dirOrFile: string, reader: FileReader): Promise<LoadedProject> {
  const isFile = basename(dirOrFile) === projectFileName;
  const dir = isFile ? dirname(dirOrFile) : dirOrFile;
  const file = join(dir, projectFileName);
  const read = await readDocument(file, reader);
  if (read === null) {
    const problem = problemOf(file, {
      code: 'project_not_found',
      message: `there is no ${projectFileName} in ${dir}`,
      hint: 'run `ombudsman init` there, or name the folder that has one',
    });
    const positions = parseDocument(file, '');
    return emptyProject(dir, positions, [problem]);
  }
  if (!read.isReadable) return emptyProject(dir, read, read.diagnostics);
  const parsed = validate(read, projectFileSchema);
  const own = [
    ...read.diagnostics,
    ...parsed.diagnostics,
    ...checkConnections(read),
    ...checkDurations(read, ['defaults']),
  ];
  const files = await findPipelineFiles(dir, read, parsed.data, reader, own);
  const pipelines = await loadPipelines(files, read, reader);
  return {
    ...emptyProject(dir, read, own),
    project: hasErrors(own) ? null : parsed.data,
    pipelines: pipelines.byId,
    pipeline_files: pipelines.files,
    diagnostics: sorted([...own, ...pipelines.diagnostics]),
  };
}

function emptyProject(
  dir: string,
  positions: SourceDocument,
  diagnostics: readonly Diagnostic[],
): LoadedProject {
  const name = isRecord(positions.value) ? positions.value.name : undefined;
  return {
    project_id: typeof name === 'string' && name !== '' ? name : basename(dir) || dir,
    dir,
    file: positions.file,
    project: null,
    positions,
    pipelines: new Map(),
    pipeline_files: [],
    project_diagnostics: diagnostics,
    diagnostics,
  };
}

/** Reads and parses a file; null if it does not exist. A file that cannot be read is a document with one diagnostic. */
export async function readDocument(file: string, reader: FileReader): Promise<SourceDocument | null> {
  try {
    if (reader.readDocument !== undefined) return await reader.readDocument(file);
    const text = await reader.readText(file);
    return text === null ? null : parseDocument(file, text);
  } catch (error) {
    return unusableDocument(file, { code: 'unreadable', message: `cannot be read: ${messageOf(error)}` });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function checkConnections(document: SourceDocument): Diagnostic[] {
  const connections = valueAt(document.value, ['connections']);
  if (!isRecord(connections)) return [];
  return Object.entries(connections).flatMap(([name, connection]) => {
    const path: Path = ['connections', name];
    const bad = findBadReferences(connection).map(({ text, path: inner }) =>
      problemAt(document, [...path, ...inner], 'value', {
        code: 'invalid_reference',
        message: `${isSecretPlace(inner) ? 'what stands here in ${…}' : text} is not a reference`,
        hint: 'write ${env:NAME} or ${secret:NAME}',
      }),
    );
    return [...bad, ...checkOneConnection(document, path, connection)];
  });
}

function checkOneConnection(document: SourceDocument, path: Path, connection: unknown): Diagnostic[] {
  if (!isRecord(connection)) return [];
  const { password, port, path: place, type } = connection;
  const found: Diagnostic[] = [];
  if (typeof password === 'string' && password !== '' && !password.includes('${')) {
    found.push(
      problemAt(document, [...path, 'password'], 'value', {
        code: 'literal_password',
        severity: 'warning',
        message: 'a password stands in the file, for everyone to read who gets the file',
        hint: 'write "${env:NAME}" or "${secret:NAME}" and keep the password in a .env file beside this one',
      }),
    );
  }
  // A password may stand in the file, with a warning; the job's document hides it. These are never hidden, so they may not.
  for (const key of ['token', 'private_key', 'private_key_passphrase']) {
    const value = connection[key];
    if (typeof value !== 'string' || value === '' || /^\$\{[^}]*\}$/.test(value.trim())) continue;
    found.push(
      problemAt(document, [...path, key], 'value', {
        code: 'literal_secret',
        message: `${key} stands in the file; it has to be a reference`,
        hint: 'write "${env:NAME}" or "${secret:NAME}" and keep the value in a .env file beside this one',
      }),
    );
  }
  if (typeof port === 'string' && /^\d{1,5}$/.test(port) && (Number(port) < 1 || Number(port) > 65535)) {
    const message = `port must be 1 to 65535, not ${port}`;
    found.push(problemAt(document, [...path, 'port'], 'value', { code: 'invalid_value', message }));
  }
  if (place === ':memory:' && (type === 'duckdb' || type === 'sqlite')) {
    const message = 'a database in memory is empty for every operation';
    const problem = { code: 'invalid_value', message, hint: 'give the path of a file' } as const;
    found.push(problemAt(document, [...path, 'path'], 'value', problem));
  }
  return found;
}

async function findPipelineFiles(
  dir: string,
  document: SourceDocument,
  project: ProjectFile | null,
  reader: FileReader,
  diagnostics: Diagnostic[],
): Promise<string[]> {
  const written = valueAt(document.value, ['pipelines']);
  const patterns =
    project?.pipelines ??
    (Array.isArray(written)
      ? written.filter((item) => typeof item === 'string')
      : projectFileSchema.shape.pipelines.parse(undefined));
  try {
    const found = [...new Set(await reader.glob(dir, patterns))].sort();
    if (found.length === 0 && Array.isArray(written) && written.length > 0) {
      diagnostics.push(
        problemAt(document, ['pipelines'], 'value', {
          code: 'no_pipelines',
          severity: 'warning',
          message: `no file matches ${listed(patterns)}`,
          hint: 'patterns are relative to this file: pipelines/**/*.pipeline.yaml',
        }),
      );
    }
    return found;
  } catch (error) {
    const message = `pipeline files cannot be listed: ${messageOf(error)}`;
    diagnostics.push(problemAt(document, ['pipelines'], 'value', { code: 'unreadable', message }));
    return [];
  }
}

async function loadPipelines(
  files: readonly string[],
  project: SourceDocument,
  reader: FileReader,
): Promise<{ byId: Map<string, LoadedPipeline>; files: LoadedPipeline[]; diagnostics: Diagnostic[] }> {
  const limit = pLimit(readsAtOnce);
  const documents = await limit.map(files, (file) => readDocument(file, reader));
  const byId = new Map<string, LoadedPipeline>();
  // Null: the file went away between the listing and the reading.
  const loadedFiles = documents.flatMap((document) =>
    document === null ? [] : [loadPipeline(document, project)],
  );
  const diagnostics: Diagnostic[] = [];
  for (const loaded of loadedFiles) {
    const first = byId.get(loaded.pipeline_id);
    if (first === undefined) {
      byId.set(loaded.pipeline_id, loaded);
      diagnostics.push(...loaded.diagnostics);
      continue;
    }
    const here = duplicateId(loaded, first);
    const there = duplicateId(first, loaded);
    byId.set(loaded.pipeline_id, { ...first, spec: null, diagnostics: [...first.diagnostics, there, here] });
    diagnostics.push(...loaded.diagnostics, there, here);
  }
  return { byId, files: loadedFiles, diagnostics };
}

const loadedBefore = new WeakMap<SourceDocument, { project: SourceDocument; loaded: LoadedPipeline }>();

/** The pipeline of a parsed file, with the names of connections looked up in the project's file. The same for the same documents. */
export function loadPipeline(document: SourceDocument, project: SourceDocument): LoadedPipeline {
  const before = loadedBefore.get(document);
  // A keystroke in one of five hundred files must not check the other ones again.
  if (before?.project === project) return before.loaded;
  const loaded = checkPipeline(document, project);
  loadedBefore.set(document, { project, loaded });
  return loaded;
}

function checkPipeline(document: SourceDocument, project: SourceDocument): LoadedPipeline {
  const { spec, diagnostics } = parsePipeline(document);
  const unknown = document.isReadable ? checkConnectionNames(document, project) : [];
  const all = [...diagnostics, ...unknown];
  return {
    // A file that cannot say its id is known by its name, so that asking for it gives its own errors.
    pipeline_id: pipelineIdOf(document) ?? basename(document.file).replace(/(\.pipeline)?\.\w+$/, ''),
    spec: hasErrors(all) ? null : spec,
    file: document.file,
    positions: document,
    diagnostics: all,
  };
}

/** Names are looked up in the file as written: a mistake in one connection must not make the others unknown. */
function checkConnectionNames(document: SourceDocument, project: SourceDocument): Diagnostic[] {
  const connections = valueAt(project.value, ['connections']);
  if (!isRecord(connections)) return [];
  return ['source', 'target'].flatMap((side) => {
    const path = [side, 'connection'];
    const name = valueAt(document.value, path);
    if (typeof name !== 'string' || name === '' || Object.hasOwn(connections, name)) return [];
    return [problemAt(document, path, 'value', unknownConnection(name, Object.keys(connections)))];
  });
}

/** The problem of a connection name that the project does not have. */
export function unknownConnection(name: string, known: readonly string[]) {
  const suggestions = nearest(name, known);
  const all =
    known.length === 0 ? `add it to connections in ${projectFileName}` : `connections are ${listed(known)}`;
  return {
    code: 'unknown_connection',
    message: `unknown connection "${name}"`,
    hint: didYouMean(suggestions) ?? all,
    suggestions,
  } as const;
}

function duplicateId(here: LoadedPipeline, other: LoadedPipeline): Diagnostic {
  const { line } = other.positions.rangeOf(['pipeline_id'], 'value');
  const path = relative(dirname(here.file), other.file);
  const place = isAbsolute(path) ? other.file : path.replaceAll('\\', '/');
  return problemAt(here.positions, ['pipeline_id'], 'value', {
    code: 'duplicate_pipeline_id',
    message: `pipeline_id "${here.pipeline_id}" is also in ${place}, line ${line}`,
    hint: 'give each pipeline its own id',
  });
}
