import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { AttemptOutcome } from '../../protocol/engine.ts';
import type { Job, Operation } from '../../protocol/entities.ts';
import { ApiError } from '../../protocol/errors.ts';
import type { BatchPlan, PlannedOperation } from '../../protocol/plan.ts';
import { schemaVersion } from '../../protocol/version.ts';
import type { Engine } from '../executor/engine.ts';
import { ConnectionGates } from '../executor/connectionGates.ts';
import { Gate } from '../executor/gates.ts';
import { Scheduler } from '../executor/scheduler.ts';
import type { Logger } from '../log.ts';
import type { JobDocument, OperationState } from '../storage/schemas.ts';
import type { JobStore } from '../storage/store.ts';
import { jobOf, samplesOf, summarise, summaryOf } from '../storage/summary.ts';
import { EndedJobs } from './endedJobs.ts';
import { isoNow } from './isoNow.ts';
import { JobLog } from './jobLog.ts';
import { JobRunner } from './jobRunner.ts';
import type { JobSecrets } from './jobSecrets.ts';
import { LiveJob } from './liveJob.ts';
import { noSuchJob } from './noSuchJob.ts';
import { estimateMs, progressOf } from './progress.ts';
import { scrubOutcome } from './scrub.ts';
import type { GivenLookup } from './secretVault.ts';
import type { ChangeListener } from './service.ts';
import { pendingOperation } from './stateMachine.ts';
import { endLeftovers, unsampled } from './takeUp.ts';
import { operationView } from './views.ts';
import { engineRun } from './work.ts';

export interface RegistryOptions {
  readonly store: JobStore;
  readonly engine: Engine;
  readonly secrets: JobSecrets;
  /** Absolute; artifact paths on disk are relative to it. */
  readonly dataDir: string;
  /** Operations of all jobs at once. */
  readonly maxParallel: number;
  readonly redact: (text: string) => string;
  readonly log: Logger;
  readonly random: () => number;
  /** A ULID greater than any given out before. */
  readonly newJobId: () => string;
}

export interface NewJob {
  /** The job it repeats. */
  readonly rerunOf?: string;
  /** What came with the call; the job keeps of it what it needs. */
  readonly given?: GivenLookup;
}

export interface LiveEntry {
  readonly job: LiveJob;
  readonly runner: JobRunner;
  readonly log: JobLog;
  /** Settles when the job has ended and its document is closed. */
  readonly ended: Promise<void>;
  etaAt: number;
  etaMs: number | null;
}

/** An estimate looks at every operation of the job; between two of them the last one is told. */
const etaEveryMs = 500;
const storageRetryMs = 1_000;

