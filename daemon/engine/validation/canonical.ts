/**
 * Canonical text of values, and the DuckDB types that hold them exactly. All conversion is DuckDB SQL text built here; the casts
 * DuckDB makes by itself are not used on text nobody vouches for, because they round ('1.5' to 2) and cut ('…+02' to no zone).
 */
import type { CanonicalKind, CanonicalType } from './types.ts';

/**
 * The DuckDB type two columns are compared in. `text_of`: a VARCHAR that holds the canonical text of this kind of value; beside DOUBLE
 * it is `float` and says that the other side holds 32 bits, so that text of a file may be the short form of such a number.
 */
export interface ExactType {
  readonly duckdb_type: string;
  readonly text_of?: CanonicalKind['kind'];
}

const maxDecimalDigits = 38;

/** The DuckDB type that holds every value of a type exactly; VARCHAR (canonical text) where DuckDB has none. */
export function duckdbType(type: CanonicalType): string {
  switch (type.kind) {
    case 'integer':
      return integerType(type.bits, type.unsigned ?? false);
    case 'decimal':
      if (type.precision === null || type.precision > maxDecimalDigits) return 'VARCHAR';
      return `DECIMAL(${type.precision},${type.scale ?? 0})`;
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'DATE';
    case 'timestamp':
      // DuckDB has no zoned type finer than a microsecond, and no system here has such a column.
      if (type.zoned) return 'TIMESTAMP WITH TIME ZONE';
      return type.precision > 6 ? 'TIMESTAMP_NS' : 'TIMESTAMP';
    case 'time':
      if (type.beyond_day) return 'VARCHAR';
      return type.precision > 6 ? 'TIME_NS' : 'TIME';
    case 'uuid':
      return 'UUID';
    case 'binary':
      return 'BLOB';
    // DuckDB's own INTERVAL finds '1 month' equal to '30 days': compared as text of its three parts instead.
    case 'interval':
    case 'text':
    case 'json':
    case 'other':
      return 'VARCHAR';
  }
}

function integerType(bits: number, unsigned: boolean): string {
  const names: Record<number, string> = {
    8: 'TINYINT',
    16: 'SMALLINT',
    32: 'INTEGER',
    64: 'BIGINT',
    128: 'HUGEINT',
  };
  return `${unsigned ? 'U' : ''}${names[bits] ?? 'HUGEINT'}`;
}

/**
 * The type in which columns of these two types are compared exactly, or null when the types are not comparable: then the
 * check is an error, never a pass.
 */
export function exactType(a: CanonicalType, b: CanonicalType): ExactType | null {
  return exactPair(a, b) ?? exactPair(b, a);
}

/** One order of the pair; null means "not in this order". */
function exactPair(a: CanonicalType, b: CanonicalType): ExactType | null {
  const isNumeric = isNumericKind(a) && isNumericKind(b);
  if (a.loose === 'sniffed' && !isNumeric) return sniffedPair(a, b);
  if (b.loose === 'sniffed' && !isNumeric) return null;
  switch (a.kind) {
    case 'integer':
      return integerPair(a, b);
    case 'decimal':
      return decimalPair(a, b);
    case 'float':
      if (b.kind !== 'float') return null;
      if (a.loose === 'sniffed') {
        // Two files: no column says that digits past those of a double do not count.
        if (b.loose === 'sniffed') return { duckdb_type: 'VARCHAR', text_of: 'decimal' };
        return textWithFloat(b);
      }
      if (b.loose === 'sniffed') return textWithFloat(a);
      return { duckdb_type: a.bits === 64 || b.bits === 64 ? 'DOUBLE' : 'FLOAT' };
    case 'date':
      if (b.kind === 'date') return { duckdb_type: 'DATE' };
      return b.kind === 'timestamp' ? { duckdb_type: duckdbType({ ...b, zoned: false }) } : null;
    case 'timestamp':
      return b.kind === 'timestamp' ? { duckdb_type: timestampPair(a, b) } : null;
    case 'time':
      return timePair(a, b);
    case 'uuid':
    case 'json':
      return sameOrText(a, b);
    case 'other':
      return b.kind === 'other' && b.name === a.name ? { duckdb_type: 'VARCHAR', text_of: 'other' } : null;
    case 'interval':
      return b.kind === 'interval' ? { duckdb_type: 'VARCHAR', text_of: 'interval' } : null;
    case 'boolean':
    case 'text':
    case 'binary':
      if (a.kind !== b.kind) return null;
      return a.kind === 'text' ? { duckdb_type: 'VARCHAR', text_of: 'text' } : { duckdb_type: duckdbType(a) };
  }
}

