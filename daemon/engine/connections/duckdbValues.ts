import {
  DuckDBTypeId,
  type DuckDBConnection,
  type DuckDBMaterializedResult,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { ResultSet, Value } from './connection.ts';
import { floatText } from './numberText.ts';

/** DuckDB's infinity of a DATE, which the driver would print as a far day. */
const infiniteDays = 2147483647;

function toValue(value: DuckDBValue, type: DuckDBType): Value {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (type.typeId === DuckDBTypeId.FLOAT) return floatText(value, 32);
    return type.typeId === DuckDBTypeId.DOUBLE ? floatText(value, 64) : String(value);
  }
  if (typeof value === 'object' && type.typeId === DuckDBTypeId.BLOB)
    return Buffer.from((value as { bytes: Uint8Array }).bytes).toString('hex');
  if (type.typeId === DuckDBTypeId.DATE) {
    const { days } = value as { days: number };
    if (Math.abs(days) === infiniteDays) return days < 0 ? '-infinity' : 'infinity';
  }
  return String(value);
}

async function toResultSet(result: DuckDBMaterializedResult): Promise<ResultSet> {
  const types = result.columnTypes();
  const rows = await result.getRows();
  return {
    columns: result.columnNames(),
    rows: rows.map((row) => row.map((value, index) => toValue(value, types[index] as DuckDBType))),
  };
}

/**
 * Runs SQL on a DuckDB connection (a workspace, say) and reads the whole result: text, booleans and null only, numbers as text.
 */
export async function queryDuckdb(
  connection: DuckDBConnection,
  sql: string,
  params?: readonly Value[],
): Promise<ResultSet> {
  const result = await connection.run(sql, params && params.length > 0 ? [...params] : undefined);
  return toResultSet(result);
}
