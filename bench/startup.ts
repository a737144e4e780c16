import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { registrationSchema } from '../daemon/protocol/registration.ts';
import { inFolder, median, printMachine, printTable, ratio, type Bench } from './support/bench.ts';

/** Long enough for the work of the start to be over and its garbage to be gone. */
const settleMs = 3000;

/**
 * Cold start of the bundled daemon, from spawn to the registration and to the first health check answered, beside an empty Node program from spawn to exit, in pairs;
 * then the memory of the idle daemon. "First" starts have an empty data directory, "again" ones the compile cache of the one before.
 */
export const startup: Bench = async ({ rounds = 15 }) => {
  await inFolder(async (folder) => {
    const server = join(buildServer(join(folder, 'dist')), 'server.mjs');
    const again = makeFolder(folder, 'again');
    await startDaemon(server, again).then((daemon) => stop(daemon.child));
    const empties: number[] = [];
    const first = { listens: [] as number[], answers: [] as number[] };
    const later = { listens: [] as number[], answers: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      empties.push(await emptyProgramMs());
      await timeStart(server, makeFolder(folder, `first-${round}`), first);
      await timeStart(server, again, later);
    }
    console.log(`\nCold start, medians of ${rounds} pairs`);
    await printMachine();
    const empty = median(empties);
    const row = (name: string, ms: number): string[] => [name, `${ms.toFixed(0)} ms`, ratio(ms / empty)];
    printTable(
      ['', 'time', 'of an empty program'],
      [
        row('node -e 0', empty),
        row('daemon listens, first start of a data directory', median(first.listens)),
        row('  and answers its first request', median(first.answers)),
        row('daemon listens, later starts', median(later.listens)),
        row('  and answers its first request', median(later.answers)),
      ],
    );
    await printMemory(server, again);
  });
};

function makeFolder(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

function buildServer(outdir: string): string {
  const root = join(import.meta.dirname, '..');
  const args = ['esbuild.mjs', '--only', 'server,engine', '--outdir', outdir];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('the server could not be built');
  return outdir;
}

async function emptyProgramMs(): Promise<number> {
  const start = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - start;
}

interface Started {
  readonly child: ChildProcess;
  /** Until its registration tells the port. */
  readonly listensMs: number;
  /** Until the first request has its answer: it waits while jobs and store are loaded. */
  readonly answersMs: number;
}

async function timeStart(
  server: string,
  dataDir: string,
  into: { listens: number[]; answers: number[] },
): Promise<void> {
  const { child, listensMs, answersMs } = await startDaemon(server, dataDir);
  await stop(child);
  into.listens.push(listensMs);
  into.answers.push(answersMs);
}

/** Resolves once the daemon has written its registration, which it does when it listens, and has answered a health check. */
async function startDaemon(server: string, dataDir: string): Promise<Started> {
  const path = join(dataDir, 'daemon.json');
  const watcher = watch(dataDir);
  const start = performance.now();
  const child = spawn(process.execPath, [server, '--data-dir', dataDir], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error(`the daemon ended with ${child.exitCode}`);
  });
  exited.catch(() => undefined);
  while (!existsSync(path)) await Promise.race([once(watcher, 'change'), exited]);
  const listensMs = performance.now() - start;
  const { port } = registrationSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const answer = await fetch(`http://127.0.0.1:${port}/health`);
  const answersMs = performance.now() - start;
  if (!answer.ok) throw new Error(`the health check answered ${answer.status}`);
  watcher.close();
  return { child, listensMs, answersMs };
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function printMemory(server: string, dataDir: string): Promise<void> {
  const { child } = await startDaemon(server, dataDir);
  await delay(settleMs);
  const daemon = residentMiB(child.pid);
  await stop(child);
  const idle = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1e6)'], { stdio: 'ignore' });
  await delay(settleMs);
  const empty = residentMiB(idle.pid);
  await stop(idle);
  console.log(`\nIdle memory, ${settleMs / 1000} s after the start`);
  const row = (name: string, mib: number): string[] => [name, `${mib.toFixed(1)} MiB`, ratio(mib / empty)];
  printTable(['', 'resident', 'of an empty program'], [row('empty program', empty), row('daemon', daemon)]);
}

/** Resident memory as the system tells it (ps: Linux and macOS). */
function residentMiB(pid: number | undefined): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(stdout.trim()) / 1024;
}
