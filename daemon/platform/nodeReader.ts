import { readFile, stat } from 'node:fs/promises';
import { glob as globFiles } from 'tinyglobby';

/** Above any definition file; what is larger is refused before it is read into memory. */
const maxReadBytes = 16 * 1024 * 1024;

/**
 * Reads files of the disk, in the shape that definitions/reader.ts asks for. A path that is not a regular file (a pipe, a
 * device) throws instead of waiting for an end that never comes.
 */
export const nodeReader = {
  async readText(path: string): Promise<string | null> {
    try {
      const found = await stat(path);
      if (found.isDirectory()) throw new Error('it is a folder');
      if (!found.isFile()) throw new Error('it is not a regular file');
      if (found.size > maxReadBytes) throw new Error(`it has ${found.size} bytes`);
      return await readFile(path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw error;
    }
  },

  async glob(dir: string, patterns: readonly string[]): Promise<string[]> {
    return globFiles([...patterns], {
      cwd: dir,
      absolute: true,
      dot: false,
      onlyFiles: true,
      followSymbolicLinks: false,
      expandDirectories: false,
      ignore: ['**/node_modules/**'],
    });
  },
} as const;
