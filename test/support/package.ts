import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { makeRunDir } from './stageExtension.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** In `e2e`: the package of this very test run for this machine. */
    vsixPath: string;
  }
}

/** Makes the package as `npm run package` does. */
export function setup(project: TestProject): () => void {
  const root = resolve(import.meta.dirname, '../..');
  const runDir = makeRunDir('test-package');
  const vsixPath = join(runDir, 'ombudsman.vsix');
  const args = [join(root, 'tools', 'package.mjs'), '--out', vsixPath];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the package could not be made:\n${stdout}${stderr}`);
  project.provide('vsixPath', vsixPath);
  return () => rmSync(runDir, { recursive: true, force: true });
}
