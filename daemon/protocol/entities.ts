import * as z from 'zod';
import { operationErrorSchema } from './errors.ts';
import { countSchema, isoTimeSchema, jobIdSchema, operationIdSchema } from './primitives.ts';
import { operationResultSchema } from './results.ts';

export const jobTypeSchema = z.enum([
  'bulk_pipeline_execution',
  'batch_data_generation',
  'multi_project_validation',
  'bulk_metadata_extraction',
  'mixed',
]);
export type JobType = z.infer<typeof jobTypeSchema>;

export const jobStatusSchema = z.enum([
  'pending',
  'running',
  'paused',
  'completed',
  'partial_success',
  'failed',
  'cancelled',
]);
export type JobStatus = z.infer<typeof jobStatusSchema>;

export const operationStatusSchema = z.enum([
  'pending',
  'running',
  'completed',
  'failed',
  'skipped',
  'cancelled',
]);
export type OperationStatus = z.infer<typeof operationStatusSchema>;

export const operationTypeSchema = z.enum([
  'pipeline',
  'data_generation',
  'project_validation',
  'metadata_extraction',
  'command',
]);
export type OperationType = z.infer<typeof operationTypeSchema>;

/** A file an operation wrote. `path` is absolute in answers; in the job's document it is relative to the data directory. */
export const artifactSchema = z.object({
  artifact_id: z.string(),
  name: z.string(),
  kind: z.enum(['differences', 'catalog', 'log', 'data', 'report']),
  content_type: z.string(),
  path: z.string(),
  bytes: countSchema,
});
export type Artifact = z.infer<typeof artifactSchema>;

export const attemptSchema = z.object({
  attempt: z.number().int().min(1),
  started_at: isoTimeSchema,
  finished_at: isoTimeSchema.optional(),
  error: operationErrorSchema.optional(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** How far a running operation is. `rows_total` is absent while unknown. */
export const operationProgressSchema = z.object({
  phase: z.string().optional(),
  rows_done: countSchema,
  rows_total: countSchema.optional(),
  steps_done: countSchema.optional(),
  steps_total: countSchema.optional(),
});
export type OperationProgress = z.infer<typeof operationProgressSchema>;

/** Why a pending operation does not run yet: the limit it waits for and who holds that limit. */
export const waitingSchema = z.object({
  for: z.enum(['daemon', 'job', 'connection', 'dependency', 'order', 'retry', 'paused', 'engine']),
  name: z.string().optional(),
  limit: z.number().int().optional(),
  holders: z.array(z.object({ job_id: jobIdSchema, operation_id: operationIdSchema, name: z.string() })),
  until: isoTimeSchema.optional(),
});
export type Waiting = z.infer<typeof waitingSchema>;

export const operationSchema = z.object({
  operation_id: operationIdSchema,
  index: countSchema,
  name: z.string(),
  type: operationTypeSchema,
  status: operationStatusSchema,
  depends_on: z.array(z.string()),
  attempts: z.array(attemptSchema),
  started_at: isoTimeSchema.optional(),
  finished_at: isoTimeSchema.optional(),
  duration_ms: countSchema.optional(),
  progress: operationProgressSchema.optional(),
  /** A person asked to cancel and the work is not yet confirmed dead: the status is still `running`. */
  cancel_requested: z.boolean().optional(),
  waiting: waitingSchema.optional(),
  skip_reason: z.string().optional(),
  result: operationResultSchema.optional(),
  error: operationErrorSchema.optional(),
  artifacts: z.array(artifactSchema),
});
export type Operation = z.infer<typeof operationSchema>;

export const progressSchema = z.object({
  total: countSchema,
  completed: countSchema,
  failed: countSchema,
  skipped: countSchema,
  cancelled: countSchema,
  running: countSchema,
  /** 0 to 100: operations at an end, counting the share done of running ones where it is known. */
  percent: z.number().min(0).max(100),
  /** Names of up to ten running operations. */
  current_operations: z.array(z.string()),
  /** null while there is no ground for an estimate. */
  eta_ms: countSchema.nullable(),
  elapsed_ms: countSchema,
  rows_processed: countSchema,
});
export type Progress = z.infer<typeof progressSchema>;

export const jobSchema = z.object({
  job_id: jobIdSchema,
  job_name: z.string(),
  job_type: jobTypeSchema,
  status: jobStatusSchema,
  project_id: z.string().nullable(),
  definition_file: z.string().optional(),
  tags: z.array(z.string()),
  priority: z.number().int(),
  parallel_execution: z.boolean(),
  max_parallel: z.number().int(),
  stop_on_error: z.boolean(),
  rerun_of: jobIdSchema.optional(),
  cancel_requested: z.boolean().optional(),
  created_at: isoTimeSchema,
  started_at: isoTimeSchema.optional(),
  finished_at: isoTimeSchema.optional(),
  duration_ms: countSchema.optional(),
  progress: progressSchema,
});
export type Job = z.infer<typeof jobSchema>;

export const pipelineStatisticSchema = z.object({
  name: z.string(),
  runs: countSchema,
  failures: countSchema,
  average_duration_ms: countSchema,
  p95_duration_ms: countSchema,
});

export const statisticsSchema = z.object({
  total_jobs: countSchema,
  by_status: z.record(jobStatusSchema, countSchema),
  by_type: z.record(jobTypeSchema, countSchema),
  total_operations: countSchema,
  operations_by_status: z.record(operationStatusSchema, countSchema),
  /** Completed operations / operations that ran to an end (completed + failed), 0 to 1; null while none has. */
  success_rate: z.number().min(0).max(1).nullable(),
  average_duration_ms: countSchema.nullable(),
  p95_duration_ms: countSchema.nullable(),
  /** Operations finished in the last hour before the call. */
  operations_per_hour: z.number().nonnegative(),
  slowest_pipelines: z.array(pipelineStatisticSchema),
  failing_pipelines: z.array(pipelineStatisticSchema),
});
export type Statistics = z.infer<typeof statisticsSchema>;

export { isJobEnded, isOperationEnded } from './endings.ts';
