/** Which row gets which fault: exact numbers, distinct rows, and only faults that change what is stored. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteIdentifier, quoteText } from '../connections/ansiDialect.ts';
import { queryDuckdb } from '../connections/duckdbValues.ts';
import type { ValueFault } from './faultKinds.ts';
import { streamConstants } from './mixer.ts';

/** What faults one table can take. */
export interface FaultPicker {
  readonly table: string;
  /** Table of the workspace with the clean rows, numbered by `gen_row` from 1. */
  readonly clean: string;
  readonly rows: number;
  /** SQL of a whole row `c` as JSON text. */
  readonly row_json: string;
  readonly row_kinds: readonly string[];
  readonly values: readonly ValueFault[];
  /** SQL condition on `c`: no row of another table refers to it. */
  readonly unreferenced: string;
}

interface PickContext {
  readonly duckdb: DuckDBConnection;
  readonly seed: number;
}

/** Splits `total` by weight into whole numbers that add up to it (largest remainder, earlier first). */
export function allocate(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const exact = weights.map((weight) => (sum === 0 ? 0 : (total * weight) / sum));
  const counts = exact.map(Math.floor);
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  let left = total - counts.reduce((all, count) => all + count, 0);
  for (const { index } of order) {
    if (left <= 0) break;
    counts[index] = (counts[index] ?? 0) + 1;
    left -= 1;
  }
  return counts;
}

function kindsOf(picker: FaultPicker): string[] {
  return [...picker.row_kinds, ...new Set(picker.values.map((value) => value.kind))];
}

/** The list from place `turn` on: what few faults cannot all cover begins elsewhere for every seed. */
function rotated<T>(list: readonly T[], turn: number): T[] {
  const start = list.length === 0 ? 0 : turn % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

/**
 * Plants `count` faults in all tables together: each kind gets the same share, spread by rows over the tables that know the kind.
 * What a kind or a table cannot take, others do. Returns how many were planted.
 */
export async function pickByCount(
  pickers: readonly FaultPicker[],
  count: number,
  context: PickContext,
): Promise<number> {
  const kinds = rotated([...new Set(pickers.flatMap(kindsOf))], context.seed);
  const shares = allocate(
    count,
    kinds.map(() => 1),
  );
  let planted = 0;
  for (const [index, kind] of kinds.entries()) {
    const able = pickers.filter((picker) => kindsOf(picker).includes(kind));
    planted += await pickAcross(able, kind, shares[index] ?? 0, context);
  }
  for (const kind of kinds)
    for (const picker of pickers.filter((each) => kindsOf(each).includes(kind)))
      planted += await pickKind(picker, kind, count - planted, context);
  return planted;
}

async function pickAcross(
  pickers: readonly FaultPicker[],
  kind: string,
  count: number,
  context: PickContext,
): Promise<number> {
  const shares = allocate(
    count,
    pickers.map(({ rows }) => rows),
  );
  let planted = 0;
  for (const [index, picker] of pickers.entries())
    planted += await pickKind(picker, kind, shares[index] ?? 0, context);
  for (const picker of pickers) planted += await pickKind(picker, kind, count - planted, context);
  return planted;
}

/** Plants exactly `count` faults in one table if it can take them, each kind its share. Returns how many were planted. */
export async function pickInTable(picker: FaultPicker, count: number, context: PickContext): Promise<number> {
  const kinds = rotated(kindsOf(picker), context.seed);
  const shares = allocate(
    count,
    kinds.map(() => 1),
  );
  let planted = 0;
  for (const [index, kind] of kinds.entries())
    planted += await pickKind(picker, kind, shares[index] ?? 0, context);
  for (const kind of kinds) planted += await pickKind(picker, kind, count - planted, context);
  return planted;
}

/** Plants faults of one column, each kind its share. Returns how many were planted. */
export async function pickInColumn(
  picker: FaultPicker,
  column: string,
  count: number,
  context: PickContext,
): Promise<number> {
  const values = picker.values.filter(
    (value) => value.column.name === column || value.other?.name === column,
  );
  return pickInTable({ ...picker, row_kinds: [], values }, count, context);
}

/** Plants up to `count` faults of one kind. Looks at a sample of the rows first: most kinds find enough there. */
export async function pickKind(
  picker: FaultPicker,
  kind: string,
  count: number,
  context: PickContext,
): Promise<number> {
  if (count <= 0) return 0;
  const share = (count * 16 + 64) / Math.max(1, picker.rows);
  let planted = share < 1 ? await insertPicks(picker, kind, count, context, Math.floor(share * 2 ** 32)) : 0;
  if (planted < count) planted += await insertPicks(picker, kind, count - planted, context, 2 ** 32);
  return planted;
}

async function insertPicks(
  picker: FaultPicker,
  kind: string,
  count: number,
  { duckdb, seed }: PickContext,
  below: number,
): Promise<number> {
  const draw = (name: string) =>
    `gen_mix(xor(gen_base, ${streamConstants(seed, faultStream(picker.table), `${kind} ${name}`).column}::bigint))`;
  const values = picker.values.filter((value) => value.kind === kind);
  const options = values.length > 0 ? values.map(valueOption) : [rowOption(picker, kind)];
  const { rows } = await queryDuckdb(
    duckdb,
    `insert into gen_picked
     select ${quoteText(picker.table)}, gen_row, ${quoteText(kind)}, choice.column_name, choice.original, choice.corrupted, choice.other_column
     from (select gen_row, gen_order, options[1 + ((gen_choice * len(options)) >> 32)] as choice
       from (select gen_row, gen_order, gen_choice,
           list_filter([${options.join(', ')}], lambda x: x.fits and x.corrupted is distinct from x.original) as options
         from (select *, ${draw('choice')} as gen_choice, ${draw('amount')} as gen_fault
           from (select *, ${draw('order')} as gen_order from ${picker.clean}) where gen_order < ${below}) c
         where gen_row not in (select gen_row from gen_picked where table_name = ${quoteText(picker.table)}))
       where len(options) > 0)
     order by gen_order, gen_row limit ${count}`,
  );
  return Number(rows[0]?.[0]);
}

/** The stream whose base the clean table holds as `gen_base`. */
export const faultStream = (table: string): string => `${table} faults`;

function valueOption({ column, value, when, other }: ValueFault): string {
  const name = quoteIdentifier(column.name);
  return (
    `{'column_name': ${quoteText(column.name)}, 'original': ${name}::varchar, ` +
    `'corrupted': case when ${when} then (${value})::${column.type}::varchar end, 'fits': ${when}, ` +
    `'other_column': ${other === undefined ? 'null::varchar' : quoteText(other.name)}}`
  );
}

function rowOption({ row_json: json, unreferenced }: FaultPicker, kind: string): string {
  const entry = (original: string, corrupted: string, fits: string) =>
    `{'column_name': null::varchar, 'original': ${original}, 'corrupted': ${corrupted}, 'fits': ${fits}, 'other_column': null::varchar}`;
  return kind === 'missing'
    ? entry(json, 'null::varchar', unreferenced)
    : entry('null::varchar', json, 'true');
}