/** Text of a file beside a column of floats. As 32 bits, text of more digits than they keep would pass for equal. */
function textWithFloat(column: CanonicalType & { kind: 'float' }): ExactType {
  return column.bits === 32 ? { duckdb_type: 'DOUBLE', text_of: 'float' } : { duckdb_type: 'DOUBLE' };
}

function isNumericKind(type: CanonicalType): boolean {
  return type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'float';
}

/** Text of a file means what the other side's column says; between two files of text, different guesses stay text. */
function sniffedPair(a: CanonicalType, b: CanonicalType): ExactType | null {
  if (b.kind === 'binary' || b.kind === 'interval' || b.kind === 'other') return null;
  if (b.loose === 'sniffed' && a.kind !== b.kind) return { duckdb_type: 'VARCHAR', text_of: 'text' };
  if (b.kind === 'timestamp' && a.kind === 'timestamp') return { duckdb_type: timestampPair(a, b) };
  if (b.kind === 'date' && a.kind === 'timestamp') return { duckdb_type: duckdbType({ ...a, zoned: false }) };
  // A column of 0s and 1s in a file is guessed an integer and may stand for true and false all the same.
  if (b.kind === 'text' || b.kind === 'json') return { duckdb_type: 'VARCHAR', text_of: b.kind };
  if (b.kind === 'time' && b.beyond_day) return { duckdb_type: 'VARCHAR', text_of: 'time' };
  return { duckdb_type: duckdbType(b) };
}

function timestampPair(
  a: CanonicalType & { kind: 'timestamp' },
  b: CanonicalType & { kind: 'timestamp' },
): string {
  const precision = Math.max(a.precision, b.precision);
  // One zoned, one not: compared as wall clock in UTC (schema_types reports the difference of type).
  return duckdbType({ kind: 'timestamp', precision, zoned: a.zoned && b.zoned && precision <= 6 });
}

/** A side that counts past a day is a time of day beside one, an amount of time beside an interval. */
function timePair(a: CanonicalType & { kind: 'time' }, b: CanonicalType): ExactType | null {
  if (b.kind === 'interval') return a.beyond_day ? { duckdb_type: 'VARCHAR', text_of: 'interval' } : null;
  if (b.kind !== 'time') return null;
  if (a.beyond_day && b.beyond_day) return { duckdb_type: 'VARCHAR', text_of: 'time' };
  return { duckdb_type: a.precision > 6 || b.precision > 6 ? 'TIME_NS' : 'TIME' };
}

function sameOrText(a: CanonicalType, b: CanonicalType): ExactType | null {
  if (a.kind === b.kind)
    return a.kind === 'uuid' ? { duckdb_type: 'UUID' } : { duckdb_type: 'VARCHAR', text_of: a.kind };
  return b.kind === 'text' ? { duckdb_type: 'VARCHAR', text_of: 'text' } : null;
}

const integerDigits: Record<number, number> = { 8: 3, 16: 5, 32: 10, 64: 19, 128: 39 };

