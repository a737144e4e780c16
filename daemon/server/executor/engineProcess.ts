import { plural } from '../../protocol/countText.ts';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isProcessAlive, isSameProcess, processStart } from '../../platform/process.ts';
import {
  fromEngineSchema,
  type AttemptOutcome,
  type EngineExportRows,
  type EngineRun,
  type EngineReadRows,
  type FromEngine,
  type ResolvedConnection,
  type ToEngine,
} from '../../protocol/engine.ts';
import type { OperationError } from '../../protocol/errors.ts';
import type { AttemptHooks, Engine } from './engine.ts';
import { endMarkedPrograms, endProgram, waitUntil } from './leftovers.ts';

export interface EngineProcessOptions {
  /** The engine's bundle. */
  readonly enginePath: string;
  readonly dataDir: string;
  readonly memoryLimitMb: number;
  readonly threads: number;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /**
   * How long a cancel may take before the process is killed. Longer than the 5 s a `command` has between SIGTERM and SIGKILL, so
   * that one stubborn program does not cost the other attempts their engine.
   */
  readonly cancelGraceMs?: number;
  /** An engine with nothing to do is ended after this time: drivers and native modules hold memory. */
  readonly idleMs?: number;
}

type ProbeResult = Extract<FromEngine, { type: 'probed' }>;
type RowsResult = Extract<FromEngine, { type: 'rows_read' }>;
type ExportResult = Extract<FromEngine, { type: 'rows_exported' }>;
type Answer = ProbeResult | RowsResult | ExportResult;

/** Something asked beside the attempts; settled by its answer or by the engine's end. */
interface Question {
  answer(message: Answer): void;
  giveUp(error: OperationError): void;
}
interface LiveAttempt {
  readonly hooks: AttemptHooks;
  readonly settle: (outcome: AttemptOutcome) => void;
  child?: { pid: number; start: string };
  cancelTimer?: NodeJS.Timeout;
}

/** One engine as a child process: started when first needed, started again after it died. See Engine for the contract of run. */
export class EngineProcess implements Engine {
  readonly #options: EngineProcessOptions;
  readonly #attempts = new Map<string, LiveAttempt>();
  readonly #questions = new Map<string, Question>();
  #child: ChildProcess | null = null;
  #ready: Promise<ChildProcess> | null = null;
  #state: 'idle' | 'starting' | 'ready' | 'stopped' = 'idle';
  #restarts = 0;
  #nextQuestion = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #died: Promise<void> = Promise.resolve();

  constructor(options: EngineProcessOptions) {
    this.#options = options;
  }

  status(): {
    pid: number | null;
    state: 'idle' | 'starting' | 'ready' | 'stopped';
    attempts: number;
    restarts: number;
  } {
    return {
      pid: this.#child?.pid ?? null,
      state: this.#state,
      attempts: this.#attempts.size,
      restarts: this.#restarts,
    };
  }

  async run(request: EngineRun, hooks: AttemptHooks): Promise<AttemptOutcome> {
    if (hooks.signal.aborted) return abortedOutcome(hooks.signal);
    let child: ChildProcess;
    try {
      child = await this.#start();
    } catch (error) {
      return failed(startError(error, this.#logPath));
    }
    if (hooks.signal.aborted) return abortedOutcome(hooks.signal);
    return await new Promise<AttemptOutcome>((resolve) => {
      const id = request.attempt_id;
      const onAbort = (): void => this.#cancel(id, hooks.signal.reason === 'timeout' ? 'timeout' : 'cancel');
      const settle = (outcome: AttemptOutcome): void => {
        const attempt = this.#attempts.get(id);
        if (attempt === undefined) return;
        clearTimeout(attempt.cancelTimer);
        hooks.signal.removeEventListener('abort', onAbort);
        this.#attempts.delete(id);
        this.#armIdle();
        resolve(outcome);
      };
      clearTimeout(this.#idleTimer);
      this.#attempts.set(id, { hooks, settle });
      hooks.signal.addEventListener('abort', onAbort, { once: true });
      this.#send(child, request);
    });
  }

  /** Opens a connection in the engine and asks who answers; for doctor. */
  async probe(connection: ResolvedConnection): Promise<ProbeResult> {
    const id = `probe-${++this.#nextQuestion}`;
    return await this.#ask(id, { type: 'probe', probe_id: id, connection }, (error) => ({
      type: 'probed',
      probe_id: id,
      ok: false,
      error,
    }));
  }

