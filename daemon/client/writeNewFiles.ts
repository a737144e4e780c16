import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ProjectFiles } from './scaffold.ts';

export interface WrittenFile {
  /** Absolute. */
  readonly path: string;
  /** False: it was there before and was left as it is. */
  readonly isNew: boolean;
}

/** Writes the files that are not there yet; never over one that is. Throws what the file system throws. */
export function writeNewFiles(root: string, files: ProjectFiles): WrittenFile[] {
  return Object.entries(files).map(([name, text]) => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    try {
      // The flag makes the check and the writing one step.
      writeFileSync(path, text, { flag: 'wx' });
      return { path, isNew: true };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return { path, isNew: false };
      throw error;
    }
  });
}
