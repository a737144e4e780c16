import type { AttemptOutcome, EngineRun } from '../../protocol/engine.ts';
import type { OperationProgress } from '../../protocol/entities.ts';

/** What an attempt tells while it runs. */
export interface AttemptHooks {
  readonly signal: AbortSignal;
  onProgress(progress: OperationProgress): void;
  onLog(level: 'info' | 'warn' | 'error', message: string): void;
  /** Resolves once the pid is durable: the program may go on only then. */
  onChild(pid: number, start: string): void;
}

/**
 * All the executor knows of an engine. `run` settles only when the work is dead on every side; aborting the signal asks it to
 * end (the reason is 'cancel' or 'timeout'). It never rejects: a crash is a failed outcome of kind `interrupted`.
 */
export interface Engine {
  run(request: EngineRun, hooks: AttemptHooks): Promise<AttemptOutcome>;
}
