import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { isWindows } from './process.ts';

/** Owner-only modes. Windows keeps a user's own folders private by their access lists, so modes mean nothing there. */
export const privateDirMode = 0o700;
export const privateFileMode = 0o600;

/** Makes a folder (and its parents) that only its owner can enter, and narrows one that was wider. */
export function makePrivateDir(path: string): void {
  mkdirSync(path, { recursive: true, mode: privateDirMode });
  if (isWindows) return;
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, privateDirMode);
}
