import { dirname } from 'node:path';
import {
  findProjectDir,
  isProjectMissing,
  loadProject,
  type LoadedProject,
} from '../../../definitions/project.ts';
import { kindByName, type DefinitionFile } from '../files.ts';
import type { Discovered } from './discovery.ts';
import type { FileStore } from './fileStore.ts';
import { RecordingReader } from './recordingReader.ts';
import type { WorkspaceBatch, WorkspaceSnapshot } from './snapshot.ts';

export interface KeptProject {
  readonly reader: RecordingReader;
  readonly project: LoadedProject;
}

/** What one snapshot leaves for the next one. */
export interface Kept {
  readonly projects: Map<string, KeptProject>;
  readonly batches: Map<string, WorkspaceBatch>;
}

/** Puts a snapshot together; whatever is the same as in `kept` stays the same object, and `kept` is brought up to date. */
export async function buildSnapshot(
  store: FileStore,
  folders: readonly string[],
  discovered: Discovered,
  kept: Kept,
): Promise<WorkspaceSnapshot> {
  const openPaths = [...store.openPaths()];
  const batchPaths = new Set([
    ...discovered.batchFiles,
    ...openPaths.filter((path) => kindByName(path) === 'batch'),
  ]);
  const dirOf = nearestDirs(store);
  const around = await Promise.all([...batchPaths, ...openPaths].map((path) => dirOf(dirname(path))));
  const dirs = new Set([...discovered.projectDirs, ...around.filter((dir) => dir !== null)]);
  const projects = await loadProjects(store, [...dirs].sort(), kept);

  const files = new Map<string, DefinitionFile>();
  const owners = new Map<string, LoadedProject>();
  for (const project of projects.values()) {
    const own = await readable(() => store.file(project.file, 'project'));
    if (own !== null) files.set(own.path, own);
    const listed = await Promise.all(
      project.pipeline_files.map(({ file }) =>
        readable(() => store.file(file, kindByName(file) ?? 'pipeline')),
      ),
    );
    for (const file of listed) {
      if (file === null) continue;
      files.set(file.path, file);
      if (!owners.has(file.path)) owners.set(file.path, project);
    }
  }
  const { batches, unreadable } = await readBatches(store, batchPaths, async (path) => {
    const dir = await dirOf(dirname(path));
    return dir === null ? null : (projects.get(dir) ?? null);
  });
  keepSame(batches, kept);
  for (const [path, { file }] of batches) files.set(path, file);
  for (const path of openPaths) {
    const kind = files.has(path) ? null : kindByName(path);
    const file = kind === null ? null : await store.file(path, kind);
    if (file !== null) files.set(path, file);
  }
  return {
    folders,
    projects,
    batches,
    unreadable,
    file: (path) => files.get(path) ?? null,
    files: () => files.values(),
    isListed: (path) => owners.has(path),
    projectOf: (path) => owners.get(path) ?? nearestOf(projects, dirname(path)),
  };
}

/** The definitions' own search upwards, once for each folder. */
function nearestDirs(store: FileStore): (dir: string) => Promise<string | null> {
  const known = new Map<string, Promise<string | null>>();
  return (dir) => {
    const found = known.get(dir) ?? findProjectDir(dir, store);
    known.set(dir, found);
    return found;
  };
}

async function loadProjects(
  store: FileStore,
  dirs: readonly string[],
  kept: Kept,
): Promise<Map<string, LoadedProject>> {
  const projects = new Map<string, LoadedProject>();
  for (const dir of dirs) {
    const entry = await loadKept(store, dir, kept.projects.get(dir));
    if (isProjectMissing(entry.project)) continue;
    kept.projects.set(dir, entry);
    projects.set(dir, entry.project);
  }
  for (const dir of kept.projects.keys()) if (!projects.has(dir)) kept.projects.delete(dir);
  return projects;
}

/** The project as it is now: the very one of before if nothing of it changed. */
export async function loadKept(
  store: FileStore,
  dir: string,
  before: KeptProject | undefined,
): Promise<KeptProject> {
  if (before !== undefined && (await before.reader.isCurrent())) return before;
  const reader = new RecordingReader(store);
  return { reader, project: await loadProject(dir, reader) };
}

async function readBatches(
  store: FileStore,
  paths: Iterable<string>,
  projectOf: (path: string) => Promise<LoadedProject | null>,
): Promise<{ batches: Map<string, WorkspaceBatch>; unreadable: Map<string, string> }> {
  const batches = new Map<string, WorkspaceBatch>();
  const unreadable = new Map<string, string>();
  for (const path of paths) {
    try {
      const file = await store.file(path, 'batch');
      if (file !== null) batches.set(path, { file, project: await projectOf(path) });
    } catch (error) {
      unreadable.set(path, error instanceof Error ? error.message : String(error));
    }
  }
  return { batches, unreadable };
}

function keepSame(batches: Map<string, WorkspaceBatch>, kept: Kept): void {
  for (const [path, batch] of batches) {
    const before = kept.batches.get(path);
    if (before?.file === batch.file && before.project === batch.project) batches.set(path, before);
  }
  kept.batches.clear();
  for (const [path, batch] of batches) kept.batches.set(path, batch);
}

function nearestOf(projects: ReadonlyMap<string, LoadedProject>, start: string): LoadedProject | null {
  for (let dir = start; ; dir = dirname(dir)) {
    const project = projects.get(dir);
    if (project !== undefined) return project;
    if (dirname(dir) === dir) return null;
  }
}

/** What cannot be read is told by the project that lists it. */
async function readable<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch {
    return null;
  }
}
