import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface PrivateRedis {
  readonly port: number;
  /** SIGKILL, as a crash. */
  kill(): void;
  /** Starts again over the same files and resolves when they are read. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Somebody else may take the port between this look and the start; redis-server then says so and the bench ends. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A redis-server of our own that syncs its append-only file at every write, as the journal does. */
export async function startRedis(folder: string): Promise<PrivateRedis> {
  const port = await freePort();
  let server = await launch(port, folder);
  return {
    port,
    kill: () => void server.kill('SIGKILL'),
    restart: async () => {
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      server = await launch(port, folder);
    },
    stop: async () => {
      if (server.exitCode !== null || server.signalCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    },
  };
}

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new Error(
              'redis-server is not there: install the package "redis-server" (Debian, Ubuntu) or "redis"',
            )
          : error,
      ),
    );
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
    if (server.stdout === null) return;
    createInterface({ input: server.stdout }).on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve();
    });
  });
  return server;
}
