import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { ConnectionDefinition } from '../../daemon/protocol/files/connections.ts';

export interface TestMariadb {
  readonly host: string;
  readonly port: number;
  /** May do everything; without a password. */
  readonly user: string;
  /** A fresh, empty database as a connection of ombudsman.yaml. */
  createDatabase(name: string): Promise<ConnectionDefinition & { type: 'mysql' }>;
  /** Runs statements as superuser, with the server's own sql_mode, and gives the rows of the last one (numbers as text). */
  sql(database: string, text: string): Promise<Record<string, unknown>[]>;
}

const isRoot = process.getuid?.() === 0;
const superuser = 'tester';

function program(...names: string[]): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const name of names)
    for (const folder of folders) if (existsSync(join(folder, name))) return join(folder, name);
  throw new Error(
    'These tests need MariaDB: install the packages "mariadb-server" and "openssl" (Debian, Ubuntu, Fedora) or "mariadb" (Homebrew), so that mariadbd, mariadb-install-db and openssl are in PATH.',
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** A certificate that nobody vouches for, so that the server can encrypt. */
function selfSigned(folder: string): { cert: string; key: string } {
  const [cert, key] = [join(folder, 'server.crt'), join(folder, 'server.key')];
  const subject = ['-subj', '/CN=ombudsman.test', '-days', '2'];
  execFileSync(
    program('openssl'),
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, '-keyout', key, '-out', cert],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return { cert, key };
}

const sslCapability = 0x0800;

/** A door to the same server that hides, in its greeting, that it can encrypt. */
export async function withoutTls({ host, port }: TestMariadb): Promise<{ port: number; close(): void }> {
  const door = createServer((client) => {
    const server = connect(port, host);
    server.once('data', (greeting: Buffer) => {
      // Packet header 4 bytes, protocol version, server version up to a zero, thread id 4, salt 8, a zero, capabilities.
      const at = greeting.indexOf(0, 5) + 1 + 4 + 8 + 1;
      greeting.writeUInt16LE(greeting.readUInt16LE(at) & ~sslCapability, at);
      client.write(greeting);
      server.pipe(client);
      client.pipe(server);
    });
    for (const socket of [client, server])
      socket.on('error', () => [client, server].forEach((each) => each.destroy()));
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  return { port: (door.address() as { port: number }).port, close: () => door.close() };
}

/** Resolves when the server says that it takes connections; rejects with its output if it ends before. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (/ready for connections/.test(output)) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`mariadbd did not start:\n${output}`)));
  });
}

async function start(): Promise<{ mariadb: TestMariadb; stop: () => Promise<void> }> {
  const install = program('mariadb-install-db', 'mysql_install_db');
  const daemon = program('mariadbd', 'mysqld');
  const home = mkdtempSync(join(tmpdir(), 'ombudsman-mariadb-'));
  const data = join(home, 'data');
  // As root it wants to be told that this is meant.
  const common = ['--no-defaults', `--datadir=${data}`, ...(isRoot ? ['--user=root'] : [])];
  execFileSync(install, [...common, '--auth-root-authentication-method=normal', '--skip-test-db'], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const certificate = selfSigned(home);
  const port = await freePort();
  const settings = {
    port,
    'bind-address': '127.0.0.1',
    socket: join(home, 'server.sock'),
    'pid-file': join(home, 'server.pid'),
    'innodb-flush-log-at-trx-commit': 0,
    'innodb-doublewrite': 0,
    'innodb-buffer-pool-size': '64M',
    'max-connections': 60,
    'max-allowed-packet': '256M',
    'character-set-server': 'utf8mb4',
    'local-infile': 1,
    'ssl-cert': certificate.cert,
    'ssl-key': certificate.key,
  };
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  const server = spawn(daemon, [...common, ...args], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  // If this process is killed the server must not stay: it is ended with us, whatever the way out.
  const killNow = () => server.kill('SIGKILL');
  process.once('exit', killNow);
  const stop = async () => {
    process.removeListener('exit', killNow);
    const ended = new Promise((resolve) => server.once('exit', resolve));
    if (server.exitCode === null && server.signalCode === null && server.kill('SIGTERM')) await ended;
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await ready(server);
    const root = await createConnection({
      socketPath: settings.socket,
      user: 'root',
      multipleStatements: true,
    });
    await root.query(
      `create user ${superuser}@'127.0.0.1'; grant all on *.* to ${superuser}@'127.0.0.1' with grant option`,
    );
    await root.end();
  } catch (error) {
    await stop();
    throw error;
  }
  return { mariadb: testMariadb('127.0.0.1', port), stop };
}

function testMariadb(host: string, port: number): TestMariadb {
  const sql: TestMariadb['sql'] = async (database, text) => {
    const client = await createConnection({
      host,
      port,
      user: superuser,
      database,
      charset: 'utf8mb4',
      timezone: 'Z',
      multipleStatements: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
    });
    try {
      await client.query("set time_zone = '+00:00'");
      const [result] = await client.query(text);
      // Several statements give several results: the last one's rows are meant.
      const last: unknown = Array.isArray(result) && Array.isArray(result.at(-1)) ? result.at(-1) : result;
      return last as Record<string, unknown>[];
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
      await sql('mysql', `create database \`${name}\` character set utf8mb4`);
      return { type: 'mysql', host, port, database: name, user: superuser };
    },
  };
}

let running: Promise<{ mariadb: TestMariadb; stop: () => Promise<void> }> | undefined;

/** The one private server of this test process, started at first use. */
export async function startMariadb(): Promise<TestMariadb> {
  running ??= start();
  return (await running).mariadb;
}

/** Stops the private server and removes its folder: call it in afterAll. */
export async function stopMariadb(): Promise<void> {
  const current = running;
  running = undefined;
  if (current) await (await current).stop();
}
