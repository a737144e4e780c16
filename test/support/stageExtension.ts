import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** A folder for one run, below node_modules: a bundle finds its native packages from where it lies. The caller removes it. */
export function makeRunDir(name: string): string {
  const runDir = join(root, 'node_modules', '.cache', `ombudsman-${name}-${process.pid}`);
  mkdirSync(runDir, { recursive: true });
  return runDir;
}

/** Builds bundles into a folder of their own: `dist` may be built anew, or be in use, at the same time. */
export function buildBundles(distDir: string, only?: readonly string[]): void {
  const args = ['esbuild.mjs', '--outdir', distDir, ...(only === undefined ? [] : ['--only', only.join()])];
  execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
}

/** Builds the extension as VS Code takes it for development; returns its folder, whose `dist` has all bundles. */
export function stageExtension(runDir: string): string {
  const extensionDir = join(runDir, 'extension');
  buildBundles(join(extensionDir, 'dist'));
  for (const path of ['package.json', join('extension', 'media')]) {
    cpSync(join(root, path), join(extensionDir, path), { recursive: true });
  }
  return extensionDir;
}
