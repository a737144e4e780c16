import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildBundles, makeRunDir, stageExtension } from './stageExtension.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with the bundles (server.mjs, engine.mjs, cli.mjs) of this very test run. */
    distDir: string;
    /** In `host` and `e2e`: the extension of this very test run, as VS Code takes it for development; `distDir` is in it. */
    extensionDir: string;
  }
}

/** Builds once for a test run what its tests need. */
export function setup(project: TestProject): () => void {
  const runDir = makeRunDir(`test-${project.name}`);
  if (['host', 'e2e'].includes(project.name)) {
    const extensionDir = stageExtension(runDir);
    project.provide('extensionDir', extensionDir);
    project.provide('distDir', join(extensionDir, 'dist'));
  } else {
    const distDir = join(runDir, 'dist');
    buildBundles(distDir, ['server', 'engine', 'cli']);
    project.provide('distDir', distDir);
  }
  return () => rmSync(runDir, { recursive: true, force: true });
}
