import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { MethodResult } from '../../protocol/methods.ts';
import type { FromWorker, QuestionMethod, Questions, ToWorker } from './workerProtocol.ts';

export interface LanguageHubOptions {
  /** Answers what the language server wants to know; a rejection is "nothing known". */
  readonly ask: <M extends QuestionMethod>(method: M, input: Questions[M]) => Promise<MethodResult<M>>;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** Default: the one beside this code. */
  readonly workerUrl?: URL;
}

/** Where a client's messages go. */
export interface LanguageClientSink {
  send(text: string): void;
  /** The language server has ended for this client; called once, unless the client went first. */
  close(reason: string): void;
}

export interface LanguageClient {
  receive(text: string): void;
  /** The client is gone. */
  closed(): void;
}

/** Beside this file in the sources; in the bundle this module may lie in a folder of chunks. */
function defaultWorkerUrl(): URL {
  if (import.meta.url.endsWith('.ts')) return new URL('./worker.ts', import.meta.url);
  const isChunk = /\/chunks\/[^/]+$/.test(import.meta.url);
  return new URL(isChunk ? '../languageWorker.mjs' : './languageWorker.mjs', import.meta.url);
}

/** Far above what a workspace of ten thousand files needs; a file that takes more ends the worker and not the daemon. */
const maxWorkerMemoryMb = 1_024;

/**
 * Language servers for all clients, in one worker thread that lives as long as there is a client. When it dies, its clients are
 * closed with the reason; the next one gets a new worker.
 */
export class LanguageHub {
  readonly #options: LanguageHubOptions;
  readonly #clients = new Map<MessagePort, LanguageClientSink>();
  /** Project folders the worker has asked about. */
  readonly #asked = new Set<string>();
  #worker: Worker | undefined;

  constructor(options: LanguageHubOptions) {
    this.#options = options;
  }

  connect(sink: LanguageClientSink): LanguageClient {
    const worker = (this.#worker ??= this.#start());
    const { port1: port, port2 } = new MessageChannel();
    this.#clients.set(port, sink);
    port.on('message', (text: string) => sink.send(text));
    port.on('close', () => this.#remove(port, 'the language server ended the connection'));
    worker.postMessage({ type: 'client', port: port2 } satisfies ToWorker, [port2]);
    return {
      receive: (text) => port.postMessage(text),
      closed: () => {
        this.#remove(port, null);
        port.close();
      },
    };
  }

  /** A job ended, or was deleted: what was told about last results may be old. */
  jobsChanged(): void {
    for (const project_dir of this.#asked) this.#send({ type: 'changed', project_dir });
  }

  #start(): Worker {
    const url = this.#options.workerUrl ?? defaultWorkerUrl();
    const worker = new Worker(url, { resourceLimits: { maxOldGenerationSizeMb: maxWorkerMemoryMb } });
    worker.on('message', (message: FromWorker) => this.#received(worker, message));
    worker.on('error', (error: Error) => {
      this.#options.log('error', `the language server failed: ${error.stack ?? error.message}`);
      this.#ended(worker, `the language server failed: ${error.message}`);
    });
    worker.on('exit', (code) => this.#ended(worker, `the language server ended with code ${code}`));
    // It is the clients' sockets that keep the daemon going.
    worker.unref();
    this.#options.log('info', 'language server started');
    return worker;
  }

  #received(worker: Worker, message: FromWorker): void {
    if (message.type === 'log') this.#options.log('error', `language server: ${message.message}`);
    else void this.#answer(worker, message.id, message.method, message.input);
  }

  async #answer(
    worker: Worker,
    id: number,
    method: QuestionMethod,
    input: Questions[QuestionMethod],
  ): Promise<void> {
    if ('project' in input) this.#asked.add(input.project);
    const result = await this.#options.ask(method, input).catch(() => null);
    // A worker that came after it counts its questions from one again: to that, this would answer another question.
    worker.postMessage({ type: 'answer', id, result } satisfies ToWorker);
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #remove(port: MessagePort, reason: string | null): void {
    const sink = this.#clients.get(port);
    if (sink === undefined) return;
    this.#clients.delete(port);
    if (reason !== null) sink.close(reason);
    if (this.#clients.size > 0) return;
    const worker = this.#worker;
    this.#worker = undefined;
    this.#asked.clear();
    void worker
      ?.terminate()
      .then(() => this.#options.log('info', 'language server ended: no client is left'));
  }

  #ended(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#asked.clear();
    for (const [port, sink] of this.#clients) {
      this.#clients.delete(port);
      port.close();
      sink.close(reason);
    }
  }
}
