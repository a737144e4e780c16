/**
 * How a domain file describes its tables. Everything is data: names, types and SQL expressions over draws (mixer.ts).
 *
 * Expressions may hold tokens, replaced by compile.ts:
 *   {price}                      the draw `price` of this table for row i
 *   {dim_product.price@key}      the draw `price` of the table (or entity) `dim_product` for row `key`, a name
 *   {#promotion@month}         the one draw of the stream `promotion` for row `month`; cheaper, for entities whose few values are
 *                              bits of it
 *   {{fact_sales}}               the whole SELECT of another table, in parentheses
 *   {=lines}                     a number of the domain's scale, or a date of its calendar
 *   {~200}                       so many days of three years, in proportion to the days that business lasts
 */
import type { Locale } from '../../protocol/files/generation.ts';
import type { Calendar } from './domains/calendar.ts';

export type ColumnType =
  | 'BOOLEAN'
  | 'SMALLINT'
  | 'INTEGER'
  | 'BIGINT'
  | `DECIMAL(${number},${number})`
  | 'VARCHAR'
  | 'DATE'
  | 'TIMESTAMP';

export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  /** SQL expression; cast to `type`. */
  readonly sql: string;
  readonly nullable: boolean;
  /** The value is missing, for no other reason than that nobody knew it, in so many of a thousand rows: what `null_rate` changes. */
  readonly unknown?: {
    readonly draw: string;
    readonly per_mille: number;
    /** The draw decides when the value is known, not when it is missing. */
    readonly is_known?: true;
  };
}

export interface ForeignKeySpec {
  readonly columns: readonly string[];
  readonly references: { readonly table: string; readonly columns: readonly string[] };
}

/** Counts and numbers that follow from row_count, by name. Always at least one for each table. */
export type Scale = Readonly<Record<string, number>>;

/** Rows of a table that a request may choose. */
export interface TableSize {
  /** The number of the scale that it sets. */
  readonly scale: string;
  readonly min?: (scale: Scale) => number;
  readonly max?: (scale: Scale) => number;
  /** Only multiples of this. */
  readonly step?: number;
}

/** Named expressions; the name of one before it is replaced. */
export type Step = Readonly<Record<string, string>>;

export interface TableSpec {
  readonly name: string;
  readonly description: string;
  /** Rows of the table, exact, from the scale. */
  readonly rows: (scale: Scale) => number;
  /** Steps of named expressions, each seeing the names of the steps before it (and `i`, the row from 1). */
  readonly steps: readonly Step[];
  /** A FROM item in place of the numbers 1 to rows; then the SELECT is ordered by `order_by`. */
  readonly from?: string;
  readonly order_by?: string;
  readonly columns: readonly ColumnSpec[];
  readonly primary_key: readonly string[];
  readonly foreign_keys: readonly ForeignKeySpec[];
}

export interface DomainSpec {
  /** The table whose rows are exactly row_count. */
  readonly fact_table: string;
  /** `given`: numbers of the scale that a request has chosen, by name; what follows from them follows. */
  readonly scale: (rowCount: number, calendar: Calendar, given: Scale) => Scale;
  /** Tables whose rows may be chosen; those of all others follow from these. */
  readonly sizes: Readonly<Record<string, TableSize>>;
  /** Parents before children. */
  readonly tables: readonly TableSpec[];
  /** Constant lists, set as variables of the session and read with getvariable(name). */
  readonly lists: (calendar: Calendar, locale: Locale) => Readonly<Record<string, string>>;
  /** Temporary macros of the domain, after those of the mixer. */
  readonly macros: readonly string[];
}

/** A column that is never null. Without SQL it is the step or source column of the same name. */
export function column(name: string, type: ColumnType, sql = name): ColumnSpec {
  return { name, type, sql, nullable: false };
}

export function nullable(name: string, type: ColumnType, sql = name): ColumnSpec {
  return { name, type, sql, nullable: true };
}

/** A column whose value is not known in so many of a thousand rows; `draw` is the token that decides. */
export function unknownIn(
  per_mille: number,
  draw: string,
  [name, type, sql]: readonly [name: string, type: ColumnType, sql: string],
): ColumnSpec {
  return { name, type, sql, nullable: true, unknown: { draw, per_mille } };
}

/** The same for a column whose value is known in so many of a thousand rows only. */
export function usuallyUnknown(
  known_per_mille: number,
  draw: string,
  [name, type, sql]: readonly [name: string, type: ColumnType, sql: string],
): ColumnSpec {
  return {
    name,
    type,
    sql,
    nullable: true,
    unknown: { draw, per_mille: 1000 - known_per_mille, is_known: true },
  };
}

/** A foreign key over one column; the referenced column has the same name unless given. */
export function references(name: string, table: string, referenced = name): ForeignKeySpec {
  return { columns: [name], references: { table, columns: [referenced] } };
}

/** A SQL text literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A SQL list of texts or numbers. */
export function sqlList(items: readonly (string | number)[]): string {
  return `[${items.map((item) => (typeof item === 'number' ? String(item) : literal(item))).join(', ')}]`;
}
