import type { Dialect } from '../../connections/connection.ts';
import { plainNumber } from '../numbers.ts';
import type { CanonicalType } from '../types.ts';

/** What repair SQL has to know of the target's system. */
export interface RepairDialect {
  /** Type of the connection: `postgres`, `duckdb`, `sqlite`, `mysql` … */
  readonly system: string;
  readonly dialect: Pick<Dialect, 'quoteIdentifier' | 'quoteLiteral'>;
}

const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * A value (canonical text, null is NULL) as a literal for a column of the target; undefined when its system has no such value
 * (NaN outside PostgreSQL and DuckDB, say).
 */
export function repairLiteral(
  { system, dialect }: RepairDialect,
  type: CanonicalType,
  value: string | null,
): string | undefined {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'integer':
    case 'decimal':
    case 'float':
      if (!number.test(value)) return specialNumber(system, value);
      return system === 'sqlite' && !fitsSqlite(value) ? undefined : value;
    case 'boolean':
      return booleanLiteral(system, value);
    case 'binary':
      return binaryLiteral(system, value);
    case 'timestamp': {
      // Only these two read an offset in every version; elsewhere the text is UTC and so is the session (the header says so).
      const keepsZone = system === 'postgres' || system === 'duckdb';
      return dialect.quoteLiteral(keepsZone ? value : value.replace(/\+00(:00)?$/, ''));
    }
    default:
      return dialect.quoteLiteral(value);
  }
}

/** SQLite's numbers are 64-bit integers and doubles: other decimals of more than 15 digits would be stored rounded. */
function fitsSqlite(value: string): boolean {
  if (/^[+-]?\d{1,18}$/.test(value)) return true;
  if (/^[+-]?\d+$/.test(value)) return BigInt.asIntN(64, BigInt(value)) === BigInt(value);
  return plainNumber(value) === plainNumber(String(Number(value)));
}

function specialNumber(system: string, value: string): string | undefined {
  const word = value.toLowerCase();
  const name = word === 'nan' ? 'NaN' : word.startsWith('-') ? '-Infinity' : 'Infinity';
  if (system === 'postgres' || system === 'duckdb') return `'${name}'`;
  if (system === 'sqlite' && name !== 'NaN') return name === 'Infinity' ? '9e999' : '-9e999';
  return undefined;
}

function booleanLiteral(system: string, value: string): string {
  const isTrue = value === 'true' || value === '1';
  if (system === 'sqlite' || system === 'sqlserver') return isTrue ? '1' : '0';
  return isTrue ? 'true' : 'false';
}

/** Of lower-case hexadecimal text. */
function binaryLiteral(system: string, hex: string): string | undefined {
  if (!/^([0-9a-f]{2})*$/i.test(hex)) return undefined;
  switch (system) {
    case 'postgres':
      return `'\\x${hex}'::bytea`;
    case 'duckdb':
      return `unhex('${hex}')`;
    case 'sqlserver':
      return `0x${hex}`;
    case 'snowflake':
      return `to_binary('${hex}', 'HEX')`;
    default:
      return `x'${hex}'`;
  }
}

/** The condition that a key column has this value: exact also where the system's collation takes `a` for `A`. */
export function keyCondition(
  target: RepairDialect,
  type: CanonicalType,
  name: string,
  value: string | null,
): string | undefined {
  const column = target.dialect.quoteIdentifier(name);
  if (value === null) return `${column} is null`;
  const literal = repairLiteral(target, type, value);
  if (literal === undefined) return undefined;
  const equal = `${column} = ${literal}`;
  if (type.kind !== 'text') return equal;
  if (target.system === 'mysql') return `${equal} and cast(${column} as binary) = ${literal}`;
  if (target.system !== 'sqlserver') return equal;
  // SQL Server finds 'a' and 'a ' equal in every collation, and LEN counts no blanks at the end.
  return `${equal} collate Latin1_General_100_BIN2 and len(${column} + N'.') = len(${literal} + N'.')`;
}
