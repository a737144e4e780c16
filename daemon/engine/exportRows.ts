import { rename, rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { EngineExportRows, FromEngine } from '../protocol/engine.ts';
import { formulaPattern, plainNumberPattern } from '../protocol/spreadsheet.ts';
import { quoteIdentifier } from './connections/ansiDialect.ts';
import { duckdbSession } from './connections/duckdbInstance.ts';
import { queryDuckdb } from './connections/duckdbValues.ts';
import { filteredRows, type FilteredRows } from './differencesFile.ts';
import { toOperationError } from './errors.ts';

/**
 * Rows of a differences artifact as CSV (RFC 4180, UTF-8), written by DuckDB whatever their number: class, a column for each of
 * the key, then what differs, and of rows that one side lacks their other columns. NULL is an empty field, the empty text `""`.
 * Never throws: what went wrong stands in the answer.
 */
export async function exportRows(request: EngineExportRows): Promise<FromEngine> {
  const { request_id, path, filter, to, scratch_dir: scratchDir } = request;
  const partial = `${to}.${request_id}.partial`;
  try {
    const session = await duckdbSession({ signal: new AbortController().signal, scratchDir });
    try {
      const found = await filteredRows(session.connection, path, filter);
      const columns = await columnsOf(session.connection, found, filter.class);
      const select = columns.map(({ name, sql }) => `${guarded(sql)} as ${quoteIdentifier(name)}`);
      const copied = await queryDuckdb(
        session.connection,
        `copy (select ${select.join(', ')} ${found.from} order by file_row_number)
         to '${partial.replaceAll("'", "''")}' (format csv, header, delimiter ',', quote '"', escape '"')`,
        found.params,
      );
      await rename(partial, to);
      return { type: 'rows_exported', request_id, rows: Number(copied.rows[0]?.[0]) };
    } finally {
      await session.close();
    }
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    return { type: 'rows_exported', request_id, error: toOperationError(error) };
  }
}

interface CsvColumn {
  readonly name: string;
  readonly sql: string;
}

/** Names from the data carry a prefix: they neither collide with ours nor begin as a formula does. */
async function columnsOf(
  connection: DuckDBConnection,
  { from, params, hasRow }: FilteredRows,
  className: EngineExportRows['filter']['class'],
): Promise<CsvColumn[]> {
  const namesIn = async (column: string): Promise<string[]> => {
    const test = from.includes(' where ') ? 'and' : 'where';
    const { rows } = await queryDuckdb(
      connection,
      `select ${column} ${from} ${test} ${column} is not null limit 1`,
      params,
    );
    const first = rows[0]?.[0];
    return typeof first === 'string' ? Object.keys(JSON.parse(first) as object) : [];
  };
  // All rows of one artifact have the same columns in the same order.
  const each = async (column: string, prefix: string): Promise<CsvColumn[]> =>
    (await namesIn(column)).map((name, index) => ({
      name: `${prefix}.${name}`,
      sql: `json_extract_string(${column}, '$.*')[${index + 1}]`,
    }));
  const plain = (name: string): CsvColumn => ({ name, sql: quoteIdentifier(name) });
  const isOneSided = className === 'missing' || className === 'extra';
  return [
    plain('class'),
    ...(await each('key', 'key')),
    ...(isOneSided ? [] : ['column', 'kind', 'source_value', 'target_value'].map(plain)),
    ...(hasRow && className !== 'value' && className !== 'duplicate' ? await each('"row"', 'row') : []),
  ];
}

function guarded(sql: string): string {
  const isFormula = `regexp_matches(${sql}, '${formulaPattern}')`;
  return `case when ${isFormula} and not regexp_matches(${sql}, '${plainNumberPattern}') then '''' || ${sql} else ${sql} end`;
}
