import type { DuckDBConnection } from '@duckdb/node-api';

const progressIntervalMs = 200;

/** Tells how many rows of `total` a running statement has behind it, as far as DuckDB knows. Ends with the statement. */
export async function watchProgress<T>(
  duckdb: DuckDBConnection,
  total: number,
  onRows: (rows: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setInterval(() => {
    const { percentage } = duckdb.progress;
    if (percentage > 0) onRows(Math.min(total, Math.floor((total * percentage) / 100)));
  }, progressIntervalMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
