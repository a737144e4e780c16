import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import {
  attemptOutcomeSchema,
  type AttemptOutcome,
  type EngineRun,
  type FromEngine,
} from '../protocol/engine.ts';
import type { OperationProgress } from '../protocol/entities.ts';
import { ArtifactWriter } from './artifacts.ts';
import { closeAll } from './connections/resources.ts';
import { toOperationError } from './errors.ts';
import type { OperationContext } from './operations/operation.ts';
import { runOperation } from './operations/registry.ts';

const progressIntervalMs = 100;

type CancelReason = 'cancel' | 'timeout';

interface LiveAttempt {
  readonly controller: AbortController;
  /** An error nobody waited for, thrown by this attempt's work. */
  stray: unknown;
  ended: Promise<void>;
}

/** The attempts that run in this process. Each ends with exactly one `ended`, sent when its work is dead. */
export class Attempts {
  readonly #send: (message: FromEngine) => void;
  readonly #live = new Map<string, LiveAttempt>();
  readonly #current = new AsyncLocalStorage<LiveAttempt>();

  constructor(send: (message: FromEngine) => void) {
    this.#send = send;
  }

  run(request: EngineRun): void {
    const live: LiveAttempt = {
      controller: new AbortController(),
      stray: undefined,
      ended: Promise.resolve(),
    };
    this.#live.set(request.attempt_id, live);
    live.ended = this.#current.run(live, () => this.#run(request, live));
  }

  cancel(attemptId: string, reason: CancelReason): void {
    this.#live.get(attemptId)?.controller.abort(reason);
  }

  /** Cancels everything; resolves when nothing runs any more. */
  async cancelAll(): Promise<void> {
    const all = [...this.#live.values()];
    for (const { controller } of all) controller.abort('cancel');
    await Promise.all(all.map(({ ended }) => ended));
  }

  /**
   * An error that escaped every handler. If it can be laid at an attempt's door that attempt fails with it, and the others go on.
   * Returns false if it belongs to none.
   */
  fail(error: unknown): boolean {
    const live = this.#current.getStore();
    if (!live) return false;
    live.stray ??= error;
    live.controller.abort('cancel');
    return true;
  }

  async #run(request: EngineRun, live: LiveAttempt): Promise<void> {
    const artifacts = new ArtifactWriter(request.artifact_dir);
    const progress = new ProgressSender(request.attempt_id, this.#send);
    let outcome: AttemptOutcome;
    try {
      if (hasScratch(request)) mkdirSync(request.scratch_dir, { recursive: true, mode: 0o700 });
      outcome = await this.#outcome(request, live, artifacts, progress);
    } catch (error) {
      outcome = { outcome: 'failed', error: toOperationError(error), artifacts: artifacts.list() };
    }
    await this.#cleanUp(request);
    progress.flush();
    this.#live.delete(request.attempt_id);
    this.#send({ type: 'ended', attempt_id: request.attempt_id, outcome: checked(outcome) });
  }

  async #outcome(
    request: EngineRun,
    live: LiveAttempt,
    artifacts: ArtifactWriter,
    progress: ProgressSender,
  ): Promise<AttemptOutcome> {
    const { signal } = live.controller;
    const context: OperationContext = {
      signal,
      progress: (next) => progress.set(next),
      log: (level, message) => this.#log(request.attempt_id, level, message),
      child: (pid, start) =>
        this.#send({ type: 'child', attempt_id: request.attempt_id, pid, started_ticks: start }),
      artifactDir: request.artifact_dir,
      scratchDir: request.scratch_dir,
      artifacts,
    };
    try {
      const { result, error } = await runOperation(request.work, context);
      if (error === undefined && live.stray === undefined)
        return { outcome: 'completed', result, artifacts: artifacts.list() };
      if (error !== undefined && !signal.aborted)
        return { outcome: 'failed', error: toOperationError(error), result, artifacts: artifacts.list() };
    } catch (error) {
      if (!signal.aborted)
        return { outcome: 'failed', error: toOperationError(error), artifacts: artifacts.list() };
    }
    return abortedOutcome(live, artifacts);
  }

  /** What the work left open is closed and its scratch folder removed before `ended` is said. */
  async #cleanUp(request: EngineRun): Promise<void> {
    try {
      const left = await closeAll(request.scratch_dir);
      if (left > 0)
        this.#log(request.attempt_id, 'warn', `${left} open connections were closed after the work`);
      if (hasScratch(request)) await rm(request.scratch_dir, { recursive: true, force: true });
    } catch (error) {
      this.#log(request.attempt_id, 'error', `cleaning up: ${toOperationError(error).message}`);
    }
  }

  #log(attemptId: string, level: 'info' | 'warn' | 'error', message: string): void {
    this.#send({ type: 'log', attempt_id: attemptId, level, message });
  }
}

/** A noop is there to measure the way to the engine and back, not the file system. */
function hasScratch(request: EngineRun): boolean {
  return request.work.type !== 'noop';
}

function abortedOutcome(live: LiveAttempt, artifacts: ArtifactWriter): AttemptOutcome {
  if (live.stray !== undefined)
    return { outcome: 'failed', error: toOperationError(live.stray), artifacts: artifacts.list() };
  if (live.controller.signal.reason !== 'timeout')
    return { outcome: 'cancelled', artifacts: artifacts.list() };
  return {
    outcome: 'failed',
    error: {
      kind: 'timeout',
      code: 'deadline_exceeded',
      message: 'The operation ran longer than its timeout and was ended.',
    },
    artifacts: artifacts.list(),
  };
}

/** The server drops messages it does not understand, and would wait for ever for this one: a bad result becomes a failure. */
function checked(outcome: AttemptOutcome): AttemptOutcome {
  const parsed = attemptOutcomeSchema.safeParse(outcome);
  if (parsed.success) return outcome;
  return {
    outcome: 'failed',
    error: {
      kind: 'internal',
      code: 'bad_result',
      message: `the result has a wrong shape: ${parsed.error.message}`,
    },
    artifacts: outcome.artifacts,
  };
}

/** The latest progress, at most ten times a second. */
class ProgressSender {
  readonly #attemptId: string;
  readonly #send: (message: FromEngine) => void;
  #next: OperationProgress | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(attemptId: string, send: (message: FromEngine) => void) {
    this.#attemptId = attemptId;
    this.#send = send;
  }

  set(progress: OperationProgress): void {
    this.#next = progress;
    if (this.#timer) return;
    this.#sendNext();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#next) this.set(this.#next);
    }, progressIntervalMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#sendNext();
  }

  #sendNext(): void {
    if (this.#next) this.#send({ type: 'progress', attempt_id: this.#attemptId, progress: this.#next });
    this.#next = null;
  }
}
