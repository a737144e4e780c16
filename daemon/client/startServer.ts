import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { makePrivateDir, privateFileMode } from '../platform/privateFiles.ts';
import { daemonEnvironment } from './config.ts';
import { chooseNode } from './runtime.ts';

export interface StartedServer {
  /** Undefined while it runs. A code of 0 this early means that another daemon owns the data directory. */
  readonly exit: () => ServerExit | undefined;
  /** What it printed since this start, its last lines. */
  readonly output: () => string;
  readonly logPath: string;
}

export interface ServerExit {
  readonly isOk: boolean;
  readonly description: string;
}

const maxTailLines = 20;
const maxLogBytes = 1_000_000;

/**
 * Starts a daemon that outlives this process: its own session, no terminal, output to logs/daemon-start.log. Returns at once;
 * throws what the file system throws if the data directory cannot be made.
 */
export function startServer(dataDir: string, serverPath: string): StartedServer {
  const logs = join(dataDir, 'logs');
  makePrivateDir(dataDir);
  makePrivateDir(logs);
  const logPath = join(logs, 'daemon-start.log');
  const { file, offset } = openLog(logPath);
  const { program, isElectron } = chooseNode(serverPath);
  let exit: ServerExit | undefined;
  try {
    const child = spawn(program, [serverPath, '--data-dir', dataDir], {
      detached: true,
      windowsHide: true,
      stdio: ['ignore', file, file],
      // Not the caller's folder: a daemon would keep it from being removed or unmounted.
      cwd: parse(serverPath).root,
      env: daemonEnvironment(isElectron),
    });
    child.on('error', (error) => {
      exit = { isOk: false, description: `${program} could not be started: ${error.message}` };
    });
    child.on('exit', (code, signal) => {
      exit ??= {
        isOk: code === 0,
        description: signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`,
      };
    });
    child.unref();
  } finally {
    closeSync(file);
  }
  return { exit: () => exit, output: () => tail(logPath, offset), logPath };
}

function openLog(path: string): { file: number; offset: number } {
  const file = openSync(path, 'a', privateFileMode);
  const { size } = fstatSync(file);
  if (size < maxLogBytes) return { file, offset: size };
  closeSync(file);
  return { file: openSync(path, 'w', privateFileMode), offset: 0 };
}

function tail(path: string, offset: number): string {
  try {
    const text = readFileSync(path).subarray(offset).toString('utf8').trimEnd();
    return text.split('\n').slice(-maxTailLines).join('\n');
  } catch {
    return '';
  }
}
