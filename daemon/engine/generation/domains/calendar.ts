/** Days and how busy they are: tables computed once, in whole numbers, so that no floating point decides a date. */

const dayMs = 86_400_000;

/** All generated business lies before this day. It is part of the format: never "now". */
export const referenceDate = '2025-01-01';
/** First day of business; the last is the day before the reference date. */
export const firstDate = '2022-01-01';
/** Days from the first date to the reference date. */
export const businessDays = (Date.parse(referenceDate) - Date.parse(firstDate)) / dayMs;

/** Relative trade by month (January first) and by day of the week (Sunday first). */
const monthWeights = [8, 8, 9, 9, 10, 10, 9, 10, 9, 10, 15, 19];
const weekdayWeights = [12, 8, 8, 9, 10, 14, 17];

/**
 * Day offsets from the first date, each repeated by its share of trade: a uniform draw from this list is a day with season.
 * 8,192 entries, spread by largest remainder.
 */
export function seasonalDays(): readonly number[] {
  const slots = 8192;
  const weights = Array.from({ length: businessDays }, (_, offset) => {
    const day = new Date(Date.parse(firstDate) + offset * dayMs);
    return (monthWeights[day.getUTCMonth()] ?? 0) * (weekdayWeights[day.getUTCDay()] ?? 0);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map((weight) => Math.floor((weight * slots) / total));
  const remainders = weights.map((weight, offset) => ({ offset, rest: (weight * slots) % total }));
  remainders.sort((a, b) => b.rest - a.rest || a.offset - b.offset);
  const left = slots - counts.reduce((sum, count) => sum + count, 0);
  for (const { offset } of remainders.slice(0, left)) counts[offset] = (counts[offset] ?? 0) + 1;
  return counts.flatMap((count, offset) => Array.from({ length: count }, () => offset));
}

/** Ways to split a block of rows into groups, packed for SQL: which group a position belongs to, and its place in the group. */
export interface Splits {
  readonly rows: number;
  readonly groups: number;
  /** For each pattern: 3 bits a position, the group (from 0). */
  readonly group_bits: readonly number[];
  /** For each pattern: 3 bits a position, the place in the group (from 1). */
  readonly place_bits: readonly number[];
  /** For each pattern: 4 bits a group, its size. */
  readonly size_bits: readonly number[];
}

/** Every pattern must have the same number of groups (at most 8) and of rows (at most 14), sizes from 1 to 7. */
export function splits(patterns: readonly (readonly number[])[]): Splits {
  const pack = (numbers: readonly number[], bits: number): number =>
    numbers.reduce((packed, value, position) => packed + value * 2 ** (bits * position), 0);
  const rows = (patterns[0] ?? []).reduce((sum, size) => sum + size, 0);
  return {
    rows,
    groups: patterns[0]?.length ?? 0,
    group_bits: patterns.map((sizes) =>
      pack(
        sizes.flatMap((size, group) => Array<number>(size).fill(group)),
        3,
      ),
    ),
    place_bits: patterns.map((sizes) =>
      pack(
        sizes.flatMap((size) => Array.from({ length: size }, (_, place) => place + 1)),
        3,
      ),
    ),
    size_bits: patterns.map((sizes) => pack(sizes, 4)),
  };
}
