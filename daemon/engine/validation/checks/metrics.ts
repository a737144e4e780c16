import { choosePairs, type ColumnPair } from '../columns.ts';
import { compareNumbers } from '../numbers.ts';
import type { CheckContext } from './check.ts';
import { readGroups } from './groups.ts';
import { groupText, ofPair, stageColumns } from './staging.ts';

/** Sums of floats depend on the order of addition, so they are equal within this share of the expected value. */
export const floatSumPct = 1e-7;

/** Sum and number of values of some columns, by group; sums exact unless the column is floating point. */
export interface Sums {
  readonly groups: ReadonlyMap<string, readonly { readonly sum: string | null; readonly count: string }[]>;
  readonly hasFloat: boolean;
}

export async function readSums(
  side: 'source' | 'target',
  columns: readonly string[],
  groupBy: readonly string[] | undefined,
  context: CheckContext,
): Promise<Sums> {
  const toRead = (pair: ColumnPair) => ofPair(pair, side);
  const values = choosePairs(columns, context.columns).map(toRead);
  const groups = choosePairs(groupBy ?? [], context.columns).map(toRead);
  const table = await stageColumns(context[side], [...values, ...groups], context);
  const aggregates: string[] = [];
  let hasFloat = false;
  for (const read of values) {
    const { sql, isFloat } = await table.number(read);
    hasFloat ||= isFloat;
    aggregates.push(isFloat ? `fsum(${sql})` : `sum(${sql})`, `count(${sql})`);
  }
  const found = await readGroups(table, groupText(table, groups), aggregates);
  const byGroup = new Map(
    [...found].map(([key, row]) => [
      key,
      values.map((_read, index) => ({ sum: row[index * 2] ?? null, count: row[index * 2 + 1] ?? '0' })),
    ]),
  );
  return { groups: byGroup, hasFloat };
}

/** What floating point sums are compared with, and what the result says of it. */
export function floatRule(isFloat: boolean, what: string) {
  if (!isFloat) return {};
  return {
    isEqual: (expected: string, actual: string) =>
      compareNumbers(expected, actual, { pct: floatSumPct }).equal,
    note: `${what} of floating point numbers compared within a share of ${floatSumPct / 100}`,
  };
}
