import type { DuckDBConnection } from '@duckdb/node-api';
import type { RowFilter } from '../protocol/engine.ts';
import type { Value } from './connections/connection.ts';
import { queryDuckdb } from './connections/duckdbValues.ts';

/** `from … where …` over a differences artifact, and its parameters. */
export interface FilteredRows {
  readonly from: string;
  readonly params: Value[];
  /** Files of earlier versions have no column `row`. */
  readonly hasRow: boolean;
}

/** The rows of a differences artifact that fit a filter. Rejects if `path` is no Parquet file that can be read. */
export async function filteredRows(
  connection: DuckDBConnection,
  path: string,
  filter: RowFilter,
): Promise<FilteredRows> {
  const literal = literalPath(path);
  const named = await queryDuckdb(connection, `select count(*) from parquet_schema($1) where name = 'row'`, [
    literal,
  ]);
  const hasRow = Number(named.rows[0]?.[0]) > 0;
  const params: Value[] = [literal];
  const bind = (value: Value): string => `$${params.push(value)}`;
  const tests = (['class', 'column', 'kind'] as const).flatMap((field) => {
    const wanted = filter[field];
    return wanted === undefined ? [] : [`"${field}" = ${bind(wanted)}`];
  });
  if (filter.search !== undefined && filter.search !== '') {
    const text = `lower(${bind(filter.search)})`;
    // As it stands in JSON: a text without it needs not be taken apart.
    const escaped = `lower(${bind(JSON.stringify(filter.search).slice(1, -1))})`;
    // Values of the key, not its text: neither names of columns nor the escapes of JSON are what a person looks for.
    const inJson = (column: string): string =>
      `(contains(lower(${column}), ${escaped}) and list_bool_or(list_transform(
        json_extract_string(${column}, '$.*'), lambda v: contains(lower(v), ${text}))))`;
    const inText = ['source_value', 'target_value'].map((column) => `contains(lower(${column}), ${text})`);
    tests.push(`(${[...inText, inJson('key'), ...(hasRow ? [inJson('"row"')] : [])].join(' or ')})`);
  }
  const where = tests.length === 0 ? '' : `where ${tests.join(' and ')}`;
  return { from: `from read_parquet($1, file_row_number = true) ${where}`, params, hasRow };
}

/** read_parquet takes a pattern: what would be one in a path stands for itself in brackets. */
function literalPath(path: string): string {
  return path.replaceAll(/[*?[]/g, '[$&]');
}
