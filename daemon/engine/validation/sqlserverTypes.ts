/**
 * SQL Server: what a column is in the one type system, how the server writes its value as text that says all of it, and how that
 * text becomes an exact DuckDB value.
 */
import { quoteText } from '../connections/ansiDialect.ts';
import { EngineError } from '../errors.ts';
import { duckdbType, plainTime, toExactType, type ExactType } from './canonical.ts';
import type { CanonicalKind, CanonicalType } from './types.ts';

type Arguments = readonly [first?: number, second?: number];

/** The type of an expression, and how it is written as text in T-SQL. */
interface NativeType {
  kind(args: Arguments): CanonicalKind;
  /** Left out: the value leaves the server as it is, because its text would lose something or it is text already. */
  readonly text?: (expr: string) => string;
}

const integer = (bits: 8 | 16 | 32 | 64, unsigned = false): CanonicalKind =>
  unsigned ? { kind: 'integer', bits, unsigned } : { kind: 'integer', bits };
const binary = (): CanonicalKind => ({ kind: 'binary' });
const unlimited = (): CanonicalKind => ({ kind: 'text', length: null });
const other = (name: string) => (): CanonicalKind => ({ kind: 'other', name: `${name} of SQL Server` });

const asInteger = (expr: string): string => `convert(varchar(20), ${expr})`;
/** Whatever the code page of its collation, as UTF-16. */
const asText = (expr: string): string => `convert(nvarchar(max), ${expr})`;
/** Style 2: hexadecimal without 0x. */
const asHex = (expr: string): string => `convert(varchar(max), convert(varbinary(max), ${expr}), 2)`;
/** Style 121: yyyy-mm-dd hh:mi:ss with as many digits of the second as the type has. */
const asMoment = (expr: string): string => `convert(varchar(27), ${expr}, 121)`;
/** As DATETIME2, which writes no offset behind it. */
const asInstant = (expr: string): string =>
  `convert(varchar(27), convert(datetime2(7), switchoffset(${expr}, '+00:00')), 121)`;
/** By its own four digits: the text of MONEY has two. */
const asMoney = (expr: string): string => `convert(varchar(41), convert(decimal(19,4), ${expr}))`;

const defaultFraction = 7;
const character = (padded: boolean): NativeType => ({
  kind: ([length]) => ({ kind: 'text', length: length ?? null, ...(padded && { padded }) }),
  text: asText,
});

/** By name as sys.types has it. A type that is not here cannot be read: `sql_variant`, and what a later version brings. */
export const sqlserverTypes: Readonly<Record<string, NativeType>> = {
  bit: { kind: () => ({ kind: 'boolean' }), text: (expr) => `convert(varchar(1), ${expr})` },
  tinyint: { kind: () => integer(8, true), text: asInteger },
  smallint: { kind: () => integer(16), text: asInteger },
  int: { kind: () => integer(32), text: asInteger },
  bigint: { kind: () => integer(64), text: asInteger },
  decimal: {
    kind: ([precision = 18, scale = 0]) => ({ kind: 'decimal', precision, scale }),
    text: (expr) => `convert(varchar(41), ${expr})`,
  },
  numeric: {
    kind: ([precision = 18, scale = 0]) => ({ kind: 'decimal', precision, scale }),
    text: (expr) => `convert(varchar(41), ${expr})`,
  },
  money: { kind: () => ({ kind: 'decimal', precision: 19, scale: 4 }), text: asMoney },
  smallmoney: { kind: () => ({ kind: 'decimal', precision: 10, scale: 4 }), text: asMoney },
  // Sent as the bits they are: the server's own text of a float is short by default.
  float: { kind: () => ({ kind: 'float', bits: 64 }) },
  real: { kind: () => ({ kind: 'float', bits: 32 }) },
  date: { kind: () => ({ kind: 'date' }), text: (expr) => `convert(char(10), ${expr}, 23)` },
  datetime: { kind: () => ({ kind: 'timestamp', precision: 3, zoned: false }), text: asMoment },
  smalldatetime: { kind: () => ({ kind: 'timestamp', precision: 0, zoned: false }), text: asMoment },
  datetime2: {
    kind: ([precision = defaultFraction]) => ({ kind: 'timestamp', precision, zoned: false }),
    text: asMoment,
  },
  datetimeoffset: {
    kind: ([precision = defaultFraction]) => ({ kind: 'timestamp', precision, zoned: true }),
    text: asInstant,
  },
  time: {
    kind: ([precision = defaultFraction]) => ({ kind: 'time', precision }),
    text: (expr) => `convert(varchar(16), ${expr}, 121)`,
  },
  char: character(true),
  nchar: character(true),
  varchar: character(false),
  nvarchar: character(false),
  sysname: { kind: () => ({ kind: 'text', length: 128 }), text: asText },
  text: { kind: unlimited, text: asText },
  ntext: { kind: unlimited, text: asText },
  binary: { kind: binary, text: asHex },
  varbinary: { kind: binary, text: asHex },
  image: { kind: binary, text: asHex },
  rowversion: { kind: binary, text: asHex },
  timestamp: { kind: binary, text: asHex },
  uniqueidentifier: {
    kind: () => ({ kind: 'uuid' }),
    text: (expr) => `lower(convert(char(36), ${expr}))`,
  },
  json: { kind: () => ({ kind: 'json' }), text: asText },
  xml: { kind: other('xml'), text: asText },
  hierarchyid: { kind: other('hierarchyid'), text: asHex },
  geometry: { kind: other('geometry'), text: asHex },
  geography: { kind: other('geography'), text: asHex },
};

