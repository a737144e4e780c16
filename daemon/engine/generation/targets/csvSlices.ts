import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteText } from '../../connections/ansiDialect.ts';
import type { Slice } from '../compile.ts';
import type { TargetContext, TargetTable } from './target.ts';

/** Rows of one scratch file: while the server takes one, DuckDB writes the next. */
const sliceRows = 250_000;

export interface CsvForm {
  /** Options of DuckDB's COPY beside the format: `nullstr ''`. */
  readonly options: string;
  /** What of the rows is written; left out: all columns as they are. */
  readonly wrap?: (select: string) => string;
}

/** Writes a table's rows as CSV files without header, in order, and gives each to `take`, which settles when it has read the file. */
export async function takeCsvSlices(
  context: Pick<TargetContext, 'duckdb' | 'scratchDir'>,
  table: Pick<TargetTable, 'select' | 'sliceable' | 'rows'>,
  form: CsvForm,
  take: (path: string) => Promise<void>,
): Promise<void> {
  await mkdir(context.scratchDir, { recursive: true, mode: 0o700 });
  let next = writeSlice(context, table, form, 0);
  for (let index = 0; ; index += 1) {
    const path = await next;
    if (path === null) return;
    next = writeSlice(context, table, form, index + 1);
    try {
      await take(path);
    } catch (error) {
      // The next file is being written: nothing may be left behind that still runs.
      await next.catch(() => null);
      throw error;
    } finally {
      await rm(path, { force: true });
    }
  }
}

/** Writes slice number `index`; null past the last one. */
async function writeSlice(
  context: Pick<TargetContext, 'duckdb' | 'scratchDir'>,
  table: Pick<TargetTable, 'select' | 'sliceable' | 'rows'>,
  { options, wrap = (select) => select }: CsvForm,
  index: number,
): Promise<string | null> {
  const slice = sliceOf(table, index);
  if (slice === null) return null;
  const path = join(context.scratchDir, `${randomUUID()}.csv`);
  const select = wrap(slice === 'all' ? table.select() : table.select(slice));
  await context.duckdb.run(`copy (${select}) to ${quoteText(path)} (format csv, header false, ${options})`);
  return path;
}

function sliceOf(table: Pick<TargetTable, 'sliceable' | 'rows'>, index: number): Slice | 'all' | null {
  if (!table.sliceable) return index === 0 ? 'all' : null;
  const from = index * sliceRows + 1;
  return from > table.rows ? null : { from, to: Math.min(table.rows, from + sliceRows - 1) };
}
