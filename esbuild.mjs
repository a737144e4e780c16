// Bundles: server, engine and cli. `node esbuild.mjs [--watch] [--outdir DIR] [--only server,cli]`; with --only, no schemas.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';

const { values: args } = parseArgs({
  options: {
    watch: { type: 'boolean', default: false },
    outdir: { type: 'string', default: 'dist' },
    only: { type: 'string' },
  },
});
const { watch: isWatch, outdir } = args;
const packageJson = (await import('./package.json', { with: { type: 'json' } })).default;

/** Native or optional packages stay outside the bundles and are resolved from node_modules at run time. */
const external = ['@duckdb/node-api', '@duckdb/node-bindings', 'pg-native'];

/**
 * ws asks for Node's TLS client at load time and uses it only in clients that dial wss://, which nobody here does. A daemon that
 * idles all day should not hold it in memory.
 */
const lazyTls = {
  name: 'lazy-tls',
  setup(builder) {
    builder.onResolve({ filter: /^(https|tls|zlib)$/ }, ({ path, importer }) =>
      /node_modules[\\/]ws[\\/]/.test(importer) ? { path, namespace: 'lazy-builtin' } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_target, name) => require('node:${path}')[name] });`,
    }));
  },
};

const shared = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minify: true,
  sourcemap: 'linked',
  external,
  plugins: [lazyTls],
  outdir,
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

const entryPoints = {
  server: 'daemon/server/main.ts',
  engine: 'daemon/engine/main.ts',
  // A worker thread of the engine, started by its file's URL.
  sqliteWorker: 'daemon/engine/connections/sqliteWorker.ts',
  cli: 'daemon/cli/main.ts',
};
const wanted = args.only?.split(',') ?? Object.keys(entryPoints);
if (wanted.includes('engine')) wanted.push('sqliteWorker');
const options = {
  ...shared,
  entryPoints: Object.fromEntries(Object.entries(entryPoints).filter(([name]) => wanted.includes(name))),
};

if (isWatch) {
  const watcher = await context(options);
  await watcher.watch();
} else {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build(options);
  if (wanted.includes('cli')) chmodSync(join(outdir, 'cli.mjs'), 0o755);
  if (args.only === undefined) await writeSchemas();
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
  mkdirSync(join(outdir, 'schemas'), { recursive: true });
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    writeFileSync(join(outdir, 'schemas', name), `${JSON.stringify(schema, null, 2)}\n`);
  }
}
