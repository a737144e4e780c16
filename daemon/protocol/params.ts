/** What methods take, where several take the same: the fields named in methods.ts. */
import * as z from 'zod';
import { jobStatusSchema, jobTypeSchema } from './entities.ts';
import { jobOptionFields } from './files/batch.ts';
import { jobIdSchema, momentSchema, operationIdSchema } from './primitives.ts';
import { differenceKindSchema } from './results.ts';

/** Path of a project folder (or its ombudsman.yaml), or the project_id of a project the daemon has seen. */
export const projectRefSchema = z.string().min(1).max(4096);

/**
 * Values for `${env:NAME}` and `${secret:NAME}`, for the job of this call alone. Kept in memory only. `NAME` means both kinds;
 * `env:NAME` and `secret:NAME` mean one.
 */
export const secretsSchema = z
  .record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]))
  .optional()
  .describe(
    'Values for ${env:NAME} and ${secret:NAME}: {NAME: value} for every project of the job, {"/folder/of/project": {NAME: value}} for one. "env:NAME" or "secret:NAME" instead of NAME means references of that kind alone. Kept in memory only, for this job alone.',
  );
export type GivenSecrets = NonNullable<z.infer<typeof secretsSchema>>;

/** Of every method that makes a job of a list. */
export const makingFields = {
  ...jobOptionFields,
  project: projectRefSchema.optional(),
  dry_run: z.boolean().optional(),
  secrets: secretsSchema,
};
export const jobRefSchema = z.strictObject({ job_id: jobIdSchema });

/** What jobs can be sorted by; with `-` in front, descending. */
export const jobSortSchema = z.enum([
  'created_at',
  '-created_at',
  'finished_at',
  '-finished_at',
  'duration_ms',
  '-duration_ms',
  'job_name',
  '-job_name',
  'status',
  '-status',
]);

/** From REST, query values are strings: numbers and lists are read from them there (see server/rest). */
export const listFilterFields = {
  status: z.union([jobStatusSchema, z.array(jobStatusSchema)]).optional(),
  job_type: z.union([jobTypeSchema, z.array(jobTypeSchema)]).optional(),
  project_id: z.string().optional(),
  tags: z.array(z.string()).optional(),
  search: z.string().max(1000).optional(),
  created_after: momentSchema.optional(),
  created_before: momentSchema.optional(),
  sort: jobSortSchema.optional(),
  limit: z.number().int().min(1).max(500).default(50),
  offset: z.number().int().min(0).default(0),
};

/** An artifact of an operation. */
export const artifactRefFields = {
  job_id: jobIdSchema,
  operation_id: operationIdSchema,
  artifact_id: z.string().max(500),
};

/** Which rows of a differences artifact are wanted. */
export const differenceFilterFields = {
  class: z.enum(['missing', 'extra', 'value', 'duplicate']).optional(),
  column: z.string().max(1000).optional(),
  kind: differenceKindSchema.optional(),
  search: z
    .string()
    .max(1000)
    .optional()
    .describe('Rows whose key or values contain this, whatever the case.'),
};

/**
 * How much of an operation is told. `summary` leaves out `result`, and of errors `details` and `stack`: what a list shows,
 * however many operations there are.
 */
export const detailSchema = z.enum(['full', 'summary']);
export type Detail = z.infer<typeof detailSchema>;
