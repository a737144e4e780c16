import * as z from 'zod';
import { nameSchema } from '../primitives.ts';
import {
  checkAliases,
  checkKinds,
  checkParameterSchemas,
  checkSpecSchema,
  type CheckKind,
} from './checks.ts';

/** One side of a pipeline: a table (optionally filtered) or a query, on a connection. */
export const sideSchema = z.strictObject({
  connection: nameSchema.describe('A connection of ombudsman.yaml.'),
  table: z.string().min(1).optional().describe('Table name, schema.table, or for files a file name or glob.'),
  query: z.string().min(1).optional().describe('A SELECT, instead of table.'),
  where: z.string().min(1).optional().describe('SQL condition on the rows of table.'),
});
export type Side = z.infer<typeof sideSchema>;

const checkKindEnum = z.enum(checkKinds as [CheckKind, ...CheckKind[]]);
const checkNameSchema = z.union([checkKindEnum, z.enum(Object.keys(checkAliases) as [string, ...string[]])]);

/** A check as written: its bare name, or one key with its parameters. */
export const checkEntrySchema = z.union([
  checkNameSchema,
  ...checkKinds.map((kind) => z.strictObject({ [kind]: checkParameterSchemas[kind] })),
  ...Object.entries(checkAliases).flatMap(([alias, [kind, ...others]]) =>
    kind === undefined || others.length > 0 ? [] : [z.strictObject({ [alias]: checkParameterSchemas[kind] })],
  ),
]);

export const pipelineFileSchema = z.strictObject({
  pipeline_id: nameSchema.describe('Unique in the project.'),
  description: z.string().optional().describe('What is compared and why, for its readers.'),
  source: sideSchema.describe('Where the data come from: a table or a query on a connection.'),
  target: sideSchema.describe('Where they were moved to: a table or a query on a connection.'),
  keys: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Columns (source names) that identify a row; left out: rows are compared as a multiset.'),
  column_map: z
    .record(z.string().min(1), z.string().min(1))
    .optional()
    .describe('Source column name: target column name.'),
  exclude: z
    .array(z.string().min(1))
    .optional()
    .describe('Columns (source or target names) left out of every comparison.'),
  checks: z
    .array(checkEntrySchema)
    .min(1)
    .optional()
    .describe('Left out: schema, row_count, column_stats, unique_key, row_hash.'),
  tags: z.array(z.string()).optional().describe('Words to find the pipeline by.'),
});
export type PipelineFile = z.infer<typeof pipelineFileSchema>;

/** A pipeline ready to run: defaults applied, checks normalised. */
export const pipelineSpecSchema = z.object({
  pipeline_id: z.string(),
  file: z.string().optional(),
  source: sideSchema,
  target: sideSchema,
  keys: z.array(z.string()),
  column_map: z.record(z.string(), z.string()),
  exclude: z.array(z.string()),
  checks: z.array(checkSpecSchema),
});
export type PipelineSpec = z.infer<typeof pipelineSpecSchema>;
