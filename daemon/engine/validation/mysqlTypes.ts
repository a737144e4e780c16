/**
 * MySQL and MariaDB: what a column is called, what it is in the one type system, and how its text becomes an exact DuckDB value.
 */
import { quoteText } from '../connections/ansiDialect.ts';
import { duckdbType, plainTime, toExactType, type ExactType } from './canonical.ts';
import type { CanonicalKind, CanonicalType } from './types.ts';

type Arguments = readonly [first?: number, second?: number];

const integer = (bits: 8 | 16 | 32 | 64, unsigned: boolean): CanonicalKind =>
  unsigned ? { kind: 'integer', bits, unsigned } : { kind: 'integer', bits };
const text = (length: number | null = null): CanonicalKind => ({ kind: 'text', length });
const binary: CanonicalKind = { kind: 'binary' };

/** The smallest integer that holds BIT(n), read as the number it is. */
const bitBits = (length: number) => (length <= 8 ? 8 : length <= 16 ? 16 : length <= 32 ? 32 : 64);

/** By the name of the type as information_schema writes it; what is not here is read as `other`, as hexadecimal bytes. */
const mysqlTypes: Readonly<Record<string, (args: Arguments, unsigned: boolean) => CanonicalKind>> = {
  // BOOLEAN is TINYINT(1) and holds any of -128 to 127: a number, that compares with true and false as 1 and 0.
  tinyint: (_, unsigned) => integer(8, unsigned),
  smallint: (_, unsigned) => integer(16, unsigned),
  mediumint: (_, unsigned) => integer(32, unsigned),
  int: (_, unsigned) => integer(32, unsigned),
  bigint: (_, unsigned) => integer(64, unsigned),
  year: () => integer(16, false),
  bit: ([length = 1]) => integer(bitBits(length), true),
  decimal: ([precision = 10, scale = 0]) => ({ kind: 'decimal', precision, scale }),
  float: () => ({ kind: 'float', bits: 32 }),
  double: () => ({ kind: 'float', bits: 64 }),
  date: () => ({ kind: 'date' }),
  datetime: ([precision = 0]) => ({ kind: 'timestamp', precision, zoned: false }),
  // Stored as an instant and told in the zone of the session, which is UTC here.
  timestamp: ([precision = 0]) => ({ kind: 'timestamp', precision, zoned: true }),
  time: ([precision = 0]) => ({ kind: 'time', precision, beyond_day: true }),
  char: ([length = 1]) => ({ kind: 'text', length, padded: true }),
  varchar: ([length]) => text(length ?? null),
  tinytext: () => text(),
  text: () => text(),
  mediumtext: () => text(),
  longtext: () => text(),
  enum: () => text(),
  set: () => text(),
  binary: () => binary,
  varbinary: () => binary,
  tinyblob: () => binary,
  blob: () => binary,
  mediumblob: () => binary,
  longblob: () => binary,
  json: () => ({ kind: 'json' }),
  uuid: () => ({ kind: 'uuid' }),
};

/** Types that stay `other` and whose text says all of a value; of all else the bytes do. */
const wordTypes: ReadonlySet<string> = new Set(['inet4', 'inet6']);
const shapeTypes: ReadonlySet<string> = new Set([
  'geometry',
  'point',
  'linestring',
  'polygon',
  'multipoint',
  'multilinestring',
  'multipolygon',
  'geometrycollection',
]);

/** The canonical type of a type as information_schema.columns.column_type writes it: `decimal(10,2) unsigned`. */
export function fromMysqlType(native: string): CanonicalType {
  const [, word = '', first, second] = /^(\w+)(?:\((\d+)(?:,\s*(\d+))?\))?/.exec(native.toLowerCase()) ?? [];
  const args: Arguments = [
    first === undefined ? undefined : Number(first),
    second === undefined ? undefined : Number(second),
  ];
  const known = mysqlTypes[word]?.(args, /\bunsigned\b|\bzerofill\b/i.test(native));
  if (known) return known;
  // Named apart from the types of the same name in other systems, whose bytes and text are other ones.
  return { kind: 'other', name: shapeTypes.has(word) ? 'geometry of MySQL' : `${word || native} of MySQL` };
}

/** A column of a result as the protocol describes it. `length` counts bytes. */
export interface MysqlField {
  readonly name: string;
  readonly column_type: number;
  readonly flags: number;
  readonly length: number;
  readonly decimals: number;
  readonly character_set: number;
  /** MariaDB's own types (`uuid`, `inet6`, `json`), which the number of the type does not tell. */
  readonly extended_type?: string;
}

const unsignedFlag = 32;
const enumFlag = 256;
const setFlag = 2048;
export const notNullFlag = 1;
const binaryCharacterSet = 63;
/** Bytes a character may take in the utf8mb4 of our sessions. */
const characterBytes = 4;
/** Fraction digits that are not fixed: floats, and times out of text. */
const unfixedDecimals = 31;

const numberNames: Readonly<Record<number, string>> = {
  1: 'tinyint',
  2: 'smallint',
  3: 'int',
  8: 'bigint',
  9: 'mediumint',
  4: 'float',
  5: 'double',
};
const timeNames: Readonly<Record<number, string>> = { 7: 'timestamp', 11: 'time', 12: 'datetime' };
const plainNames: Readonly<Record<number, string>> = {
  6: 'text',
  10: 'date',
  13: 'year',
  14: 'date',
  242: 'vector',
  245: 'json',
  247: 'enum',
  248: 'set',
  255: 'geometry',
};

