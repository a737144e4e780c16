import * as z from 'zod';
import {
  durationSchema,
  jobNameSchema,
  maxParallelSchema,
  nameSchema,
  rowCountsSchema,
  tagSchema,
} from '../primitives.ts';
import { generationItemFields, rowCountFieldSchema, schemaTypeSchema } from './generation.ts';

export const retrySchema = z.strictObject({
  max_attempts: z.number().int().min(1).max(100).default(3).describe('Tries in all, the first included.'),
  backoff: z
    .enum(['exponential', 'fixed'])
    .default('exponential')
    .describe('exponential: each delay is twice the one before, up to max_delay.'),
  delay: durationSchema.default('2s').describe('Before the second try.'),
  max_delay: durationSchema.default('60s').describe('No delay is longer.'),
  jitter: z.boolean().default(true).describe('Each delay is drawn between half and the whole of its value.'),
});
export type RetryDefinition = z.infer<typeof retrySchema>;

/** What every operation may say, whatever its type. */
const operationCommon = {
  name: jobNameSchema.optional().describe('Unique in the batch; what depends_on names.'),
  depends_on: z
    .array(z.string().min(1))
    .optional()
    .describe('Names of operations that must be completed first.'),
  timeout: durationSchema
    .optional()
    .describe('For this operation; left out: the timeout of the batch, or of the project.'),
  retry: retrySchema
    .optional()
    .describe(
      'When it is tried again: after errors that may pass (connection, timeout, resource, interrupted), never because data differ.',
    ),
};

const pipelineFields = {
  pipeline_id: nameSchema.describe('A pipeline of the project, by its id.'),
  // Its shape is looked at by definitions/pipeline.ts, as that of a file is: with readable messages for each check.
  pipeline: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('A pipeline written in place: the content of a pipeline file without its pipeline_id.'),
};
const generationFields = {
  schema_type: schemaTypeSchema.optional().describe('The domain whose tables are generated.'),
  schema_file: z
    .string()
    .min(1)
    .optional()
    .describe('Instead of schema_type: a *.schema.yaml with tables of your own, relative to the project.'),
  row_count: rowCountFieldSchema
    .optional()
    .describe('Rows of the largest fact table; exact. Needed with schema_type.'),
  ...generationItemFields,
};
const projectFields = {
  project: z
    .string()
    .min(1)
    .describe(
      'Folder of an ombudsman.yaml, relative to that of this file, or the name of a project the daemon has seen.',
    ),
  pipeline_ids: z
    .array(nameSchema)
    .min(1)
    .optional()
    .describe('Only these pipelines; left out: all of the project.'),
};
/** What a profile tells of each column beside nulls, distinct values, minimum, maximum, mean and deviation; lengths of text. */
export const profileSchema = z.strictObject({
  quantiles: z
    .array(z.number().min(0).max(1))
    .max(20)
    .default([0.25, 0.5, 0.75])
    .describe('Quantiles of numbers, each from 0 to 1.'),
  top_values: z.number().int().min(0).max(100).default(10).describe('So many most frequent values; 0: none.'),
  patterns: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(10)
    .describe('So many most frequent forms of text; 0: none.'),
  histogram: z.number().int().min(0).max(100).default(10).describe('Buckets of numbers; 0: none.'),
  max_rows: z
    .number()
    .int()
    .min(1)
    .default(1_000_000)
    .describe('Of a larger table so many rows are looked at, and the catalog says how they were chosen.'),
  time_limit: durationSchema
    .optional()
    .describe('For all profiles of the connection; tables whose turn did not come are named in unreadable.'),
});
export type ProfileOptions = z.infer<typeof profileSchema>;

/** What is extracted, as the work of an operation carries it; defaults are filled in. */
export const metadataOptionFields = {
  schemas: z.array(z.string().min(1)).min(1).optional().describe('Only these schemas: names or globs.'),
  tables: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Only these tables and views: names or globs, also schema.table.'),
  exclude: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Not these tables and views: names or globs, also schema.table; schema.* leaves out a whole schema.',
    ),
  row_counts: rowCountsSchema.describe(
    'exact counts every table, which may take long; estimate takes what the system believes; auto(<ms>) counts for so long (auto: 5000), the smallest tables first, and estimates the rest.',
  ),
  profile: z
    .union([z.boolean(), profileSchema])
    .describe('Figures of every column, read off the rows; an object says which, and sets limits.'),
  grants: z.boolean().optional().describe('Who may do what with each table and view.'),
};
const metadataFields = {
  connection: nameSchema.describe('A connection of ombudsman.yaml.'),
  ...metadataOptionFields,
  row_counts: metadataOptionFields.row_counts.default('estimate'),
  profile: metadataOptionFields.profile.default(false),
};
const commandFields = {
  program: z.string().min(1).describe('The program to run, without a shell; exit code 0 is success.'),
  args: z.array(z.string()).default([]).describe('Its arguments, one an entry.'),
  cwd: z.string().min(1).optional().describe('Relative to the folder of ombudsman.yaml, its default.'),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected letters, digits and _, not a digit first'),
      z.string(),
    )
    .optional()
    .describe('Environment variables, beside those of the daemon.'),
};

