import { transientKinds, type OperationError } from '../../protocol/errors.ts';
import type { RetryPolicy } from '../../protocol/plan.ts';
import { retryDelayMs } from '../executor/backoff.ts';

/**
 * A dead engine is answered with another attempt even without a retry policy, for the fault may be a neighbour's; but an operation that
 * kills its engine each time must end some time.
 */
const engineDeathsAllowed = 5;
const engineDeathPolicy: RetryPolicy = {
  max_attempts: engineDeathsAllowed,
  backoff: 'exponential',
  delay_ms: 200,
  max_delay_ms: 5_000,
  jitter: true,
};

/** Whether and when a failed attempt is followed by another one, for the operations of one job. */
export class RetryDecisions {
  readonly #random: () => number;
  readonly #engineDeaths = new Map<number, number>();

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A person asked to retry: what happened before does not count. */
  forget(index: number): void {
    this.#engineDeaths.delete(index);
  }

  /** Milliseconds until the next attempt, or null if there is none. */
  delayMs(index: number, attempt: number, error: OperationError, policy: RetryPolicy | null): number | null {
    if (!transientKinds.has(error.kind)) return null;
    if (error.kind === 'interrupted') {
      const deaths = (this.#engineDeaths.get(index) ?? 0) + 1;
      this.#engineDeaths.set(index, deaths);
      const allowed = Math.max(engineDeathsAllowed, policy?.max_attempts ?? 0);
      return deaths < allowed ? retryDelayMs(policy ?? engineDeathPolicy, deaths, this.#random) : null;
    }
    if (policy === null || attempt >= policy.max_attempts) return null;
    return retryDelayMs(policy, attempt, this.#random);
  }
}
