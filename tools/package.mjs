// npm run package [-- --target linux-x64] [--out FILE]: a VSIX for one platform, with the native database it needs and nothing else,
// and beside it its bill of materials (CycloneDX).
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeBill } from './sbom.mjs';
import { install, packagedNode, requireNode, root, run } from './setup.mjs';
import { packagesOf, thirdPartyLicences } from './thirdParty.mjs';

/** What VS Code calls a platform, and what DuckDB calls its binding for it. */
const bindings = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'alpine-x64': 'linux-x64-musl',
  'alpine-arm64': 'linux-arm64-musl',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
  'win32-x64': 'win32-x64',
  'win32-arm64': 'win32-arm64',
};
/** Left outside of the bundles: it loads its native part from where it lies. */
const unbundled = '@duckdb/node-api';
const copied = ['CHANGELOG.md', 'LICENSE', '.vscodeignore', 'extension/media'];

const folderOf = (name, base = root) => join(base, 'node_modules', ...name.split('/'));
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** The unbundled package and what it needs, by name, with the native binding of one platform only. */
function runtimePackages(target) {
  const binding = `@duckdb/node-bindings-${bindings[target]}`;
  const names = new Set();
  const add = (name) => {
    if (names.has(name)) return;
    names.add(name);
    for (const needed of Object.keys(manifestOf(folderOf(name)).dependencies ?? {})) add(needed);
  };
  add(unbundled);
  if (!existsSync(folderOf(binding))) {
    const version = manifestOf(folderOf('@duckdb/node-bindings')).optionalDependencies[binding];
    throw new Error(
      `${binding} is not installed, so there can be no package for ${target}. Install it with: npm install --no-save --force ${binding}@${version}`,
    );
  }
  add(binding);
  return [...names];
}

/**
 * Pictures and links that point into the repository lead nowhere from a package. Pictures and mere signposts go (an item of a
 * list that begins with a link, one in brackets); of other links the text stays.
 */
export function readmeForPackage(text) {
  const local = String.raw`\((?!https?:|mailto:|#)[^)]*\)`;
  const image = new RegExp(String.raw`!\[[^\]]*\]${local}`, 'g');
  const signposts = new RegExp(String.raw`^- \[[^\]]+\]${local}.*(\n {2,}.*)*\n?`, 'gm');
  const inBrackets = new RegExp(String.raw`\s*\(\[[^\]]+\]${local}\)`, 'g');
  const link = new RegExp(String.raw`\[([^\]]+)\]${local}`, 'g');
  // What is left of a table of pictures is its lines.
  const isEmpty = (block) => /^[\s|-]*$/.test(block);
  const isHeading = (block) => /^#+ .*$/.test(block);
  const blocks = text
    .split(/\n{2,}/)
    .map((block) =>
      block.replace(image, '').replace(signposts, '').replace(inBrackets, '').replace(link, '$1'),
    )
    .filter((block) => !isEmpty(block));
  const hasText = (block, index) => !isHeading(block) || !isHeading(blocks[index + 1] ?? '# end');
  return `${blocks.filter(hasText).join('\n\n').trimEnd()}\n`;
}

/** The manifest without what only a checkout can use. */
function manifestForPackage() {
  const manifest = manifestOf(root);
  for (const key of ['scripts', 'devDependencies', 'allowScripts', 'private']) delete manifest[key];
  manifest.dependencies = { [unbundled]: manifestOf(folderOf(unbundled)).version };
  return manifest;
}

/** Lays out what a package holds, and returns what of it is of others. Throws if it cannot. */
function stage(folder, target) {
  const runtime = runtimePackages(target);
  const inputsFile = join(folder, 'inputs.json');
  const args = ['esbuild.mjs', '--outdir', join(folder, 'dist'), '--no-source-maps', '--inputs', inputsFile];
  if (run(packagedNode(), args) !== 0) throw new Error('The build failed; see above.');
  const inputs = JSON.parse(readFileSync(inputsFile, 'utf8'));
  rmSync(inputsFile);
  for (const name of runtime) {
    cpSync(folderOf(name), folderOf(name, folder), { recursive: true, dereference: true });
  }
  const packages = packagesOf(root, [
    ...inputs,
    ...runtime.map((name) => `node_modules/${name}/package.json`),
  ]);
  writeFileSync(join(folder, 'dist', 'THIRD_PARTY_LICENSES.txt'), thirdPartyLicences(packages));
  for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'README.md'), readmeForPackage(readFileSync(join(root, 'README.md'), 'utf8')));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestForPackage(), null, 2)}\n`);
  return packages;
}

/** Where the bill of materials of a package is written. */
export const billPathOf = (packagePath) => packagePath.replace(/(\.vsix)?$/, '.cdx.json');

/** Makes the package of a platform and its bill of materials; returns the path of the VSIX. */
export async function makePackage({ target = `${process.platform}-${process.arch}`, out } = {}) {
  if (bindings[target] === undefined) {
    throw new Error(`No package can be made for ${target}; there are: ${Object.keys(bindings).join(', ')}.`);
  }
  const { name, version } = manifestOf(root);
  const packagePath = resolve(out ?? join(root, `${name}-${target}-${version}.vsix`));
  mkdirSync(dirname(packagePath), { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'ombudsman-package-'));
  try {
    const packages = stage(folder, target);
    writeFileSync(billPathOf(packagePath), makeBill(manifestOf(root), packages));
    const { createVSIX } = createRequire(import.meta.url)('@vscode/vsce');
    await createVSIX({
      cwd: folder,
      target,
      packagePath,
      dependencies: true,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return packagePath;
}

async function main() {
  requireNode();
  const { values } = parseArgs({ options: { target: { type: 'string' }, out: { type: 'string' } } });
  if (!install()) throw new Error('The packages could not be installed; see above.');
  const path = await makePackage(values);
  console.log(`Bill of materials: ${relative(process.cwd(), billPathOf(path))}`);
  console.log(`Install it with: code --install-extension ${relative(process.cwd(), path)}`);
}

if (process.argv[1] === import.meta.filename) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
