import * as z from 'zod';
import { countSchema, isoTimeSchema, rowCountsSchema } from './primitives.ts';

/** What was really done on one side: nothing is green without it. */
export const sideEvidenceSchema = z.object({
  connection: z.string(),
  /** `PostgreSQL`, `DuckDB`, `SQLite`, `files` … */
  system: z.string(),
  version: z.string(),
  rows_scanned: countSchema,
  sql: z.array(z.string()),
  /** How the reads were tied to one moment, where the system can: `repeatable read`, a snapshot id … */
  snapshot: z.string().optional(),
});
export type SideEvidence = z.infer<typeof sideEvidenceSchema>;

export const evidenceSchema = z.object({
  source: sideEvidenceSchema.optional(),
  target: sideEvidenceSchema.optional(),
  rows_written: countSchema.optional(),
  started_at: isoTimeSchema,
  finished_at: isoTimeSchema,
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const checkStatusSchema = z.enum(['passed', 'failed', 'warning', 'skipped', 'error']);
export type CheckStatus = z.infer<typeof checkStatusSchema>;

/** The kind of a value difference, as data engineers name them. */
export const differenceKindSchema = z.enum([
  'rounding',
  'precision',
  'time_zone_shift',
  'dst_hour',
  'truncation',
  'trailing_blank',
  'leading_blank',
  'case',
  'null_vs_empty',
  'null_vs_value',
  'unicode_form',
  'mojibake',
  'boolean_encoding',
  'sign',
  'swapped_columns',
  'other',
]);
export type DifferenceKind = z.infer<typeof differenceKindSchema>;

export const differencesSchema = z.object({
  missing: countSchema,
  extra: countSchema,
  /** Rows (not cells) present on both sides with at least one differing value. */
  value: countSchema,
  duplicate: countSchema,
  /** Most rows first. `detail` says how, where that can be said: `to 2 digits`, `+1 h`, or several with their rows. */
  by_column: z.array(
    z.object({
      column: z.string(),
      kind: differenceKindSchema,
      rows: countSchema,
      detail: z.string().optional(),
    }),
  ),
  /** The Parquet artifact: one row for each differing cell and each row without counterpart. */
  artifact_id: z.string().nullable(),
  /** The same rows as CSV. */
  csv_artifact_id: z.string().optional(),
  /** SQL that would bring the target in line, for a person to read and run; nothing executes it. */
  repair_artifact_id: z.string().optional(),
  /** True when more cells differ than the artifact holds (`max_diffs`); the counts above are whole all the same. */
  truncated: z.boolean(),
});
export type Differences = z.infer<typeof differencesSchema>;

/** One differing cell or row, the row shape of the differences artifact. Values are canonical text, null is NULL. */
export const differenceSampleSchema = z.object({
  class: z.enum(['missing', 'extra', 'value', 'duplicate']),
  key: z.record(z.string(), z.string().nullable()),
  column: z.string().nullable(),
  source_value: z.string().nullable(),
  target_value: z.string().nullable(),
  kind: differenceKindSchema.nullable(),
  /** Rows of the artifact that are missing or extra: the columns beside the key, on the side that has the row. */
  row: z.record(z.string(), z.string().nullable()).optional(),
});
export type DifferenceSample = z.infer<typeof differenceSampleSchema>;

export const strategySchema = z.enum(['export', 'join', 'stream', 'checksum']);

/** How a check compared rows. */
export const checkPlanSchema = z.object({
  strategy: strategySchema,
  reason: z.string(),
  /** Strategies that would have come first, and why they did not serve. */
  fallbacks: z.array(z.object({ strategy: strategySchema, reason: z.string() })),
  /** Left out where rows were not hashed: `range` of the key, or `hash` of it; how many, and how many of them differ. */
  buckets: z
    .object({ by: z.enum(['range', 'hash']), compared: countSchema, unequal: countSchema })
    .optional(),
  /** Rows that were read to be compared value by value. */
  rows_fetched: z.object({ source: countSchema, target: countSchema }).optional(),
  /** Bytes of values that came over the connections for hashing; left out for sides that have none. */
  bytes_hashed: z.object({ source: countSchema.optional(), target: countSchema.optional() }).optional(),
  /** Rows that differed at first and after each time they were read again. */
  recheck: z.array(z.object({ differing: countSchema, settled: countSchema })).optional(),
});
export type CheckPlan = z.infer<typeof checkPlanSchema>;

export const checkResultSchema = z.object({
  /** The kind of the check: `row_count`, `row_hash` … */
  check: z.string(),
  /** Unique in the pipeline; what a person sees. */
  name: z.string(),
  status: checkStatusSchema,
  severity: z.enum(['fail', 'warn']),
  expected: z.unknown(),
  actual: z.unknown(),
  difference: z.unknown().optional(),
  failing_rows: countSchema.optional(),
  samples: z.array(z.record(z.string(), z.unknown())),
  /** Why it was skipped, errored or failed, in one sentence. */
  reason: z.string().optional(),
  differences: differencesSchema.optional(),
  /** Reductions and policies applied before comparing; empty means every value was compared whole. */
  reductions: z.array(z.string()).optional(),
  plan: checkPlanSchema.optional(),
  sql: z.object({ source: z.array(z.string()), target: z.array(z.string()) }).optional(),
  duration_ms: countSchema.optional(),
});
export type CheckResult = z.infer<typeof checkResultSchema>;

export const checkSummarySchema = z.object({
  passed: countSchema,
  failed: countSchema,
  warned: countSchema,
  skipped: countSchema,
  errored: countSchema,
});
export type CheckSummary = z.infer<typeof checkSummarySchema>;

export const pipelineResultSchema = z.object({
  type: z.literal('pipeline'),
  pipeline_id: z.string(),
  checks: z.array(checkResultSchema),
  summary: checkSummarySchema,
  evidence: evidenceSchema,
});
export type PipelineResult = z.infer<typeof pipelineResultSchema>;

export const generationResultSchema = z.object({
  type: z.literal('data_generation'),
  schema_type: z.string(),
  tables: z.array(z.object({ table: z.string(), rows: countSchema })),
  seed: z.number().int(),
  /** Faults planted, by kind; the answer key is the table `_faults` in the target. */
  faults_planted: z.object({ total: countSchema, by_kind: z.record(z.string(), countSchema) }).optional(),
  /** What was verified in the target after loading: counts and orphans, each with its SQL. */
  verified: z.array(
    z.object({ what: z.string(), expected: countSchema, actual: countSchema, sql: z.string() }),
  ),
  evidence: evidenceSchema,
});
export type GenerationResult = z.infer<typeof generationResultSchema>;

export const metadataCountsSchema = z.object({
  schemas: countSchema,
  tables: countSchema,
  views: countSchema,
  columns: countSchema,
  keys: countSchema,
  foreign_keys: countSchema,
  checks: countSchema,
  indexes: countSchema,
  rows: countSchema.optional(),
});

export const metadataResultSchema = z.object({
  type: z.literal('metadata_extraction'),
  counts: metadataCountsSchema,
  row_counts: rowCountsSchema,
  artifact_id: z.string(),
  /** Objects that could not be read, each with the reason; never a silent gap. */
  unreadable: z.array(z.object({ object: z.string(), reason: z.string() })),
  evidence: evidenceSchema,
});
export type MetadataResult = z.infer<typeof metadataResultSchema>;

export const projectPipelineSchema = z.object({
  pipeline_id: z.string(),
  status: z.enum(['completed', 'failed']),
  failing_checks: z.array(z.string()),
  error: z.object({ kind: z.string(), message: z.string() }).optional(),
  summary: checkSummarySchema.optional(),
  evidence: evidenceSchema.optional(),
  checks: z.array(checkResultSchema).optional(),
});

export const projectResultSchema = z.object({
  type: z.literal('project_validation'),
  project_id: z.string(),
  pipelines: z.array(projectPipelineSchema),
  summary: z.object({ total: countSchema, completed: countSchema, failed: countSchema }),
  evidence: evidenceSchema,
});
export type ProjectResult = z.infer<typeof projectResultSchema>;

export const commandResultSchema = z.object({
  type: z.literal('command'),
  exit_code: z.number().int().nullable(),
  signal: z.string().optional(),
  log_artifact_id: z.string(),
  log_truncated: z.boolean(),
  evidence: evidenceSchema,
});
export type CommandResult = z.infer<typeof commandResultSchema>;

/** Only of the engine's own no-op operation, which bench uses; no file or call can name it. */
export const noopResultSchema = z.object({ type: z.literal('noop'), evidence: evidenceSchema });

export const operationResultSchema = z.discriminatedUnion('type', [
  pipelineResultSchema,
  generationResultSchema,
  metadataResultSchema,
  projectResultSchema,
  commandResultSchema,
  noopResultSchema,
]);
export type OperationResult = z.infer<typeof operationResultSchema>;
