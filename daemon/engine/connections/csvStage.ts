import { agreed, plural } from '../../protocol/countText.ts';
import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { EngineError, toEngineError } from '../errors.ts';
import { quoteIdentifier, quoteText } from './ansiDialect.ts';
import type { StageRequest } from './connection.ts';
import { duckdbSession, workspaceTable, type SessionContext } from './duckdbInstance.ts';
import { queryDuckdb } from './duckdbValues.ts';

/** A CSV file as our own exports write it: comma, every value quoted, NULL as a bare \N (a quoted "\N" is text). */
export interface StagedCsv {
  readonly path: string;
  /** Rows the writer says the file has. */
  readonly rows: number;
}

/** The bare word that stands for NULL; values are always quoted, so none can be taken for it. */
export const csvNull = '\\N';

/** Tried one after the other: each thread has a buffer of at least a line, so a high limit costs memory that is rarely needed. */
const lineLimitsMb = [2, 16, 128];
const bufferMb = 32;
const mebibyte = 1024 * 1024;

/**
 * Reads the file into the workspace table and removes it. `expression` turns column i (VARCHAR `c<i>`) into its type. An error if
 * DuckDB read another number of rows than were written.
 */
export async function loadCsv(
  context: SessionContext,
  csv: StagedCsv,
  request: StageRequest,
  expression: (text: string, index: number) => string,
): Promise<number> {
  const session = await duckdbSession(context);
  try {
    const into = workspaceTable(request.workspace, request.into);
    const columns = request.columns.map(
      (column, index) => `${expression(`c${index}`, index)} as ${quoteIdentifier(column.as)}`,
    );
    const count = await readWithLimit(statSync(csv.path).size, async (limit) => {
      const read = readCsv(csv.path, request.columns.length, limit);
      const { rows } = await queryDuckdb(
        session.connection,
        `create or replace table ${into} as select ${columns.join(', ')} from ${read}`,
      );
      return Number(rows[0]?.[0]);
    });
    if (count !== csv.rows)
      throw new EngineError(
        'internal',
        'rows_lost',
        `${plural(csv.rows, 'row')} ${agreed(csv.rows, 'were copied')} and ${count} were read back`,
      );
    request.onRows?.(count);
    return count;
  } finally {
    await session.close();
    await rm(csv.path, { force: true });
  }
}

function readCsv(path: string, columnCount: number, lineLimitMb: number): string {
  const names = Array.from({ length: columnCount }, (_, index) => `'c${index}': 'VARCHAR'`);
  return (
    `read_csv(${quoteText(path)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', ` +
    `new_line = '\\n', nullstr = ${quoteText(csvNull)}, allow_quoted_nulls = false, strict_mode = true, ` +
    `max_line_size = ${lineLimitMb * mebibyte}, buffer_size = ${Math.max(bufferMb, lineLimitMb) * mebibyte}, columns = {${names.join(', ')}})`
  );
}

async function readWithLimit(
  fileBytes: number,
  read: (lineLimitMb: number) => Promise<number>,
): Promise<number> {
  for (const limit of lineLimitsMb) {
    try {
      return await read(limit);
    } catch (error) {
      // Our files are well formed: a quote without its end is a line cut at the limit.
      const isTooLong = /maximum_line_size|Maximum line size|max_line_size|unterminated quote/i.test(
        toEngineError(error).message,
      );
      if (!isTooLong || fileBytes <= limit * mebibyte) throw error;
    }
  }
  throw new EngineError('resource', 'row_too_long', `a row is longer than ${lineLimitsMb.at(-1)} MiB`);
}
