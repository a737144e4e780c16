// Bundles: server, engine and cli. `node esbuild.mjs [--watch]`.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
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
  await writeSchemas();
}

/** Writes the JSON Schemas of the three file kinds. Bundled first: Node 20 does not run TypeScript. */
async function writeSchemas() {
  const bundled = await build({
    entryPoints: ['daemon/definitions/jsonSchemas.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    write: false,
  });
  const url = `data:text/javascript;base64,${Buffer.from(bundled.outputFiles[0].contents).toString('base64')}`;
  const { jsonSchemas } = await import(url);
  mkdirSync('dist/schemas', { recursive: true });
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    writeFileSync(`dist/schemas/${name}`, `${JSON.stringify(schema, null, 2)}\n`);
  }
}
