import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isWindows } from './process.ts';

/** Owner-only modes. Windows keeps a user's own folders private by their access lists, so modes mean nothing there. */
export const privateDirMode = 0o700;
export const privateFileMode = 0o600;

/** Makes a folder (and its parents) that only its owner can enter, and narrows one that was wider. */
export function makePrivateDir(path: string): void {
  makeDirs(path);
  if (isWindows) return;
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, privateDirMode);
}

/** Not `recursive: true`: where the system answers ENOENT though the parent is there (/proc), Node tries for ever. */
function makeDirs(path: string): void {
  try {
    mkdirSync(path, { mode: privateDirMode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || statSync(dirname(path), { throwIfNoEntry: false }) !== undefined) throw error;
    makeDirs(dirname(path));
    mkdirSync(path, { mode: privateDirMode });
  }
}
