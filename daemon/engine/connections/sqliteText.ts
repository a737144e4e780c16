import { EngineError } from '../errors.ts';
import { textPattern } from '../validation/canonical.ts';
import { floatText, plainDecimal } from './numberText.ts';
import type { ExportColumn, SqliteInput } from './sqliteProtocol.ts';

/** A value as text that DuckDB casts to the asked type without loss; null for NULL. */
export type ToText = (value: SqliteInput, where: () => string) => string | null;

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * SQLite's declared types promise nothing: any value may stand in any column. So each value is looked at, and what the asked type
 * cannot hold whole is an error that names column, row and value, never a cast.
 */
export function toText(column: ExportColumn): ToText {
  const convert = converter(column);
  return (value, where) => {
    if (value === null) return null;
    const text = convert(value);
    if (text !== null) return text;
    const shown = value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : String(value);
    const what =
      textPattern(column.duckdb_type)?.what ??
      (column.duckdb_type === 'BLOB' ? 'binary' : wantedText(column));
    throw new EngineError(
      'definition',
      'bad_value',
      `column ${column.name}, ${where()}: ${typeWord(value)} ${shown.slice(0, 200)} is not ${what}`,
      {
        hint: 'SQLite lets any value stand in any column; correct the value, or exclude or convert the column in a query.',
      },
    );
  };
}

function typeWord(value: Exclude<SqliteInput, null>): string {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'bigint') return 'integer';
  return typeof value === 'number' ? 'real' : 'blob';
}

const isNumberText = (column: ExportColumn) => column.text_of === 'decimal' || column.text_of === 'integer';
const wantedText = (column: ExportColumn) => (isNumberText(column) ? 'a number' : 'text');

/** Null from the converter: this value is no such thing. */
function converter(column: ExportColumn): (value: Exclude<SqliteInput, null>) => string | null {
  if (column.duckdb_type === 'BLOB')
    return (value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : null);
  if (column.duckdb_type === 'VARCHAR') return isNumberText(column) ? decimalText : plainText;
  if (column.duckdb_type === 'DOUBLE' || column.duckdb_type === 'FLOAT') return doubleText;
  const rule = textPattern(column.duckdb_type);
  if (rule === null) throw new Error(`SQLite columns cannot be read as ${column.duckdb_type}`);
  const pattern = new RegExp(`^(?:${rule.pattern})$`);
  const isNumeric = /INT(EGER)?$|^DECIMAL/.test(column.duckdb_type);
  return (value) => {
    const text = isNumeric ? (decimalText(value) ?? '') : plainText(value);
    return text !== null && pattern.test(text) ? text : null;
  };
}

function decimalText(value: Exclude<SqliteInput, null>): string | null {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number')
    return Number.isFinite(value) ? plainDecimal(String(value)) : floatText(value, 64);
  return typeof value === 'string' && numberPattern.test(value) ? plainDecimal(value) : null;
}

function plainText(value: Exclude<SqliteInput, null>): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'number' ? floatText(value, 64) : null;
}

/** An integer past 2^53 that no double holds is refused rather than rounded. */
function doubleText(value: Exclude<SqliteInput, null>): string | null {
  if (typeof value === 'number') return floatText(value, 64);
  if (typeof value === 'bigint') return BigInt(Number(value)) === value ? String(value) : null;
  return typeof value === 'string' && numberPattern.test(value) ? value : null;
}

/** One CSV field: always quoted, so that a bare \N is NULL and nothing else. */
export function csvField(text: string | null): string {
  if (text === null) return '\\N';
  return text.includes('"') ? `"${text.replaceAll('"', '""')}"` : `"${text}"`;
}
