/** The built product as a user has it: its bundle, run as a process, and its sockets. No code of ours in between. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';

export const repositoryRoot = join(import.meta.dirname, '..', '..');

/** The bundle that this test run was built for (see build.ts). */
export function cliPath(): string {
  return join(inject('distDir'), 'cli.mjs');
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly result: Promise<CliResult>;
  /** Resolves once stdout and stderr together match; rejects if the program ends first. */
  waitFor(pattern: RegExp): Promise<void>;
}

/** A project in a temporary folder with a data directory, and so a daemon, of its own. */
export interface Workspace {
  readonly dir: string;
  readonly dataDir: string;
  write(path: string, text: string): string;
  start(args: readonly string[], environment?: Record<string, string>): RunningCli;
  cli(args: readonly string[], environment?: Record<string, string>): Promise<CliResult>;
  /** Runs the cli and parses its stdout, which must be exactly one JSON document. */
  json<T = unknown>(args: readonly string[]): Promise<{ code: number | null; document: T; stderr: string }>;
  registration(): { pid: number; port: number; token: string };
  /** A request to REST with the daemon's token; the daemon must run. */
  rest<T = unknown>(verb: string, path: string, body?: unknown): Promise<{ status: number; body: T }>;
  dispose(): Promise<void>;
}

/** Without what makes a developer's terminal special, so that the same is printed everywhere. */
function cleanEnvironment(dataDir: string, more: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !['NO_COLOR', 'FORCE_COLOR', 'NODE_OPTIONS', 'CI'].includes(name) && !name.startsWith('VITEST'),
  );
  return { ...Object.fromEntries(kept), BATCH_JOBS_DIR: dataDir, ...more };
}

function startCli(args: readonly string[], cwd: string, environment: NodeJS.ProcessEnv): RunningCli {
  const child = spawn(process.execPath, [cliPath(), ...args], {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const watchers = new Set<() => void>();
  const collect = (into: Buffer[]) => (chunk: Buffer) => {
    into.push(chunk);
    for (const watcher of watchers) watcher();
  };
  child.stdout.on('data', collect(out));
  child.stderr.on('data', collect(err));
  const text = (parts: Buffer[]) => Buffer.concat(parts).toString('utf8');
  const result = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: text(out), stderr: text(err) }));
  });
  const waitFor = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(text(out) + text(err))) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
      void result.then(
        (ended) => reject(new Error(`ended without ${pattern}: ${JSON.stringify(ended)}`)),
        reject,
      );
    });
  return { child, result, waitFor };
}

/** Makes a workspace from files by path. `dispose` stops its daemon and removes it. */
export function createWorkspace(files: Readonly<Record<string, string>> = {}): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'ombudsman-contract-')));
  const dir = join(root, 'project');
  const dataDir = join(root, 'state');
  mkdirSync(dir);
  const write = (path: string, text: string) => {
    const full = join(dir, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const start = (args: readonly string[], environment: Record<string, string> = {}) =>
    startCli(args, dir, cleanEnvironment(dataDir, environment));
  const cli = (args: readonly string[], environment?: Record<string, string>) =>
    start(args, environment).result;
  const registration = () =>
    JSON.parse(readFileSync(join(dataDir, 'daemon.json'), 'utf8')) as {
      pid: number;
      port: number;
      token: string;
    };
  return {
    dir,
    dataDir,
    write,
    start,
    cli,
    async json<T>(args: readonly string[]) {
      const { code, stdout, stderr } = await cli([...args, '--format', 'json']);
      return { code, document: JSON.parse(stdout) as T, stderr };
    },
    registration,
    async rest<T>(verb: string, path: string, body?: unknown) {
      const { port, token } = registration();
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: verb,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as T };
    },
    async dispose() {
      await cli(['daemon', 'stop', '--now']);
      rmSync(root, { recursive: true, force: true });
    },
  };
}
