import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with the bundles (server.mjs, engine.mjs, cli.mjs) of this very test run. */
    distDir: string;
  }
}

/**
 * Builds the bundles once for a test run, into a folder of its own: `dist` may be built anew, or be in use, at the same time.
 * Below node_modules, because a bundle finds its native packages from where it lies.
 */
export function setup(project: TestProject): () => void {
  const root = resolve(import.meta.dirname, '../..');
  const distDir = join(root, 'node_modules', '.cache', `ombudsman-test-${process.pid}`, 'dist');
  const programs = ['server', 'engine', 'cli'].filter((name) =>
    existsSync(join(root, 'daemon', name, 'main.ts')),
  );
  execFileSync(process.execPath, ['esbuild.mjs', '--outdir', distDir, '--only', programs.join()], {
    cwd: root,
    stdio: 'inherit',
  });
  project.provide('distDir', distDir);
  return () => rmSync(join(distDir, '..'), { recursive: true, force: true });
}
