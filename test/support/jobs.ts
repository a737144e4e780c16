import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicFactory } from 'ulid';
import type { AttemptOutcome, EngineRun } from '../../daemon/protocol/engine.ts';
import type { Job } from '../../daemon/protocol/entities.ts';
import type { OperationError } from '../../daemon/protocol/errors.ts';
import type { BatchPlan, PlannedOperation } from '../../daemon/protocol/plan.ts';
import type { AttemptHooks, Engine } from '../../daemon/server/executor/engine.ts';
import { JobControls } from '../../daemon/server/jobs/controls.ts';
import { JobRegistry } from '../../daemon/server/jobs/jobRegistry.ts';
import { JobSecrets } from '../../daemon/server/jobs/jobSecrets.ts';
import { SecretVault } from '../../daemon/server/jobs/secretVault.ts';
import type { Logger } from '../../daemon/server/log.ts';
import { createFileStore } from '../../daemon/server/storage/fileStore.ts';
import type { JobStore } from '../../daemon/server/storage/store.ts';

export const silentLog: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export function completed(): AttemptOutcome {
  const at = new Date().toISOString();
  return {
    outcome: 'completed',
    artifacts: [],
    result: { type: 'noop', evidence: { started_at: at, finished_at: at } },
  };
}

export function failedWith(kind: OperationError['kind'], message = `made to fail: ${kind}`): AttemptOutcome {
  return { outcome: 'failed', artifacts: [], error: { kind, code: 'test', message } };
}

interface Running {
  readonly request: EngineRun;
  readonly hooks: AttemptHooks;
  readonly finish: (outcome: AttemptOutcome) => void;
}

/** An engine whose attempts end when the test says so, or at once by a rule. */
export class TestEngine implements Engine {
  /** Attempts in flight, by operation id. */
  readonly running = new Map<string, Running>();
  /** Every attempt that was started, as `op-0001#1`, in order. */
  readonly started: string[] = [];
  mostAtOnce = 0;
  /** Decides at the start; null leaves the attempt running until `finish`. */
  rule: (request: EngineRun, attempt: number) => AttemptOutcome | null = () => null;
  #waiters: { isDone: () => boolean; resolve: () => void }[] = [];

  run(request: EngineRun, hooks: AttemptHooks): Promise<AttemptOutcome> {
    const attempt = Number(request.attempt_id.split('/')[2]);
    this.started.push(`${request.operation_id}#${attempt}`);
    return new Promise((resolve) => {
      const finish = (outcome: AttemptOutcome): void => {
        this.running.delete(request.operation_id);
        resolve(outcome);
      };
      this.running.set(request.operation_id, { request, hooks, finish });
      this.mostAtOnce = Math.max(this.mostAtOnce, this.running.size);
      const outcome = this.rule(request, attempt);
      if (outcome !== null) finish(outcome);
      for (const waiter of this.#waiters.splice(0)) {
        if (waiter.isDone()) waiter.resolve();
        else this.#waiters.push(waiter);
      }
    });
  }

  /** Waits until attempts have been started for these operations (and still run). */
  async whenRunning(...operationIds: string[]): Promise<void> {
    const isDone = (): boolean => operationIds.every((id) => this.running.has(id));
    if (isDone()) return;
    await new Promise<void>((resolve) => this.#waiters.push({ isDone, resolve }));
  }

  finish(operationId: string, outcome: AttemptOutcome = completed()): void {
    const running = this.running.get(operationId);
    if (running === undefined) throw new Error(`${operationId} does not run`);
    running.finish(outcome);
  }
}

type OperationParts = Partial<Omit<PlannedOperation, 'index' | 'operation_id'>>;

/** A plan of no-op operations; names default to a, b, c … */
export function planOf(operations: readonly OperationParts[], options: Partial<BatchPlan> = {}): BatchPlan {
  return {
    job_name: 'test job',
    job_type: 'mixed',
    project_id: null,
    tags: [],
    priority: 0,
    parallel_execution: true,
    max_parallel: 4,
    stop_on_error: false,
    projects: {},
    ...options,
    operations: operations.map((parts, index) => ({
      name: index < 26 ? String.fromCharCode(97 + index) : `n${index}`,
      depends_on: [],
      timeout_ms: null,
      retry: null,
      connections: [],
      description: 'no-op',
      work: { type: 'noop' },
      ...parts,
      index,
      operation_id: `op-${String(index + 1).padStart(4, '0')}`,
    })),
  };
}

export interface JobsUnderTest {
  readonly registry: JobRegistry;
  readonly controls: JobControls;
  readonly engine: TestEngine;
  readonly store: JobStore;
  readonly dataDir: string;
  /** Resolves with the job once it satisfies the condition; looks at each change. */
  whenJob(jobId: string, isSo: (job: Job) => boolean): Promise<Job>;
  whenEnded(jobId: string): Promise<Job>;
  /** As a crash does it: nothing more is written; then a new registry takes up what is on disk. */
  restart(): Promise<JobsUnderTest>;
  close(): Promise<void>;
}

export async function openJobs(
  options: { dataDir?: string; maxParallel?: number; store?: (dataDir: string) => JobStore } = {},
): Promise<JobsUnderTest> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'ombudsman-jobs-'));
  const store = options.store?.(dataDir) ?? createFileStore({ dataDir });
  const engine = new TestEngine();
  const vault = new SecretVault({ environment: () => undefined, registerSecret: () => undefined });
  const secrets = new JobSecrets(vault, async () => undefined);
  const registry = new JobRegistry({
    store,
    engine,
    secrets,
    dataDir,
    maxParallel: options.maxParallel ?? 64,
    redact: (text) => text,
    log: silentLog,
    random: () => 0,
    newJobId: monotonicFactory(),
  });
  const { live_job_ids } = await store.open();
  for (const jobId of live_job_ids) await registry.takeUp(jobId);
  const whenJob = async (jobId: string, isSo: (job: Job) => boolean): Promise<Job> => {
    const now = registry.requireJob(jobId);
    if (isSo(now)) return now;
    return await new Promise<Job>((resolve) => {
      const look = (changed: string): void => {
        if (changed !== jobId) return;
        const job = registry.requireJob(jobId);
        if (!isSo(job)) return;
        remove();
        resolve(job);
      };
      const remove = registry.addListener({
        jobChanged: look,
        operationChanged: look,
        jobDeleted: () => undefined,
      });
    });
  };
  const stop = async (): Promise<void> => {
    await registry.detach();
    await store.close();
  };
  return {
    registry,
    controls: new JobControls(registry, {
      vault,
      secrets,
      planner: { requireValues: async () => undefined },
    }),
    engine,
    store,
    dataDir,
    whenJob,
    whenEnded: (jobId) => whenJob(jobId, (job) => job.finished_at !== undefined && !registry.live.has(jobId)),
    restart: async () => {
      await stop();
      return await openJobs({ ...options, dataDir });
    },
    close: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
