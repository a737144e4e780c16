// What npm start and npm test have in common. Plain Node from 20 on, no dependencies: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isWindows = process.platform === 'win32';

/** Ends with a plain sentence if this Node is too old to run even the set-up. */
export function requireNode() {
  const [major] = process.versions.node.split('.').map(Number);
  if (major >= 20) return;
  console.error(`Node ${process.versions.node} is too old: install Node 20 or newer (22 or 24 are best).`);
  process.exit(1);
}

/** The Node that came with npm ci (24), or this one. Tests and comparisons need node:sqlite and type stripping. */
export function packagedNode() {
  const binary = join(root, 'node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node');
  return existsSync(binary) ? binary : process.execPath;
}

/** The environment of children: node_modules/.bin first, so that `node` is the packaged one. */
export function childEnvironment(more = {}) {
  const bin = join(root, 'node_modules', '.bin');
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [name]: `${bin}${delimiter}${process.env[name] ?? ''}`, ...more };
}

/** Runs a program to its end with this terminal. Returns its exit code; a signal or a program that is not there is 1. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    env: childEnvironment(options.environment),
    ...options.spawn,
  });
  if (result.error) console.error(`${program}: ${result.error.message}`);
  return result.status ?? 1;
}

/** Runs a program and returns what it wrote to stdout; throws if its exit code is not among `expected`. */
export function read(program, args, options = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: childEnvironment(),
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
    ...options.spawn,
  });
  const expected = options.expected ?? [0];
  if (result.error) throw result.error;
  if (!expected.includes(result.status)) {
    throw new Error(`${args.join(' ')} ended with ${result.status ?? result.signal}\n${result.stdout}`);
  }
  return result.stdout;
}

/** True if every package of the lock file is there in its version; times of files say nothing after a checkout. */
function isInstalled() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || found[path]?.version === version,
  );
}

/** npm ci, unless what the lock file asks for is there. Returns false if it failed. */
export function install() {
  if (isInstalled()) return true;
  console.log('Installing packages (npm ci) …');
  const npm = process.env.npm_execpath;
  // The npm that started this script is the one to go on with; on Windows npm is a .cmd file that only a shell can start.
  const status =
    npm !== undefined && /\.c?js$/.test(npm)
      ? run(process.execPath, [npm, 'ci', '--no-audit', '--no-fund'])
      : run('npm', ['ci', '--no-audit', '--no-fund'], { spawn: { shell: isWindows } });
  return status === 0;
}

/** Bundles into dist/. Returns false if it failed. */
export function build() {
  return run(packagedNode(), ['esbuild.mjs']) === 0;
}
