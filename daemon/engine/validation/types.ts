/**
 * The one type system that all systems are read into. Two columns are compared exactly only through this.
 */
export type CanonicalType = CanonicalKind & {
  /**
   * The system does not hold the values to this type. `sniffed`: read off the values of a text file, which are text until
   * somebody says what they mean. `declared`: SQLite's declared type, which a value need not keep to.
   */
  readonly loose?: 'sniffed' | 'declared';
};

export type CanonicalKind =
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 32 | 64 | 128; readonly unsigned?: boolean }
  /** precision null: unbounded (PostgreSQL numeric without arguments). */
  | { readonly kind: 'decimal'; readonly precision: number | null; readonly scale: number | null }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'boolean' }
  /** length null: unlimited. `padded`: CHAR(n), whose trailing blanks mean nothing. */
  | { readonly kind: 'text'; readonly length: number | null; readonly padded?: boolean }
  | { readonly kind: 'date' }
  /** precision: digits of the second's fraction. `zoned`: an instant, told in UTC. */
  | { readonly kind: 'timestamp'; readonly precision: number; readonly zoned: boolean }
  /** beyond_day: also negative and past 24 hours, as MySQL's TIME. */
  | { readonly kind: 'time'; readonly precision: number; readonly beyond_day?: boolean }
  | { readonly kind: 'interval' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'json' }
  /** Read as text; comparing it exactly with another kind is an error, never a pass. */
  | { readonly kind: 'other'; readonly name: string };

/** What reports call a type: `integer(64)`, `decimal(12,2)`, `timestamp(6)`, `timestamptz(6)`, `char(10)`, `text`. */
export function typeName(type: CanonicalType): string {
  switch (type.kind) {
    case 'integer':
      return `${type.unsigned ? 'unsigned ' : ''}integer(${type.bits})`;
    case 'decimal':
      return type.precision === null ? 'decimal' : `decimal(${type.precision},${type.scale ?? 0})`;
    case 'float':
      return `float(${type.bits})`;
    case 'text':
      if (type.length === null) return 'text';
      return type.padded ? `char(${type.length})` : `varchar(${type.length})`;
    case 'timestamp':
      return `${type.zoned ? 'timestamptz' : 'timestamp'}(${type.precision})`;
    case 'time':
      return `time(${type.precision})`;
    case 'other':
      return type.name;
    case 'boolean':
    case 'date':
    case 'interval':
    case 'uuid':
    case 'binary':
    case 'json':
      return type.kind;
  }
}

const integer = (bits: 8 | 16 | 32 | 64 | 128, unsigned = false): CanonicalKind =>
  unsigned ? { kind: 'integer', bits, unsigned } : { kind: 'integer', bits };
const timestamp = (precision: number, zoned = false): CanonicalKind => ({
  kind: 'timestamp',
  precision,
  zoned,
});
const text = (length: number | null = null, padded = false): CanonicalKind =>
  padded ? { kind: 'text', length, padded } : { kind: 'text', length };
const unboundedDecimal: CanonicalKind = { kind: 'decimal', precision: null, scale: null };

/** DuckDB's type names as DESCRIBE writes them; what is not here is a DECIMAL, an ENUM, or read as `other`. */
const duckdbTypes: Readonly<Record<string, CanonicalKind>> = {
  TINYINT: integer(8),
  SMALLINT: integer(16),
  INTEGER: integer(32),
  BIGINT: integer(64),
  HUGEINT: integer(128),
  UTINYINT: integer(8, true),
  USMALLINT: integer(16, true),
  UINTEGER: integer(32, true),
  UBIGINT: integer(64, true),
  UHUGEINT: integer(128, true),
  FLOAT: { kind: 'float', bits: 32 },
  DOUBLE: { kind: 'float', bits: 64 },
  BOOLEAN: { kind: 'boolean' },
  VARCHAR: text(),
  DATE: { kind: 'date' },
  TIME: { kind: 'time', precision: 6 },
  TIME_NS: { kind: 'time', precision: 9 },
  TIMESTAMP_S: timestamp(0),
  TIMESTAMP_MS: timestamp(3),
  TIMESTAMP: timestamp(6),
  TIMESTAMP_NS: timestamp(9),
  'TIMESTAMP WITH TIME ZONE': timestamp(6, true),
  INTERVAL: { kind: 'interval' },
  UUID: { kind: 'uuid' },
  BLOB: { kind: 'binary' },
  JSON: { kind: 'json' },
};

/** The canonical type of a DuckDB type as DESCRIBE writes it. */
export function fromDuckdbType(native: string): CanonicalType {
  const known = duckdbTypes[native];
  if (known) return known;
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(native);
  if (decimal) return { kind: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) };
  if (/^ENUM\(.*\)$/s.test(native)) return text();
  return { kind: 'other', name: native };
}

