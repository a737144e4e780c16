/** What `jobs/compare` answers: two runs, what came of their operations, and what changed in what they were to do. */
import * as z from 'zod';
import { jobSchema, operationStatusSchema } from './entities.ts';
import { countSchema, operationIdSchema } from './primitives.ts';

/** What came of an operation from one run to the next; the order is that of the answer. */
export const verdictSchema = z.enum([
  'newly_failing',
  'still_failing',
  'fixed',
  'missing',
  'new',
  'changed',
  'same',
]);
export type Verdict = z.infer<typeof verdictSchema>;

/** An operation in one of the runs; of the validation of a project, one of its pipelines. */
export const comparedRunSchema = z.object({
  operation_id: operationIdSchema,
  status: operationStatusSchema,
  duration_ms: countSchema.optional(),
  /** Rows that were read or written; what nothing tells is not there. */
  source_rows: countSchema.optional(),
  target_rows: countSchema.optional(),
  rows_written: countSchema.optional(),
  failing_checks: z.array(z.string()),
  error: z.object({ kind: z.string(), message: z.string() }).optional(),
});
export type ComparedRun = z.infer<typeof comparedRunSchema>;

export const comparedOperationSchema = z.object({
  /** The name of the operation; of the validation of a project `operation / pipeline_id`. */
  name: z.string(),
  verdict: verdictSchema,
  before: comparedRunSchema.nullable(),
  after: comparedRunSchema.nullable(),
});
export type ComparedOperation = z.infer<typeof comparedOperationSchema>;

export const definitionChangeSchema = z.object({
  scope: z.enum(['job', 'connection', 'operation']),
  /** Where the same change was made: the connection, or names of operations, the first twenty. Of the job: none. */
  names: z.array(z.string()),
  /** In how many places. */
  count: countSchema,
  /** The path in the definition: `source.where`, `checks[row_count].tolerance`, `column_map.cust_nm`; empty: all of it. */
  what: z.string(),
  /** Left out: it was not there. Long text is cut. */
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});
export type DefinitionChange = z.infer<typeof definitionChangeSchema>;

export const comparisonSchema = z.object({
  before: jobSchema,
  after: jobSchema,
  /** Of all operations, whatever the filter. */
  counts: z.record(verdictSchema, countSchema),
  /** The first 500; `total` counts all. Operations that only one of the runs has are told by their verdict. */
  definition: z.object({ changes: z.array(definitionChangeSchema), total: countSchema }),
  operations: z.array(comparedOperationSchema),
  /** Operations that fit the filter. */
  total: countSchema,
});
export type Comparison = z.infer<typeof comparisonSchema>;
