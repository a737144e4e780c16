import * as z from 'zod';
import { columns, column, common, targetSide } from './common.ts';

export const dimensionChecks = {
  business_key: z
    .strictObject({
      ...common,
      columns: columns.describe('The business key.'),
      current: z
        .string()
        .min(1)
        .optional()
        .describe('SQL condition on the rows that are current; left out: all rows.'),
      source_current: z
        .string()
        .min(1)
        .optional()
        .describe('The same in the words of the source, where its SQL or column names differ.'),
    })
    .describe(
      'The business key is not NULL and unique among current rows, and both sides have the same keys.',
    ),
  surrogate_key_map: z
    .strictObject({
      ...common,
      surrogate: column.describe('The surrogate key.'),
      business_key: columns.describe('Columns that identify what it stands for.'),
      same_values: z
        .boolean()
        .default(false)
        .describe('true: both sides must have given the same surrogate keys.'),
    })
    .describe('Surrogate and business keys map one to one on each side, and from source to target.'),
  scd1: z
    .strictObject({
      ...common,
      business_key: columns.describe('Columns that identify a member.'),
      columns: columns.optional().describe('Attributes that are compared; left out: all others that pair.'),
      latest_by: column
        .optional()
        .describe('Where the source has several rows of a member: the one with the greatest value counts.'),
    })
    .describe(
      'Slowly changing dimension of type 1: the target has one row a member, with the latest values of the source.',
    ),
  scd2: z
    .strictObject({
      ...common,
      business_key: columns.describe('Columns that identify a member.'),
      effective_from: column.describe('Begin of a version.'),
      effective_to: column.describe('End of a version.'),
      current: column.optional().describe('Flag of the current version: true, 1 or Y.'),
      open_end: z
        .string()
        .optional()
        .describe(
          'What stands in effective_to of the current version; left out: NULL. For example 9999-12-31.',
        ),
      end: z
        .enum(['exclusive', 'inclusive'])
        .default('exclusive')
        .describe(
          'exclusive: a version ends where the next begins; inclusive: one day (or, of times, one second) before.',
        ),
      allow_ended: z.boolean().default(false).describe('true: a member may have no current version.'),
      allow_gaps: z.boolean().default(false).describe('true: time between two versions is no finding.'),
      compare_versions: z
        .boolean()
        .default(false)
        .describe('true: the source has versions too, and as many of each member.'),
      side: targetSide,
    })
    .describe(
      'Slowly changing dimension of type 2: versions of a member neither overlap nor leave gaps, exactly one is current and its flag says so.',
    ),
} as const;
