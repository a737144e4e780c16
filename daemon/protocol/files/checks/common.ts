import * as z from 'zod';

/** Parameters that many kinds of check share, each described once. */

export const column = z.string().min(1).describe('Column, by its name in the source.');
export const columns = z.array(z.string().min(1)).min(1);
export const ofColumns = (preset: string) =>
  columns.optional().describe(`Columns, by their names in the source; left out: ${preset}.`);

const sides = z.enum(['source', 'target', 'both']);
export const side = sides.default('both').describe('Which side is looked at.');
export const targetSide = sides.default('target').describe('Which side is looked at.');

/** Parameters every check takes. */
export const common = {
  name: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('What reports call this check; default: its kind and columns.'),
  severity: z
    .enum(['fail', 'warn'])
    .default('fail')
    .describe('warn: a finding is reported and does not fail the pipeline.'),
  description: z.string().optional().describe('What the check is for; reports show it.'),
};

export const tolerance = z
  .strictObject({
    abs: z.number().nonnegative().optional().describe('So much more or less is no difference.'),
    pct: z
      .number()
      .nonnegative()
      .optional()
      .describe('So many percent of the source more or less are no difference.'),
  })
  .describe('Allowed difference; left out: none. A tolerance that was used is named in the result.');

export const scalar = z.union([z.string(), z.number(), z.boolean()]);

export const maxViolations = z
  .number()
  .int()
  .nonnegative()
  .default(0)
  .describe('So many rows of each side may break it.');

export const groupBy = columns
  .optional()
  .describe('Compared for each combination of these columns; left out: for the whole table.');

export const bucket = z.enum(['hour', 'day', 'week', 'month', 'quarter', 'year']);
export const grain = bucket
  .default('day')
  .describe('Length of a period; weeks begin on Monday, times are UTC.');

export const percent = z.number().min(0).max(100);

export const lookup = z.strictObject({
  table: z.string().min(1).describe('Table on the same side.'),
  columns: columns.describe('Its columns, in the same order.'),
});
