import { defineConfig } from 'vitest/config';

interface ProjectOptions {
  readonly testTimeout: number;
  readonly fileParallelism: boolean;
  readonly globalSetup?: string[];
  readonly include?: string[];
}
const project = (name: string, options: ProjectOptions) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    hookTimeout: 180_000,
    pool: 'forks' as const,
    // Waits for what comes: on a busy machine that may take more than the second that is the default.
    expect: { poll: { timeout: 20_000 } },
    ...options,
  },
});
const built = { testTimeout: 180_000, fileParallelism: false, globalSetup: ['test/support/build.ts'] };

// unit: no process, no socket. process: real daemon, engine, files, sockets, databases. contract: whole product from outside.
// host: inside a real VS Code's extension host. e2e: the packaged extension, driven through the user interface of a real VS Code.
export default defineConfig({
  test: {
    projects: [
      project('unit', { testTimeout: 30_000, fileParallelism: true }),
      project('process', built),
      project('contract', built),
      // Its *.test.ts run inside VS Code (see test/host/run.ts); these collect what they told.
      project('host', { ...built, include: ['test/host/*.vitest.ts'] }),
      project('e2e', {
        ...built,
        testTimeout: 300_000,
        globalSetup: [...built.globalSetup, 'test/support/package.ts'],
      }),
    ],
  },
});
