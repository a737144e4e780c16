/** What is found in a data directory at the start, and what follows from it. */
import { join } from 'node:path';
import { jobIdSchema } from '../../protocol/primitives.ts';
import { schemaVersion } from '../../protocol/version.ts';
import type { StorageContext } from './documents.ts';
import { toStorageError } from './errors.ts';
import { newerVersion } from './migrations/migrations.ts';
import { isTempName, nameBeforeCorrupt, unlinkQuietly } from './temporary.ts';

export interface DirectoryContent {
  readonly documents: Set<string>;
  readonly journals: Set<string>;
  /** Damaged documents that were set aside, by job; of several the latest. */
  readonly setAside: Map<string, string>;
}

/** Makes the folders that are missing. Rejects only if there is no folder of jobs to read afterwards. */
export async function makeFolders(dir: string, names: readonly string[], { files, health }: StorageContext) {
  for (const name of ['', ...names]) {
    const path = join(dir, name);
    try {
      await files.makeDir(path);
    } catch (error) {
      const failure = toStorageError(error, 'making', path);
      health.failed(failure);
      if (!(await files.exists(path).catch(() => false))) throw failure;
    }
  }
}

/** Reads the folder of jobs, and removes what a crash left of files that were being written. */
export async function readJobFolder(dir: string, context: StorageContext): Promise<DirectoryContent> {
  const documents = new Set<string>();
  const journals = new Set<string>();
  const setAside = new Map<string, string>();
  for (const name of (await listFolder(dir, context)).sort()) {
    const before = nameBeforeCorrupt(name);
    if (isTempName(name)) await unlinkQuietly(context.files, join(dir, name));
    else if (name.endsWith('.json')) addId(documents, name.slice(0, -'.json'.length));
    else if (name.endsWith('.journal')) addId(journals, name.slice(0, -'.journal'.length));
    else if (before?.endsWith('.json') === true)
      setAside.set(before.slice(0, -'.json'.length), join(dir, name));
  }
  return { documents, journals, setAside };
}

/** Removes what a crash left of index.json and other files beside it. */
export async function removeTemporaries(dir: string, context: StorageContext): Promise<void> {
  for (const name of await listFolder(dir, context))
    if (isTempName(name)) await unlinkQuietly(context.files, join(dir, name));
}

async function listFolder(dir: string, { files }: StorageContext): Promise<string[]> {
  try {
    return await files.list(dir);
  } catch (error) {
    throw toStorageError(error, 'reading', dir);
  }
}

function addId(ids: Set<string>, name: string): void {
  if (jobIdSchema.safeParse(name).success) ids.add(name);
}

const versionPattern = /^\s*\{\s*"schema_version":\s*(\d+)/;

/** Rejects if the document at `path` was written by a newer version; reads its first line only. */
export async function refuseNewer(path: string, { files }: StorageContext): Promise<void> {
  let head: string;
  try {
    head = (await files.read(path, 256)).toString('utf8');
  } catch {
    // Whoever reads the whole of it will say what is wrong.
    return;
  }
  const version = Number(versionPattern.exec(head)?.[1] ?? 0);
  if (version > schemaVersion) throw newerVersion(path, version);
}
