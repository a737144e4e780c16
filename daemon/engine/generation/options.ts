/** What a request chooses beside row_count and seed: rows of single tables, missing values. Pure. */
import { nearNames } from '../connections/duckdbLease.ts';
import { EngineError } from '../errors.ts';
import type { Calendar } from './domains/calendar.ts';
import type { ColumnSpec, DomainSpec, Scale, TableSize, TableSpec } from './spec.ts';

/** The numbers of a domain for a request. Rejects (EngineError) rows that a table cannot have, and says which it can. */
export function scaleOf(
  domain: DomainSpec,
  rowCount: number,
  calendar: Calendar,
  rows: Readonly<Record<string, number>>,
): Scale {
  const wanted = Object.entries(rows).filter(([name]) => name !== domain.fact_table);
  const given: Record<string, number> = {};
  for (const [name, count] of wanted) given[sizeOf(domain, name).scale] = count;
  const scale = domain.scale(rowCount, calendar, given);
  for (const [name, count] of wanted) assertRows(name, count, sizeOf(domain, name), scale);
  return scale;
}

function sizeOf(domain: DomainSpec, name: string): TableSize {
  const size = domain.sizes[name];
  if (size !== undefined) return size;
  const free = Object.keys(domain.sizes);
  if (domain.tables.some((table) => table.name === name))
    throw definitionError('rows_follow', `tables: the rows of ${name} follow from those of other tables`, [
      `Rows may be given for ${[domain.fact_table, ...free].join(', ')}.`,
    ]);
  throw definitionError('no_such_table', `tables: there is no table ${name}`, [
    `Nearest: ${nearNames(name, free).join(', ')}`,
  ]);
}

function assertRows(name: string, count: number, { min, max, step = 1 }: TableSize, scale: Scale): void {
  const least = min?.(scale) ?? 1;
  const most = max?.(scale) ?? Number.MAX_SAFE_INTEGER;
  if (count >= least && count <= most && count % step === 0) return;
  const multiple = step === 1 ? '' : `, a multiple of ${step}`;
  const bound = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
  throw definitionError('rows_not_possible', `tables: ${name} cannot have ${count} rows here`, [
    `It can have ${bound}${multiple}, beside this row_count.`,
  ]);
}

function definitionError(code: string, message: string, [hint]: readonly string[]): EngineError {
  return new EngineError('definition', code, message, { hint });
}

/** The tables with another share of missing values: of every column that may lack one, or of those a mapping names. */
export function withNullRate(
  tables: readonly TableSpec[],
  rate: number | Readonly<Record<string, number>> | undefined,
): readonly TableSpec[] {
  if (rate === undefined) return tables;
  const columns = tables.flatMap((table) =>
    table.columns.flatMap(({ name, unknown }) =>
      unknown === undefined ? [] : [[name, `${table.name}.${name}`] as const],
    ),
  );
  if (typeof rate !== 'number')
    for (const wanted of Object.keys(rate))
      if (!columns.some((names) => names.includes(wanted)))
        throw definitionError('no_null_rate', `null_rate: ${wanted} is no column that may lack a value`, [
          `Such columns are ${columns.map(([, full]) => full).join(', ')}.`,
        ]);
  const share = (table: string, column: string) =>
    typeof rate === 'number' ? rate : (rate[`${table}.${column}`] ?? rate[column]);
  return tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => {
      const own = share(table.name, column.name);
      return own === undefined || column.unknown === undefined
        ? column
        : { ...column, unknown: { ...column.unknown, per_mille: Math.round(own * 1e6) / 1000 } };
    }),
  }));
}

/** The expression of a column with its missing values. Those who lack a value at one rate lack it at every higher one. */
export function columnSql({ sql, unknown }: ColumnSpec): string {
  if (unknown === undefined) return sql;
  const { draw, per_mille: rate, is_known: isKnown } = unknown;
  // Draws are 32 bits; a thousandth of them is 4294967, and all of them are 2^32.
  const bound = (share: number) => (share >= 1000 ? 4_294_967_296 : Math.round(share * 4_294_967));
  return isKnown === true
    ? `case when ${draw} < ${bound(1000 - rate)} then ${sql} end`
    : `case when ${draw} >= ${bound(rate)} then ${sql} end`;
}
