/**
 * What a batch becomes before it runs: every name resolved, every default applied, nothing secret. `definitions/plan.ts` makes
 * it, the job's document keeps it, and the server turns one operation of it into engine work by filling in secrets.
 */
import * as z from 'zod';
import { jobTypeSchema } from './entities.ts';
import { metadataOptionFields } from './files/batch.ts';
import { generationSourceFields } from './engine.ts';
import { connectionSchema } from './files/connections.ts';
import { pipelineSpecSchema } from './files/pipeline.ts';
import { operationIdSchema } from './primitives.ts';

export const retryPolicySchema = z.object({
  max_attempts: z.number().int().min(1),
  backoff: z.enum(['exponential', 'fixed']),
  delay_ms: z.number().nonnegative(),
  max_delay_ms: z.number().nonnegative(),
  jitter: z.boolean(),
});
export type RetryPolicy = z.infer<typeof retryPolicySchema>;

/** `project_dir` is the absolute folder of an ombudsman.yaml and the key of `projects` in the plan. */
const projectDir = z.string();

export const plannedWorkSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('pipeline'), project_dir: projectDir, pipeline: pipelineSpecSchema }),
  z.object({
    type: z.literal('data_generation'),
    project_dir: projectDir.nullable(),
    connection: z.string().nullable(),
    ...generationSourceFields,
    /** With `pair`: where the faulty data go. */
    target_connection: z.string().optional(),
  }),
  z.object({
    type: z.literal('project_validation'),
    project_dir: projectDir,
    pipelines: z.array(pipelineSpecSchema),
  }),
  z.object({
    type: z.literal('metadata_extraction'),
    project_dir: projectDir,
    connection: z.string(),
    ...metadataOptionFields,
  }),
  z.object({
    type: z.literal('command'),
    /** Null when a batch without a project runs a program: then `cwd` is absolute. */
    project_dir: projectDir.nullable(),
    program: z.string(),
    args: z.array(z.string()),
    cwd: z.string(),
    env: z.record(z.string(), z.string()),
  }),
  z.object({ type: z.literal('noop') }),
]);
export type PlannedWork = z.infer<typeof plannedWorkSchema>;

export const plannedOperationSchema = z.object({
  operation_id: operationIdSchema,
  index: z.number().int().nonnegative(),
  name: z.string(),
  /** Indexes of operations of this job that must be completed first. */
  depends_on: z.array(z.number().int().nonnegative()),
  timeout_ms: z.number().positive().nullable(),
  /** Null: nothing was said; then only `interrupted` is retried. */
  retry: retryPolicySchema.nullable(),
  /** Connections whose slots the operation holds while it runs, as [project_dir, name], in a fixed order. */
  connections: z.array(z.tuple([projectDir, z.string()])),
  /** One line for a person: `legacy.public.customer -> warehouse.dim_customer`. */
  description: z.string(),
  work: plannedWorkSchema,
});
export type PlannedOperation = z.infer<typeof plannedOperationSchema>;

export const plannedProjectSchema = z.object({
  project_id: z.string(),
  dir: projectDir,
  /** As written, with references to secrets; paths made absolute. */
  connections: z.record(z.string(), connectionSchema),
});
export type PlannedProject = z.infer<typeof plannedProjectSchema>;

export const batchPlanSchema = z.object({
  job_name: z.string(),
  job_type: jobTypeSchema,
  project_id: z.string().nullable(),
  definition_file: z.string().optional(),
  tags: z.array(z.string()),
  priority: z.number().int(),
  parallel_execution: z.boolean(),
  max_parallel: z.number().int().min(1),
  stop_on_error: z.boolean(),
  projects: z.record(z.string(), plannedProjectSchema),
  operations: z.array(plannedOperationSchema).min(1),
});
export type BatchPlan = z.infer<typeof batchPlanSchema>;
