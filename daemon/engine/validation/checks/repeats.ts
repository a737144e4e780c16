import { EngineError } from '../../errors.ts';
import { choosePairs, type ColumnPair } from '../columns.ts';
import type { CheckContext } from './check.ts';
import { maxSamples } from './sides.ts';
import { filtered, groupText, ofPair, stageColumns, type ReadColumn, type StagedTable } from './staging.ts';

/** One side's combinations of some columns. */
export interface Combinations {
  readonly table: StagedTable;
  readonly columns: readonly ReadColumn[];
  readonly distinct: number;
  /** Rows beyond the first of each combination; NULL equals NULL. */
  readonly surplus: number;
  /** Rows with NULL in some column. */
  readonly nulls: number;
}

/** Named columns, or the keys; an EngineError without either. */
export function namedOrKeys(
  names: readonly string[] | undefined,
  context: CheckContext,
): readonly ColumnPair[] {
  const pairs = names === undefined ? context.columns.keys : choosePairs(names, context.columns);
  if (pairs.length > 0) return pairs;
  throw new EngineError('definition', 'no_keys', 'there are no columns to look at', {
    hint: 'Give the pipeline keys, or the check columns.',
  });
}

/** Counts the combinations of one side in the workspace: by value, whatever the collations of the systems say. */
export async function countCombinations(
  pairs: readonly ColumnPair[],
  side: 'source' | 'target',
  context: CheckContext,
  where?: string,
): Promise<Combinations> {
  const columns = pairs.map((pair) => ofPair(pair, side));
  const options = where === undefined ? {} : { relation: filtered(context[side], where) };
  const table = await stageColumns(context[side], columns, context, options);
  const isNull = columns.map((read) => `${table.sql(read)} is null`).join(' or ');
  const [row] = await table.rows(
    `select count(*), coalesce(sum(n), 0), coalesce(sum(n) filter (has_null), 0) from
     (select count(*) as n, bool_or(${isNull}) as has_null from ${table.name} as s group by ${groupText(table, columns)})`,
  );
  const [distinct = 0, rows = 0, nulls = 0] = (row ?? []).map(Number);
  return { table, columns, distinct, surplus: rows - distinct, nulls };
}

/** Combinations that occur more than once, most often first. */
export async function repeatedSamples(
  { table, columns }: Combinations,
  side: string,
): Promise<Record<string, unknown>[]> {
  const texts = columns.map((read) => table.text(read));
  const rows = await table.rows(
    `select ${texts.join(', ')}, count(*) as n from ${table.name} as s group by ${texts.join(', ')}
     having count(*) > 1 order by n desc, 1 limit ${maxSamples}`,
  );
  return rows.map((row) => ({
    side,
    ...Object.fromEntries(columns.map(({ column }, index) => [column.name, row[index]])),
    occurrences: Number(row[columns.length]),
  }));
}

/** Combinations of one side that the other has not: their number, and samples. */
export async function combinationsOnlyIn(
  mine: Combinations,
  other: Combinations,
  side: string,
): Promise<{ readonly count: number; readonly samples: Record<string, unknown>[] }> {
  const texts = mine.columns.map((read) => mine.table.text(read));
  const others = other.columns.map((read) => other.table.text(read));
  const names = texts.map((_text, index) => `k${index}`).join(', ');
  const select = (list: readonly string[], from: string): string =>
    `select ${list.map((text, index) => `${text} as k${index}`).join(', ')} from ${from} as s`;
  const only = `(select ${names} from (${select(texts, mine.table.name)}) except select ${names} from (${select(others, other.table.name)}))`;
  const rows = await mine.table.rows(
    `select *, count(*) over () from ${only} order by all limit ${maxSamples}`,
  );
  return {
    count: Number(rows[0]?.at(-1) ?? 0),
    samples: rows.map((row) => ({
      only_in: side,
      ...Object.fromEntries(mine.columns.map(({ column }, index) => [column.name, row[index]])),
    })),
  };
}
