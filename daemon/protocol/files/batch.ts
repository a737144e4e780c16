import * as z from 'zod';
import { durationSchema, jobNameSchema, maxParallelSchema, nameSchema, tagSchema } from '../primitives.ts';
import { differenceKindSchema } from '../results.ts';

export const retrySchema = z.strictObject({
  max_attempts: z.number().int().min(1).max(100).default(3).describe('Tries in all, the first included.'),
  backoff: z.enum(['exponential', 'fixed']).default('exponential'),
  delay: durationSchema.default('2s'),
  max_delay: durationSchema.default('60s'),
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
  timeout: durationSchema.optional(),
  retry: retrySchema.optional(),
};

export const schemaTypes = ['Retail', 'Finance', 'Healthcare'] as const;
export const schemaTypeSchema = z.enum(schemaTypes);
export type SchemaType = z.infer<typeof schemaTypeSchema>;

/** Kinds of fault that generation can plant: a lost row, an added one, or a changed value of the named kind. */
export const faultKinds = [
  'missing',
  'extra',
  'duplicate',
  ...differenceKindSchema.options.filter(
    (kind) => kind !== 'other' && kind !== 'dst_hour' && kind !== 'swapped_columns',
  ),
] as const;
export const faultKindSchema = z.enum(faultKinds as unknown as [string, ...string[]]);

export const faultsSchema = z
  .strictObject({
    rate: z.number().gt(0).max(0.5).optional().describe('Share of rows of each table that get a fault.'),
    count: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .optional()
      .describe('Faults in all, spread over the tables.'),
    kinds: z.array(faultKindSchema).min(1).optional().describe('Left out: every kind the tables allow.'),
    tables: z.array(z.string().min(1)).min(1).optional(),
    seed: z.number().int().nonnegative().optional(),
  })
  .refine(
    (faults) => (faults.rate === undefined) !== (faults.count === undefined),
    'give either rate or count',
  );
export type FaultsDefinition = z.infer<typeof faultsSchema>;

const pipelineFields = {
  pipeline_id: nameSchema,
  // Its shape is looked at by definitions/pipeline.ts, as that of a file is: with readable messages for each check.
  pipeline: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('A pipeline written in place: the content of a pipeline file without its pipeline_id.'),
};
const generationFields = {
  schema_type: schemaTypeSchema,
  row_count: z.number().int().min(1).max(10_000_000_000).describe('Rows of the largest fact table; exact.'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(42)
    .describe('The same seed gives the same bytes.'),
  connection: nameSchema
    .optional()
    .describe('Where to write; left out: Parquet files among the artifacts of the job.'),
  schema: z.string().min(1).optional().describe('Database schema to write to.'),
  tables: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Only these tables (and what they refer to).'),
  faults: faultsSchema.optional(),
};
const projectFields = { project: z.string().min(1), pipeline_ids: z.array(nameSchema).min(1).optional() };
const metadataFields = {
  connection: nameSchema,
  schemas: z.array(z.string().min(1)).min(1).optional(),
  tables: z.array(z.string().min(1)).min(1).optional(),
  row_counts: z.enum(['none', 'estimate', 'exact']).default('estimate'),
  profile: z
    .boolean()
    .default(false)
    .describe('Nulls, distinct values, minimum and maximum of every column.'),
};
const commandFields = {
  program: z.string().min(1),
  args: z.array(z.string()).default([]),
  cwd: z.string().min(1).optional().describe('Relative to the folder of ombudsman.yaml, its default.'),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected letters, digits and _, not a digit first'),
      z.string(),
    )
    .optional(),
};

export const pipelineItemSchema = z.strictObject({ ...pipelineFields, ...operationCommon });
export const generationItemSchema = z.strictObject({ ...generationFields, ...operationCommon });
export const projectItemSchema = z.strictObject({ ...projectFields, ...operationCommon });
export const metadataItemSchema = z.strictObject({ ...metadataFields, ...operationCommon });
export const operationItemSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pipeline'), ...pipelineFields, ...operationCommon }),
  z.strictObject({ type: z.literal('data_generation'), ...generationFields, ...operationCommon }),
  z.strictObject({ type: z.literal('project_validation'), ...projectFields, ...operationCommon }),
  z.strictObject({ type: z.literal('metadata_extraction'), ...metadataFields, ...operationCommon }),
  z.strictObject({ type: z.literal('command'), ...commandFields, ...operationCommon }),
]);
export type OperationItem = z.infer<typeof operationItemSchema>;

/** What a job may say beside its operations; the same words in files and in calls. */
export const jobOptionFields = {
  job_name: jobNameSchema.optional(),
  parallel_execution: z.boolean().default(true),
  max_parallel: maxParallelSchema
    .optional()
    .describe('Operations of this job at once; default: defaults.max_parallel of the project, or 4.'),
  stop_on_error: z.boolean().default(false),
  timeout: durationSchema.optional().describe('For each operation.'),
  retry: retrySchema.optional(),
  tags: z.array(tagSchema).max(50).default([]),
  priority: z.number().int().min(-100).max(100).default(0).describe('Higher goes first.'),
};

const parameterScalar = z.union([z.string(), z.number(), z.boolean()]);
export const parameterSchema = z.union([
  parameterScalar,
  z.strictObject({
    type: z.enum(['string', 'number', 'integer', 'boolean']).optional(),
    default: parameterScalar.optional(),
    enum: z.array(parameterScalar).min(1).optional(),
    description: z.string().optional(),
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
  description: z.string().optional(),
  parameters: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected letters, digits and _, not a digit first'),
      parameterSchema,
    )
    .optional()
    .describe('Makes this file a template; "${param:NAME}" stands for a value.'),
  pipelines: pipelineItemsSchema.optional(),
  items: generationItemsSchema.optional(),
  projects: projectItemsSchema.optional(),
  sources: metadataItemsSchema.optional(),
  operations: operationItemsSchema.optional(),
});
export type BatchFile = z.infer<typeof batchFileSchema>;
