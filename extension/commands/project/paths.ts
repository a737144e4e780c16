/** Which files are definitions, and where they lie. Free of vscode. */
import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';

/** True if `path` is the folder or lies in it; by the rules of the system for upper and lower case. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

export function isSamePath(a: string, b: string): boolean {
  return relative(a, b) === '';
}

export function isBatchFile(path: string): boolean {
  return /\.batch\.(ya?ml|json)$/i.test(path);
}

/** What the daemon reads of a project by its name alone; pipelines may be called anything, so those are known by the index. */
export function isDefinitionFile(path: string): boolean {
  const name = basename(path);
  return name === 'ombudsman.yaml' || name === '.env' || /\.pipeline\.yaml$/i.test(name) || isBatchFile(name);
}

/** The folder of the nearest ombudsman.yaml at or above a file; null if there is none. */
export function nearestProjectDir(file: string): string | null {
  for (let dir = dirname(file); ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'ombudsman.yaml'))) return dir;
    if (dir === dirname(dir)) return null;
  }
}
