import type { AttemptOutcome } from '../../protocol/engine.ts';

/** The outcome with every text of its error passed through `redact`: drivers like to repeat a connection string in their messages. */
export function scrubOutcome<T extends AttemptOutcome>(outcome: T, redact: (text: string) => string): T {
  return outcome.outcome === 'failed' ? { ...outcome, error: scrub(outcome.error, redact) } : outcome;
}

function scrub<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => scrub(item, redact)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, scrub<unknown>(item, redact)]),
  ) as T;
}
