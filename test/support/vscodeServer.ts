import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface VsCodeServer {
  readonly port: number;
  /** What it wrote so far. */
  output(): string;
  /** Ends it with its extension hosts, and waits until it is gone. */
  stop(): Promise<void>;
}

export interface VsCodeServerOptions {
  /** From installVsCode. */
  readonly vscodeDir: string;
  readonly serverDataDir: string;
  readonly extensionsDir: string;
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * True: the address of a window may name an extension to develop and the tests to run in it. Such windows show no notices.
   */
  readonly hasTestDriver?: boolean;
}

const startTimeoutMs = 120_000;
const stopTimeoutMs = 10_000;

function programArgs({ vscodeDir, serverDataDir, extensionsDir }: VsCodeServerOptions): string[] {
  return [
    join(vscodeDir, 'out', 'server-main.js'),
    '--accept-server-license-terms',
    ...['--server-data-dir', serverDataDir],
    ...['--extensions-dir', extensionsDir],
  ];
}

/** Without what the test runner sets for itself, which an extension host would take for its own settings. */
function environmentOf({ environment }: VsCodeServerOptions): NodeJS.ProcessEnv {
  const foreign = /^(VITEST|NODE_OPTIONS$|NODE_ENV$|NODE_V8_COVERAGE$|VSCODE_|ELECTRON_)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept), ...environment };
}

/** Starts a VS Code server on a port that the system chooses; resolves once it listens. */
export async function startVsCodeServer(options: VsCodeServerOptions): Promise<VsCodeServer> {
  const args = [
    ...programArgs(options),
    ...['--host', '127.0.0.1', '--port', '0'],
    '--without-connection-token',
    ...(options.hasTestDriver === true ? ['--enable-smoke-test-driver'] : []),
    ...['--telemetry-level', 'off'],
  ];
  const isGroup = process.platform !== 'win32';
  const child = spawn(process.execPath, args, {
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: isGroup,
  });
  const chunks: Buffer[] = [];
  const output = (): string => Buffer.concat(chunks).toString('utf8');
  try {
    const port = await listeningPort(child, chunks, output);
    return { port, output, stop: () => stop(child, isGroup) };
  } catch (error) {
    await stop(child, isGroup);
    throw error;
  }
}

async function listeningPort(child: ChildProcess, chunks: Buffer[], output: () => string): Promise<number> {
  const signal = AbortSignal.timeout(startTimeoutMs);
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      chunks.push(chunk);
      const [, port] = /agent listening on (\d+)/.exec(output()) ?? [];
      if (port !== undefined) resolve(Number(port));
    };
    const fail = (why: string): void => reject(new Error(`VS Code's server ${why}:\n${output()}`));
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('error', reject);
    child.once('exit', (code, by) => fail(`ended with ${code ?? by}`));
    signal.addEventListener('abort', () => fail('does not listen'));
  });
}

async function stop(child: ChildProcess, isGroup: boolean): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const end = (signal: NodeJS.Signals): void => {
    try {
      // Its extension hosts stand in its group. A daemon that they started does not: it has a group of its own.
      process.kill(isGroup ? -child.pid! : child.pid!, signal);
    } catch {
      // It went by itself in between.
    }
  };
  end('SIGTERM');
  const timer = setTimeout(() => end('SIGKILL'), stopTimeoutMs);
  await gone;
  clearTimeout(timer);
  // An extension host that still writes its last words would hold the folders that are removed next.
  if (isGroup) end('SIGKILL');
}

/** Runs VS Code's command line for extensions, `--install-extension` for one, to its end. */
export async function runVsCodeCli(
  options: VsCodeServerOptions,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [...programArgs(options), ...args], {
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}
