import type { EngineReadRows, FromEngine } from '../protocol/engine.ts';
import type { DifferenceSample } from '../protocol/results.ts';
import type { Value } from './connections/connection.ts';
import { duckdbSession } from './connections/duckdbInstance.ts';
import { queryDuckdb } from './connections/duckdbValues.ts';
import { filteredRows } from './differencesFile.ts';
import { toOperationError } from './errors.ts';

/** Rows of a differences artifact in the order they were written. Never throws: what went wrong stands in the answer. */
export async function readRows(request: EngineReadRows): Promise<FromEngine> {
  const { request_id, path, query, scratch_dir: scratchDir } = request;
  try {
    const session = await duckdbSession({ signal: new AbortController().signal, scratchDir });
    try {
      const { from, params, hasRow } = await filteredRows(session.connection, path, query);
      const counted = await queryDuckdb(session.connection, `select count(*) ${from}`, params);
      // Which rows it is, by their numbers alone: to sort the texts of a million rows for five hundred of them takes ten times as long.
      const page = await queryDuckdb(
        session.connection,
        `select min(n), max(n) from (select file_row_number as n ${from} order by n limit ${query.limit} offset ${query.offset})`,
        params,
      );
      const [first, last] = page.rows[0] ?? [];
      const { rows } = await queryDuckdb(
        session.connection,
        `select * exclude (n) from (
           select class, key, "column", source_value, target_value, kind, ${hasRow ? '"row"' : 'null'}, file_row_number as n ${from}
         ) where n between ${first ?? 0} and ${last ?? -1} order by n`,
        params,
      );
      const found = { rows: rows.map(sampleOf), total: Number(counted.rows[0]?.[0]) };
      return { type: 'rows_read', request_id, found };
    } finally {
      await session.close();
    }
  } catch (error) {
    return { type: 'rows_read', request_id, error: toOperationError(error) };
  }
}

function sampleOf([className, key, column, source, target, kind, row]: readonly Value[]): DifferenceSample {
  return {
    class: className as DifferenceSample['class'],
    key: JSON.parse(String(key)) as DifferenceSample['key'],
    column: column as string | null,
    source_value: source as string | null,
    target_value: target as string | null,
    kind: kind as DifferenceSample['kind'],
    ...(typeof row === 'string' && { row: JSON.parse(row) as NonNullable<DifferenceSample['row']> }),
  };
}
