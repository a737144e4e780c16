/**
 * Messages between the server and an engine process. The executor knows an engine only as
 * `run(operation, {signal, onProgress}) -> outcome`; nothing here depends on both sharing a process or, but for paths of
 * embedded databases and artifacts, a file system.
 */
import * as z from 'zod';
import { artifactSchema, operationProgressSchema } from './entities.ts';
import { operationErrorSchema } from './errors.ts';
import { connectionSchema } from './files/connections.ts';
import { metadataOptionFields } from './files/batch.ts';
import { generationOptionFields, schemaTypeSchema } from './files/generation.ts';
import { schemaFileSchema } from './files/schema.ts';
import { pipelineSpecSchema } from './files/pipeline.ts';
import { countSchema } from './primitives.ts';
import { differenceKindSchema, differenceSampleSchema, operationResultSchema } from './results.ts';

/** A connection with absolute paths and secrets filled in. Lives in messages and memory only. */
export const resolvedConnectionSchema = z.object({ name: z.string(), definition: connectionSchema });
export type ResolvedConnection = z.infer<typeof resolvedConnectionSchema>;

export const pipelineWorkSchema = z.object({
  type: z.literal('pipeline'),
  pipeline: pipelineSpecSchema,
  source: resolvedConnectionSchema,
  target: resolvedConnectionSchema,
});
export type PipelineWork = z.infer<typeof pipelineWorkSchema>;

/** What is generated: a domain, or the content of a schema file. */
export const generationSourceFields = {
  schema_type: schemaTypeSchema.optional(),
  schema_definition: schemaFileSchema.optional(),
  /** Left out: what the schema file says. */
  row_count: z.number().int().min(1).optional(),
  seed: z.number().int().min(0),
  /** With `pair`: the schema of the faulty data. */
  target_schema: z.string().optional(),
  ...generationOptionFields,
};

export const generationWorkSchema = z.object({
  type: z.literal('data_generation'),
  ...generationSourceFields,
  /** Absent: Parquet files in the artifact folder. */
  target: resolvedConnectionSchema.optional(),
  /** Present: `target` gets clean data, and this one the faulty. */
  pair_target: resolvedConnectionSchema.optional(),
});
export type GenerationWork = z.infer<typeof generationWorkSchema>;

export const metadataWorkSchema = z.object({
  type: z.literal('metadata_extraction'),
  source: resolvedConnectionSchema,
  ...metadataOptionFields,
});
export type MetadataWork = z.infer<typeof metadataWorkSchema>;

export const projectWorkSchema = z.object({
  type: z.literal('project_validation'),
  project_id: z.string(),
  pipelines: z.array(pipelineWorkSchema),
});
export type ProjectWork = z.infer<typeof projectWorkSchema>;

export const commandWorkSchema = z.object({
  type: z.literal('command'),
  program: z.string(),
  args: z.array(z.string()),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  /** Values that must not stand in the log of what the program prints. */
  hidden_values: z.array(z.string()).optional(),
});
export type CommandWork = z.infer<typeof commandWorkSchema>;

/** Does nothing; for bench and tests of the executor. No file and no call can name it. */
export const noopWorkSchema = z.object({ type: z.literal('noop') });

export const engineWorkSchema = z.discriminatedUnion('type', [
  pipelineWorkSchema,
  generationWorkSchema,
  metadataWorkSchema,
  projectWorkSchema,
  commandWorkSchema,
  noopWorkSchema,
]);
export type EngineWork = z.infer<typeof engineWorkSchema>;

export const engineRunSchema = z.object({
  type: z.literal('run'),
  attempt_id: z.string(),
  job_id: z.string(),
  operation_id: z.string(),
  work: engineWorkSchema,
  /** Folder for this attempt's artifacts; made by the engine when it first writes there. */
  artifact_dir: z.string(),
  /** Folder for temporary files of this attempt; the engine removes it, and the server removes what a crash left. */
  scratch_dir: z.string(),
});
export type EngineRun = z.infer<typeof engineRunSchema>;

/** Probe of one connection, for doctor: open, ask the version, close. */
export const engineProbeSchema = z.object({
  type: z.literal('probe'),
  probe_id: z.string(),
  connection: resolvedConnectionSchema,
});

