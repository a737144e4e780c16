import type { EngineWork } from '../../protocol/engine.ts';
import type { OperationProgress } from '../../protocol/entities.ts';
import type { OperationResult } from '../../protocol/results.ts';
import type { ArtifactWriter } from '../artifacts.ts';
import type { EngineError } from '../errors.ts';

/** What an operation gets of its attempt. Also serves as the context of openConnection and workspace. */
export interface OperationContext {
  /** Aborts with the reason 'cancel' or 'timeout'. The runner settles only when its work is dead on every side. */
  readonly signal: AbortSignal;
  /** May be called as often as wanted; at most ten a second go out. */
  progress(progress: OperationProgress): void;
  log(level: 'info' | 'warn' | 'error', message: string): void;
  /** A program was started: its pid and start (platform/process.ts), remembered durably by the server. */
  child(pid: number, start: string): void;
  readonly artifactDir: string;
  /** For temporary files; made for the attempt and removed after it. */
  readonly scratchDir: string;
  readonly artifacts: ArtifactWriter;
}

/** `error` beside a result: the work was done and its outcome is a failure (checks_failed, an exit code). */
export interface AttemptResult {
  readonly result: OperationResult;
  readonly error?: EngineError;
}

/** Does one kind of work. Throws (any error; EngineError says its kind) when there is no result to show. */
export type OperationRunner<W extends EngineWork = EngineWork> = (
  work: W,
  context: OperationContext,
) => Promise<AttemptResult>;
