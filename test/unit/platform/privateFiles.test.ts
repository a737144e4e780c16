import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makePrivateDir } from '../../../daemon/platform/privateFiles.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ombudsman-private-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('makes a folder and its parents for the owner alone, and is content with one that is there', () => {
  const path = join(dir, 'a', 'b', 'c');
  makePrivateDir(path);
  makePrivateDir(path);
  expect(statSync(path).isDirectory()).toBe(true);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o700);
});

it('refuses where a file stands in the way, and where the system lets nobody make a folder', () => {
  writeFileSync(join(dir, 'file'), '');
  expect(() => makePrivateDir(join(dir, 'file'))).toThrow(/EEXIST/);
  expect(() => makePrivateDir(join(dir, 'file', 'inside'))).toThrow(/ENOTDIR/);
  if (process.platform === 'linux') expect(() => makePrivateDir('/proc/ombudsman/inside')).toThrow(/ENOENT/);
});