function integerPair(a: CanonicalType & { kind: 'integer' }, b: CanonicalType): ExactType | null {
  if (b.kind === 'boolean') return { duckdb_type: duckdbType(a) };
  if (b.kind === 'integer') {
    if ((a.unsigned ?? false) === (b.unsigned ?? false))
      return { duckdb_type: integerType(Math.max(a.bits, b.bits), a.unsigned ?? false) };
    // A signed type that holds the unsigned one has twice its bits; beyond 128 there is only text.
    const unsignedBits = a.unsigned ? a.bits : b.bits;
    const signedBits = a.unsigned ? b.bits : a.bits;
    if (unsignedBits === 128) return { duckdb_type: 'VARCHAR', text_of: 'decimal' };
    return { duckdb_type: integerType(Math.max(unsignedBits * 2, signedBits), false) };
  }
  if (b.kind === 'decimal') {
    const digits = (integerDigits[a.bits] ?? 39) + (a.unsigned ? 1 : 0);
    return decimalPair(
      { kind: 'decimal', precision: digits, scale: 0, ...(a.loose && { loose: a.loose }) },
      b,
    );
  }
  if (b.kind !== 'float') return null;
  // Beyond 24 and 53 bits a float no longer tells neighbouring integers apart. One NaN or exponent in a file makes its column a
  // float, and all its integers keep their digits all the same.
  if (b.loose === 'sniffed') return { duckdb_type: 'VARCHAR', text_of: 'decimal' };
  if (a.loose === 'sniffed') return textWithFloat(b);
  return a.bits <= 32 ? { duckdb_type: 'DOUBLE' } : null;
}

function decimalPair(a: CanonicalType & { kind: 'decimal' }, b: CanonicalType): ExactType | null {
  if (b.kind === 'decimal') {
    const isBounded = [a, b].every((type) => type.precision !== null && type.loose !== 'declared');
    const scale = Math.max(a.scale ?? 0, b.scale ?? 0);
    const whole = Math.max((a.precision ?? 0) - (a.scale ?? 0), (b.precision ?? 0) - (b.scale ?? 0));
    if (isBounded && scale + whole <= maxDecimalDigits)
      return { duckdb_type: `DECIMAL(${scale + whole},${scale})` };
    return { duckdb_type: 'VARCHAR', text_of: 'decimal' };
  }
  if (b.kind !== 'float') return null;
  if (b.loose === 'sniffed') return { duckdb_type: 'VARCHAR', text_of: 'decimal' };
  if (a.loose === 'sniffed') return textWithFloat(b);
  // Up to 15 significant digits every decimal has a double of its own, so comparing as doubles loses nothing.
  return a.precision !== null && a.precision <= 15 ? { duckdb_type: 'DOUBLE' } : null;
}

/** Text of a number without exponent: no sign of zero, no leading or trailing zeros. `expr` is VARCHAR. */
function plainDecimalText(expr: string): string {
  const fraction = `case when contains(${expr}, '.') then rtrim(rtrim(${expr}, '0'), '.') else ${expr} end`;
  const whole = `regexp_replace(${fraction}, '^([+-]?)0*([0-9])', '\\1\\2')`;
  return `(case when regexp_full_match(${expr}, '[+-]?[0.]+') then '0' else ltrim(${whole}, '+') end)`;
}

/**
 * DuckDB SQL: the canonical text of an expression that has the type duckdbType(type). Equal values have equal text, different
 * values different text; NULL stays NULL.
 */
export function canonicalText(expr: string, type: CanonicalType): string {
  switch (type.kind) {
    case 'decimal':
      return plainDecimalText(`cast(${expr} as varchar)`);
    case 'float':
      return `(case when ${expr} = 0 then '0.0' else cast(${expr} as varchar) end)`;
    case 'binary':
      return `lower(hex(${expr}))`;
    case 'text':
    case 'json':
    case 'interval':
    case 'other':
      return expr;
    case 'integer':
    case 'boolean':
    case 'date':
    case 'timestamp':
    case 'time':
    case 'uuid':
      return `cast(${expr} as varchar)`;
  }
}

/**
 * DuckDB SQL: a column of DuckDB itself as duckdbType(type). Only what DuckDB stores otherwise than it is compared changes.
 */
