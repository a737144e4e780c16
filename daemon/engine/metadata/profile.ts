import type { CatalogColumn, ColumnProfile, TableProfile } from '../../protocol/catalog.ts';
import type { ProfileOptions } from '../../protocol/files/batch.ts';
import { EngineError } from '../errors.ts';
import type { Countable } from './model.ts';
import { isNumber, profileSql, type ProfiledColumn } from './profileSql.ts';
import { attempt, countOne, nameOf, setCount, withoutHindered, type RowsContext } from './rows.ts';
import { count, nullableText, type Row } from './session.ts';

/** PostgreSQL allows 1,664 items in a SELECT; a profile needs up to eleven for each column. */
const columnsPerStatement = 100;

/** Systems whose SQL of a profile nobody has written: each of their tables is named as not profiled. */
const withoutProfiles: ReadonlySet<string> = new Set(['sqlserver', 'snowflake']);

/**
 * Figures of every column, one scan of each table; returns the rows read. Tables larger than `max_rows` are sampled, and their profile
 * says how. The tables that were done are added to `done`, for callers with a time limit.
 */
export async function profileRows(
  countables: readonly Countable[],
  options: ProfileOptions,
  context: RowsContext,
  done: Set<Countable> = new Set(),
): Promise<number> {
  const readable = withoutHindered(countables, context);
  const { type } = context.session.connection;
  if (withoutProfiles.has(type)) {
    for (const countable of readable)
      context.unreadable.push({
        object: `profile of ${nameOf(countable)}`,
        reason: `there are no profiles of ${type}`,
      });
    return 0;
  }
  let rows = 0;
  for (const countable of readable) {
    rows += await profileTable(countable, options, context);
    done.add(countable);
    context.onTables(done.size, rows);
  }
  return rows;
}

interface Looked {
  /** The FROM item. */
  readonly rows: string;
  readonly sample: TableProfile['sample'];
}

/** All rows, or so many of them, as each system can best choose them. */
function rowsOf(countable: Countable, { max_rows: limit }: ProfileOptions, { session }: RowsContext): Looked {
  const { from, relation } = countable;
  const total = relation.row_count.value;
  if (total !== null && total <= limit) return { rows: from, sample: null };
  const sampled = (rows: string, method: string): Looked => ({
    rows,
    sample: { method, rows_of_table: total },
  });
  switch (session.connection.type) {
    case 'duckdb':
    case 'files':
      return sampled(
        `${from} using sample reservoir(${limit} rows) repeatable (42)`,
        `reservoir of ${limit} rows, seed 42`,
      );
    case 'postgres': {
      if (relation.kind === 'foreign_table' || total === null) break;
      const percent = Math.min(100, (100 * limit) / total);
      return sampled(
        `${from} tablesample system (${percent}) repeatable (42)`,
        `pages chosen at random, ${percent.toPrecision(3)} % of them, seed 42`,
      );
    }
    default:
  }
  return sampled(`(select * from ${from} limit ${limit}) as l`, `the first ${limit} rows`);
}

/** Returns the rows looked at. A column that cannot be profiled is named and costs the others a scan each, not their profiles. */
async function profileTable(
  countable: Countable,
  options: ProfileOptions,
  context: RowsContext,
): Promise<number> {
  const { relation } = countable;
  // Nobody knows how large it is: it might be too large to be looked at whole.
  if (relation.row_count.value === null && (await countOne(countable, context)) === null) return 0;
  const looked = rowsOf(countable, options, context);
  let total = 0;
  for (let start = 0; start < Math.max(relation.columns.length, 1); start += columnsPerStatement) {
    const chunk = relation.columns.slice(start, start + columnsPerStatement);
    const profiled = await profileColumns(countable, looked, chunk, options, context);
    total = profiled instanceof EngineError ? total : profiled;
    if (profiled instanceof EngineError && chunk.length > 0)
      total = Math.max(total, await oneByOne(countable, looked, chunk, options, context));
  }
  if (looked.sample === null && relation.columns.some(({ profile }) => profile !== undefined))
    setCount(countable, { rows: total });
  relation.profile = { rows_scanned: total, sample: looked.sample };
  return total;
}

async function oneByOne(
  countable: Countable,
  looked: Looked,
  columns: readonly CatalogColumn[],
  options: ProfileOptions,
  context: RowsContext,
): Promise<number> {
  let total = 0;
  const failed: { readonly column: CatalogColumn; readonly reason: string }[] = [];
  for (const column of columns) {
    const one = await profileColumns(countable, looked, [column], options, context);
    if (one instanceof EngineError) failed.push({ column, reason: one.message });
    else total = one;
  }
  // If no column can be read, neither can the table: it is said once.
  if (failed.length === columns.length && (await countOne(countable, context)) === null) return 0;
  for (const { column, reason } of failed)
    context.unreadable.push({ object: `profile of ${nameOf(countable)}.${column.name}`, reason });
  return total;
}

