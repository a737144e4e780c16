import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The npm package that carries VS Code's server and web workbench; 4.139.1 is VS Code 1.139.1. */
const codeServerVersion = '4.139.1';
const cacheDir = join(resolve(import.meta.dirname, '../..'), '.vscode-test');
const installTimeoutMs = 8 * 60_000;

/**
 * The folder of a VS Code server, installed once into `.vscode-test`. Without install scripts: they compile native modules for
 * minutes, and what these bring (terminal, log files, the trust store of the system) no test needs.
 */
export async function installVsCode(): Promise<string> {
  const home = join(cacheDir, `code-server-${codeServerVersion}`);
  const server = join('node_modules', 'code-server', 'lib', 'vscode');
  if (existsSync(home)) return join(home, server);
  mkdirSync(cacheDir, { recursive: true });
  // Beside the final place, which only a whole installation ever gets: a run that is killed, or two at once, break nothing.
  const building = mkdtempSync(join(cacheDir, 'installing-'));
  try {
    writeFileSync(join(building, 'package.json'), '{ "private": true }\n');
    await npmInstall(building, `code-server@${codeServerVersion}`);
    await npmInstall(join(building, server), '--omit=dev');
    moveUnlessThere(building, home);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return join(home, server);
}

async function npmInstall(folder: string, ...args: string[]): Promise<void> {
  const all = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...args];
  // On Windows npm is a .cmd file, which only a shell can start.
  const shell = process.platform === 'win32';
  await promisify(execFile)('npm', all, { cwd: folder, shell, timeout: installTimeoutMs });
}

function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // Another run was faster.
    if (!existsSync(to)) throw error;
  }
}