/** All jobs: the live ones in memory with their runners, the ended ones through the store. */
export class JobRegistry {
  readonly live = new Map<string, LiveEntry>();
  readonly scheduler: Scheduler;
  readonly ended: EndedJobs;
  readonly #options: RegistryOptions;
  readonly #gates = new ConnectionGates();
  readonly #listeners = new Set<ChangeListener>();
  /** Live jobs whose summary in the store is behind. */
  readonly #dirty = new Set<string>();
  readonly #endings = new Map<string, () => void>();
  #isStopping = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.scheduler = new Scheduler(new Gate('daemon', 'daemon', options.maxParallel));
    this.ended = new EndedJobs(options.store);
  }

  get store(): JobStore {
    return this.#options.store;
  }

  get connectionGates(): Iterable<Gate> {
    return this.#gates.all();
  }

  addListener(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes a job of a plan; resolves with it once it is durable. */
  async create(plan: BatchPlan, { rerunOf, given }: NewJob = {}): Promise<Job> {
    if (this.#isStopping)
      throw new ApiError('shutting_down', 'The daemon is stopping and takes no new jobs.', {
        hint: 'Send it again: the next daemon takes it.',
      });
    const document: JobDocument = {
      schema_version: schemaVersion,
      journal_seq: 0,
      state: {
        job_id: this.#options.newJobId(),
        status: 'pending',
        created_at: new Date().toISOString(),
        ...(rerunOf !== undefined && { rerun_of: rerunOf }),
      },
      plan,
      operations: plan.operations.map(() => pendingOperation),
    };
    const summary = summarise(document);
    await this.store.create(document, summary);
    if (given !== undefined) this.#options.secrets.keep(summary.job.job_id, plan, given);
    // As of its creation: the caller is told `pending`, whatever the scheduler does in this same turn.
    this.#begin(this.#enter(document, 0));
    return summary.job;
  }

  /** Takes up a job that was live when the last daemon ended. Programs it had started are ended before anything runs again. */
  async takeUp(jobId: string): Promise<void> {
    const { document, records } = await this.store.load(jobId);
    const entry = this.#enter(document, document.journal_seq);
    for (const record of records) entry.job.replay(record);
    for (const index of unsampled(entry.job, records)) entry.runner.endedHere.add(index);
    await endLeftovers(entry.job);
    this.#begin(entry);
  }

  /** Takes an ended job back to life with these operations to run again. */
  async reopen(jobId: string, indexes: readonly number[]): Promise<void> {
    const document = await this.#endedDocument(jobId);
    await this.store.reopen(jobId);
    const entry = this.#enter(document, document.journal_seq);
    this.ended.forget(jobId);
    entry.runner.beginEnded();
    await entry.runner.retry(indexes);
  }

  jobOf(jobId: string): Job | undefined {
    const entry = this.live.get(jobId);
    return entry === undefined ? this.store.summary(jobId)?.job : this.#view(entry);
  }

  requireJob(jobId: string): Job {
    const job = this.jobOf(jobId);
    if (job === undefined) throw noSuchJob(jobId, this.store);
    return job;
  }

  operationOf(jobId: string, index: number): Operation | undefined {
    const entry = this.live.get(jobId);
    if (entry !== undefined) return this.#operationView(entry, index);
    const document = this.ended.cached(jobId);
    return document && this.#endedOperation(document, index);
  }

  operationsInMemory(jobId: string): Operation[] | undefined {
    const entry = this.live.get(jobId);
    if (entry !== undefined)
      return entry.job.plan.operations.map(({ index }) => this.#operationView(entry, index));
    const document = this.ended.cached(jobId);
    return document?.plan.operations.map(({ index }) => this.#endedOperation(document, index));
  }

  /** Every operation's state and name without building views, for filters over long jobs. */
  async frames(jobId: string): Promise<{
    plan: BatchPlan;
    view: (index: number) => Operation;
    statuses: readonly OperationState[];
  }> {
    const entry = this.live.get(jobId);
    if (entry !== undefined) {
      return {
        plan: entry.job.plan,
        statuses: entry.job.frame.operations,
        view: (index) => this.#operationView(entry, index),
      };
    }
    if (!this.store.has(jobId)) throw noSuchJob(jobId, this.store);
    const document = await this.#endedDocument(jobId);
    return {
      plan: document.plan,
      statuses: document.operations,
      view: (index) => this.#endedOperation(document, index),
    };
  }

  logOf(jobId: string): JobLog {
    return this.live.get(jobId)?.log ?? new JobLog(this.store.artifactDir(jobId));
  }

  /** Brings the store's summaries of live jobs up to now; called before lists and statistics are read. */
  refreshSummaries(): void {
    for (const jobId of this.#dirty) {
      const entry = this.live.get(jobId);
      if (entry !== undefined) this.store.updateSummary(summaryOf(this.#view(entry)));
    }
    this.#dirty.clear();
  }

  announceDeleted(jobId: string): void {
    this.ended.forget(jobId);
    this.#options.secrets.forget(jobId);
    for (const listener of this.#listeners) listener.jobDeleted(jobId);
  }

  /** Nothing new starts; resolves when no attempt is in flight. */
  async drain(): Promise<void> {
    this.#isStopping = true;
    this.scheduler.stop();
    await this.#whenStill();
  }

  /** Forgets the jobs without ending them: what is on disk is taken up at the next start. */
  async detach(): Promise<void> {
    this.#isStopping = true;
    this.scheduler.stop();
    for (const { runner } of this.live.values()) runner.detach();
    await Promise.all(
      [...this.live.values()].map(({ job, log }) => Promise.all([job.settled(), log.flush()])),
    );
  }

  #enter(document: JobDocument, lastSeq: number): LiveEntry {
    const jobId = document.state.job_id;
    const job = new LiveJob({ ...document, operations: document.operations.slice() }, lastSeq, this.store, {
      jobChanged: () => this.#jobChanged(jobId),
      operationChanged: (_job, index) => this.#tell((listener) => listener.operationChanged(jobId, index)),
      storageFailed: (_job, error) =>
        this.#options.log.error('a record could not be written; it is tried again', { job_id: jobId, error }),
      recordRefused: (_job, record, error) =>
        this.#options.log.error('a record does not fit the state of its job', {
          job_id: jobId,
          record,
          error,
        }),
    });
    const log = new JobLog(this.store.artifactDir(jobId));
    const runner = new JobRunner(job, {
      scheduler: this.scheduler,
      engine: this.#options.engine,
      random: this.#options.random,
      connectionGate: (_job, dir, name) => this.#gates.of(job.plan, dir, name),
      prepare: (_job, operation, attempt) => this.#prepare(job, operation, attempt),
      cleanOutcome: (outcome) => this.#clean(outcome),
      log: (_job, level, message, index) => this.#log(log, job, level, message, index),
      onEnded: () => void this.#finish(jobId),
    });
    const ended = new Promise<void>((resolve) => this.#endings.set(jobId, resolve));
    const entry: LiveEntry = { job, runner, log, ended, etaAt: 0, etaMs: null };
    this.live.set(jobId, entry);
    return entry;
  }

  #begin(entry: LiveEntry): void {
    entry.runner.begin();
    this.#jobChanged(entry.job.id);
  }

  async #prepare(job: LiveJob, operation: PlannedOperation, attempt: number) {
    const dir = 'project_dir' in operation.work ? operation.work.project_dir : null;
    const { secrets } = this.#options;
    const lookup =
      operation.work.type === 'noop' ? () => undefined : await secrets.lookup(job.id, job.plan, dir);
    const places = { artifactDir: this.store.artifactDir(job.id), scratchDir: this.store.scratchDir() };
    return engineRun(job.id, job.plan, operation, attempt, places, () => lookup, secrets.hiddenValues());
  }

  #clean(outcome: AttemptOutcome): AttemptOutcome {
    const artifacts = outcome.artifacts.map((artifact) => ({
      ...artifact,
      path: relative(this.#options.dataDir, artifact.path),
    }));
    return scrubOutcome({ ...outcome, artifacts }, this.#options.redact);
  }

  #log(log: JobLog, job: LiveJob, level: 'info' | 'warn' | 'error', message: string, index?: number): void {
    const operationId = index === undefined ? undefined : job.plan.operations[index]?.operation_id;
    log.add({
      at: isoNow(),
      level,
      message: this.#options.redact(message),
      ...(operationId !== undefined && { operation_id: operationId }),
    });
  }

  #view(entry: LiveEntry): Job {
    const { job, runner } = entry;
    const now = Date.now();
    if (now - entry.etaAt >= etaEveryMs) {
      const slots = Math.min(runner.gate.limit, this.scheduler.daemonGate.limit);
      const history = (operation: PlannedOperation) =>
        this.store.history(projectOf(job.plan, operation), operation.work.type, operation.name);
      entry.etaMs = estimateMs(job, slots, history, now);
      entry.etaAt = now;
    }
    return jobOf(job.state, job.plan, progressOf(job, entry.etaMs, now));
  }

  #operationView(entry: LiveEntry, index: number): Operation {
    const { job, runner } = entry;
    const planned = job.plan.operations[index] as PlannedOperation;
    const state = job.frame.operations[index] ?? pendingOperation;
    return operationView(job.plan, planned, state, this.#options.dataDir, {
      progress: job.progress.get(index),
      waiting: state.status === 'pending' ? runner.waiting(index) : undefined,
      isCancelling: runner.isAborting(index),
    });
  }

  #endedOperation(document: JobDocument, index: number): Operation {
    const planned = document.plan.operations[index] as PlannedOperation;
    return operationView(
      document.plan,
      planned,
      document.operations[index] ?? pendingOperation,
      this.#options.dataDir,
    );
  }

  /** Clients are told at once of a job that turns out to be lost. */
  async #endedDocument(jobId: string): Promise<JobDocument> {
    try {
      return await this.ended.document(jobId);
    } catch (error) {
      if (!this.store.has(jobId)) this.announceDeleted(jobId);
      throw error;
    }
  }

  #jobChanged(jobId: string): void {
    this.#dirty.add(jobId);
    this.#tell((listener) => listener.jobChanged(jobId));
  }

  #tell(say: (listener: ChangeListener) => void): void {
    for (const listener of this.#listeners) say(listener);
  }

  /** job_ended is durable and told; now the document is closed. A disk that refuses is asked again until it takes it. */
  async #finish(jobId: string): Promise<void> {
    const entry = this.live.get(jobId);
    if (entry === undefined) return;
    const document = entry.job.document();
    for (;;) {
      try {
        await this.store.finish(document, summarise(document), samplesOf(document, entry.runner.endedHere));
        break;
      } catch (error) {
        this.#options.log.error('the document of an ended job could not be written; it is tried again', {
          job_id: jobId,
          error,
        });
        if (this.#isStopping) return; // Its journal says all; the next start finishes it.
        await new Promise((resolve) => setTimeout(resolve, storageRetryMs));
      }
    }
    await entry.log.flush();
    this.ended.remember(document);
    this.live.delete(jobId);
    this.#dirty.delete(jobId);
    await rm(join(this.store.scratchDir(), jobId), { recursive: true, force: true }).catch(() => undefined);
    this.#endings.get(jobId)?.();
    this.#endings.delete(jobId);
    this.#tell((listener) => listener.jobChanged(jobId));
  }

  async #whenStill(): Promise<void> {
    const isStill = (): boolean => [...this.live.values()].every(({ runner }) => runner.activeCount === 0);
    while (!isStill()) {
      await new Promise<void>((resolve) => {
        const remove = this.addListener({
          jobChanged: () => {
            remove();
            resolve();
          },
          operationChanged: () => undefined,
          jobDeleted: () => undefined,
        });
      });
    }
    await Promise.all([...this.live.values()].map(({ job }) => job.settled()));
  }
}

/** The project an operation belongs to; its own in a job over many projects. */
function projectOf(plan: BatchPlan, { work }: PlannedOperation): string | null {
  const dir = 'project_dir' in work ? work.project_dir : null;
  return (dir === null ? undefined : plan.projects[dir]?.project_id) ?? plan.project_id;
}
