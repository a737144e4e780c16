import { plural } from '../../protocol/countText.ts';
import type { AttemptOutcome } from '../../protocol/engine.ts';
import { isJobEnded, type Waiting } from '../../protocol/entities.ts';
import type { OperationError } from '../../protocol/errors.ts';
import type { PlannedOperation } from '../../protocol/plan.ts';
import type { AttemptHooks } from '../executor/engine.ts';
import { Gate, type Holder } from '../executor/gates.ts';
import type { ReadyTask, SchedulableJob } from '../executor/scheduler.ts';
import type { OperationState } from '../storage/schemas.ts';
import type { LiveJob, RecordDraft } from './liveJob.ts';
import { OperationBoard, signatureOf } from './operationBoard.ts';
import { errorOf, namingLimit } from './operationFailure.ts';
import { RetryDecisions } from './retryDecisions.ts';
import { RetryTimers } from './retryTimers.ts';
import { rowsOf } from './rows.ts';
import type { RunnerDeps } from './runnerDeps.ts';
import { endStatus } from './stateMachine.ts';
import { waitingReason } from './waitingReason.ts';

type OperationEnd = Extract<RecordDraft, { type: 'op_ended' }>;

/** setTimeout fires at once when asked for more than this. */
const longestTimerMs = 2_147_483_647;

/** Runs one job: starts attempts the scheduler chose, and turns their outcomes into records. */
export class JobRunner implements SchedulableJob {
  readonly job: LiveJob;
  readonly gate: Gate;
  /** Operations that came to an end, other than skipped, in this daemon's life: what the history learns at the job's end. */
  readonly endedHere = new Set<number>();
  readonly #deps: RunnerDeps;
  readonly #board: OperationBoard;
  readonly #aborts = new Map<number, AbortController>();
  readonly #timers = new RetryTimers();
  readonly #retries: RetryDecisions;
  #isPaused = false;
  #isStarted = false;
  #isCancelling = false;
  #isStopped = false;
  #isEnding = false;
  #isRetrying = false;
  #isDetached = false;

