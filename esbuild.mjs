// Bundles: server, engine, cli, extension, webview. `node esbuild.mjs [--watch] [--outdir DIR] [--only server,extension]`; with
// --only, no schemas. For packages: `--no-source-maps`, and `--inputs FILE` to learn which files went into the bundles.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';

const { values: args } = parseArgs({
  options: {
    watch: { type: 'boolean', default: false },
    outdir: { type: 'string', default: 'dist' },
    only: { type: 'string' },
    'no-source-maps': { type: 'boolean', default: false },
    inputs: { type: 'string' },
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

/**
 * The driver of SQL Server brings Microsoft's packages for accounts of Entra and for key vaults, neither of which connections offer:
 * they would be a third of its size.
 */
const withoutAzure = {
  name: 'without-azure',
  setup(builder) {
    builder.onResolve({ filter: /^@azure\// }, ({ path, importer }) =>
      /node_modules[\\/]tedious[\\/]/.test(importer) ? { path, namespace: 'left-out' } : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get(_target, name) { if (name === 'isTokenCredential') return () => false; if (typeof name === 'symbol' || name === '__esModule') return undefined; throw new Error('${path} is not part of this program'); } });`,
    }));
  },
};

const shared = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // Packages that say `module` and not `exports`: their `main` is UMD, which a bundler cannot see through.
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: args['no-source-maps'] ? false : 'linked',
  metafile: args.inputs !== undefined,
  external,
  plugins: [lazyTls, withoutAzure],
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

/** What runs in Node: the daemon's processes and the command line share their chunks. */
const nodeEntries = {
  server: 'daemon/server/main.ts',
  engine: 'daemon/engine/main.ts',
  // Worker threads, started by their files' URLs.
  sqliteWorker: 'daemon/engine/connections/sqliteWorker.ts',
  languageWorker: 'daemon/server/language/worker.ts',
  catalogThread: 'daemon/server/jobs/catalogs/thread.ts',
  cli: 'daemon/cli/main.ts',
};
const companions = { engine: ['sqliteWorker'], server: ['languageWorker', 'catalogThread'] };
const asked = args.only?.split(',');
const isWanted = (name) =>
  asked === undefined || asked.some((each) => each === name || companions[each]?.includes(name));
const wantedOf = (entries) => Object.fromEntries(Object.entries(entries).filter(([name]) => isWanted(name)));

const bundles = [
  { ...shared, entryPoints: wantedOf(nodeEntries) },
  // The extension host gives `vscode`; what is not needed at activation is imported later, from chunks.
  { ...shared, entryPoints: wantedOf({ extension: 'extension/extension.ts' }), external: ['vscode'] },
  {
    ...shared,
    entryPoints: wantedOf({ webview: 'webview/main.tsx' }),
    platform: 'browser',
    target: 'es2022',
    external: [],
    plugins: [],
    banner: {},
    outExtension: {},
    splitting: false,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { ...shared.define, 'process.env.NODE_ENV': '"production"' },
  },
].filter(({ entryPoints }) => Object.keys(entryPoints).length > 0);

if (isWatch) {
  for (const options of bundles) await (await context(options)).watch();
} else {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const results = [];
  for (const options of bundles) results.push(await build(options));
  if (args.inputs !== undefined) {
    const inputs = new Set(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)));
    writeFileSync(args.inputs, JSON.stringify([...inputs].sort(), null, 2));
  }
  if (isWanted('cli')) chmodSync(join(outdir, 'cli.mjs'), 0o755);
  if (asked === undefined) await writeSchemas();
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
