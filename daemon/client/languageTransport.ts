/** How an editor reaches the language server: the daemon's `/lsp`, or a child of its own. Either way one text is one message of LSP. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { parse } from 'node:path';
import WebSocket from 'ws';
import { ApiError, rpcErrors, type RpcErrorData, type RpcErrorKind } from '../protocol/errors.ts';
import type { Registration } from '../protocol/registration.ts';
import { daemonEnvironment } from './config.ts';
import { DaemonUnreachableError } from './errors.ts';
import { HeaderReader, withHeader } from './messageHeaders.ts';
import { chooseNode } from './runtime.ts';

export interface LanguageTransport {
  /** Sends one JSON-RPC message. What is sent after the end is dropped: `onClose` tells of it. */
  send(text: string): void;
  /** Messages that came before the first listener are given to it. Returns how to take it back. */
  onMessage(listener: (text: string) => void): () => void;
  /** Called once when the transport has ended, whoever ended it; at once if it already has. Returns how to take it back. */
  onClose(listener: (reason: string) => void): () => void;
  close(): void;
}

const handshakeTimeoutMs = 10_000;
/** A 5,000-line file is half a megabyte; an edit of a whole workspace may be many of them. */
const maxMessageBytes = 64 * 1_048_576;

/**
 * Opens LSP to the daemon of a registration. Rejects with ApiError (it said no) or DaemonUnreachableError (nothing there, or no
 * answer in time), or the signal's reason.
 */
export async function openLanguageSocket(
  registration: Registration,
  signal?: AbortSignal,
): Promise<LanguageTransport> {
  signal?.throwIfAborted();
  const socket = new WebSocket(`ws://127.0.0.1:${registration.port}/lsp`, {
    headers: { authorization: `Bearer ${registration.token}` },
    handshakeTimeout: handshakeTimeoutMs,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });
  const channel = new Channel();
  socket.on('message', (data) => channel.received((data as Buffer).toString('utf8')));
  socket.on('close', (code, reason) => channel.ended(reason.toString() || `code ${code}`));
  const abort = () => socket.terminate();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.on('error', (error) => reject(unreachable(registration, error)));
      socket.once('unexpected-response', (_request, response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          socket.terminate();
          reject(refusal(Buffer.concat(parts).toString('utf8')) ?? unreachable(registration));
        });
      });
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  return channel.transport({
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
  });
}

function unreachable({ pid, port }: Registration, cause?: Error): DaemonUnreachableError {
  const why = cause === undefined ? '' : `: ${cause.message}`;
  return new DaemonUnreachableError(
    `The daemon with pid ${pid} at 127.0.0.1:${port} does not take /lsp${why}.`,
    { cause },
  );
}

/** The daemon refuses an upgrade with its usual error document. */
function refusal(body: string): ApiError | null {
  try {
    const { error } = JSON.parse(body) as {
      error?: { kind?: string; message?: string; data?: RpcErrorData };
    };
    if (error?.kind === undefined || !(error.kind in rpcErrors)) return null;
    const { kind: _kind, ...data } = error.data ?? { kind: '' };
    return new ApiError(error.kind as RpcErrorKind, error.message ?? 'refused', data);
  } catch {
    return null;
  }
}

export interface SpawnLanguageServerOptions {
  /** The bundled cli.mjs. */
  readonly cliPath: string;
  /** True: it never looks for a daemon (Restricted Mode). */
  readonly noDaemon: boolean;
  readonly dataDir?: string;
  /** Lines of its stderr. */
  readonly onLog?: (line: string) => void;
}

/** Starts `ombudsman lsp --stdio` as a child that ends with this process. */
export function spawnLanguageServer(options: SpawnLanguageServerOptions): LanguageTransport {
  const { cliPath, noDaemon, dataDir, onLog } = options;
  const { program, isElectron } = chooseNode(cliPath);
  const where = dataDir === undefined ? [] : ['--data-dir', dataDir];
  const args = [cliPath, ...where, 'lsp', '--stdio', ...(noDaemon ? ['--no-daemon'] : [])];
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    cwd: parse(cliPath).root,
    env: daemonEnvironment(isElectron),
  });
  return childTransport(child, program, onLog);
}

function childTransport(
  child: ChildProcessWithoutNullStreams,
  program: string,
  onLog: ((line: string) => void) | undefined,
): LanguageTransport {
  const channel = new Channel();
  const reader = new HeaderReader(
    (text) => channel.received(text),
    (what) => onLog?.(`the language server wrote what is no message: ${what}`),
  );
  child.stdout.on('data', (bytes: Buffer) => reader.read(bytes));
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLog?.(line);
  });
  // Writing to a child that has just ended: its exit tells.
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => channel.ended(`${program} could not be started: ${error.message}`));
  child.on('exit', (code, signal) =>
    channel.ended(
      signal === null
        ? `the language server ended with code ${code}`
        : `the language server was ended by ${signal}`,
    ),
  );
  return channel.transport({
    send: (text) => {
      if (child.stdin.writable) child.stdin.write(withHeader(text));
    },
    // It ends when its input does; a child that does not is ended.
    close: () => {
      child.stdin.end();
      const impatience = setTimeout(() => child.kill(), 2_000);
      child.once('exit', () => clearTimeout(impatience));
      impatience.unref();
    },
  });
}

/** Listeners, and what came before there was one. */
class Channel {
  readonly #listeners = new Set<(text: string) => void>();
  readonly #closeListeners = new Set<(reason: string) => void>();
  #early: string[] = [];
  #endedBecause: string | undefined;

  received(text: string): void {
    if (this.#listeners.size === 0) this.#early.push(text);
    for (const listener of this.#listeners) listener(text);
  }

  ended(reason: string): void {
    if (this.#endedBecause !== undefined) return;
    this.#endedBecause = reason;
    for (const listener of this.#closeListeners) listener(reason);
    this.#closeListeners.clear();
  }

  transport(sink: Pick<LanguageTransport, 'send' | 'close'>): LanguageTransport {
    return {
      ...sink,
      onMessage: (listener) => {
        this.#listeners.add(listener);
        const early = this.#early;
        this.#early = [];
        for (const text of early) listener(text);
        return () => this.#listeners.delete(listener);
      },
      onClose: (listener) => {
        const reason = this.#endedBecause;
        if (reason !== undefined) queueMicrotask(() => listener(reason));
        else this.#closeListeners.add(listener);
        return () => this.#closeListeners.delete(listener);
      },
    };
  }
}
