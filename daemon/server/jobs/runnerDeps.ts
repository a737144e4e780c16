import type { AttemptOutcome, EngineRun } from '../../protocol/engine.ts';
import type { PlannedOperation } from '../../protocol/plan.ts';
import type { Engine } from '../executor/engine.ts';
import type { Gate } from '../executor/gates.ts';
import type { Scheduler } from '../executor/scheduler.ts';
import type { LiveJob } from './liveJob.ts';

/** What a JobRunner needs of the rest of the daemon. */
export interface RunnerDeps {
  readonly scheduler: Scheduler;
  readonly engine: Engine;
  /** The gate of a connection, shared by all jobs; undefined if its project sets no limit. */
  connectionGate(job: LiveJob, projectDir: string, name: string): Gate | undefined;
  /** Engine work with secrets filled in. Throws OperationFailure for what makes the attempt fail before it starts. */
  prepare(job: LiveJob, operation: PlannedOperation, attempt: number): Promise<EngineRun>;
  /** Artifact paths relative to the data directory, texts without secrets. */
  cleanOutcome(outcome: AttemptOutcome): AttemptOutcome;
  log(job: LiveJob, level: 'info' | 'warn' | 'error', message: string, index?: number): void;
  readonly random: () => number;
  /** Every operation has ended and job_ended is durable. */
  onEnded(job: LiveJob): void;
}
