import { quoteIdentifier } from '../../connections/ansiDialect.ts';
import type { TargetContext, TargetTable } from './target.ts';

/** The rows of a table in their order, each value as text: 0 and 1 for booleans, everything else as DuckDB writes it. */
export async function* textRows(
  { duckdb }: Pick<TargetContext, 'duckdb'>,
  table: Pick<TargetTable, 'columns' | 'select'>,
): AsyncGenerator<(string | null)[]> {
  const texts = table.columns.map(({ name, type }) => {
    const quoted = quoteIdentifier(name);
    return type === 'BOOLEAN' ? `${quoted}::integer::varchar` : `${quoted}::varchar`;
  });
  const result = await duckdb.stream(`select ${texts.join(', ')} from (${table.select()})`);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
    yield* chunk.getRows() as (string | null)[][];
}

/** The rows in lists of at most so many rows and characters; one row may be longer. */
export async function* batches(
  rows: AsyncIterable<(string | null)[]>,
  limits: { readonly rows: number; readonly characters?: number },
): AsyncGenerator<(string | null)[][]> {
  let batch: (string | null)[][] = [];
  let characters = 0;
  for await (const row of rows) {
    // With its quotes, its comma and a doubled letter here and there.
    const length = row.reduce((sum, value) => sum + (value?.length ?? 4) + 8, 4);
    const isFull = batch.length === limits.rows || characters + length > (limits.characters ?? Infinity);
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(row);
    characters += length;
  }
  if (batch.length > 0) yield batch;
}
