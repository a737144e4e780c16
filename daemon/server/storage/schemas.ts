/** What stands on disk: the job's document, its journal's records, and the summary of a job in the index. */
import * as z from 'zod';
import {
  artifactSchema,
  attemptSchema,
  jobSchema,
  jobStatusSchema,
  operationStatusSchema,
  operationTypeSchema,
} from '../../protocol/entities.ts';
import { operationErrorSchema } from '../../protocol/errors.ts';
import { batchPlanSchema } from '../../protocol/plan.ts';
import { isoTimeSchema, jobIdSchema } from '../../protocol/primitives.ts';
import { operationResultSchema } from '../../protocol/results.ts';

/** The changing part of an operation; its plan (name, work, limits) stands in `plan.operations` at the same index. */
export const operationStateSchema = z.object({
  status: operationStatusSchema,
  attempts: z.array(attemptSchema),
  started_at: isoTimeSchema.optional(),
  finished_at: isoTimeSchema.optional(),
  skip_reason: z.string().optional(),
  /** While waiting for an automatic retry: not before this moment. */
  retry_at: isoTimeSchema.optional(),
  rows_processed: z.number().int().nonnegative().optional(),
  result: operationResultSchema.optional(),
  error: operationErrorSchema.optional(),
  artifacts: z.array(artifactSchema),
  /** A program that runs, so that it can be ended after a crash. */
  child: z.object({ pid: z.number().int(), start: z.string() }).optional(),
});
export type OperationState = z.infer<typeof operationStateSchema>;

export const jobStateSchema = z.object({
  job_id: jobIdSchema,
  status: jobStatusSchema,
  created_at: isoTimeSchema,
  started_at: isoTimeSchema.optional(),
  finished_at: isoTimeSchema.optional(),
  rerun_of: jobIdSchema.optional(),
  /** Time between an end and the retry that took the job back to running: not part of its duration. */
  idle_ms: z.number().int().nonnegative().optional(),
  /** A person asked to cancel; survives a restart, so that a cancelled job is never taken up again. */
  cancel_requested: z.boolean().optional(),
  /** stop_on_error has struck (or a retry has cleared it). */
  stopped: z.boolean().optional(),
});
export type JobState = z.infer<typeof jobStateSchema>;

export const jobDocumentSchema = z.object({
  schema_version: z.number().int(),
  /** Journal records up to and with this seq are contained in this document. */
  journal_seq: z.number().int().nonnegative(),
  state: jobStateSchema,
  plan: batchPlanSchema,
  operations: z.array(operationStateSchema),
});
export type JobDocument = z.infer<typeof jobDocumentSchema>;

/** One line of the journal. `op` is the index of the operation; `seq` grows by one in each job. */
export const journalRecordSchema = z.discriminatedUnion('type', [
  z.object({ seq: z.number().int(), at: isoTimeSchema, type: z.literal('job_started') }),
  z.object({ seq: z.number().int(), at: isoTimeSchema, type: z.literal('job_paused') }),
  z.object({ seq: z.number().int(), at: isoTimeSchema, type: z.literal('job_resumed') }),
  z.object({ seq: z.number().int(), at: isoTimeSchema, type: z.literal('job_cancel_requested') }),
  z.object({ seq: z.number().int(), at: isoTimeSchema, type: z.literal('job_stopped') }),
  z.object({
    seq: z.number().int(),
    at: isoTimeSchema,
    type: z.literal('job_ended'),
    status: jobStatusSchema,
  }),
  z.object({
    seq: z.number().int(),
    at: isoTimeSchema,
    type: z.literal('job_retried'),
    ops: z.array(z.number().int()),
  }),
  z.object({
    seq: z.number().int(),
    at: isoTimeSchema,
    type: z.literal('op_started'),
    op: z.number().int(),
    attempt: z.number().int(),
  }),
  z.object({
    seq: z.number().int(),
    at: isoTimeSchema,
    type: z.literal('op_child'),
    op: z.number().int(),
    pid: z.number().int(),
    start: z.string(),
  }),
  z.object({
    seq: z.number().int(),
    at: isoTimeSchema,
    type: z.literal('op_ended'),
    op: z.number().int(),
    status: z.enum(['completed', 'failed', 'cancelled', 'skipped']),
    skip_reason: z.string().optional(),
    rows_processed: z.number().int().optional(),
    result: operationResultSchema.optional(),
    error: operationErrorSchema.optional(),
    artifacts: z.array(artifactSchema).optional(),
  }),
  /** An attempt failed for a transient reason and another one follows. */
  z.object({
    seq: z.number().int(),
    at: isoTimeSchema,
    type: z.literal('op_retry'),
    op: z.number().int(),
    error: operationErrorSchema,
    retry_at: isoTimeSchema,
    artifacts: z.array(artifactSchema).optional(),
  }),
]);
export type JournalRecord = z.infer<typeof journalRecordSchema>;

/** What lists and statistics need of a job: the Job as the API tells it, and its folder of origin. */
export const jobSummarySchema = z.object({
  job: jobSchema,
  operations_ended: z.number().int().nonnegative(),
});
export type JobSummary = z.infer<typeof jobSummarySchema>;

/** One ended operation, as the history of its name keeps it: ground for ETA and for slowest_pipelines. */
export const runSampleSchema = z.object({
  at: isoTimeSchema,
  job_id: jobIdSchema,
  duration_ms: z.number().int().nonnegative(),
  rows: z.number().int().nonnegative(),
  ok: z.boolean(),
});
export type RunSample = z.infer<typeof runSampleSchema>;

export const operationHistorySchema = z.object({
  project_id: z.string().nullable(),
  type: operationTypeSchema,
  name: z.string(),
  runs: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
  /** The latest 50, oldest first. */
  recent: z.array(runSampleSchema),
});
export type OperationHistory = z.infer<typeof operationHistorySchema>;
