import { Worker } from 'node:worker_threads';
import { ApiError } from '../../../protocol/errors.ts';
import type { CatalogQuestion, CatalogQuestions, FromCatalogThread } from './threadProtocol.ts';

/** Beside this file in the sources; in the bundle this module may lie in a folder of chunks. */
function workerUrl(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./thread.ts', import.meta.url);
  const isChunk = /\/chunks\/[^/]+$/.test(import.meta.url);
  return new URL(isChunk ? '../catalogThread.mjs' : './catalogThread.mjs', import.meta.url);
}

/** For two catalogs of the largest size that is read, each some times larger in memory than in its file. */
const maxMemoryMb = 2_048;
/** How long the catalogs of the last questions are kept for the next one. */
const defaultIdleMs = 60_000;

interface Waiting {
  readonly resolve: (answer: CatalogQuestions[CatalogQuestion]['answer']) => void;
  readonly reject: (error: Error) => void;
}

/** Asks the thread that reads whole catalogs. It starts with the first question, and ends when nobody has asked for a while. */
export class CatalogThread {
  readonly #idleMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(idleMs = defaultIdleMs) {
    this.#idleMs = idleMs;
  }

  get isRunning(): boolean {
    return this.#worker !== undefined;
  }

  ask<Q extends CatalogQuestion>(
    question: Q,
    input: CatalogQuestions[Q]['input'],
  ): Promise<CatalogQuestions[Q]['answer']> {
    clearTimeout(this.#timer);
    const worker = (this.#worker ??= this.#start());
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<CatalogQuestions[Q]['answer']>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve, reject });
      worker.postMessage({ id, question, input });
    });
  }

  /** Ends the thread; what was asked and not answered is rejected. */
  async end(): Promise<void> {
    const worker = this.#worker;
    this.#ended(worker, new ApiError('shutting_down', 'the daemon is ending'));
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(workerUrl(), { resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb } });
    worker.on('message', (message: FromCatalogThread) => this.#received(message));
    worker.on('error', (error: NodeJS.ErrnoException) => this.#ended(worker, failureOf(error)));
    worker.on('exit', (code) =>
      this.#ended(worker, new Error(`the thread that reads catalogs ended with code ${code}`)),
    );
    // It is the clients that keep the daemon going.
    worker.unref();
    return worker;
  }

  #received(message: FromCatalogThread): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (this.#waiting.size === 0) this.#endSoon();
    if (message.ok) waiting?.resolve(message.answer);
    else if (message.kind === undefined) waiting?.reject(new Error(message.message));
    else {
      const { kind, message: text, hint } = message;
      waiting?.reject(new ApiError(kind, text, hint === undefined ? {} : { hint }));
    }
  }

  #endSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.end(), this.#idleMs);
    this.#timer.unref();
  }

  #ended(worker: Worker | undefined, error: Error): void {
    if (worker === undefined || this.#worker !== worker) return;
    clearTimeout(this.#timer);
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}

function failureOf(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new ApiError('too_large', 'The catalogs need more memory than the daemon gives them.', {
    hint: 'Extract the schemas you work with only.',
  });
}