/** The type of a result's column in the words of information_schema: only a table has more to say (the values of an enum). */
export function mysqlTypeName(field: MysqlField): string {
  const { column_type: type, flags, length, decimals } = field;
  if (field.extended_type !== undefined) return field.extended_type;
  if ((flags & enumFlag) !== 0) return 'enum';
  if ((flags & setFlag) !== 0) return 'set';
  const unsigned = (flags & unsignedFlag) === 0 ? '' : ' unsigned';
  const number = numberNames[type];
  if (number !== undefined) return number === 'tinyint' && length === 1 ? 'tinyint(1)' : number + unsigned;
  if (type === 0 || type === 246) {
    // The length counts the digits, the point and the sign.
    const digits = length - (decimals > 0 ? 1 : 0) - (unsigned === '' ? 1 : 0);
    return `decimal(${Math.max(digits, decimals, 1)},${decimals})${unsigned}`;
  }
  const moment = timeNames[type];
  if (moment !== undefined) return `${moment}(${decimals >= unfixedDecimals ? 6 : decimals})`;
  if (type === 16) return `bit(${length})`;
  return plainNames[type] ?? stringName(field);
}

function stringName({ column_type: type, character_set, length }: MysqlField): string {
  // The bare word NULL in a query is a binary string of no length.
  const isBinary = character_set === binaryCharacterSet && length > 0;
  if (type >= 249 && type <= 252) return isBinary ? 'longblob' : 'longtext';
  const word = type === 254 ? (isBinary ? 'binary' : 'char') : isBinary ? 'varbinary' : 'varchar';
  return `${word}(${isBinary ? length : Math.floor(length / characterBytes)})`;
}

/** SQL of MySQL: what the server itself must write otherwise than its plain text. */
export function mysqlExport(expr: string, native: string, type: CanonicalType): string {
  // Plain text of a FLOAT has six digits; as a DOUBLE it has as many as tell the value. DOUBLE(m,d) has d digits, likewise.
  if (type.kind === 'float') return `(${expr} + 0e0)`;
  if (/^bit\b/i.test(native)) return `cast(${expr} as unsigned)`;
  if (type.kind === 'binary') return `hex(${expr})`;
  if (type.kind === 'other' && !wordTypes.has(native.toLowerCase())) return `hex(${expr})`;
  return expr;
}

const unboundedDecimal: CanonicalType = { kind: 'decimal', precision: null, scale: null };

/** DuckDB SQL: text as mysqlExport has it, of the column `name`, as the type asked for. A day that is none is an error. */
export function fromMysqlText(expr: string, name: string, type: CanonicalType, to: ExactType): string {
  switch (type.kind) {
    case 'decimal':
      return to.duckdb_type === 'VARCHAR'
        ? toExactType(expr, unboundedDecimal, to)
        : toExactType(`cast(${expr} as ${duckdbType(type)})`, type, to);
    case 'binary':
      return toExactType(`unhex(${expr})`, type, to);
    case 'date':
      return toExactType(calendarValue(expr, name, type), type, to);
    case 'timestamp':
      return toExactType(calendarValue(type.zoned ? `(${expr} || '+00')` : expr, name, type), type, to);
    case 'time':
      return timeValue(expr, name, to);
    default: {
      const natural = duckdbType(type);
      return toExactType(natural === 'VARCHAR' ? expr : `cast(${expr} as ${natural})`, type, to);
    }
  }
}

/** Depending on its sql_mode a server keeps '0000-00-00', '2020-02-00' and '2020-02-30', which no other system has. */
function calendarValue(expr: string, name: string, type: CanonicalType): string {
  const wanted = duckdbType(type);
  const message = badValue(
    name,
    expr,
    'is no day of the calendar: exclude the column or turn such days in a query',
  );
  return `coalesce(try_cast(${expr} as ${wanted}), case when ${expr} is not null then cast(${message} as ${wanted}) end)`;
}

const timeOfDay = '(([01][0-9]|2[0-3]):[0-9:.]+|24:00:00([.]0+)?)';

/** TIME counts -838:59:59 to 838:59:59: compared as an interval, as its own text, or as a time of day where it is one. */
function timeValue(expr: string, name: string, to: ExactType): string {
  if (to.text_of === 'interval') return intervalText(expr);
  if (to.duckdb_type === 'VARCHAR') return plainTime(expr);
  const message = badValue(name, expr, 'is no time of day: turn it into seconds in a query (time_to_sec)');
  return (
    `case when ${expr} is null then null when regexp_full_match(${expr}, ${quoteText(timeOfDay)}) ` +
    `then cast(${expr} as ${to.duckdb_type}) else cast(${message} as ${to.duckdb_type}) end`
  );
}

function intervalText(expr: string): string {
  const part = (index: number) => `cast(split_part(ltrim(${expr}, '-'), ':', ${index}) as decimal(38,6))`;
  const microseconds = `cast((${part(1)} * 3600 + ${part(2)} * 60 + ${part(3)}) * 1000000 as bigint)`;
  const sign = `case when starts_with(${expr}, '-') then -1 else 1 end`;
  return `'0 months 0 days ' || cast(${sign} * ${microseconds} as varchar) || ' microseconds'`;
}

function badValue(name: string, expr: string, what: string): string {
  return `error(${quoteText(`column ${name}: `)} || ${expr} || ${quoteText(` ${what}`)})`;
}
