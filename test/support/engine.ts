import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fromEngineSchema,
  type EngineWork,
  type FromEngine,
  type ToEngine,
} from '../../daemon/protocol/engine.ts';

type Ended = Extract<FromEngine, { type: 'ended' }>;

export interface TestEngine {
  readonly child: ChildProcess;
  readonly folder: string;
  /** Everything it has sent, in order. */
  readonly messages: FromEngine[];
  send(message: ToEngine | Record<string, unknown>): void;
  run(attemptId: string, work: EngineWork): void;
  /** Resolves with the first message, past or future, that fits. */
  until<T extends FromEngine['type']>(
    type: T,
    fits?: (message: Extract<FromEngine, { type: T }>) => boolean,
  ): Promise<Extract<FromEngine, { type: T }>>;
  ended(attemptId: string): Promise<Ended['outcome']>;
  stop(): Promise<void>;
}

/** Folders of engines that a test killed instead of stopping them. */
const folders = new Set<string>();
process.once('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A real engine process from the sources, configured and ready. */
export async function startEngine(): Promise<TestEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'ombudsman-engine-'));
  folders.add(folder);
  const child = fork(join(import.meta.dirname, '../../daemon/engine/main.ts'), [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: [],
  });
  const messages: FromEngine[] = [];
  const arrivals = new EventEmitter();
  arrivals.setMaxListeners(0);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('message', (raw) => {
    messages.push(fromEngineSchema.parse(raw));
    arrivals.emit('message');
  });
  const until: TestEngine['until'] = async (type, fits = () => true) => {
    for (;;) {
      const found = messages.find((message) => message.type === type && fits(message as never));
      if (found) return found as never;
      await new Promise<void>((resolve, reject) => {
        arrivals.once('message', resolve);
        void exited.then(() => reject(new Error(`the engine ended while "${type}" was waited for`)));
      });
    }
  };
  const engine: TestEngine = {
    child,
    folder,
    messages,
    send: (message) => child.send(message),
    run: (attemptId, work) => {
      mkdirSync(join(folder, 'scratch'), { recursive: true });
      child.send({
        type: 'run',
        attempt_id: attemptId,
        job_id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
        operation_id: 'op-0001',
        work,
        artifact_dir: join(folder, 'artifacts', attemptId),
        scratch_dir: join(folder, 'scratch', attemptId),
      } satisfies ToEngine);
    },
    until,
    ended: async (attemptId) => (await until('ended', (message) => message.attempt_id === attemptId)).outcome,
    stop: async () => {
      if (child.connected) child.send({ type: 'stop' } satisfies ToEngine);
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  engine.send({ type: 'configure', memory_limit_mb: 256, threads: 2 });
  await until('ready');
  return engine;
}
