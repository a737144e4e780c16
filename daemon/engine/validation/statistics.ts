import { Big } from 'big.js';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { CheckParameters } from '../../protocol/files/checks.ts';
import { queryDuckdb } from '../connections/duckdbValues.ts';
import { toEngineError } from '../errors.ts';
import type { Comparison } from './comparison.ts';
import { plainNumber, toExact } from './numbers.ts';

export type Stat = NonNullable<CheckParameters<'column_stats'>['stats']>[number];

/** A staged column and what to know of it. */
export interface StatColumn {
  readonly name: string;
  readonly as: string;
  readonly comparison: Comparison;
  /** Numbers that no DuckDB type holds, staged as decimal text. */
  readonly is_number_text: boolean;
  readonly stats: readonly Stat[];
}

/** Statistics as text (numbers exact), null where there is no value; avg follows from sum and count. */
export type StatValues = Readonly<Partial<Record<Stat, string | null>>>;

/** Statistics of all columns of one staged side: one scan, and one more for each column whose numbers only fit text. */
export async function readStats(
  workspace: DuckDBConnection,
  table: string,
  side: 'source' | 'target',
  columns: readonly StatColumn[],
): Promise<Map<string, StatValues>> {
  const native = columns.filter((column) => !column.is_number_text);
  const found = new Map<string, StatValues>();
  const asText = columns.filter((column) => column.is_number_text);
  try {
    for (const [name, values] of await readNative(workspace, table, side, native)) found.set(name, values);
  } catch (error) {
    // A sum past 38 digits: then the numbers of this table are added up outside of DuckDB, which has no such type.
    if (!/Out of Range Error/i.test(toEngineError(error).message)) throw error;
    for (const column of native) {
      const isExact = ['integer', 'decimal'].includes(column.comparison.family);
      if (isExact) asText.push(column);
      else
        for (const [name, values] of await readNative(workspace, table, side, [column]))
          found.set(name, values);
    }
  }
  for (const column of asText) found.set(column.name, await readNumberText(workspace, table, side, column));
  return found;
}

async function readNative(
  workspace: DuckDBConnection,
  table: string,
  side: 'source' | 'target',
  columns: readonly StatColumn[],
): Promise<[string, StatValues][]> {
  const selects = columns.flatMap((column, index) =>
    neededStats(column).map((stat) => `${aggregate(column, stat, side)} as "${index}_${stat}"`),
  );
  if (selects.length === 0) return [];
  const { rows } = await queryDuckdb(workspace, `select ${selects.join(', ')} from ${table} as s`);
  const values = (rows[0] ?? [])[Symbol.iterator]();
  return columns.map((column) => [
    column.name,
    Object.fromEntries(
      neededStats(column).map((stat) => {
        const value = values.next().value ?? null;
        return [stat, value === null ? null : String(value)];
      }),
    ),
  ]);
}

/** An average needs its sum and count. */
function neededStats(column: StatColumn): Stat[] {
  const needed = new Set(column.stats);
  if (needed.delete('avg')) needed.add('sum').add('count');
  return [...needed];
}

function aggregate(column: StatColumn, stat: Stat, side: 'source' | 'target'): string {
  const { comparison } = column;
  const value = comparison[side](`s.${column.as}`);
  const textOf = (aggregated: string): string =>
    comparison.family === 'binary' ? `lower(hex(${aggregated}))` : `cast(${aggregated} as varchar)`;
  switch (stat) {
    case 'count':
      return `count(${value})`;
    case 'nulls':
      return `count(*) - count(${value})`;
    case 'distinct':
      return `count(distinct ${value})`;
    case 'min':
    case 'max':
      return textOf(`${stat}(${value})`);
    case 'length_sum':
      return `coalesce(sum(length(${value})), 0)`;
    case 'sum':
      return comparison.family === 'float' ? `fsum(${value})` : `cast(sum(${value}) as varchar)`;
    case 'avg':
      throw new Error('avg is computed from sum and count');
  }
}

const pageRows = 20_000;

async function readNumberText(
  workspace: DuckDBConnection,
  table: string,
  side: 'source' | 'target',
  column: StatColumn,
): Promise<StatValues> {
  const value = column.comparison[side](`s.${column.as}`);
  const totals = { sum: new Big(0), count: 0, special: undefined as string | undefined };
  let smallest: Big | undefined;
  let largest: Big | undefined;
  const { rows: head } = await queryDuckdb(
    workspace,
    `select count(*), count(${value}), count(distinct ${value}) from ${table} as s`,
  );
  const [all, filled, distinct] = (head[0] ?? []).map(Number);
  for (let from = 0; from < (all ?? 0); from += pageRows) {
    const { rows } = await queryDuckdb(
      workspace,
      `select cast(${value} as varchar) as v from ${table} as s
       where rowid >= ${from} and rowid < ${from + pageRows} and ${value} is not null`,
    );
    for (const [text] of rows) {
      const exact = toExact(String(text));
      if (exact === undefined) totals.special = mergeSpecial(totals.special, plainNumber(String(text)));
      else {
        totals.sum = totals.sum.plus(exact);
        if (smallest === undefined || exact.lt(smallest)) smallest = exact;
        if (largest === undefined || exact.gt(largest)) largest = exact;
      }
    }
  }
  const isEmpty = (filled ?? 0) === 0;
  return {
    count: String(filled ?? 0),
    nulls: String((all ?? 0) - (filled ?? 0)),
    distinct: String(distinct ?? 0),
    min: totals.special === '-infinity' ? '-infinity' : (smallest?.toFixed() ?? totals.special ?? null),
    // PostgreSQL orders NaN above all numbers, and so do DuckDB's floats.
    max:
      totals.special !== undefined && totals.special !== '-infinity'
        ? totals.special
        : (largest?.toFixed() ?? null),
    sum: isEmpty ? null : (totals.special ?? totals.sum.toFixed()),
  };
}

/** NaN swallows everything, and so do two infinities of different sign. */
function mergeSpecial(before: string | undefined, next: string): string {
  return before === undefined || before === next ? next : 'nan';
}
