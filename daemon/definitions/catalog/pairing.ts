import { distance } from 'fastest-levenshtein';
import type { CatalogColumn } from '../../protocol/catalog.ts';
import { kindOfType } from './typeChange.ts';

export interface Pairs<T> {
  readonly both: readonly (readonly [T, T])[];
  readonly removed: readonly T[];
  readonly added: readonly T[];
}

export interface RenameGuess<T> {
  readonly before: T;
  readonly after: T;
  /** 0 to 1; 1: all but the name is the same. */
  readonly confidence: number;
}

/** What has the same key on both sides, in the order of the first; what has it once only. Equal keys on one side pair in order. */
export function pairBy<T>(
  before: readonly T[],
  after: readonly T[],
  keyBefore: (item: T) => string,
  keyAfter: (item: T) => string = keyBefore,
): Pairs<T> {
  const waiting = new Map<string, T[]>();
  for (const item of after) {
    const key = keyAfter(item);
    waiting.set(key, [...(waiting.get(key) ?? []), item]);
  }
  const both: [T, T][] = [];
  const removed: T[] = [];
  for (const item of before) {
    const other = waiting.get(keyBefore(item))?.shift();
    if (other === undefined) removed.push(item);
    else both.push([item, other]);
  }
  const left = new Set([...waiting.values()].flat());
  return { both, removed, added: after.filter((item) => left.has(item)) };
}

/** More pairs than these are not looked at: nobody renames a thousand tables at once. */
const maxGuessedPairs = 250_000;

/** The best guesses that are at least so likely, each thing in one of them at most; null: too many to look at. */
export function guessRenames<T>(
  removed: readonly T[],
  added: readonly T[],
  likelihood: (before: T, after: T) => number,
  atLeast: number,
): RenameGuess<T>[] | null {
  if (removed.length * added.length > maxGuessedPairs) return null;
  const candidates = removed.flatMap((before) =>
    added.flatMap((after) => {
      const confidence = Math.round(likelihood(before, after) * 100) / 100;
      return confidence >= atLeast ? [{ before, after, confidence }] : [];
    }),
  );
  candidates.sort((a, b) => b.confidence - a.confidence);
  const taken = new Set<T>();
  return candidates.filter(({ before, after }) => {
    if (taken.has(before) || taken.has(after)) return false;
    taken.add(before).add(after);
    return true;
  });
}

/** 0 to 1: how much two names look alike; letter case does not count. */
function likeness(a: string, b: string): number {
  return 1 - distance(a.toLowerCase(), b.toLowerCase()) / Math.max(a.length, b.length, 1);
}

/** A column that has the type and the place of one that is gone, or a name like it. */
export function columnLikelihood(before: CatalogColumn, after: CatalogColumn): number {
  if (before.canonical_type !== after.canonical_type) return 0;
  const place = before.position === after.position ? 0.4 : 0;
  return place + 0.6 * likeness(before.name, after.name);
}
export const columnRenameAt = 0.55;

interface WithColumns {
  readonly kind: string;
  readonly name: string;
  readonly columns: readonly CatalogColumn[];
}

/** Columns (name and kind of type: systems hold numbers in other sizes) that both tables have, of all that one has (Jaccard index). */
export function relationLikelihood(before: WithColumns, after: WithColumns): number {
  const keys = (relation: WithColumns): Set<string> =>
    new Set(
      relation.columns.map(
        ({ name, canonical_type }) => `${name.toLowerCase()} ${kindOfType(canonical_type)}`,
      ),
    );
  const [a, b] = [keys(before), keys(after)];
  const common = [...a].filter((key) => b.has(key)).length;
  // One column in common says little (`id integer`), unless the names are alike too.
  if (common < 2 && likeness(before.name, after.name) < 0.6) return 0;
  return common / Math.max(a.size + b.size - common, 1);
}
export const relationRenameAt = 0.6;
