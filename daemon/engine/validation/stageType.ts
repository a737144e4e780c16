import type { CanonicalType } from './types.ts';

/** The DuckDB type in which the workspace holds every value of a canonical type whole; VARCHAR where there is none. */
export function stageType(type: CanonicalType): string {
  switch (type.kind) {
    case 'integer':
      if (type.bits === 128) return type.unsigned === true ? 'UHUGEINT' : 'HUGEINT';
      return type.bits === 64 && type.unsigned === true ? 'UBIGINT' : 'BIGINT';
    case 'decimal':
      if (type.precision === null || type.precision > 38 || type.scale === null) return 'VARCHAR';
      // A negative scale or one past the precision (PostgreSQL has both) is no DuckDB type.
      return type.scale < 0 || type.scale > type.precision
        ? 'VARCHAR'
        : `DECIMAL(${type.precision},${type.scale})`;
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'DATE';
    case 'timestamp':
      return type.precision > 6 ? 'TIMESTAMP_NS' : 'TIMESTAMP';
    case 'time':
      return type.precision > 6 ? 'VARCHAR' : 'TIME';
    case 'uuid':
      return 'UUID';
    case 'binary':
      return 'BLOB';
    case 'text':
    case 'interval':
    case 'json':
    case 'other':
      return 'VARCHAR';
  }
}

/** A canonical type as files and reports write it: `decimal(12,2)`, `char(3)`, `timestamp(6) with time zone`. */
export function typeName(type: CanonicalType): string {
  switch (type.kind) {
    case 'integer':
      return `${type.unsigned === true ? 'unsigned ' : ''}integer(${type.bits})`;
    case 'decimal':
      return type.precision === null ? 'decimal' : `decimal(${type.precision},${type.scale ?? 0})`;
    case 'float':
      return `float(${type.bits})`;
    case 'text':
      if (type.padded === true) return `char(${type.length ?? 1})`;
      return type.length === null ? 'text' : `text(${type.length})`;
    case 'timestamp':
      return `timestamp(${type.precision})${type.zoned ? ' with time zone' : ''}`;
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