export function fromDuckdbValue(expr: string, type: CanonicalType): string {
  switch (type.kind) {
    case 'interval':
      return (
        `(datepart('year', ${expr}) * 12 + datepart('month', ${expr}))::varchar || ' months ' || ` +
        `datepart('day', ${expr})::varchar || ' days ' || (datepart('hour', ${expr}) * 3600000000 + ` +
        `datepart('minute', ${expr}) * 60000000 + datepart('microsecond', ${expr}))::varchar || ' microseconds'`
      );
    case 'text':
    case 'json':
    case 'other':
      return `cast(${expr} as varchar)`;
    case 'timestamp':
      return type.zoned || type.precision >= 6 ? expr : `cast(${expr} as timestamp)`;
    default:
      return expr;
  }
}

/**
 * DuckDB SQL: text as PostgreSQL writes it (ISO dates, hex bytea, shortest floats, intervals as their three parts) as
 * duckdbType(type). The text is trusted: the server's type vouches for it.
 */
export function fromPostgresText(expr: string, type: CanonicalType): string {
  switch (type.kind) {
    case 'binary':
      return `unhex(substr(${expr}, 3))`;
    case 'date':
    case 'timestamp':
      // '0044-03-15 10:00:00+00 BC' is '0044-03-15 (BC) 10:00:00+00' in DuckDB, which reads the former as year 44.
      return (
        `cast(case when ends_with(${expr}, ' BC') then ` +
        `regexp_replace(${expr}, '^([0-9]+-[0-9]+-[0-9]+)(.*) BC$', '\\1 (BC)\\2') else ${expr} end as ${duckdbType(type)})`
      );
    default:
      return duckdbType(type) === 'VARCHAR' ? expr : `cast(${expr} as ${duckdbType(type)})`;
  }
}

/** DuckDB SQL: an expression of the type duckdbType(type) as the type that was asked for. Exact, or DuckDB raises. */
export function toExactType(expr: string, type: CanonicalType, to: ExactType): string {
  const natural = duckdbType(type);
  if (to.duckdb_type === 'VARCHAR') {
    const isNumber = type.kind === 'integer' || type.kind === 'decimal';
    if (to.text_of === 'decimal' && isNumber) return plainDecimalText(`cast(${expr} as varchar)`);
    return canonicalText(expr, type);
  }
  if (natural === to.duckdb_type) return expr;
  if (type.kind === 'timestamp' && type.zoned) return `cast(${expr} at time zone 'UTC' as ${to.duckdb_type})`;
  if (type.kind === 'timestamp' && to.duckdb_type === 'TIMESTAMP WITH TIME ZONE')
    return `${expr} at time zone 'UTC'`;
  return `cast(${expr} as ${to.duckdb_type})`;
}

const zone = '(Z|[+-][0-9]{2}(:?[0-9]{2})?)?';
const clock = (digits: number) => `[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,${digits}}0*)?)?`;
const day = '[0-9]{4,6}-[0-9]{2}-[0-9]{2}( [(]BC[)])?';
const moment = (digits: number, suffix: string) => `${day}([ T]${clock(digits)}${suffix})?|-?infinity`;

/**
 * Pattern (JavaScript's and DuckDB's RE2, whole value) of text that a cast to this DuckDB type keeps whole, and what such text is
 * called; null: any text. Types that text of a file cannot mean without guessing are refused with an error.
 */
export function textPattern(
  duckdbTypeName: string,
): { readonly pattern: string; readonly what: string } | null {
  if (duckdbTypeName === 'VARCHAR') return null;
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(duckdbTypeName))
    return { pattern: '[+-]?[0-9]+', what: 'an integer' };
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(duckdbTypeName)?.[1];
  if (scale !== undefined)
    return {
      pattern: `[+-]?([0-9]+([.][0-9]{0,${scale}}0*)?|[.][0-9]{1,${Math.max(1, Number(scale))}}0*)`,
      what: `a number with at most ${scale} decimal places`,
    };
  return fixedPatterns[duckdbTypeName] ?? null;
}

const numberPattern =
  '[+-]?(([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|[Nn][Aa][Nn]|[Ii][Nn][Ff](inity|INITY)?)';

