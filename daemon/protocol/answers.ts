/** What methods answer, where the answer has more to it than an entity: the shapes named in methods.ts. */
import * as z from 'zod';
import { jobStatusSchema, jobTypeSchema, operationStatusSchema } from './entities.ts';
import { diagnosticSchema } from './errors.ts';
import { countSchema, isoTimeSchema, jobIdSchema, operationIdSchema } from './primitives.ts';
import { checkResultSchema } from './results.ts';

/** What a call that makes a job answers once the job is durable. */
export const submittedSchema = z.object({
  job_id: jobIdSchema,
  status: z.literal('pending'),
  total_operations: countSchema,
  /** Warnings of the files the job was made from. */
  diagnostics: z.array(diagnosticSchema),
});

export type Submitted = z.infer<typeof submittedSchema>;

/** What a dry run answers. */
export const planSchema = z.object({
  dry_run: z.literal(true),
  job_name: z.string(),
  job_type: jobTypeSchema,
  project_id: z.string().nullable(),
  max_parallel: z.number().int(),
  operations: z.array(
    z.object({
      operation_id: operationIdSchema,
      name: z.string(),
      type: z.string(),
      depends_on: z.array(z.string()),
      connections: z.array(z.string()),
      timeout_ms: z.number().nullable(),
      max_attempts: z.number().int(),
      description: z.string(),
    }),
  ),
  total_operations: countSchema,
  diagnostics: z.array(diagnosticSchema),
});
export type Plan = z.infer<typeof planSchema>;

/** A line of a job's log. */
export const logEntrySchema = z.object({
  seq: countSchema,
  at: isoTimeSchema,
  level: z.enum(['info', 'warn', 'error']),
  operation_id: operationIdSchema.optional(),
  message: z.string(),
});
export type LogEntry = z.infer<typeof logEntrySchema>;

/** The last time a pipeline ran to an end, in whatever job. */
export const pipelineOutcomeSchema = z.object({
  pipeline_id: z.string(),
  job_id: jobIdSchema,
  operation_id: operationIdSchema,
  status: operationStatusSchema,
  finished_at: isoTimeSchema,
  duration_ms: countSchema,
  error: z.object({ kind: z.string(), message: z.string(), hint: z.string().optional() }).optional(),
  /** Empty if it failed before any check was done. */
  checks: z.array(
    checkResultSchema.pick({
      check: true,
      name: true,
      status: true,
      severity: true,
      expected: true,
      actual: true,
      failing_rows: true,
      reason: true,
    }),
  ),
});
export type PipelineOutcome = z.infer<typeof pipelineOutcomeSchema>;

/** The latest job made from a batch file, live or ended. */
export const batchFileOutcomeSchema = z.object({
  file: z.string(),
  job_id: jobIdSchema,
  status: jobStatusSchema,
  created_at: isoTimeSchema,
  finished_at: isoTimeSchema.optional(),
  total: countSchema,
  completed: countSchema,
  failed: countSchema,
});
export type BatchFileOutcome = z.infer<typeof batchFileOutcomeSchema>;

/** Tables and columns as the last metadata extraction of a connection found them. */
export const knownCatalogSchema = z.object({
  connection: z.string(),
  job_id: jobIdSchema,
  operation_id: operationIdSchema,
  extracted_at: isoTimeSchema,
  tables: z.array(
    z.object({
      schema: z.string().nullable(),
      name: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.string(), nullable: z.boolean().nullable() })),
    }),
  ),
});
export type KnownCatalog = z.infer<typeof knownCatalogSchema>;

export const connectionProbeSchema = z.object({
  connection: z.string(),
  type: z.string(),
  ok: z.boolean(),
  system: z.string().optional(),
  version: z.string().optional(),
  error: z.object({ kind: z.string(), message: z.string(), hint: z.string().optional() }).optional(),
});

/** Who answers: the first answer of a connection. */
export const helloSchema = z.object({
  pid: z.number().int(),
  version: z.string(),
  protocol_version: z.number().int(),
  started_at: isoTimeSchema,
  data_dir: z.string(),
});

/** What the daemon is doing now. */
export const daemonStatusSchema = z.object({
  status: z.enum(['ready', 'draining']),
  pid: z.number().int(),
  version: z.string(),
  protocol_version: z.number().int(),
  started_at: isoTimeSchema,
  uptime_ms: countSchema,
  data_dir: z.string(),
  clients: countSchema,
  live_jobs: countSchema,
  running_operations: countSchema,
  waiting_operations: countSchema,
  limits: z.array(
    z.object({
      kind: z.enum(['daemon', 'job', 'connection']),
      name: z.string(),
      limit: z.number().int(),
      in_use: countSchema,
    }),
  ),
  memory_rss_bytes: countSchema,
  engines: z.array(
    z.object({
      pid: z.number().int().nullable(),
      state: z.enum(['idle', 'starting', 'ready', 'stopped']),
      attempts: countSchema,
      restarts: countSchema,
    }),
  ),
  storage: z.object({ ok: z.boolean(), message: z.string().optional() }),
});

/** The projects the daemon has seen. */
export const knownProjectsSchema = z.object({
  projects: z.array(
    z.object({
      project_id: z.string(),
      path: z.string(),
      last_seen_at: isoTimeSchema,
      available: z.boolean(),
    }),
  ),
});

/** What a project holds, and what is wrong in its files. */
export const projectContentsSchema = z.object({
  project_id: z.string(),
  path: z.string(),
  pipelines: z.array(
    z.object({
      pipeline_id: z.string(),
      file: z.string(),
      source: z.object({ connection: z.string(), relation: z.string() }),
      target: z.object({ connection: z.string(), relation: z.string() }),
      checks: z.array(z.string()),
    }),
  ),
  connections: z.array(
    z.object({ name: z.string(), type: z.string(), max_parallel: z.number().int().nullable() }),
  ),
  diagnostics: z.array(diagnosticSchema),
});

/** The last result of everything in a project. */
export const projectResultsSchema = z.object({
  project_id: z.string(),
  path: z.string(),
  pipelines: z.array(pipelineOutcomeSchema),
  batch_files: z.array(batchFileOutcomeSchema),
});

/** How long pipelines took, run by run. */
export const trendsSchema = z.object({
  pipelines: z.array(
    z.object({
      name: z.string(),
      project_id: z.string().nullable(),
      /** Oldest first. */
      runs: z.array(
        z.object({
          job_id: jobIdSchema,
          operation_id: operationIdSchema,
          finished_at: isoTimeSchema,
          duration_ms: countSchema,
          status: operationStatusSchema,
        }),
      ),
    }),
  ),
});
