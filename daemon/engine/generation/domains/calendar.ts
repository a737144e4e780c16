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

/** How many entries of a list of `slots` each weight gets, by largest remainder. */
function shares(weights: readonly number[], slots: number): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const counts = weights.map((weight) => Math.floor((weight * slots) / total));
  const remainders = weights.map((weight, index) => ({ index, rest: (weight * slots) % total }));
  remainders.sort((a, b) => b.rest - a.rest || a.index - b.index);
  const left = slots - counts.reduce((sum, count) => sum + count, 0);
  for (const { index } of remainders.slice(0, left)) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

const repeated = (counts: readonly number[], factor: number): readonly number[] =>
  counts.flatMap((count, index) => Array<number>(count).fill(index * factor));

/**
 * The first day of each business week as an offset from the first date, repeated by the week's share of trade: a uniform draw
 * from these 512 entries is a week with season. Short on purpose: DuckDB builds a constant list anew for every 2,048 rows.
 */
export function seasonalWeeks(): readonly number[] {
  const weeks = Math.ceil(businessDays / 7);
  const weights = Array.from({ length: weeks }, (_, week) => {
    const days = Math.min(7, businessDays - week * 7);
    const middle = new Date(Date.parse(firstDate) + (week * 7 + 3) * dayMs);
    return (monthWeights[middle.getUTCMonth()] ?? 0) * days;
  });
  return repeated(shares(weights, 512), 7);
}

/** The day in a business week (which begins on the weekday of the first date), 64 entries by share of trade. */
export function seasonalWeekdays(): readonly number[] {
  const start = new Date(firstDate).getUTCDay();
  const weights = Array.from({ length: 7 }, (_, day) => weekdayWeights[(start + day) % 7] ?? 0);
  return repeated(shares(weights, 64), 1);
}

/** Offset of the first day of each business month from the first date. */
export function monthOffsets(): readonly number[] {
  const [year = 0] = firstDate.split('-').map(Number);
  const months = Math.round(businessDays / 30.44);
  return Array.from(
    { length: months },
    (_, month) => (Date.UTC(year, month, 1) - Date.parse(firstDate)) / dayMs,
  );
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
  /** For each pattern: 4 bits a group, the rows before it. */
  readonly before_bits: readonly number[];
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
    before_bits: patterns.map((sizes) =>
      pack(
        sizes.map((_, group) => sizes.slice(0, group).reduce((sum, size) => sum + size, 0)),
        4,
      ),
    ),
  };
}
