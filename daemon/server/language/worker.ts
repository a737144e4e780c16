/** Worker thread of the daemon: the language servers of all its clients, so that no file however odd holds the daemon's own loop. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { nodeReader } from '../../platform/nodeReader.ts';
import type { MethodResult } from '../../protocol/methods.ts';
import type { LanguageHost } from './host.ts';
import { createLanguageServer } from './server.ts';
import { createTextConnection } from './textConnection.ts';
import type { FromWorker, QuestionMethod, Questions, ToWorker } from './workerProtocol.ts';

/** Asks the daemon over the worker's own port. */
class WorkerHost implements LanguageHost {
  readonly #send: (message: FromWorker) => void;
  readonly #waiting = new Map<number, (result: MethodResult<QuestionMethod> | null) => void>();
  readonly #listeners = new Set<(projectDir: string) => void>();
  #nextId = 0;

  constructor(send: (message: FromWorker) => void) {
    this.#send = send;
  }

  results(projectDir: string): Promise<MethodResult<'projects/results'> | null> {
    return this.#ask('projects/results', { project: projectDir });
  }

  catalog(projectDir: string, connection: string): Promise<MethodResult<'projects/catalog'> | null> {
    return this.#ask('projects/catalog', { project: projectDir, connection });
  }

  async projects(): Promise<MethodResult<'projects/list'>['projects'] | null> {
    return (await this.#ask('projects/list', {}))?.projects ?? null;
  }

  onDidChange(listener: (projectDir: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  answered(id: number, result: MethodResult<QuestionMethod> | null): void {
    this.#waiting.get(id)?.(result);
    this.#waiting.delete(id);
  }

  changed(projectDir: string): void {
    for (const listener of this.#listeners) listener(projectDir);
  }

  #ask<M extends QuestionMethod>(method: M, input: Questions[M]): Promise<MethodResult<M> | null> {
    this.#nextId += 1;
    const id = this.#nextId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve as (result: MethodResult<QuestionMethod> | null) => void);
      this.#send({ type: 'ask', id, method, input });
    });
  }
}

function serveClient(port: MessagePort, host: LanguageHost): void {
  const channel = {
    send: (text: string) => port.postMessage(text),
    onMessage: (listener: (text: string) => void) => {
      port.on('message', (text: string) => listener(text));
    },
  };
  const connection = createTextConnection(channel, () => port.close());
  const server = createLanguageServer(connection, host, { disk: nodeReader });
  port.on('close', () => {
    server.end();
    connection.dispose();
  });
}

if (parentPort === null) throw new Error('this file is the start of a worker thread');
const daemon = parentPort;
const send = (message: FromWorker): void => daemon.postMessage(message);
const host = new WorkerHost(send);
// A fault in one request of one client must not end the servers of all.
process.on('uncaughtException', (error) => send({ type: 'log', message: error.stack ?? error.message }));
process.on('unhandledRejection', (error) => send({ type: 'log', message: String(error) }));
daemon.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'client':
      serveClient(message.port, host);
      return;
    case 'answer':
      host.answered(message.id, message.result);
      return;
    case 'changed':
      host.changed(message.project_dir);
  }
});
