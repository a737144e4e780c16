import * as z from 'zod';
import { column, columns, common, grain, percent, side, targetSide, tolerance } from './common.ts';

export const timeChecks = {
  ts_continuity: z
    .strictObject({
      ...common,
      column: column.describe('Date or time column.'),
      grain,
      calendar: z
        .enum(['every', 'weekdays'])
        .default('every')
        .describe('weekdays: Saturdays and Sundays need no rows; for grain day and hour.'),
      max_missing: z.number().int().nonnegative().default(0).describe('So many periods may be missing.'),
      side: targetSide,
    })
    .describe('No period between the first and the last is without rows.'),
  ts_duplicates: z
    .strictObject({
      ...common,
      column: column.describe('Date or time column.'),
      by: columns.optional().describe('Columns that identify whose times they are.'),
      max: z
        .number()
        .int()
        .nonnegative()
        .optional()
        .describe('With max: at most so many surplus rows on each side; left out: the same number on both.'),
    })
    .describe('Rows that repeat the time of another row (of the same entity).'),
  rolling_drift: z
    .strictObject({
      ...common,
      column: column.describe('Date or time column.'),
      value: column.optional().describe('Number whose sum is followed; left out: rows.'),
      grain,
      window: z.number().int().min(1).max(1000).default(7).describe('Periods of the rolling mean.'),
      max_pct: percent.default(0).describe('So many percent the rolling mean of the target may differ.'),
    })
    .describe('The rolling mean over time is the same on both sides.'),
  period_over_period: z
    .strictObject({
      ...common,
      column: column.describe('Date or time column.'),
      value: column.optional().describe('Number whose sum is followed; left out: rows.'),
      grain: grain
        .unwrap()
        .default('month')
        .describe('Length of a period; weeks begin on Monday, times are UTC.'),
      max_points: z
        .number()
        .nonnegative()
        .default(0)
        .describe(
          'So many percentage points the change from one period to the next may differ between the sides.',
        ),
    })
    .describe('The change from each period to the next is the same on both sides.'),
  freshness: z
    .strictObject({
      ...common,
      column: column.describe('Date or time column; without a zone it is UTC.'),
      max_age: z
        .string()
        .regex(/^\d+(s|m|h|d)$/, 'expected a duration such as 30m, 12h or 2d')
        .optional()
        .describe(
          'With max_age: the newest value is not older; left out: the newest values of both sides are the same.',
        ),
      side,
    })
    .describe('The newest row is new enough.'),
  timezone_shift: z
    .strictObject({
      ...common,
      columns: columns.optional().describe('Columns that are compared; left out: all timestamps.'),
      min_pct: percent
        .default(1)
        .describe(
          'Share of the rows with one and the same shift from which it is a finding, in percent; 0: any row.',
        ),
    })
    .describe('No timestamps of rows with the same key are shifted by whole quarters of an hour.'),
} as const;

export const businessChecks = {
  balance: z
    .strictObject({
      ...common,
      debit: column.describe('Number on the one side of the book.'),
      credit: column.describe('Number on the other side.'),
      group_by: columns
        .optional()
        .describe('It balances for each combination (a journal, say); left out: in all.'),
      tolerance: tolerance.optional(),
      side,
    })
    .describe('Debits are credits.'),
  reconcile: z
    .strictObject({
      ...common,
      total: z
        .strictObject({
          side: z.enum(['source', 'target']).describe('Where the query runs.'),
          query: z.string().min(1).describe('A SELECT of one number.'),
        })
        .describe('The whole.'),
      parts: z
        .array(
          z.strictObject({
            side: z.enum(['source', 'target']).describe('Where the query runs.'),
            query: z.string().min(1).describe('A SELECT of one number.'),
          }),
        )
        .min(1)
        .describe('What it is made of.'),
      tolerance: tolerance.optional(),
    })
    .describe('A number is the sum of others, wherever they stand. NULL is an error, not 0.'),
} as const;

export const fileChecks = {
  file_layout: z
    .strictObject({
      ...common,
      header: columns.optional().describe('Names of the columns, in order; left out: not looked at.'),
      delimiter: z.string().length(1).optional().describe('Left out: the one the file is found to use.'),
      line_ends: z.enum(['lf', 'crlf', 'any']).default('any').describe('How lines end.'),
      max_bad_rows: z
        .number()
        .int()
        .nonnegative()
        .default(0)
        .describe('So many rows may have another number of fields than the header.'),
      side,
    })
    .describe(
      'CSV files have one layout: delimiter, header, as many fields in every row. Bytes that are no UTF-8 keep the whole pipeline from beginning.',
    ),
  parquet_schema: z
    .strictObject({
      ...common,
      columns: z
        .record(z.string().min(1), z.string().min(1))
        .describe('Columns with their DuckDB types: {id: BIGINT, amount: "DECIMAL(12,2)"}.'),
      allow_new: z.boolean().default(false).describe('true: further columns are no finding.'),
      compression: z
        .string()
        .min(1)
        .optional()
        .describe('snappy, zstd, gzip, uncompressed; left out: not looked at.'),
      side,
    })
    .describe('Every Parquet file of the table has these columns and types.'),
} as const;