  /** Rows of a differences artifact. Never rejects: what went wrong stands in the answer. */
  async readRows(request: Omit<EngineReadRows, 'type' | 'request_id'>): Promise<RowsResult> {
    const id = `rows-${++this.#nextQuestion}`;
    const failure = (error: OperationError): RowsResult => ({ type: 'rows_read', request_id: id, error });
    try {
      return await this.#ask(id, { type: 'read_rows', request_id: id, ...request }, failure);
    } catch (error) {
      return failure(startError(error, this.#logPath));
    }
  }

  /** Rows of a differences artifact into a CSV file. Never rejects, as readRows. */
  async exportRows(request: Omit<EngineExportRows, 'type' | 'request_id'>): Promise<ExportResult> {
    const id = `export-${++this.#nextQuestion}`;
    const failure = (error: OperationError): ExportResult => ({
      type: 'rows_exported',
      request_id: id,
      error,
    });
    try {
      return await this.#ask(id, { type: 'export_rows', request_id: id, ...request }, failure);
    } catch (error) {
      return failure(startError(error, this.#logPath));
    }
  }

  /** Rejects only if the engine cannot be started. */
  async #ask<R extends Answer>(
    id: string,
    message: ToEngine,
    failure: (error: OperationError) => R,
  ): Promise<R> {
    const child = await this.#start();
    return await new Promise<R>((resolve) => {
      clearTimeout(this.#idleTimer);
      this.#questions.set(id, {
        // The id was given out for this kind of question only.
        answer: (answer) => resolve(answer as R),
        giveUp: (error) => resolve(failure(error)),
      });
      this.#send(child, message);
    });
  }

  /** Ends the process; attempts in flight settle as interrupted. Starts none afterwards. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    clearTimeout(this.#idleTimer);
    const child = this.#child;
    if (child === null) return await this.#died;
    if (child.connected) this.#send(child, { type: 'stop' });
    const killTimer = setTimeout(() => child.kill('SIGKILL'), 2_000);
    await this.#died;
    clearTimeout(killTimer);
  }

  /**
   * Ends the engine that an earlier daemon of this data directory left behind. It ends by itself when its parent is gone, but until it
   * has it may hold locks on database files that the next engine needs.
   */
  async reapPrevious(): Promise<void> {
    const previous = readPidFile(this.#pidPath);
    if (previous === null || previous.start === null || !isSameProcess(previous.pid, previous.start)) return;
    this.#options.log('warn', `ending the engine an earlier daemon left behind (pid ${previous.pid})`);
    try {
      process.kill(previous.pid, 'SIGKILL');
    } catch {
      return; // It ended between the look and the signal.
    }
    await waitUntil(() => !isProcessAlive(previous.pid));
  }

  get #pidPath(): string {
    return join(this.#options.dataDir, 'engine.json');
  }

  get #logPath(): string {
    return join(this.#options.dataDir, 'logs', 'engine.log');
  }

  #start(): Promise<ChildProcess> {
    if (this.#state === 'stopped') return Promise.reject(new Error('the daemon is stopping'));
    this.#ready ??= this.#spawn();
    return this.#ready;
  }

  async #spawn(): Promise<ChildProcess> {
    await this.#died; // The old process, and the programs it left, are gone before a new one starts.
    if (this.#state === 'stopped') throw new Error('the daemon is stopping');
    this.#state = 'starting';
    // Loaded when an engine is first needed: an idle daemon does without it.
    const { fork } = await import('node:child_process');
    mkdirSync(dirname(this.#logPath), { recursive: true });
    const logFd = openSync(this.#logPath, 'a', 0o600);
    let child: ChildProcess;
    try {
      child = fork(this.#options.enginePath, [], {
        stdio: ['ignore', logFd, logFd, 'ipc'],
        windowsHide: true,
      });
    } finally {
      closeSync(logFd);
    }
    this.#child = child;
    let hasAnswered!: () => void;
    let hasFailed!: (error: Error) => void;
    const answered = new Promise<void>((resolve, reject) => {
      hasAnswered = resolve;
      hasFailed = reject;
    });
    this.#died = new Promise<void>((resolve) => {
      const onEnd = (why: string): void => {
        hasFailed(new Error(why));
        void this.#onDeath(child, why).then(resolve);
      };
      child.once('exit', (code, signal) => onEnd(signal === null ? `exit code ${code}` : `signal ${signal}`));
      child.once('error', (error) => {
        if (child.pid === undefined) onEnd(error.message);
      });
    });
    child.on('message', (message) => {
      const parsed = fromEngineSchema.safeParse(message);
      if (!parsed.success)
        this.#options.log('error', `the engine sent a message of an unknown shape: ${parsed.error.message}`);
      else if (parsed.data.type === 'ready') hasAnswered();
      else this.#onMessage(parsed.data);
    });
    if (child.pid !== undefined) writePidFile(this.#pidPath, child.pid);
    this.#send(child, {
      type: 'configure',
      memory_limit_mb: this.#options.memoryLimitMb,
      threads: this.#options.threads,
    });
    await answered;
    this.#state = 'ready';
    this.#options.log('info', `engine started (pid ${child.pid})`);
    return child;
  }

  #onMessage(message: Exclude<FromEngine, { type: 'ready' }>): void {
    if (message.type === 'probed' || message.type === 'rows_read' || message.type === 'rows_exported') {
      const id = message.type === 'probed' ? message.probe_id : message.request_id;
      this.#questions.get(id)?.answer(message);
      this.#questions.delete(id);
      this.#armIdle();
      return;
    }
    const attempt = this.#attempts.get(message.attempt_id);
    if (attempt === undefined) return;
    switch (message.type) {
      case 'progress':
        attempt.hooks.onProgress(message.progress);
        return;
      case 'log':
        attempt.hooks.onLog(message.level, message.message);
        return;
      case 'child':
        attempt.child = { pid: message.pid, start: message.started_ticks };
        attempt.hooks.onChild(message.pid, message.started_ticks);
        return;
      case 'ended':
        attempt.settle(message.outcome);
        return;
    }
  }

  #cancel(attemptId: string, reason: 'cancel' | 'timeout'): void {
    const attempt = this.#attempts.get(attemptId);
    const child = this.#child;
    if (attempt === undefined || child === null) return;
    this.#send(child, { type: 'cancel', attempt_id: attemptId, reason });
    attempt.cancelTimer = setTimeout(() => {
      this.#options.log(
        'error',
        `attempt ${attemptId} did not end within its grace after a ${reason}: the engine is killed`,
      );
      child.kill('SIGKILL');
    }, this.#options.cancelGraceMs ?? 6_500);
  }