/** PostgreSQL's pg_type.typname; the modifier (typmod) says the rest. */
const postgresTypes: Readonly<Record<string, (modifier: number) => CanonicalKind>> = {
  int2: () => integer(16),
  int4: () => integer(32),
  int8: () => integer(64),
  oid: () => integer(32, true),
  numeric: postgresNumeric,
  money: () => unboundedDecimal,
  float4: () => ({ kind: 'float', bits: 32 }),
  float8: () => ({ kind: 'float', bits: 64 }),
  bool: () => ({ kind: 'boolean' }),
  text: () => text(),
  citext: () => text(),
  name: () => text(63),
  varchar: (modifier) => text(modifier < 0 ? null : modifier - 4),
  bpchar: (modifier) => (modifier < 0 ? text() : text(modifier - 4, true)),
  char: () => text(1),
  date: () => ({ kind: 'date' }),
  timestamp: (modifier) => timestamp(modifier < 0 ? 6 : modifier),
  timestamptz: (modifier) => timestamp(modifier < 0 ? 6 : modifier, true),
  time: (modifier) => ({ kind: 'time', precision: modifier < 0 ? 6 : modifier }),
  interval: () => ({ kind: 'interval' }),
  uuid: () => ({ kind: 'uuid' }),
  bytea: () => ({ kind: 'binary' }),
  json: () => ({ kind: 'json' }),
  jsonb: () => ({ kind: 'json' }),
};

/** numeric(p,s): the modifier is ((p << 16) | s) + 4, s of 11 bits with sign since PostgreSQL 15. */
function postgresNumeric(modifier: number): CanonicalKind {
  if (modifier < 4) return unboundedDecimal;
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  // numeric(3,-2) holds 12300, numeric(3,5) holds 0.00123: both said as a plain (precision, scale) that holds their values.
  if (scale < 0) return { kind: 'decimal', precision: precision - scale, scale: 0 };
  return { kind: 'decimal', precision: Math.max(precision, scale), scale };
}

/**
 * The canonical type of a PostgreSQL type. `typtype` is pg_type.typtype: an enum is text; `native` names what stays `other`.
 */
export function fromPostgresType(
  typname: string,
  modifier: number,
  typtype: string,
  native: string,
): CanonicalType {
  if (typtype === 'e') return text();
  return postgresTypes[typname]?.(modifier) ?? { kind: 'other', name: native };
}

/**
 * SQLite: declared types by name first (people write DATE and BOOLEAN there), then by SQLite's own affinity rules. Nothing
 * keeps values to them outside STRICT tables, so all but text carry `loose: 'declared'`.
 */
export function fromSqliteType(declared: string, strict: boolean): CanonicalType {
  const upper = declared.trim().toUpperCase();
  // No declared type (expressions of a query, ANY): text until the other side says what it means.
  if (upper === '' || upper === 'ANY') return { kind: 'text', length: null, loose: 'sniffed' };
  const found = sqliteKind(upper);
  if (strict || found.kind === 'text') return found;
  return { ...found, loose: 'declared' };
}

function sqliteKind(declared: string): CanonicalKind {
  const [, name = '', first, second] =
    /^([^(]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?$/.exec(declared) ?? [];
  const length = first === undefined ? null : Number(first);
  if (/^(BOOL|BOOLEAN)$/.test(name)) return { kind: 'boolean' };
  if (name === 'DATE') return { kind: 'date' };
  if (/^(DATETIME|TIMESTAMP)$/.test(name)) return timestamp(length ?? 6);
  if (/^(TIMESTAMPTZ|TIMESTAMP WITH TIME ZONE)$/.test(name)) return timestamp(length ?? 6, true);
  if (name === 'TIME') return { kind: 'time', precision: length ?? 6 };
  if (name === 'UUID') return { kind: 'uuid' };
  if (/^(JSON|JSONB)$/.test(name)) return { kind: 'json' };
  if (/^(DECIMAL|NUMERIC|NUMBER)$/.test(name))
    return length === null
      ? unboundedDecimal
      : { kind: 'decimal', precision: length, scale: Number(second ?? 0) };
  return sqliteAffinity(name, length);
}

function sqliteAffinity(name: string, length: number | null): CanonicalKind {
  if (name.includes('INT')) return integer(64);
  if (/CHAR|CLOB|TEXT/.test(name)) {
    const padded = length !== null && /^(NATIVE CHARACTER|CHARACTER|NCHAR|CHAR)$/.test(name);
    return text(length, padded);
  }
  if (name.includes('BLOB')) return { kind: 'binary' };
  if (/REAL|FLOA|DOUB/.test(name)) return { kind: 'float', bits: 64 };
  return unboundedDecimal;
}
