import * as z from 'zod';

/** ISO 8601, UTC, milliseconds: `2026-01-31T23:59:59.999Z`. */
export const isoTimeSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'expected ISO 8601 UTC with milliseconds');

/** A moment a person may type: a date (`2026-01-31`) or any ISO 8601 date-time. */
export const momentSchema = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** `500ms`, `2s`, `30m`, `1h`, `1d`, also combined (`1h30m`); a bare number is seconds. `definitions/duration.ts` turns it into ms. */
export const durationSchema = z.union([
  z.string().regex(/^(\d+(\.\d+)?(ms|s|m|h|d))+$/, 'expected a duration such as 500ms, 2s, 30m or 1h30m'),
  z.number().positive().max(31_536_000),
]);
export type Duration = z.infer<typeof durationSchema>;

/** Names of projects, pipelines and connections: no path separators, no control characters, at most 200 characters. */
export const nameSchema = z
  .string()
  .min(1)
  .max(200)

  .regex(/^[^\u0000-\u001f\u007f/\\]+$/, 'expected a name without slashes or control characters');

/** What a person reads as the name of a job: free text in one line. */
export const jobNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(500)

  .regex(/^[^\u0000-\u001f\u007f]*$/, 'expected one line of text');

/** ULID: sortable by creation time, unique. Anything else is refused, so a job_id can never name a path. */
export const jobIdSchema = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'expected a job id (26 characters)');

/** `op-0001`: the position in the job, unique in the job. */
export const operationIdSchema = z.string().regex(/^op-\d{4,7}$/, 'expected an operation id such as op-0001');

export const tagSchema = z.string().trim().min(1).max(100);

export const maxParallelSchema = z.number().int().min(1).max(64);

/** Exact counts travel as numbers while they are safe integers; row counts past 2^53 do not occur on one machine. */
export const countSchema = z.number().int().nonnegative();

/** How a metadata extraction counts rows: `auto(<ms>)` counts exactly for so many milliseconds and estimates the rest. */
export const rowCountsSchema = z.union([
  z.enum(['none', 'estimate', 'exact', 'auto']),
  z.string().regex(/^auto\(\d{1,9}\)$/, {
    error: 'expected none, estimate, exact, auto, or auto(<milliseconds>)',
    abort: true,
  }),
]);
export type RowCounts = z.infer<typeof rowCountsSchema>;
