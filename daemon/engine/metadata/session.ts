import type { Catalog } from '../../protocol/catalog.ts';
import type { Connection, Value } from '../connections/connection.ts';

export type Row = Readonly<Record<string, Value>>;

/** A connection that remembers every statement it was asked, for the evidence. */
export interface CatalogSession {
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly queries: Catalog['queries'];
  /** Rows as records by column name. One that fails leaves the session (and its snapshot) usable: connections see to that. */
  query(sql: string, params?: readonly Value[]): Promise<Row[]>;
  /** For reads that go through the connection's own methods. */
  record(sql: string, rows: number): void;
}

/** `queries`: where to write down what is asked, if that is not a list of its own. */
export function catalogSession(
  connection: Connection,
  signal: AbortSignal,
  queries: Catalog['queries'] = [],
): CatalogSession {
  const record = (sql: string, rows: number): void => {
    queries.push({ sql, rows });
  };
  const query: CatalogSession['query'] = async (sql, params) => {
    const { columns, rows } = await connection.query(sql, { signal, params });
    record(sql, rows.length);
    return rows.map((values) => {
      // Assigned in one order, so that all rows share a shape: several times faster than Object.fromEntries over 20,000 rows.
      const row: Record<string, Value> = {};
      for (let index = 0; index < columns.length; index += 1)
        row[columns[index] ?? ''] = values[index] ?? null;
      return row;
    });
  };
  return { connection, signal, queries, record, query };
}

export function text(row: Row, column: string): string {
  const value = nullableText(row, column);
  if (value === null) throw new Error(`the catalog query returned no ${column}`);
  return value;
}

export function nullableText(row: Row, column: string): string | null {
  const value = row[column];
  return value === null || value === undefined ? null : String(value);
}

/** Systems spell true as true, 1, '1', 't' or 'true'. */
export function flag(row: Row, column: string): boolean {
  const value = row[column];
  return value === true || value === 1 || value === '1' || value === 't' || value === 'true';
}

export function count(row: Row, column: string): number | null {
  const value = row[column];
  return value === null || value === undefined ? null : Number(value);
}

/** A list that the query wrote as JSON text. */
export function list(row: Row, column: string): string[] {
  const value = row[column];
  return value === null || value === undefined ? [] : (JSON.parse(String(value)) as string[]);
}
