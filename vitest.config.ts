import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeoutMs: number, parallel: boolean, globalSetup: string[] = []) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: testTimeoutMs,
    hookTimeout: 180_000,
    fileParallelism: parallel,
    globalSetup,
    pool: 'forks' as const,
  },
});

// unit: no process, no socket. process: real daemon, engine, files, sockets, databases. contract: whole product from outside.
export default defineConfig({
  test: {
    projects: [
      project('unit', 30_000, true),
      project('process', 180_000, false, ['test/support/build.ts']),
      project('contract', 180_000, false, ['test/support/build.ts']),
    ],
  },
});
