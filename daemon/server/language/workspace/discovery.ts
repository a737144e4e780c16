import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { projectFileName } from '../../../definitions/project.ts';
import { isWatched, kindByName } from '../files.ts';

export interface Discovered {
  /** Folders with an ombudsman.yaml, absolute. */
  readonly projectDirs: readonly string[];
  readonly batchFiles: readonly string[];
  /** True if the folders hold more than was looked at. */
  readonly isPartial: boolean;
}

const maxEntries = 200_000;
const maxDepth = 16;
const skippedDirs = new Set(['node_modules', '__pycache__', 'bower_components', 'venv']);

/**
 * Finds projects and batch files below folders. Symbolic links, hidden folders and node_modules are not entered; what is huge
 * is left after two hundred thousand entries, folders near the top first.
 */
export async function discover(folders: readonly string[], signal?: AbortSignal): Promise<Discovered> {
  const projectDirs = new Set<string>();
  const batchFiles = new Set<string>();
  const isWhole = await walk(
    folders,
    (dir, name) => {
      if (name === projectFileName) projectDirs.add(dir);
      else if (kindByName(name) === 'batch') batchFiles.add(join(dir, name));
      return true;
    },
    signal,
  );
  return { projectDirs: [...projectDirs].sort(), batchFiles: [...batchFiles].sort(), isPartial: !isWhole };
}

/** True if a path is a folder with files in it that may be definitions; false too for what is not looked through. */
export async function hasDefinitions(path: string): Promise<boolean> {
  if (!isEntered(basename(path))) return false;
  let isFound = false;
  await walk([path], (_dir, name) => {
    isFound = isWatched(name);
    return !isFound;
  });
  return isFound;
}

/** Calls `look` for each file until it answers false; folders near the top come first. False if not all were looked at. */
async function walk(
  folders: readonly string[],
  look: (dir: string, name: string) => boolean,
  signal?: AbortSignal,
): Promise<boolean> {
  let left = maxEntries;
  let level = [...folders];
  for (let depth = 0; depth < maxDepth && level.length > 0; depth += 1) {
    const next = new Set<string>();
    for (const dir of level) {
      signal?.throwIfAborted();
      for (const entry of await entriesOf(dir)) {
        left -= 1;
        if (left < 0) return false;
        if (entry.isDirectory()) {
          if (isEntered(entry.name)) next.add(join(dir, entry.name));
        } else if (entry.isFile() && !look(dir, entry.name)) return false;
      }
    }
    level = [...next];
  }
  return level.length === 0;
}

function isEntered(folderName: string): boolean {
  return !folderName.startsWith('.') && !skippedDirs.has(folderName);
}

/** What is no folder, or cannot be read (any more), has no entries. */
async function entriesOf(dir: string): Promise<Dirent[]> {
  try {
    return await readdir(dir, { withFileTypes: true });
  } catch {
    return [];
  }
}
