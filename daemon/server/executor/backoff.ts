import type { RetryPolicy } from '../../protocol/plan.ts';

/**
 * Milliseconds to wait before the attempt after `attempt` (1 = the first has just failed). Exponential doubles the delay each
 * time up to max_delay; jitter draws between half and the whole of it ("equal jitter"), so that operations that failed together do
 * not come back together and yet none comes back at once. `random` is in [0, 1).
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: () => number): number {
  const grown =
    policy.backoff === 'exponential' ? policy.delay_ms * 2 ** Math.min(attempt - 1, 52) : policy.delay_ms;
  const capped = Math.min(grown, policy.max_delay_ms);
  return Math.round(policy.jitter ? capped / 2 + (capped / 2) * random() : capped);
}
