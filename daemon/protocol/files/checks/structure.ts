import * as z from 'zod';
import { common, ofColumns } from './common.ts';

/** Structure of tables, beyond columns and types. */
export const structureChecks = {
  schema_defaults: z
    .strictObject({ ...common, columns: ofColumns('all of them') })
    .describe(
      'Columns have the same defaults, identity and generated expressions on both sides; written alike apart from casts, quotes of numbers, brackets and letter case.',
    ),
  schema_keys: z
    .strictObject({
      ...common,
      compare: z
        .array(z.enum(['primary_key', 'unique_keys', 'foreign_keys', 'checks', 'indexes']))
        .min(1)
        .default(['primary_key', 'unique_keys', 'foreign_keys'])
        .describe('What is compared; checks compares how many check constraints there are.'),
      names: z
        .boolean()
        .default(false)
        .describe('true: names of constraints and indexes must be the same too.'),
    })
    .describe('Both tables have the same keys, constraints and indexes, over the columns that pair.'),
  schema_drift: z
    .strictObject({
      ...common,
      columns: z
        .record(z.string().min(1), z.string().min(1))
        .optional()
        .describe(
          'The columns as they are agreed: name and canonical type, {id: integer(64), amount: "decimal(12,2)"}.',
        ),
      baseline: z
        .string()
        .min(1)
        .optional()
        .describe(
          'A catalog.json that the table is held against, instead of columns: types, NULLs, defaults, keys, checks, indexes. Relative to the folder of ombudsman.yaml.',
        ),
      baseline_table: z
        .string()
        .min(1)
        .optional()
        .describe('What the table is called in the baseline ([schema.]table), if otherwise.'),
      breaking_only: z
        .boolean()
        .default(false)
        .describe('With baseline: true looks only for changes that may break a reader or writer.'),
      allow_new: z.boolean().default(false).describe('true: further columns are no drift.'),
      side: z.enum(['source', 'target', 'both']).default('target').describe('Which side is looked at.'),
    })
    .describe('The table still has the columns and types that were agreed.'),
} as const;