async function profileColumns(
  { columnKinds }: Countable,
  { rows }: Looked,
  columns: readonly CatalogColumn[],
  options: ProfileOptions,
  context: RowsContext,
): Promise<number | EngineError> {
  const { connection } = context.session;
  const kinds = columns.map(({ name }): ProfiledColumn => ({ name, kind: columnKinds.get(name) ?? 'other' }));
  const answer = await attempt(
    context,
    profileSql(connection.type, connection.dialect, rows, kinds, options),
  );
  if (answer instanceof EngineError) return answer;
  const row = answer[0] ?? {};
  const total = count(row, 'total') ?? 0;
  for (const [index, column] of columns.entries())
    column.profile = toProfile(row, index, total, kinds[index]?.kind ?? 'other', options);
  return total;
}

function toProfile(
  row: Row,
  index: number,
  total: number,
  kind: ProfiledColumn['kind'],
  options: ProfileOptions,
): ColumnProfile {
  const top = pairs(row, `t${index}`);
  const patterns = pairs(row, `p${index}`);
  return {
    nulls: total - (count(row, `n${index}`) ?? 0),
    distinct: count(row, `d${index}`),
    min: nullableText(row, `l${index}`),
    max: nullableText(row, `h${index}`),
    ...(top !== undefined && { top_values: mostFirst(top).map(([value, rows]) => ({ value, rows })) }),
    ...(kind === 'text' && {
      min_length: count(row, `a${index}`),
      max_length: count(row, `b${index}`),
      ...(patterns !== undefined && {
        patterns: mostFirst(patterns).map(([pattern, rows]) => ({ pattern, rows })),
      }),
    }),
    ...(isNumber(kind) && numberFigures(row, index, options)),
  };
}

function numberFigures(row: Row, index: number, options: ProfileOptions): Partial<ColumnProfile> {
  const found = histogramOf(row, index, options.histogram);
  return {
    mean: nullableText(row, `m${index}`),
    stddev: deviationOf(row, index),
    ...(options.quantiles.length > 0 && { quantiles: quantilesOf(row, index, options.quantiles) }),
    ...(found !== undefined && { histogram: found }),
  };
}

/** The system's own, or the root of the sum of squared deviations by one less than the values. */
function deviationOf(row: Row, index: number): string | null {
  if (`s${index}` in row) return nullableText(row, `s${index}`);
  const [sum, values] = [count(row, `v${index}`), count(row, `k${index}`) ?? 0];
  return sum === null || values < 2 ? null : String(Math.sqrt(sum / (values - 1)));
}

function quantilesOf(row: Row, index: number, quantiles: readonly number[]): ColumnProfile['quantiles'] {
  const written = nullableText(row, `q${index}`);
  const values = written === null ? [] : (JSON.parse(written) as (string | null)[]);
  return quantiles.map((quantile, place) => ({ quantile, value: values[place] ?? null }));
}

type Pair = readonly [value: string, rows: number];

/** The list that a query wrote as JSON; undefined if it was not asked for. */
function pairs(row: Row, column: string): Pair[] | undefined {
  if (!(column in row)) return undefined;
  const written = nullableText(row, column);
  if (written === null) return [];
  return (JSON.parse(written) as [unknown, unknown][]).map(([value, rows]) => [String(value), Number(rows)]);
}

function mostFirst(list: readonly Pair[]): Pair[] {
  return [...list].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** Buckets of equal width, empty ones too; one if all values are the same, none if there are none. */
function histogramOf(row: Row, index: number, buckets: number): ColumnProfile['histogram'] {
  const list = pairs(row, `g${index}`);
  if (list === undefined) return undefined;
  const [low, high] = [count(row, `gl${index}`), count(row, `gh${index}`)];
  if (low === null || high === null) return [];
  const rowsOfBucket = new Map(list.map(([bucket, rows]) => [Number(bucket), rows]));
  const used = low === high ? 1 : buckets;
  const edge = (place: number): string => String(place === used ? high : low + ((high - low) * place) / used);
  return Array.from({ length: used }, (_, bucket) => ({
    from: edge(bucket),
    to: edge(bucket + 1),
    rows: rowsOfBucket.get(bucket) ?? 0,
  }));
}