  constructor(job: LiveJob, deps: RunnerDeps) {
    this.job = job;
    this.#deps = deps;
    this.#retries = new RetryDecisions(deps.random);
    this.gate = new Gate('job', job.plan.job_name, job.plan.parallel_execution ? job.plan.max_parallel : 1);
    const gates = new Map<string, readonly Gate[]>();
    this.#board = new OperationBoard(job.plan.operations, (operation) => {
      const signature = signatureOf(operation);
      const known = gates.get(signature);
      if (known !== undefined) return known;
      const found = operation.connections
        .map(([dir, name]) => deps.connectionGate(job, dir, name))
        .filter((gate) => gate !== undefined);
      gates.set(signature, found);
      return found;
    });
  }

  get job_id(): string {
    return this.job.id;
  }

  get priority(): number {
    return this.job.plan.priority;
  }

  get hasReady(): boolean {
    return this.#board.readyCount > 0 && !this.#isPaused && !this.#isDetached;
  }

  get isCancelling(): boolean {
    return this.#isCancelling;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The end of the job is on its way to disk: nothing can be asked of it any more but to wait for it. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  get activeCount(): number {
    return this.#aborts.size;
  }

  get waitingCount(): number {
    return this.#board.remaining - this.#aborts.size;
  }

  isAborting(index: number): boolean {
    return this.#aborts.get(index)?.signal.aborted === true;
  }

  /**
   * Takes the job up: at its creation, or after a restart. Operations found `running` belong to a daemon that is gone; their work is dead
   * by now (the caller has seen to it) and they run again, unless a person had asked to cancel.
   */
  begin(): void {
    const { operations } = this.job.frame;
    this.#load();
    operations.forEach((operation, index) => {
      if (operation.status === 'running') this.#interrupted(index);
      else if (operation.retry_at !== undefined) this.#wakeAt(index, Date.parse(operation.retry_at));
    });
    if (this.#isCancelling) this.#endWaiting('cancelled');
    else if (this.#isStopped)
      this.#endWaiting('skipped', 'stop_on_error: an operation of this job had failed');
    else this.#release();
    this.#deps.scheduler.add(this);
    if (this.#board.remaining === 0) this.#endJob();
  }

  /** Takes over an ended job; `retry` then gives it work. */
  beginEnded(): void {
    this.#load();
  }

  /** Not in the constructor: the journal is replayed between the two. */
  #load(): void {
    const { state, operations } = this.job.frame;
    this.#isPaused = state.status === 'paused';
    this.#isStarted = state.status !== 'pending';
    this.#isCancelling = state.cancel_requested === true;
    this.#isStopped = state.stopped === true;
    this.#board.load(operations.map(({ status }) => status));
  }

  peek(): ReadyTask | null {
    const next = this.#board.peek();
    if (next === null || (!this.job.plan.parallel_execution && !this.#isNextInOrder(next.index))) return null;
    return { index: next.index, holder: this.holder(next.index), gates: next.gates };
  }

  start(task: ReadyTask, release: () => Promise<void>): void {
    const { index } = task;
    this.#board.activate(index);
    const abort = new AbortController();
    this.#aborts.set(index, abort);
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.job.commit({ type: 'job_started' });
      this.#say('job started');
    }
    const attempt = (this.job.frame.operations[index] as OperationState).attempts.length + 1;
    this.job.commit(
      { type: 'op_started', op: index, attempt },
      () => void this.#attempt(index, attempt, abort, release),
    );
  }

  /** Starts nothing more; what runs goes on to its end. Rejects, with nothing changed, if the disk refuses. */
  async pause(): Promise<void> {
    const drafts: RecordDraft[] = this.#isStarted ? [] : [{ type: 'job_started' }];
    const wasStarted = this.#isStarted;
    this.#isStarted = this.#isPaused = true;
    try {
      await this.job.request([...drafts, { type: 'job_paused' }]);
    } catch (error) {
      this.#isStarted = wasStarted;
      this.#isPaused = false;
      this.#deps.scheduler.pump();
      throw error;
    }
    this.#say('job paused: what runs goes on to its end');
  }

  async resume(): Promise<void> {
    await this.job.request([{ type: 'job_resumed' }]);
    this.#say('job resumed');
    this.#isPaused = false;
    this.#deps.scheduler.pump();
  }

  /** Acknowledged once durable; operations become `cancelled` one by one as their work is confirmed dead. */
  async cancel(): Promise<void> {
    await this.job.request([{ type: 'job_cancel_requested' }]);
    this.#say('a person asked to cancel the job');
    this.#isCancelling = true;
    for (const abort of this.#aborts.values()) abort.abort('cancel');
    this.#endWaiting('cancelled');
  }

  /** Puts ended operations back to pending and runs them. The caller has chosen them: none completed, all of this job. */
  async retry(indexes: readonly number[]): Promise<void> {
    this.#isRetrying = true;
    try {
      await this.job.request([{ type: 'job_retried', ops: [...indexes] }]);
    } finally {
      this.#isRetrying = false;
      // The last running operation may have ended meanwhile; if the disk refused the retry, the job has ended too.
      queueMicrotask(() => this.#endJob());
    }
    this.#say(`retry of ${plural(indexes.length, 'operation')}`);
    this.#isCancelling = this.#isStopped = false;
    for (const index of indexes) this.#retries.forget(index);
    this.#board.reopen(indexes);
    this.#release();
    this.#deps.scheduler.add(this);
  }

  /** The daemon stops: nothing new starts, timers end, outcomes are not recorded; the next start takes up what is on disk. */
  detach(): void {
    this.#isDetached = true;
    this.#timers.clear();
  }

  holder(index: number): Holder {
    const { operation_id, name } = this.job.plan.operations[index] as PlannedOperation;
    return { job_id: this.job.id, operation_id, name };
  }

  /** See waitingReason.ts. */
  waiting(index: number): Waiting | undefined {
    return waitingReason(index, {
      job: this.job,
      board: this.#board,
      jobGate: this.gate,
      daemonGate: this.#deps.scheduler.daemonGate,
      isPaused: this.#isPaused,
      isNextInOrder: (candidate) => this.#isNextInOrder(candidate),
      holder: (other) => this.holder(other),
    });
  }

  /** Sequential mode: an operation that waits for its retry, or for a connection, holds back all that come after it. */
  #isNextInOrder(index: number): boolean {
    return !this.#board.hasBackoff && this.#board.firstReady() === index;
  }

  async #attempt(
    index: number,
    attempt: number,
    abort: AbortController,
    release: () => Promise<void>,
  ): Promise<void> {
    const operation = this.job.plan.operations[index] as PlannedOperation;
    const hooks: AttemptHooks = {
      signal: abort.signal,
      onProgress: (progress) => this.job.setProgress(index, progress),
      onLog: (level, message) => this.#deps.log(this.job, level, message, index),
      onChild: (pid, start) => this.job.commit({ type: 'op_child', op: index, pid, start }),
    };
    let timer: NodeJS.Timeout | undefined;
    let outcome: AttemptOutcome;
    try {
      const request = await this.#deps.prepare(this.job, operation, attempt);
      if (operation.timeout_ms !== null)
        timer = setTimeout(() => abort.abort('timeout'), Math.min(operation.timeout_ms, longestTimerMs));
      outcome = namingLimit(this.#deps.cleanOutcome(await this.#deps.engine.run(request, hooks)), operation);
    } catch (error) {
      outcome = { outcome: 'failed', error: errorOf(error), artifacts: [] };
    }
    clearTimeout(timer);
    this.#aborts.delete(index);
    if (!this.#isDetached) this.#settle(index, attempt, outcome);
    await release();
  }

  #settle(index: number, attempt: number, outcome: AttemptOutcome): void {
    const { artifacts } = outcome;
    if (outcome.outcome === 'cancelled') {
      this.#end({ type: 'op_ended', op: index, status: 'cancelled', artifacts });
      return;
    }
    const { result } = outcome;
    const evidence = result && { result, rows_processed: rowsOf(result) };
    if (outcome.outcome === 'completed') {
      this.#end({ type: 'op_ended', op: index, status: 'completed', artifacts, ...evidence });
      return;
    }
    const { error } = outcome;
    const policy = this.job.plan.operations[index]?.retry ?? null;
    const delayMs =
      this.#isCancelling || this.#isStopped ? null : this.#retries.delayMs(index, attempt, error, policy);
    if (delayMs !== null) this.#backOff(index, delayMs, error, artifacts);
    else if (this.#isCancelling && error.kind === 'interrupted')
      this.#end({ type: 'op_ended', op: index, status: 'cancelled', artifacts });
    else this.#end({ type: 'op_ended', op: index, status: 'failed', error, artifacts, ...evidence });
  }

  #backOff(
    index: number,
    delayMs: number,
    error: OperationError,
    artifacts: AttemptOutcome['artifacts'],
  ): void {
    const at = Date.now() + delayMs;
    this.job.commit({ type: 'op_retry', op: index, error, artifacts, retry_at: new Date(at).toISOString() });
    this.#deps.log(
      this.job,
      'warn',
      `attempt failed (${error.kind}): ${error.message} Next attempt in ${delayMs} ms.`,
      index,
    );
    this.#wakeAt(index, at);
  }

  #wakeAt(index: number, at: number): void {
    this.#board.backOff(index);
    this.#timers.wakeAt(index, at, () => {
      this.#board.makeReady(index);
      this.#deps.scheduler.pump();
    });
  }

  #interrupted(index: number): void {
    if (this.#isCancelling) return; // It ends with all the others that wait.
    const error: OperationError = {
      kind: 'interrupted',
      code: 'daemon_stopped',
      message: 'The daemon stopped while this operation ran; it runs again.',
    };
    this.job.commit({ type: 'op_retry', op: index, error, retry_at: new Date().toISOString() });
    this.#deps.log(this.job, 'warn', error.message, index);
  }

  #release(): void {
    for (const { index, because } of this.#board.releaseAll()) {
      if (this.#board.phase(index) === 'blocked') this.#end(this.#skipped(index, because));
    }
  }

  /** Ends an operation and, one after another, all that can no longer run because of it. */
  #end(first: OperationEnd): void {
    const ends = [first];
    for (const end of ends) {
      if (this.#board.phase(end.op) === 'ended') continue; // Two of its dependencies failed.
      const lost = this.#board.end(end.op, end.status);
      this.#record(end);
      if (!this.#isCancelling && !this.#isStopped)
        ends.push(...lost.map((index) => this.#skipped(index, end.op)));
    }
    if (first.status === 'failed' && this.job.plan.stop_on_error && !this.#isCancelling && !this.#isStopped) {
      this.#isStopped = true;
      this.job.commit({ type: 'job_stopped' });
      this.#endWaiting(
        'skipped',
        `stop_on_error: ${this.job.plan.operations[first.op]?.name ?? first.op} failed`,
      );
    }
  }

  #skipped(index: number, because: number): OperationEnd {
    const { name } = this.job.plan.operations[because] as PlannedOperation;
    return {
      type: 'op_ended',
      op: index,
      status: 'skipped',
      skip_reason: `depends on ${name}, which did not complete`,
    };
  }

  #endWaiting(status: 'skipped' | 'cancelled', reason?: string): void {
    this.#timers.clear();
    for (const index of this.#board.withdrawWaiting()) {
      this.#board.end(index, status);
      this.#record({
        type: 'op_ended',
        op: index,
        status,
        ...(reason !== undefined && { skip_reason: reason }),
      });
    }
  }

  #record(end: OperationEnd): void {
    if (end.status !== 'skipped') this.endedHere.add(end.op);
    this.#deps.log(this.job, end.status === 'failed' ? 'error' : 'info', endMessage(end), end.op);
    const isLast = this.#board.remaining === 0;
    // The end of the job is decided after the whole group is applied: a cancel in the same group counts.
    this.job.commit(end, isLast ? () => queueMicrotask(() => this.#endJob()) : undefined);
  }

  #say(message: string): void {
    this.#deps.log(this.job, 'info', message);
  }

  #endJob(): void {
    const status = endStatus(this.job.frame);
    if (status === null || this.#isEnding || this.#isRetrying || this.#isDetached) return;
    this.#isEnding = true;
    this.#deps.scheduler.remove(this.job.id);
    this.#say(`job ended: ${status}`);
    const onEnded = (): void => this.#deps.onEnded(this.job);
    if (isJobEnded(this.job.state.status)) onEnded();
    else this.job.commit({ type: 'job_ended', status }, onEnded);
  }
}

function endMessage(end: OperationEnd): string {
  if (end.error !== undefined) return `${end.status} (${end.error.kind}): ${end.error.message}`;
  return end.skip_reason === undefined ? end.status : `${end.status}: ${end.skip_reason}`;
}
