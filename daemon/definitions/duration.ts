import type { Diagnostic } from '../protocol/errors.ts';
import { durationSchema, type Duration } from '../protocol/primitives.ts';
import { problemAt, type Path, type SourceDocument } from './document.ts';
import { pathText, valueAt } from './values.ts';

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration as the schema lets it through (`1h30m`; a bare number is seconds). */
export function durationMs(duration: Duration): number {
  if (typeof duration === 'number') return duration * 1000;
  let total = 0;
  for (const [, amount, unit] of duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * unitMs[unit as keyof typeof unitMs];
  }
  return total;
}

const maxMs = 365 * unitMs.d;

/** What the form of `timeout`, `retry.delay` and `retry.max_delay` under a path cannot say: a timeout of nothing, a delay past a year. */
export function checkDurations(document: SourceDocument, base: Path, value?: unknown): Diagnostic[] {
  const root = value ?? valueAt(document.value, base);
  const places: Path[] = [['timeout'], ['retry', 'delay'], ['retry', 'max_delay']];
  return places.flatMap((place) => {
    const parsed = durationSchema.safeParse(valueAt(root, place));
    if (!parsed.success) return [];
    const ms = durationMs(parsed.data);
    const path = [...base, ...place];
    if (place[0] === 'timeout' && ms <= 0) {
      const message = 'a timeout of nothing ends every operation at once';
      const problem = { code: 'invalid_value', message, hint: 'leave timeout out for none' } as const;
      return [problemAt(document, path, 'value', problem)];
    }
    if (ms <= maxMs) return [];
    return [
      problemAt(document, path, 'value', {
        code: 'invalid_value',
        message: `${pathText(path)} must be at most 365d`,
      }),
    ];
  });
}
