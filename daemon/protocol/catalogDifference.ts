/**
 * What differs between two catalogs: what `ombudsman catalog diff --format json` prints and the check `schema_drift` reports,
 * described by `catalog-difference.schema.json`.
 */
import * as z from 'zod';
import { countSchema, isoTimeSchema } from './primitives.ts';

export const catalogObjectKinds = [
  'schema',
  'table',
  'view',
  'column',
  'primary_key',
  'unique_key',
  'foreign_key',
  'check',
  'index',
  'trigger',
  'grant',
  'sequence',
  'routine',
] as const;
export type CatalogObjectKind = (typeof catalogObjectKinds)[number];

export const catalogChangeSchema = z.object({
  change: z.enum(['added', 'removed', 'changed', 'renamed']),
  object: z.enum(catalogObjectKinds),
  schema: z.string().describe('As it is called before; of what was added as it is called after.'),
  relation: z.string().nullable().describe('Table or view; null for schemas, sequences and routines.'),
  name: z.string().nullable().describe('Of the column, key, index …; null for schemas, tables and views.'),
  property: z.string().optional().describe('What of the object changed: type, nullable, default …'),
  before: z.string().nullable(),
  after: z.string().nullable(),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Of a guess: nothing in a catalog says that an object was renamed. 1: all but the name is the same.',
    ),
  breaking: z.boolean().describe('A reader or writer that worked before may fail or be wrong after it.'),
  reason: z.string().describe('Why it is breaking, or why not.'),
});
export type CatalogChange = z.infer<typeof catalogChangeSchema>;

const comparedCatalogSchema = z.object({
  label: z.string().describe('As it was named in the call: a connection, a job, a file.'),
  connection: z.string(),
  system: z.string(),
  version: z.string(),
  extracted_at: isoTimeSchema,
});

export const catalogDifferenceVersion = 1;
export const catalogDifferenceSchema = z
  .object({
    difference_version: z.literal(catalogDifferenceVersion),
    before: comparedCatalogSchema,
    after: comparedCatalogSchema,
    across_systems: z
      .boolean()
      .describe(
        'true: columns are compared by canonical type, and nothing that each system words in its own way.',
      ),
    summary: z.object({
      changes: countSchema,
      breaking: countSchema,
      added: countSchema,
      removed: countSchema,
      changed: countSchema,
      renamed: countSchema,
    }),
    changes: z.array(catalogChangeSchema),
    compared: z
      .object({ tables: countSchema, views: countSchema, columns: countSchema })
      .describe('Pairs looked at.'),
    not_compared: z
      .array(z.object({ what: z.string(), reason: z.string() }))
      .describe('What this answer says nothing of.'),
  })
  .describe('What differs between two catalogs, written by Ombudsman Batch Operations.');
export type CatalogDifference = z.infer<typeof catalogDifferenceSchema>;
