/**
 * The engine: a child process of the server that speaks protocol/engine.ts over Node's IPC. It knows attempts, not jobs, and
 * keeps nothing: when it dies, the server loses the attempts in flight and no more.
 */
import './config.ts';
import { toEngineSchema, type FromEngine, type ToEngine } from '../protocol/engine.ts';
import { Attempts } from './attempts.ts';
import { configureDuckdb } from './connections/duckdbLimits.ts';

const stopGraceMs = 8_000;

function send(message: FromEngine): void {
  // Without a channel the server is gone, and `disconnect` ends this process.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function complain(message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${message}\n`);
}

const attempts = new Attempts(send);
function handle(message: ToEngine): void {
  switch (message.type) {
    case 'configure':
      configureDuckdb(message);
      send({ type: 'ready', pid: process.pid });
      return;
    case 'run':
      attempts.run(message);
      return;
    case 'cancel':
      attempts.cancel(message.attempt_id, message.reason);
      return;
    case 'probe':
      void import('./probe.ts').then(({ probe }) => probe(message.probe_id, message.connection)).then(send);
      return;
    case 'read_rows':
      void import('./readRows.ts').then(({ readRows }) => readRows(message)).then(send);
      return;
    case 'export_rows':
      void import('./exportRows.ts').then(({ exportRows }) => exportRows(message)).then(send);
      return;
    case 'stop':
      void stop();
      return;
  }
}

/** A `run` that cannot be understood is answered all the same: the server waits for its end. */
function refuse(raw: unknown, message: string): void {
  complain(`a message of an unknown shape was dropped: ${message}`);
  const { type, attempt_id: attemptId } = raw as { type?: unknown; attempt_id?: unknown };
  if (type !== 'run' || typeof attemptId !== 'string') return;
  const error = {
    kind: 'internal' as const,
    code: 'bad_message',
    message: `the engine does not understand its order: ${message}`,
  };
  send({ type: 'ended', attempt_id: attemptId, outcome: { outcome: 'failed', error, artifacts: [] } });
}

let stopping = false;

/** Cancels everything and exits; exits all the same if something does not end. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), stopGraceMs).unref();
  await attempts.cancelAll();
  process.exit(0);
}

process.on('message', (raw) => {
  const parsed = toEngineSchema.safeParse(raw);
  if (parsed.success) handle(parsed.data);
  else refuse(raw, parsed.error.message);
});
process.on('disconnect', () => void stop());
// The server decides about our end, also when a person presses Ctrl-C in the terminal that both share.
process.on('SIGINT', () => undefined);
// A full disk does not take what is complained about; that is no reason to end.
process.stderr.on('error', () => undefined);
process.on('unhandledRejection', (error) => {
  complain(`unhandled rejection: ${error instanceof Error ? error.stack : String(error)}`);
  attempts.fail(error);
});
process.on('uncaughtException', (error) => {
  complain(`uncaught exception: ${error.stack}`);
  // Nobody's error leaves a state nobody knows: better a new process.
  if (!attempts.fail(error)) process.exit(1);
});
