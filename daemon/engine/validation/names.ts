import { didYouMean, listed, nearest } from '../../definitions/suggest.ts';

/**
 * The item whose name is `wanted`: an exact match wins, else the only one that differs in case.
 * Undefined when there is none, or when several differ in case and none is exact.
 */
export function matchName<T>(
  wanted: string,
  items: readonly T[],
  nameOf: (item: T) => string,
): T | undefined {
  const exact = items.find((item) => nameOf(item) === wanted);
  if (exact !== undefined) return exact;
  const folded = wanted.toLowerCase();
  const same = items.filter((item) => nameOf(item).toLowerCase() === folded);
  return same.length === 1 ? same[0] : undefined;
}

/** What to say of a name that is not there: the nearest known ones, else all of them. */
export function nearestHint(wanted: string, known: readonly string[]): string {
  const ambiguous = known.filter((name) => name.toLowerCase() === wanted.toLowerCase());
  if (ambiguous.length > 1) return `write it exactly: ${listed(ambiguous)}`;
  if (known.length === 0) return 'there are none';
  return didYouMean(nearest(wanted, known)) ?? `known are ${listed(known)}`;
}