  /** Everything in flight is settled, but only after the programs it had started are dead too. */
  async #onDeath(child: ChildProcess, why: string): Promise<void> {
    if (this.#child !== child) return;
    this.#child = null;
    this.#ready = null;
    if (this.#state !== 'stopped') this.#state = 'idle';
    if (this.#attempts.size > 0) {
      this.#restarts++;
      this.#options.log(
        'error',
        `the engine died (${why}) with ${plural(this.#attempts.size, 'attempt')} in flight`,
      );
    }
    rmSync(this.#pidPath, { force: true });
    for (const question of this.#questions.values()) question.giveUp(interruptedError(why));
    this.#questions.clear();
    const attempts = [...this.#attempts.values()];
    await endMarkedPrograms(new Set(this.#attempts.keys()));
    await Promise.all(
      attempts.map(async (attempt) => {
        if (attempt.child !== undefined) await endProgram(attempt.child.pid, attempt.child.start);
        const { signal } = attempt.hooks;
        attempt.settle(signal.aborted ? abortedOutcome(signal) : failed(interruptedError(why)));
      }),
    );
  }

  #armIdle(): void {
    clearTimeout(this.#idleTimer);
    if (this.#attempts.size > 0 || this.#questions.size > 0 || this.#state !== 'ready') return;
    this.#idleTimer = setTimeout(() => {
      const child = this.#child;
      if (child !== null && this.#attempts.size === 0 && this.#questions.size === 0)
        this.#send(child, { type: 'stop' });
    }, this.#options.idleMs ?? 60_000);
    this.#idleTimer.unref();
  }

  #send(child: ChildProcess, message: ToEngine): void {
    // A failed send means the process is going; its exit settles what was in flight.
    if (child.connected) child.send(message, () => undefined);
  }
}

function readPidFile(path: string): { pid: number; start: string | null } | null {
  try {
    const { pid, start } = JSON.parse(readFileSync(path, 'utf8')) as { pid: unknown; start: unknown };
    return typeof pid === 'number' ? { pid, start: typeof start === 'string' ? start : null } : null;
  } catch {
    return null;
  }
}

function writePidFile(path: string, pid: number): void {
  writeFileSync(path, JSON.stringify({ pid, start: processStart(pid) }), { mode: 0o600 });
}

function failed(error: OperationError): AttemptOutcome {
  return { outcome: 'failed', error, artifacts: [] };
}

function abortedOutcome(signal: AbortSignal): AttemptOutcome {
  if (signal.reason !== 'timeout') return { outcome: 'cancelled', artifacts: [] };
  return failed({
    kind: 'timeout',
    code: 'deadline_exceeded',
    message: 'The operation ran longer than its timeout and was ended.',
  });
}

function interruptedError(why: string): OperationError {
  return {
    kind: 'interrupted',
    code: 'engine_died',
    message: `The engine process died (${why}) while this operation ran.`,
    hint: 'Other operations go on in a new engine. If it happens again for this one, look at logs/engine.log in the data directory and at free memory.',
  };
}

function startError(error: unknown, logPath: string): OperationError {
  return {
    kind: 'interrupted',
    code: 'engine_start_failed',
    message: `The engine process could not be started: ${error instanceof Error ? error.message : String(error)}`,
    hint: `See ${logPath}.`,
  };
}
