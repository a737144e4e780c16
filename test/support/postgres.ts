import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';

export interface TestPostgres {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** A fresh, empty database as a connection of ombudsman.yaml. */
  createDatabase(name: string): Promise<ConnectionDefinition & { type: 'postgres' }>;
  /** Runs SQL as superuser and gives the rows (numbers as text, as `pg` has them). */
  sql(database: string, text: string): Promise<Record<string, unknown>[]>;
}

const isRoot = process.getuid?.() === 0;
const superuser = 'tester';

function findBinaries(): string | null {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const folders = [
    ...versions.sort((a, b) => Number(b) - Number(a)).map((version) => `/usr/lib/postgresql/${version}/bin`),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return (
    folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ??
    null
  );
}

function binaries(): string {
  const found = findBinaries();
  if (found !== null) return found;
  if (isRoot && existsSync('/etc/debian_version')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    // postgresql-common would otherwise start a cluster of its own.
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql-common'], {
      env,
      stdio: 'ignore',
    });
    execFileSync('sed', [
      '-i',
      's/^#\\?create_main_cluster.*/create_main_cluster = false/',
      '/etc/postgresql-common/createcluster.conf',
    ]);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], {
      env,
      stdio: 'ignore',
    });
    const installed = findBinaries();
    if (installed !== null) return installed;
  }
  throw new Error(
    'These tests need PostgreSQL: install the package "postgresql" (Debian, Ubuntu), "postgresql-server" (Fedora) or "postgresql" (Homebrew), so that initdb and postgres are in PATH.',
  );
}

/** initdb and postgres refuse to run as root; then they run as the user "postgres". */
function owner(): { uid?: number; gid?: number } {
  if (!isRoot) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Resolves when the server says that it takes connections; rejects with its output if it ends before. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`postgres did not start:\n${output}`)));
  });
}

async function start(): Promise<{ postgres: TestPostgres; stop: () => Promise<void> }> {
  const bin = binaries();
  const identity = owner();
  const home = mkdtempSync(join(tmpdir(), 'ombudsman-pg-'));
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(home, identity.uid, identity.gid);
  const data = join(home, 'data');
  const init = ['-D', data, '-U', superuser, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(bin, 'initdb'), init, { ...identity, cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: home,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: 60,
    shared_buffers: '64MB',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...args], {
    ...identity,
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // If this process is killed the server must not stay: it is ended with us, whatever the way out.
  const killNow = () => server.kill('SIGQUIT');
  process.once('exit', killNow);
  const stop = async () => {
    process.removeListener('exit', killNow);
    const ended = new Promise((resolve) => server.once('exit', resolve));
    if (server.exitCode === null && server.signalCode === null && server.kill('SIGINT')) await ended;
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await ready(server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { postgres: testPostgres('127.0.0.1', port), stop };
}

function testPostgres(host: string, port: number): TestPostgres {
  const sql: TestPostgres['sql'] = async (database, text) => {
    const client = new pg.Client({ host, port, user: superuser, database });
    await client.connect();
    try {
      const result: unknown = await client.query(text);
      // Several statements give several results: the last one's rows are meant.
      const last = (Array.isArray(result) ? result.at(-1) : result) as { rows: Record<string, unknown>[] };
      return last.rows;
    } finally {
      await client.end();
    }
  };
  return {
    host,
    port,
    user: superuser,
    sql,
    async createDatabase(name) {
      await sql('postgres', `create database "${name}" template template0 encoding 'UTF8'`);
      return { type: 'postgres', host, port, database: name, user: superuser };
    },
  };
}

let running: Promise<{ postgres: TestPostgres; stop: () => Promise<void> }> | undefined;

/** The one private server of this test process, started at first use. */
export async function startPostgres(): Promise<TestPostgres> {
  running ??= start();
  return (await running).postgres;
}

/** Stops the private server and removes its folder: call it in afterAll. */
export async function stopPostgres(): Promise<void> {
  const current = running;
  running = undefined;
  if (current) await (await current).stop();
}