/** `decimal(10,2)` in its word and its numbers; `max` is none. */
function partsOf(native: string): { readonly word: string; readonly args: Arguments } {
  const [, word = '', first, second] =
    /^([\w ]+?)(?:\((\d+|max)(?:,\s*(\d+))?\))?$/.exec(native.trim().toLowerCase()) ?? [];
  const numberOf = (text: string | undefined) =>
    text === undefined || text === 'max' ? undefined : Number(text);
  return { word: word || native.toLowerCase(), args: [numberOf(first), numberOf(second)] };
}

/** The canonical type of a type as the server describes it: `decimal(10,2)`, `nvarchar(max)`, `datetime2(7)`. */
export function fromSqlserverType(native: string): CanonicalType {
  const { word, args } = partsOf(native);
  return sqlserverTypes[word]?.kind(args) ?? { kind: 'other', name: `${word} of SQL Server` };
}

/** T-SQL: the value of a column as it leaves the server. A type nobody knows how to read whole is an error, never a guess. */
export function sqlserverExport(expr: string, name: string, native: string): string {
  const { word } = partsOf(native);
  const known = sqlserverTypes[word];
  if (known === undefined) {
    throw new EngineError('definition', 'type_not_readable', `column ${name} is ${native}`, {
      hint: 'Values of this type cannot be read exactly: exclude the column, or cast it in a query.',
    });
  }
  return known.text?.(expr) ?? expr;
}

/** DuckDB SQL: text as sqlserverExport has it, of the column `name`, as the type asked for. */
export function fromSqlserverText(expr: string, name: string, type: CanonicalType, to: ExactType): string {
  const natural = duckdbType(type);
  switch (type.kind) {
    case 'binary':
      return toExactType(`unhex(${expr})`, type, to);
    case 'timestamp':
      return fineMoment(expr, name, type, to);
    case 'time':
      return to.duckdb_type === 'VARCHAR'
        ? plainTime(expr)
        : toExactType(`cast(${expr} as ${natural})`, type, to);
    default:
      return toExactType(natural === 'VARCHAR' ? expr : `cast(${expr} as ${natural})`, type, to);
  }
}

/**
 * DuckDB SQL: text of a timestamp of up to nine digits, in UTC and without an offset, as the type asked for. Where that cannot hold it
 * (nanoseconds go from 1677 to 2262) the column is an error that says what to do.
 */
export function fineMoment(
  expr: string,
  name: string,
  type: CanonicalType & { readonly kind: 'timestamp' },
  to: ExactType,
): string {
  if (to.duckdb_type === 'TIMESTAMP_NS') {
    const problem = badValue(
      name,
      expr,
      'is outside of the years that can be compared with more than six digits of a second: cast the column to six digits in a query',
    );
    return `coalesce(try_cast(${expr} as timestamp_ns), case when ${expr} is not null then cast(${problem} as timestamp_ns) end)`;
  }
  const coarse = { ...type, precision: Math.min(type.precision, 6) };
  const natural = duckdbType(coarse);
  const value = `cast(${type.zoned ? `(${expr} || '+00')` : expr} as ${natural})`;
  if (type.precision <= 6) return toExactType(value, coarse, to);
  // The digits past the sixth must all be zeros: DuckDB would drop them without a word.
  const problem = badValue(name, expr, 'is finer than a microsecond: round it in a query');
  const isFine = `regexp_matches(${expr}, '[.][0-9]{6}[0-9]*[1-9]')`;
  return toExactType(`case when ${isFine} then cast(${problem} as ${natural}) else ${value} end`, coarse, to);
}

function badValue(name: string, expr: string, what: string): string {
  return `error(${quoteText(`column ${name}: `)} || ${expr} || ${quoteText(` ${what}`)})`;
}
