import { extname } from 'node:path';
import type { CatalogFile, CatalogTable } from '../../protocol/catalog.ts';
import { quoteText } from '../connections/ansiDialect.ts';
import { count, flag, list, nullableText, text, type CatalogSession, type Row } from './session.ts';

type Parquet = NonNullable<CatalogFile['parquet']>;

/** The format by the name of a file, compressed or not. */
export function formatOf(name: string): CatalogFile['format'] {
  const extension = extname(name.replace(/\.(gz|zst)$/i, '')).toLowerCase();
  if (extension === '.parquet') return 'parquet';
  return /^\.(json|jsonl|ndjson)$/.test(extension) ? 'json' : 'csv';
}

/** How the reader takes a text file apart, found on the file as its columns' types are. */
export async function csvDialect(session: CatalogSession, path: string): Promise<CatalogFile['csv']> {
  const [row] = await session.query(
    `select Delimiter as delimiter, Quote as quote, Escape as escape, NewLineDelimiter as new_line, SkipRows as skipped,
       HasHeader as has_header, DateFormat as date_format, TimestampFormat as timestamp_format
     from sniff_csv(${quoteText(path)}, nullstr = '', allow_quoted_nulls = false)`,
  );
  if (row === undefined) return undefined;
  // DuckDB's word for a character that is not used.
  const character = (column: string): string | null => {
    const value = nullableText(row, column);
    return value === '(empty)' || value === '\u0000' ? null : value;
  };
  return {
    delimiter: text(row, 'delimiter'),
    quote: character('quote'),
    escape: character('escape'),
    new_line: text(row, 'new_line'),
    has_header: flag(row, 'has_header'),
    skipped_lines: count(row, 'skipped') ?? 0,
    date_format: nullableText(row, 'date_format'),
    timestamp_format: nullableText(row, 'timestamp_format'),
  };
}

/**
 * What the footers of Parquet files say: row counts (as exact as counting), row groups and physical schema. Four statements for all
 * files together.
 */
export async function addParquetDetails(
  session: CatalogSession,
  files: ReadonlyMap<string, CatalogTable>,
): Promise<void> {
  if (files.size === 0) return;
  const all = `[${[...files.keys()].map(quoteText).join(', ')}]`;
  const details = new Map<string, Parquet>();
  for (const row of await session.query(
    `select file_name, num_rows, created_by, format_version from parquet_file_metadata(${all})`,
  )) {
    const path = text(row, 'file_name');
    const table = files.get(path);
    if (table === undefined) continue;
    table.row_count = { value: count(row, 'num_rows'), method: 'exact' };
    const parquet = {
      created_by: nullableText(row, 'created_by'),
      format_version: nullableText(row, 'format_version'),
      row_groups: [],
      columns: [],
    };
    details.set(path, parquet);
    table.file = { format: 'parquet', parquet };
  }
  for (const row of await session.query(
    `select file_name, row_group_id, any_value(row_group_num_rows) as rows, any_value(row_group_bytes) as bytes
     from parquet_metadata(${all}) group by all order by file_name, row_group_id`,
  ))
    details
      .get(text(row, 'file_name'))
      ?.row_groups.push({ rows: count(row, 'rows') ?? 0, bytes: count(row, 'bytes') ?? 0 });
  await addSchemas(session, all, details);
}

async function addSchemas(
  session: CatalogSession,
  all: string,
  details: ReadonlyMap<string, Parquet>,
): Promise<void> {
  const codecs = new Map<string, string[]>();
  for (const row of await session.query(
    `select file_name, column_id, to_json(list(distinct compression order by compression))::varchar as compression
     from parquet_metadata(${all}) group by all`,
  ))
    codecs.set(`${text(row, 'column_id')} ${text(row, 'file_name')}`, list(row, 'compression'));
  const rows = await session.query(
    `select file_name, name, type, repetition_type, num_children, coalesce(logical_type, converted_type) as logical_type
     from parquet_schema(${all})`,
  );
  for (const [path, parquet] of details) {
    const leaves = leavesOf(rows.filter((row) => row.file_name === path));
    parquet.columns.push(
      ...leaves.map((leaf, index) => ({ ...leaf, compression: codecs.get(`${index} ${path}`) ?? [] })),
    );
  }
}

type Leaf = Omit<Parquet['columns'][number], 'compression'>;

/** A Parquet schema lists its elements depth first, each group with the number of its children; the leaves are the columns. */
function leavesOf(rows: readonly Row[]): Leaf[] {
  const leaves: Leaf[] = [];
  let next = 0;
  const walk = (above: readonly string[]): void => {
    const row = rows[next];
    next += 1;
    if (row === undefined) return;
    const children = count(row, 'num_children') ?? 0;
    const path = [...above, text(row, 'name')];
    if (children === 0)
      leaves.push({
        path: path.join('.'),
        physical_type: nullableText(row, 'type') ?? '',
        logical_type: nullableText(row, 'logical_type'),
        repetition: nullableText(row, 'repetition_type'),
      });
    for (let child = 0; child < children; child += 1) walk(path);
  };
  const roots = count(rows[0] ?? {}, 'num_children') ?? 0;
  // The first element is the root, whose name is no part of a path.
  next = 1;
  for (let child = 0; child < roots; child += 1) walk([]);
  return leaves;
}
