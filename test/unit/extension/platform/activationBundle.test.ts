import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../..');

/** What loads with the entry: its own output and those it imports statically, theirs included. */
function inputsAtActivation({ outputs }: Metafile): string[] {
  const entry = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === 'extension/extension.ts');
  const reached = new Set([entry ?? '']);
  for (const path of reached) {
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && next in outputs) reached.add(next);
    }
  }
  return [...reached].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
}

it('activation loads code of ours only: no schemas, no sockets, no language client', async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['extension/extension.ts'],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: ['vscode'],
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const inputs = inputsAtActivation(metafile);
  expect(inputs).toContain('extension/platform/daemonSession.ts');
  expect(inputs.filter((path) => /(^|\/)node_modules\//.test(path) && !/\/env-paths\//.test(path))).toEqual(
    [],
  );
  // They are in the bundle, and come when they are needed.
  expect(Object.keys(metafile.inputs).some((path) => path.includes('vscode-languageclient'))).toBe(true);
});
