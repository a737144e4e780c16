/**
 * Snowflake: what a column is in the one type system, how the service writes its value as text that says all of it, and how that text
 * becomes an exact DuckDB value.
 */
import { quoteText } from '../connections/ansiDialect.ts';
import { EngineError } from '../errors.ts';
import { duckdbType, plainTime, toExactType, type ExactType } from './canonical.ts';
import { fineMoment } from './sqlserverTypes.ts';
import type { CanonicalKind, CanonicalType } from './types.ts';

/** A column of a result as the SQL API describes it (rowType of resultSetMetaData). */
export interface SnowflakeField {
  readonly name: string;
  readonly type: string;
  readonly precision?: number | null;
  readonly scale?: number | null;
  readonly length?: number | null;
  readonly nullable?: boolean | null;
}

type Arguments = readonly [first?: number, second?: number];

interface NativeType {
  kind(args: Arguments): CanonicalKind;
  /** Snowflake SQL: the value as text. */
  text(expr: string): string;
}

/** What VARCHAR without a length has. */
const unlimitedText = 16_777_216;
const defaultFraction = 9;

const asIs = (expr: string): string => expr;
const toVarchar = (expr: string): string => `to_varchar(${expr})`;
const toJson = (expr: string): string => `to_json(to_variant(${expr}))`;
const moment = (expr: string): string => `to_char(${expr}, 'YYYY-MM-DD HH24:MI:SS.FF9')`;
const instant = (expr: string): string => moment(`convert_timezone('UTC', ${expr})`);
const other = (name: string) => (): CanonicalKind => ({ kind: 'other', name: `${name} of Snowflake` });
const shape = (expr: string): string => `to_varchar(st_asewkb(${expr}), 'HEX')`;

/** Marks text of a float that does not read back as the same float. */
const unfaithful = '?';

/**
 * How many digits TO_VARCHAR writes of a FLOAT is nowhere promised, so Snowflake itself reads its text back: what is not the same
 * value again is marked, and becomes an error.
 */
function faithfulFloat(expr: string): string {
  const same = (text: string): string => `when to_double(${text}) = ${expr} then ${text}`;
  const scientific = `to_varchar(${expr}, 'TME')`;
  return `case when ${expr} is null then null ${same(toVarchar(expr))} ${same(scientific)} else '${unfaithful}' || ${toVarchar(expr)} end`;
}

const text = (length: number | undefined): CanonicalKind => ({
  kind: 'text',
  length: length === undefined || length >= unlimitedText ? null : length,
});

const number: NativeType = {
  kind: ([precision = 38, scale = 0]) => ({ kind: 'decimal', precision, scale }),
  text: toVarchar,
};
const float: NativeType = { kind: () => ({ kind: 'float', bits: 64 }), text: faithfulFloat };
const varchar: NativeType = { kind: ([length]) => text(length), text: asIs };
const binary: NativeType = { kind: () => ({ kind: 'binary' }), text: (expr) => `hex_encode(${expr})` };
const plainMoment: NativeType = {
  kind: ([precision = defaultFraction]) => ({ kind: 'timestamp', precision, zoned: false }),
  text: moment,
};
const zonedMoment: NativeType = {
  kind: ([precision = defaultFraction]) => ({ kind: 'timestamp', precision, zoned: true }),
  text: instant,
};
const json: NativeType = { kind: () => ({ kind: 'json' }), text: toJson };

/** By name, in the words of the SQL API and of information_schema. A type that is not here cannot be read: VECTOR, and what is to come. */
export const snowflakeTypes: Readonly<Record<string, NativeType>> = {
  fixed: number,
  number,
  decimal: number,
  numeric: number,
  int: number,
  integer: number,
  bigint: number,
  smallint: number,
  tinyint: number,
  byteint: number,
  real: float,
  float,
  float4: float,
  float8: float,
  double: float,
  'double precision': float,
  text: varchar,
  varchar,
  char: varchar,
  character: varchar,
  string: varchar,
  binary,
  varbinary: binary,
  boolean: { kind: () => ({ kind: 'boolean' }), text: toVarchar },
  date: { kind: () => ({ kind: 'date' }), text: (expr) => `to_char(${expr}, 'YYYY-MM-DD')` },
  time: {
    kind: ([precision = defaultFraction]) => ({ kind: 'time', precision }),
    text: (expr) => `to_char(${expr}, 'HH24:MI:SS.FF9')`,
  },
  datetime: plainMoment,
  timestamp_ntz: plainMoment,
  timestamp_ltz: zonedMoment,
  timestamp_tz: zonedMoment,
  variant: json,
  object: json,
  array: json,
  map: json,
  geography: { kind: other('geography'), text: shape },
  geometry: { kind: other('geometry'), text: shape },
};

function partsOf(native: string): { readonly word: string; readonly args: Arguments } {
  const [, word = '', first, second] =
    /^([\w ]+?)(?:\((\d+)(?:,\s*(\d+))?\))?$/.exec(native.trim().toLowerCase()) ?? [];
  const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return { word: word || native.toLowerCase(), args: [numberOf(first), numberOf(second)] };
}

/** The type of a column of a result in the words of Snowflake: `NUMBER(38,0)`, `VARCHAR(40)`, `TIMESTAMP_NTZ(9)`. */
export function snowflakeTypeName({ type, precision, scale, length }: SnowflakeField): string {
  const word = type.toLowerCase();
  switch (word) {
    case 'fixed':
      return `NUMBER(${precision ?? 38},${scale ?? 0})`;
    case 'real':
      return 'FLOAT';
    case 'text':
      return `VARCHAR(${length ?? unlimitedText})`;
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return `${type.toUpperCase()}(${scale ?? defaultFraction})`;
    default:
      return type.toUpperCase();
  }
}

/** The canonical type of a type as snowflakeTypeName and information_schema write it. */
export function fromSnowflakeType(native: string): CanonicalType {
  const { word, args } = partsOf(native);
  return snowflakeTypes[word]?.kind(args) ?? { kind: 'other', name: `${word} of Snowflake` };
}

/** Snowflake SQL: the value of a column as text. A type nobody knows how to read whole is an error, never a guess. */
export function snowflakeExport(expr: string, name: string, native: string): string {
  const known = snowflakeTypes[partsOf(native).word];
  if (known === undefined) {
    throw new EngineError('definition', 'type_not_readable', `column ${name} is ${native}`, {
      hint: 'Values of this type cannot be read exactly: exclude the column, or cast it in a query.',
    });
  }
  return known.text(expr);
}

/** DuckDB SQL: text as snowflakeExport has it, of the column `name`, as the type asked for. */
export function fromSnowflakeText(expr: string, name: string, type: CanonicalType, to: ExactType): string {
  const natural = duckdbType(type);
  switch (type.kind) {
    case 'binary':
      return toExactType(`unhex(${expr})`, type, to);
    case 'timestamp':
      return fineMoment(expr, name, type, to);
    case 'float': {
      const problem = `error(${quoteText(`column ${name}: `)} || substr(${expr}, 2) || ${quoteText(' is not all of the value, and Snowflake writes no more of it: cast the column to NUMBER in a query')})`;
      const value = `case when starts_with(${expr}, '${unfaithful}') then cast(${problem} as ${natural}) else cast(${expr} as ${natural}) end`;
      return toExactType(value, type, to);
    }
    case 'time':
      return to.duckdb_type === 'VARCHAR'
        ? plainTime(expr)
        : toExactType(`cast(${expr} as ${natural})`, type, to);
    default:
      return toExactType(natural === 'VARCHAR' ? expr : `cast(${expr} as ${natural})`, type, to);
  }
}
