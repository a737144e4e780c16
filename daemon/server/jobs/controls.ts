import { isJobEnded, type Job } from '../../protocol/entities.ts';
import { ApiError } from '../../protocol/errors.ts';
import type { Submitted } from '../../protocol/answers.ts';
import type { MethodParams, MethodResult } from '../../protocol/methods.ts';
import type { BatchPlan } from '../../protocol/plan.ts';
import type { JobRegistry, LiveEntry } from './jobRegistry.ts';
import { noSuchJob } from './noSuchJob.ts';
import type { JobSecrets } from './jobSecrets.ts';
import type { Planner } from './planner.ts';
import type { SecretVault } from './secretVault.ts';

export interface ControlsDeps {
  readonly vault: Pick<SecretVault, 'given'>;
  readonly secrets: JobSecrets;
  readonly planner: Pick<Planner, 'requireValues'>;
}

/** What a person can do to a job. Calls about one job go one after another: two at once must not decide on the same state. */
export class JobControls {
  readonly #registry: JobRegistry;
  readonly #deps: ControlsDeps;
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(registry: JobRegistry, deps: ControlsDeps) {
    this.#registry = registry;
    this.#deps = deps;
  }

  /** Acknowledged at once; `cancelled` is said when the work is dead. Asking again while it dies is not an error. */
  cancel({ job_id }: MethodParams<'jobs/cancel'>): Promise<Job> {
    return this.#inTurn(job_id, async () => {
      const entry = this.#requireLive(job_id, 'cancelled');
      if (!entry.runner.isCancelling) await entry.runner.cancel();
      return this.#registry.requireJob(job_id);
    });
  }

  pause({ job_id }: MethodParams<'jobs/pause'>): Promise<Job> {
    return this.#inTurn(job_id, async () => {
      const { runner } = this.#requireLive(job_id, 'paused');
      if (runner.isCancelling) throw new ApiError('conflict', 'The job is being cancelled.');
      if (!runner.isPaused) await runner.pause();
      return this.#registry.requireJob(job_id);
    });
  }

  resume({ job_id, secrets }: MethodParams<'jobs/resume'>): Promise<Job> {
    return this.#inTurn(job_id, async () => {
      const { job, runner } = this.#requireLive(job_id, 'resumed');
      if (runner.isCancelling) throw new ApiError('conflict', 'The job is being cancelled.');
      if (!runner.isPaused) {
        throw new ApiError(
          'conflict',
          `The job is not paused: it is ${this.#registry.requireJob(job_id).status}.`,
        );
      }
      this.#deps.secrets.keep(job_id, job.plan, this.#deps.vault.given(secrets));
      await runner.resume();
      return this.#registry.requireJob(job_id);
    });
  }

  /** Runs again what failed (and what was skipped or cancelled for it) in this job; never an operation that completed. */
  retry({ job_id, operation_ids, secrets }: MethodParams<'jobs/retry'>): Promise<Job> {
    return this.#inTurn(job_id, async () => {
      const entry = this.#registry.live.get(job_id);
      if (entry !== undefined && (entry.runner.isEnding || entry.runner.isCancelling)) await entry.ended;
      const { plan, indexes } = await this.#retryable(job_id, operation_ids);
      this.#deps.secrets.keep(job_id, plan, this.#deps.vault.given(secrets));
      const live = this.#registry.live.get(job_id);
      if (live !== undefined && !live.runner.isEnding) await live.runner.retry(indexes);
      else {
        await live?.ended;
        await this.#registry.reopen(job_id, indexes);
      }
      return this.#registry.requireJob(job_id);
    });
  }

  /**
   * A new job with the same definition as it was accepted then, and with what the first was given unless the call says otherwise.
   * Refused, as submit does it, if a value that it needs is not known (any more).
   */
  async rerun({ job_id, secrets }: MethodParams<'jobs/rerun'>): Promise<Submitted> {
    const { plan } = await this.#registry.frames(job_id);
    const given = this.#deps.secrets.givenOver(job_id, this.#deps.vault.given(secrets));
    await this.#deps.planner.requireValues(plan, given);
    const job = await this.#registry.create(plan, { rerunOf: job_id, given });
    return {
      job_id: job.job_id,
      status: 'pending',
      total_operations: plan.operations.length,
      diagnostics: [],
    };
  }

  remove({ job_id }: MethodParams<'jobs/delete'>): Promise<MethodResult<'jobs/delete'>> {
    return this.#inTurn(job_id, async () => {
      const entry = this.#registry.live.get(job_id);
      if (entry?.runner.isEnding === true) await entry.ended;
      const job = this.#registry.requireJob(job_id);
      if (!isJobEnded(job.status)) {
        throw new ApiError('conflict', `The job is ${job.status}: only an ended job can be deleted.`, {
          hint: 'Cancel it first.',
        });
      }
      await this.#registry.store.remove(job_id);
      this.#registry.announceDeleted(job_id);
      return { deleted: true, job_id };
    });
  }

  #requireLive(jobId: string, verb: string): LiveEntry {
    const entry = this.#registry.live.get(jobId);
    if (entry !== undefined && !entry.runner.isEnding) return entry;
    const job = this.#registry.jobOf(jobId);
    if (job === undefined) throw noSuchJob(jobId, this.#registry.store);
    const hint =
      job.status === 'failed' || job.status === 'partial_success'
        ? 'jobs/retry runs its failed operations again.'
        : 'jobs/rerun makes a new job of it.';
    throw new ApiError('conflict', `The job has ended (${job.status}) and cannot be ${verb}.`, { hint });
  }

  async #retryable(
    jobId: string,
    operationIds: readonly string[] | undefined,
  ): Promise<{ plan: BatchPlan; indexes: number[] }> {
    const { plan, statuses } = await this.#registry.frames(jobId);
    if (operationIds === undefined) {
      const indexes = statuses.flatMap(({ status }, index) => (isRetryable(status) ? [index] : []));
      if (indexes.length > 0) return { plan, indexes };
      throw new ApiError(
        'conflict',
        'The job has no operation to retry: none failed, was skipped or cancelled.',
        { hint: 'jobs/rerun makes a new job with the same definition.' },
      );
    }
    const byId = new Map(plan.operations.map(({ operation_id, index }) => [operation_id, index]));
    const indexes = [...new Set(operationIds)].map((id) => {
      const index = byId.get(id);
      const status = index === undefined ? undefined : statuses[index]?.status;
      if (index === undefined || status === undefined) {
        throw new ApiError('not_found', `Job ${jobId} has no operation ${id}.`, {
          hint: 'jobs/operations tells the operations of a job.',
        });
      }
      if (!isRetryable(status))
        throw new ApiError(
          'conflict',
          `Operation ${id} is ${status}: only failed, skipped or cancelled operations can be retried.`,
        );
      return index;
    });
    return { plan, indexes };
  }

  async #inTurn<T>(jobId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(jobId) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#queues.set(jobId, mine);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(jobId) === mine) this.#queues.delete(jobId);
    }
  }
}

function isRetryable(status: string): boolean {
  return status === 'failed' || status === 'skipped' || status === 'cancelled';
}