/** What rows of a differences artifact are wanted: class and so on must be equal, `search` stands somewhere in a value. */
export const rowFilterSchema = z.object({
  class: differenceSampleSchema.shape.class.optional(),
  column: z.string().optional(),
  kind: differenceKindSchema.optional(),
  search: z.string().optional(),
});
export type RowFilter = z.infer<typeof rowFilterSchema>;

export const rowQuerySchema = rowFilterSchema.extend({ limit: z.number().int().min(1), offset: countSchema });
export type RowQuery = z.infer<typeof rowQuerySchema>;

/** Rows of a differences artifact, for clients that page through it. */
export const engineReadRowsSchema = z.object({
  type: z.literal('read_rows'),
  request_id: z.string(),
  /** Absolute path of a Parquet file that the engine has written. */
  path: z.string(),
  query: rowQuerySchema,
  scratch_dir: z.string(),
});
export type EngineReadRows = z.infer<typeof engineReadRowsSchema>;

/** The same rows, all of them, into a CSV file; what stands there is replaced once the new one is whole. */
export const engineExportRowsSchema = z.object({
  type: z.literal('export_rows'),
  request_id: z.string(),
  path: z.string(),
  filter: rowFilterSchema,
  /** Absolute path of the file to write. */
  to: z.string(),
  scratch_dir: z.string(),
});
export type EngineExportRows = z.infer<typeof engineExportRowsSchema>;

export const toEngineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('configure'),
    memory_limit_mb: z.number().int(),
    threads: z.number().int(),
  }),
  engineRunSchema,
  engineProbeSchema,
  engineReadRowsSchema,
  engineExportRowsSchema,
  /** Ends the work itself, on every side; answered by `ended` once it is dead. */
  z.object({ type: z.literal('cancel'), attempt_id: z.string(), reason: z.enum(['cancel', 'timeout']) }),
  z.object({ type: z.literal('stop') }),
]);
export type ToEngine = z.infer<typeof toEngineSchema>;

/** How an attempt ended. A failed one may carry a result all the same (checks_failed always does). */
export const attemptOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('completed'),
    result: operationResultSchema,
    artifacts: z.array(artifactSchema),
  }),
  z.object({
    outcome: z.literal('failed'),
    error: operationErrorSchema,
    result: operationResultSchema.optional(),
    artifacts: z.array(artifactSchema),
  }),
  /** The cancel reached the work and it is dead. */
  z.object({ outcome: z.literal('cancelled'), artifacts: z.array(artifactSchema) }),
]);
export type AttemptOutcome = z.infer<typeof attemptOutcomeSchema>;

export const fromEngineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), pid: z.number().int() }),
  z.object({ type: z.literal('progress'), attempt_id: z.string(), progress: operationProgressSchema }),
  z.object({
    type: z.literal('log'),
    attempt_id: z.string(),
    level: z.enum(['info', 'warn', 'error']),
    message: z.string(),
  }),
  /** A program of `command` was started: remembered durably, so that it can be ended if daemon and engine die. */
  z.object({
    type: z.literal('child'),
    attempt_id: z.string(),
    pid: z.number().int(),
    started_ticks: z.string(),
  }),
  z.object({ type: z.literal('ended'), attempt_id: z.string(), outcome: attemptOutcomeSchema }),
  z.object({
    type: z.literal('probed'),
    probe_id: z.string(),
    ok: z.boolean(),
    system: z.string().optional(),
    version: z.string().optional(),
    error: operationErrorSchema.optional(),
  }),
  z.object({
    type: z.literal('rows_read'),
    request_id: z.string(),
    /** Left out if they could not be read; `error` says why. */
    found: z.object({ rows: z.array(differenceSampleSchema), total: countSchema }).optional(),
    error: operationErrorSchema.optional(),
  }),
  z.object({
    type: z.literal('rows_exported'),
    request_id: z.string(),
    /** Left out if the file could not be written; `error` says why. */
    rows: countSchema.optional(),
    error: operationErrorSchema.optional(),
  }),
]);
export type FromEngine = z.infer<typeof fromEngineSchema>;
