import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

/** Whether a path names something in a folder, by its words alone. */
export function isInside(folder: string, path: string): boolean {
  const inside = relative(folder, path);
  return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && join(folder, inside) === path;
}

/** Whether it still does once symbolic links are followed below the folder; what is not there is not in it. */
export async function isReallyInside(folder: string, path: string): Promise<boolean> {
  const [parent, file] = await Promise.all([realOrNull(dirname(folder)), realOrNull(path)]);
  // The folder itself may be no link either, or everything behind it would count as inside.
  return parent !== null && file !== null && isInside(join(parent, basename(folder)), file);
}

/** A path with every symbolic link followed; null if it leads nowhere. */
export async function realOrNull(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}
