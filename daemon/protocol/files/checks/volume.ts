import * as z from 'zod';
import { bucket, column, columns, common, groupBy, ofColumns, percent, side, tolerance } from './common.ts';

/** Volume, completeness, uniqueness, aggregates. */
export const volumeChecks = {
  row_count_by: z
    .strictObject({
      ...common,
      group_by: groupBy,
      column: column.optional().describe('A date or time; rows are counted for each period of it.'),
      bucket: bucket.default('day').describe('Length of a period of column.'),
      tolerance: tolerance.optional(),
    })
    .describe('Both sides have the same number of rows in every group, period, or both.'),
  null_pct: z
    .strictObject({
      ...common,
      columns: ofColumns('all of them'),
      max: percent
        .optional()
        .describe('With max: at most so many percent NULLs on each side; left out: as many on both.'),
      tolerance: z
        .number()
        .min(0)
        .max(100)
        .default(0)
        .describe('Without max: so many percentage points more or less are no difference.'),
    })
    .describe('Share of NULLs per column.'),
  empty_count: z
    .strictObject({
      ...common,
      columns: ofColumns('all text'),
      blanks: z.boolean().default(true).describe('true: text of blanks only counts as empty too.'),
      max: z
        .number()
        .int()
        .nonnegative()
        .optional()
        .describe('With max: at most so many on each side; left out: the same number on both.'),
    })
    .describe('Empty texts per column; NULL is not one of them.'),
  duplicate_count: z
    .strictObject({
      ...common,
      columns: ofColumns('the keys of the pipeline'),
      max: z
        .number()
        .int()
        .nonnegative()
        .optional()
        .describe(
          'With max: at most so many rows beyond the first of each value, on each side; left out: the same number on both.',
        ),
    })
    .describe('Rows that repeat the values of others.'),
  composite_key: z
    .strictObject({ ...common, columns: columns.min(2).describe('Columns that together identify a row.') })
    .describe(
      'The columns together are unique and not NULL on each side, and both sides have the same combinations.',
    ),
  metric_sum: z
    .strictObject({ ...common, column, group_by: groupBy, tolerance: tolerance.optional() })
    .describe('The sum of a number is the same on both sides, exact for integers and decimals.'),
  metric_avg: z
    .strictObject({ ...common, column, group_by: groupBy, tolerance: tolerance.optional() })
    .describe('The average of a number is the same on both sides.'),
  metric_ratio: z
    .strictObject({
      ...common,
      numerator: column.describe('Column whose sum is divided.'),
      denominator: column.describe('Column whose sum it is divided by.'),
      group_by: groupBy,
      tolerance: tolerance.optional(),
    })
    .describe('The ratio of two sums is the same on both sides.'),
} as const;

/** Rows compared with each other. */
export const rowChecks = {
  row_values: z
    .strictObject({
      ...common,
      columns: ofColumns('all of them'),
      tolerance: tolerance.optional(),
      max_diffs: z
        .number()
        .int()
        .min(1)
        .max(10_000_000)
        .default(100_000)
        .describe('Rows of the differences artifact.'),
    })
    .describe(
      'Every cell of rows with the same key is equal, numbers within a tolerance; rows of one side only are not looked at.',
    ),
  row_sample: z
    .strictObject({
      ...common,
      rows: z.number().int().min(1).max(10_000).default(1000).describe('Rows of the sample.'),
      seed: z
        .number()
        .int()
        .nonnegative()
        .default(1)
        .describe('Another seed draws other rows; the same one always the same.'),
      columns: ofColumns('all of them'),
    })
    .describe(
      'A sample of rows, drawn by a hash of the key, is equal on both sides. Not exact: the result says what it is good for.',
    ),
  row_multiset: z
    .strictObject({ ...common, columns: ofColumns('all of them') })
    .describe('Both sides have the same rows equally often, whatever the keys.'),
} as const;

export const referenceChecks = {
  fk_alignment: z
    .strictObject({
      ...common,
      columns: columns.describe('Columns that refer to another table.'),
      references: z
        .strictObject({
          table: z.string().min(1).describe('Table that they refer to.'),
          target_table: z.string().min(1).optional().describe('Its name in the target; left out: the same.'),
          columns: columns.describe('Its columns, in the same order.'),
        })
        .describe('What they refer to.'),
    })
    .describe(
      'As many rows refer to nothing on both sides: a migration neither loses nor repairs references.',
    ),
  fact_dim_conformance: z
    .strictObject({
      ...common,
      columns: columns.describe('Columns of the fact that refer to the dimension.'),
      dimension: z
        .strictObject({
          table: z.string().min(1).describe('The dimension, on the same side.'),
          columns: columns.describe('Its columns, in the same order.'),
          where: z
            .string()
            .min(1)
            .optional()
            .describe('SQL condition on the rows of the dimension that count (is_current, say).'),
        })
        .describe('The dimension.'),
      max_pct: percent
        .default(0)
        .describe('So many percent of the rows may have no member, or NULL, in the dimension.'),
      side: z.enum(['source', 'target', 'both']).default('target').describe('Which side is looked at.'),
    })
    .describe('Every row of a fact has a member of the dimension; NULL is none.'),
} as const;

export const keyedFacts = {
  grain: z
    .strictObject({ ...common, columns: columns.describe('Columns that make the grain of the fact.') })
    .describe(
      'A fact has one row for each combination of its grain, and both sides have as many combinations.',
    ),
  late_arriving: z
    .strictObject({
      ...common,
      event: column.describe('When it happened.'),
      loaded: column.describe('When it was loaded.'),
      max_delay: z
        .string()
        .regex(/^\d+(s|m|h|d)$/, 'expected a duration such as 30m, 12h or 2d')
        .describe('A row that took longer is late: 30m, 12h, 2d.'),
      max_pct: percent.default(0).describe('So many percent of the rows may be late.'),
      side: z.enum(['source', 'target', 'both']).default('target').describe('Which side is looked at.'),
    })
    .describe('Rows were loaded in time after what they tell of.'),
  additivity: z
    .strictObject({
      ...common,
      column: column.describe('The total, in the table of the pipeline.'),
      columns: columns.describe('Columns that identify the header.'),
      detail: z
        .strictObject({
          table: z.string().min(1).describe('Table of the lines, on the same side.'),
          columns: columns.describe('Its columns that refer to the header, in the same order.'),
          column: z.string().min(1).describe('The part of the total.'),
        })
        .describe('Where the parts stand.'),
      tolerance: tolerance.optional(),
      side,
    })
    .describe(
      'The total of every header is the sum of its lines; a header without lines has a total of 0 or NULL.',
    ),
} as const;
