// Bundles: server, engine and cli. `node esbuild.mjs [--watch]`.
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { build, context } from 'esbuild';

const isWatch = process.argv.includes('--watch');
const packageJson = (await import('./package.json', { with: { type: 'json' } })).default;

/** Native or optional packages stay outside the bundles and are resolved from node_modules at run time. */
const external = ['@duckdb/node-api', '@duckdb/node-bindings', 'pg-native'];

const shared = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  external,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  logLevel: 'warning',
  define: { OMBUDSMAN_VERSION: JSON.stringify(packageJson.version) },
  // CommonJS packages inside an ESM bundle still call require for Node's own modules.
  banner: {
    js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);",
  },
};

const options = {
  ...shared,
  entryPoints: {
    server: 'daemon/server/main.ts',
    engine: 'daemon/engine/main.ts',
    cli: 'daemon/cli/main.ts',
  },
};

if (isWatch) {
  const watcher = await context(options);
  await watcher.watch();
} else {
  rmSync('dist', { recursive: true, force: true });
  mkdirSync('dist', { recursive: true });
  await build(options);
  chmodSync('dist/cli.mjs', 0o755);
  const schemas = spawnSync(process.execPath, ['tools/writeSchemas.ts'], { stdio: 'inherit' });
  if (schemas.status !== 0) process.exit(schemas.status ?? 1);
}