const fixedPatterns: Readonly<Record<string, { readonly pattern: string; readonly what: string }>> = {
  FLOAT: { pattern: numberPattern, what: 'a number' },
  DOUBLE: { pattern: numberPattern, what: 'a number' },
  BOOLEAN: { pattern: '[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[TtFf10]', what: 'a boolean' },
  DATE: { pattern: `${day}|-?infinity`, what: 'a date (YYYY-MM-DD)' },
  TIMESTAMP: { pattern: moment(6, zone), what: 'a timestamp (YYYY-MM-DD hh:mm:ss.ffffff)' },
  'TIMESTAMP WITH TIME ZONE': {
    pattern: moment(6, zone),
    what: 'a timestamp (YYYY-MM-DD hh:mm:ss.ffffff+00)',
  },
  TIMESTAMP_NS: {
    pattern: moment(9, '(Z|[+]00(:?00)?)?'),
    what: 'a timestamp in UTC (YYYY-MM-DD hh:mm:ss.fffffffff)',
  },
  TIME: { pattern: clock(6), what: 'a time (hh:mm:ss.ffffff)' },
  TIME_NS: { pattern: clock(9), what: 'a time (hh:mm:ss.fffffffff)' },
  UUID: { pattern: '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}', what: 'a UUID' },
};

/**
 * DuckDB SQL: text nobody vouches for (a CSV file) as the type asked for; a value that is no such thing, or would be rounded or
 * cut, raises an error that names the column and the value.
 */
export function fromLooseText(expr: string, column: string, to: ExactType): string {
  if (to.duckdb_type === 'VARCHAR') {
    if (to.text_of === 'time')
      return guarded(expr, column, longTimePattern, 'a time ([-]hh:mm:ss.ffffff)', plainTime(expr));
    if (to.text_of !== 'decimal' && to.text_of !== 'integer') return expr;
    return guarded(expr, column, numberPattern, 'a number', looseDecimalText(expr));
  }
  const rule = textPattern(to.duckdb_type);
  if (rule === null) throw new Error(`text cannot be read as ${to.duckdb_type}`);
  const value = to.text_of === 'float' ? shortFloat(expr) : castText(expr, to.duckdb_type);
  return guarded(expr, column, rule.pattern, rule.what, value);
}

const longTimePattern = '-?[0-9]{2,3}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6}0*)?';

/** DuckDB SQL: text of a time, also past a day, without the zeros that end its fraction: equal times have equal text. */
export function plainTime(expr: string): string {
  return `(case when contains(${expr}, '.') then rtrim(rtrim(${expr}, '0'), '.') else ${expr} end)`;
}

/** Canonical decimal text of a number in any form; NaN and infinities in the words of PostgreSQL's numeric. */
function looseDecimalText(expr: string): string {
  return (
    `(case when regexp_full_match(${expr}, '[0-9+.-]+') then ${plainDecimalText(expr)} ` +
    `when regexp_full_match(${expr}, '[+-]?[Nn][Aa][Nn]') then 'NaN' ` +
    `when contains(lower(${expr}), 'inf') then if(starts_with(${expr}, '-'), '-Infinity', 'Infinity') ` +
    `else ob_plain_number(${expr}) end)`
  );
}

/** '0.1' as the 32-bit float that is written so, as a DOUBLE; text of no such float as the DOUBLE it says. */
function shortFloat(expr: string): string {
  const float = `try_cast(${expr} as float)`;
  const double = `cast(${expr} as double)`;
  return `(case when cast(cast(${float} as varchar) as double) = ${double} then cast(${float} as double) else ${double} end)`;
}

/** Cast of text that passed textPattern. A bare cast to TIMESTAMP would drop an offset; through the zoned type it counts. */
export function castText(expr: string, duckdbTypeName: string): string {
  if (duckdbTypeName === 'TIMESTAMP') return `cast(${expr} as timestamp with time zone) at time zone 'UTC'`;
  return `cast(${expr} as ${duckdbTypeName})`;
}

function guarded(expr: string, column: string, pattern: string, what: string, value: string): string {
  const label = `column ${column}: `.replaceAll("'", "''");
  return (
    `case when ${expr} is null then null when regexp_full_match(${expr}, '${pattern}') then ${value} ` +
    `else error('${label}' || left(${expr}, 200) || ' is not ${what}') end`
  );
}