export const pipelineItemSchema = z.strictObject({ ...pipelineFields, ...operationCommon });
export const generationItemSchema = z.strictObject({ ...generationFields, ...operationCommon });
export const projectItemSchema = z.strictObject({ ...projectFields, ...operationCommon });
export const metadataItemSchema = z.strictObject({ ...metadataFields, ...operationCommon });
const operationType = <T extends string>(type: T, does: string) => z.literal(type).describe(does);
export const operationItemSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: operationType('pipeline', 'Validates one pipeline.'),
    ...pipelineFields,
    ...operationCommon,
  }),
  z.strictObject({
    type: operationType('data_generation', 'Generates data of a domain.'),
    ...generationFields,
    ...operationCommon,
  }),
  z.strictObject({
    type: operationType('project_validation', 'Validates the pipelines of a project.'),
    ...projectFields,
    ...operationCommon,
  }),
  z.strictObject({
    type: operationType('metadata_extraction', 'Extracts the catalog of a connection.'),
    ...metadataFields,
    ...operationCommon,
  }),
  z.strictObject({ type: operationType('command', 'Runs a program.'), ...commandFields, ...operationCommon }),
]);
export type OperationItem = z.infer<typeof operationItemSchema>;

/** What a job may say beside its operations; the same words in files and in calls. */
export const jobOptionFields = {
  job_name: jobNameSchema.optional().describe('What the job is called; left out: the name of the file.'),
  parallel_execution: z.boolean().default(true).describe('false: one operation after the other.'),
  max_parallel: maxParallelSchema
    .optional()
    .describe('Operations of this job at once; default: defaults.max_parallel of the project, or 4.'),
  stop_on_error: z.boolean().default(false).describe('true: after a failed operation no further one begins.'),
  timeout: durationSchema.optional().describe('For each operation.'),
  retry: retrySchema
    .optional()
    .describe('For each operation that does not say otherwise; only errors that may pass are tried again.'),
  tags: z.array(tagSchema).max(50).default([]).describe('Words to find the job by.'),
  priority: z.number().int().min(-100).max(100).default(0).describe('Higher goes first.'),
};

const parameterScalar = z.union([z.string(), z.number(), z.boolean()]);
export const parameterSchema = z.union([
  parameterScalar,
  z.strictObject({
    type: z
      .enum(['string', 'number', 'integer', 'boolean'])
      .optional()
      .describe('Left out: that of the default, or text.'),
    default: parameterScalar.optional().describe('Left out: a value must be given with each run.'),
    enum: z.array(parameterScalar).min(1).optional().describe('The values it may have.'),
    description: z.string().optional().describe('What it is for; asked with it.'),
  }),
]);
export const parameterValuesSchema = z.record(z.string(), parameterScalar);
export type ParameterValues = z.infer<typeof parameterValuesSchema>;

/** The keys of a batch file of which exactly one must stand there: it tells the job type. */
export const batchListKeys = {
  pipelines: 'bulk_pipeline_execution',
  items: 'batch_data_generation',
  projects: 'multi_project_validation',
  sources: 'bulk_metadata_extraction',
  operations: 'mixed',
} as const;
export type BatchListKey = keyof typeof batchListKeys;

const maxOperations = 100_000;
export const pipelineItemsSchema = z.array(pipelineItemSchema).min(1).max(maxOperations);
export const generationItemsSchema = z.array(generationItemSchema).min(1).max(maxOperations);
export const projectItemsSchema = z.array(projectItemSchema).min(1).max(maxOperations);
export const metadataItemsSchema = z.array(metadataItemSchema).min(1).max(maxOperations);
export const operationItemsSchema = z.array(operationItemSchema).min(1).max(maxOperations);

export const batchFileSchema = z.strictObject({
  ...jobOptionFields,
  description: z.string().optional().describe('What the batch is for, for its readers.'),
  parameters: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected letters, digits and _, not a digit first'),
      parameterSchema,
    )
    .optional()
    .describe('Makes this file a template; "${param:NAME}" stands for a value.'),
  pipelines: pipelineItemsSchema.optional().describe('Pipelines of the project to validate.'),
  items: generationItemsSchema.optional().describe('Data to generate.'),
  projects: projectItemsSchema
    .optional()
    .describe('Projects to validate, each with all or some of its pipelines.'),
  sources: metadataItemsSchema.optional().describe('Connections to extract the catalog of.'),
  operations: operationItemsSchema.optional().describe('Operations of several kinds, each with its type.'),
});
export type BatchFile = z.infer<typeof batchFileSchema>;
