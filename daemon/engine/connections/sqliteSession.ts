import { Worker } from 'node:worker_threads';
import type { ErrorKind } from '../../protocol/errors.ts';
import { abortedError, EngineError, throwIfAborted, toEngineError } from '../errors.ts';
import type { SqliteReply, SqliteRequest, SqliteStart } from './sqliteProtocol.ts';

/** Beside this file in the sources; in the bundle this module may lie in a folder of chunks. */
function workerUrl(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./sqliteWorker.ts', import.meta.url);
  const isChunk = /\/chunks\/[^/]+$/.test(import.meta.url);
  return new URL(isChunk ? '../sqliteWorker.mjs' : './sqliteWorker.mjs', import.meta.url);
}

function assertSupported(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 16)) return;
  throw new EngineError(
    'definition',
    'node_too_old',
    `SQLite connections need Node.js 22.16 or later; this is ${process.versions.node}`,
    {
      hint: 'Start the daemon with a newer Node.js.',
    },
  );
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onRows?(rows: number): void;
}

/**
 * One SQLite database in a worker thread. An aborted signal stops a statement between two rows. One that gives no rows for long
 * (an aggregate) cannot be stopped inside SQLite; then `close` waits for it, and the server ends the engine if that is too long.
 */
export class SqliteSession {
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  readonly #cancelled: Int32Array;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting: Waiting | null = null;
  #ended: Error | null = null;
  #closing: Promise<void> | undefined;
  readonly #onAbort = () => {
    Atomics.store(this.#cancelled, 0, 1);
  };

  constructor(path: string, signal: AbortSignal, readOnly: boolean) {
    assertSupported();
    throwIfAborted(signal);
    this.#signal = signal;
    const cancelled = new SharedArrayBuffer(4);
    this.#cancelled = new Int32Array(cancelled);
    const start: SqliteStart = { path, readOnly, cancelled };
    this.#worker = new Worker(workerUrl(), { workerData: start });
    this.#worker.on('message', (reply: SqliteReply) => this.#onReply(reply));
    this.#worker.on('error', (error) => this.#onEnd(toEngineError(error, path)));
    this.#worker.on('exit', () =>
      this.#onEnd(new EngineError('internal', 'session_closed', `${path}: the session is closed`)),
    );
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  #onReply(reply: SqliteReply): void {
    if (reply.type === 'rows') {
      this.#waiting?.onRows?.(reply.rows);
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = null;
    if (reply.type === 'result') waiting?.resolve(reply.value);
    else
      waiting?.reject(
        new EngineError((reply.kind ?? 'internal') as ErrorKind, reply.code ?? 'unexpected', reply.message, {
          hint: reply.hint,
        }),
      );
  }

  #onEnd(error: Error): void {
    this.#ended ??= error;
    this.#waiting?.reject(this.#ended);
    this.#waiting = null;
  }

  /** Sends one request and waits for its answer; requests queue. */
  request(request: SqliteRequest, onRows?: (rows: number) => void): Promise<unknown> {
    const next = this.#queue.then(async () => {
      if (request.type !== 'close') throwIfAborted(this.#signal);
      if (this.#ended) throw this.#ended;
      try {
        return await new Promise<unknown>((resolve, reject) => {
          this.#waiting = { resolve, reject, onRows };
          this.#worker.postMessage(request);
        });
      } catch (error) {
        throw this.#signal.aborted ? abortedError(this.#signal) : error;
      }
    });
    this.#queue = next.catch(() => undefined);
    return next;
  }

  /** Waits for what runs, closes the database and ends the thread. May be called twice. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.request({ type: 'close' }).catch(() => undefined);
    this.#signal.removeEventListener('abort', this.#onAbort);
    await this.#worker.terminate();
  }
}
