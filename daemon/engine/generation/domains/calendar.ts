/** Days and how busy they are: tables computed once, in whole numbers, so that no floating point decides a date. */
import type { DateRange } from '../../../protocol/files/generation.ts';
import { sqlList } from '../spec.ts';

const dayMs = 86_400_000;

/** When business happens. Part of the format: never "now". */
export interface Calendar {
  /** First day of business. */
  readonly first_date: string;
  /** The day after the last one. */
  readonly reference_date: string;
  /** Days from the first date to the reference date. */
  readonly days: number;
}

/** No generator can put its events, and what follows them, in order in less. */
export const shortestDays = 90;
/** Days that domain files count in; `{~200}` of a shorter or longer calendar are fewer or more days. */
const usualDays = 1096;

/** The calendar of a range of days, both ends included. */
export function calendarOf(range: DateRange = { from: '2022-01-01', to: '2024-12-31' }): Calendar {
  const end = Date.parse(range.to) + dayMs;
  return {
    first_date: range.from,
    reference_date: isoDate(end),
    days: Math.round((end - Date.parse(range.from)) / dayMs),
  };
}

const isoDate = (time: number): string => new Date(time).toISOString().slice(0, 10);
const yearOf = (date: string): number => Number(date.slice(0, 4));

/** So many days of the usual calendar, in proportion. */
export function scaledDays({ days }: Calendar, usual: number): number {
  return Math.floor((usual * days) / usualDays);
}

/** What domain files may name as {=…} beside the numbers of their scale. */
export function calendarTokens(calendar: Calendar): Readonly<Record<string, string>> {
  const { first_date: first, reference_date: reference, days } = calendar;
  return {
    first_date: first,
    reference_date: reference,
    days: String(days),
    first_micros: String(Date.parse(first) * 1000),
    first_year: String(yearOf(first)),
    months_before: String(Number(first.slice(5, 7)) - 1),
    month_offsets: sqlList(monthOffsets(calendar)),
    year_begin: `${first.slice(0, 4)}-01-01`,
    year_end: `${reference.slice(0, 4)}-12-31`,
  };
}

/** Whole years from that of the first date to that of the reference date, in days. */
export function yearDays({ first_date: first, reference_date: reference }: Calendar): number {
  return (Date.UTC(yearOf(reference) + 1, 0, 1) - Date.UTC(yearOf(first), 0, 1)) / dayMs;
}

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
export function seasonalWeeks({ first_date: first, days: businessDays }: Calendar): readonly number[] {
  const weeks = Math.ceil(businessDays / 7);
  const weights = Array.from({ length: weeks }, (_, week) => {
    const days = Math.min(7, businessDays - week * 7);
    const middle = new Date(Date.parse(first) + (week * 7 + 3) * dayMs);
    return (monthWeights[middle.getUTCMonth()] ?? 0) * days;
  });
  return repeated(shares(weights, 512), 7);
}

/** The day in a business week (which begins on the weekday of the first date), 64 entries by share of trade. */
export function seasonalWeekdays({ first_date: first }: Calendar): readonly number[] {
  const start = new Date(first).getUTCDay();
  const weights = Array.from({ length: 7 }, (_, day) => weekdayWeights[(start + day) % 7] ?? 0);
  return repeated(shares(weights, 64), 1);
}

/** Offset of the first day of each business month from the first date. */
export function monthOffsets(calendar: Calendar): readonly number[] {
  const { first_date: first } = calendar;
  return Array.from(
    { length: businessMonths(calendar) },
    (_, month) =>
      (Date.UTC(yearOf(first), Number(first.slice(5, 7)) - 1 + month, 1) - Date.parse(first)) / dayMs,
  );
}

/** Months that have a day of business. */
export function businessMonths({ first_date: first, days }: Calendar): number {
  const last = isoDate(Date.parse(first) + (days - 1) * dayMs);
  return (yearOf(last) - yearOf(first)) * 12 + Number(last.slice(5, 7)) - Number(first.slice(5, 7)) + 1;
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
