/** The methods over extracted catalogs: a part of the record in methods.ts. */
import * as z from 'zod';
import { catalogRowCountSchema, catalogTableSchema, catalogViewSchema } from './catalog.ts';
import { catalogDifferenceSchema } from './catalogDifference.ts';
import { projectRefSchema } from './params.ts';
import { countSchema, isoTimeSchema, jobIdSchema, operationIdSchema } from './primitives.ts';

const connectionNameSchema = z.string().min(1).max(1000);
const pageFields = (limit: number) => ({
  limit: z.number().int().min(1).max(5000).default(limit),
  offset: z.number().int().min(0).default(0),
});
/** Where an answer was read from. */
const snapshotFields = {
  connection: z.string(),
  job_id: jobIdSchema,
  operation_id: operationIdSchema,
  extracted_at: isoTimeSchema,
};

/** A table or view as a list shows it. */
export const catalogEntrySchema = z.object({
  schema: z.string(),
  name: z.string(),
  kind: z.union([catalogTableSchema.shape.kind, catalogViewSchema.shape.kind]),
  columns: countSchema,
  row_count: catalogRowCountSchema,
  comment: z.string().nullable(),
});
export type CatalogEntry = z.infer<typeof catalogEntrySchema>;

export const catalogPageSchema = z.object({
  ...snapshotFields,
  system: z.string(),
  version: z.string(),
  schemas: z
    .array(
      z.object({ name: z.string(), comment: z.string().nullable(), tables: countSchema, views: countSchema }),
    )
    .describe('All of the catalog; with search, the tables and views in them that fit.'),
  tables: z.array(catalogEntrySchema),
  total: countSchema.describe('Tables and views that fit.'),
  unreadable: countSchema.describe(
    'Objects that could not be read; the artifact names each with the reason.',
  ),
});
export type CatalogPage = z.infer<typeof catalogPageSchema>;

export const catalogObjectSchema = z.object({
  ...snapshotFields,
  schema: z.string(),
  table: z.union([catalogTableSchema, catalogViewSchema]),
  inferred_foreign_keys: z
    .array(
      z.object({
        column: z.string(),
        references: z.object({ table: z.string(), column: z.string() }),
        reason: z.string(),
      }),
    )
    .describe('References that no constraint says, guessed from names and types.'),
});
export type CatalogObject = z.infer<typeof catalogObjectSchema>;

/** Which catalog is meant. */
export const catalogRefSchema = z
  .union([
    z.strictObject({
      project: projectRefSchema,
      connection: connectionNameSchema.describe('The last extraction of this connection.'),
      label: z.string().max(4096).optional(),
    }),
    z.strictObject({
      job_id: jobIdSchema,
      connection: connectionNameSchema.optional().describe('Of a job that extracted several.'),
      label: z.string().max(4096).optional(),
    }),
    z.strictObject({
      file: z
        .string()
        .min(1)
        .max(4096)
        .describe('Absolute path of a catalog.json on the machine of the daemon.'),
      label: z.string().max(4096).optional(),
    }),
  ])
  .describe('A catalog: the last one of a connection, what a job extracted, or a file.');
export type CatalogRef = z.infer<typeof catalogRefSchema>;

const lonelyTableSchema = z.object({ schema: z.string(), table: z.string(), reason: z.string() });
export const starterPipelinesSchema = z.object({
  pairs: z.array(
    z.object({
      source: z.string().describe('As the pipeline names the table.'),
      target: z.string(),
      by: z
        .enum(['name', 'stem', 'columns'])
        .describe(
          'How they found each other: by name, by what is left of it without prefix and plural, by columns.',
        ),
      pipeline_id: z.string(),
      file: z.string().describe('In the project.'),
    }),
  ),
  only_source: z.array(lonelyTableSchema).describe('What has no partner, with the reason.'),
  only_target: z.array(lonelyTableSchema),
  files: z
    .array(z.object({ path: z.string().describe('In the project.'), text: z.string() }))
    .describe('Nothing is written: the caller does, never over a file that is there.'),
  batch_file: z.string().nullable().describe('The one of the files that runs all pipelines; null: no pair.'),
});
export type StarterPipelines = z.infer<typeof starterPipelinesSchema>;

const schemaNamesSchema = z.array(z.string()).min(1).max(1000).optional();

export const catalogMethods = {
  'catalogs/list': {
    params: z.strictObject({
      project: projectRefSchema,
      connection: connectionNameSchema.optional(),
      latest: z.boolean().default(false).describe('true: of each connection the last extraction only.'),
      ...pageFields(100),
    }),
    result: z.object({
      catalogs: z
        .array(
          z.object({
            connection: z.string(),
            job_id: jobIdSchema,
            operation_id: operationIdSchema,
            finished_at: isoTimeSchema,
          }),
        )
        .describe('Completed extractions, the latest first.'),
      total: countSchema,
    }),
    rest: { verb: 'GET', path: '/batch/projects/{project}/catalogs' },
  },
  'catalogs/tables': {
    params: z.strictObject({
      project: projectRefSchema,
      connection: connectionNameSchema,
      schema: z.string().max(1000).optional().describe('Only of this schema.'),
      search: z.string().max(1000).optional().describe('Tables and views whose name contains this.'),
      ...pageFields(500),
    }),
    result: catalogPageSchema,
    rest: { verb: 'GET', path: '/batch/projects/{project}/catalogs/{connection}/tables' },
  },
  'catalogs/table': {
    params: z.strictObject({
      project: projectRefSchema,
      connection: connectionNameSchema,
      schema: z.string().max(1000),
      table: z.string().min(1).max(4096).describe('A table or view.'),
    }),
    result: catalogObjectSchema,
    rest: { verb: 'GET', path: '/batch/projects/{project}/catalogs/{connection}/table' },
  },
  'catalogs/compare': {
    params: z.strictObject({
      before: catalogRefSchema,
      after: catalogRefSchema,
      breaking_only: z.boolean().default(false),
      map_schemas: z
        .record(z.string(), z.string())
        .optional()
        .describe('Schema of the first: what it is called in the second.'),
      map_tables: z
        .record(z.string(), z.string())
        .optional()
        .describe('Table of the first ([schema.]table): what it is called in the second.'),
      limit: z.number().int().min(1).max(10_000).default(1000).describe('Changes told at once.'),
      offset: z.number().int().min(0).default(0),
    }),
    result: catalogDifferenceSchema.describe(
      'As catalog-difference.schema.json has it, with a page of the changes; the summary counts all.',
    ),
    rest: { verb: 'POST', path: '/batch/catalogs/compare' },
  },
  'catalogs/starterPipelines': {
    params: z.strictObject({
      project: projectRefSchema,
      source: connectionNameSchema,
      target: connectionNameSchema,
      job_id: jobIdSchema
        .optional()
        .describe('The job that extracted both; left out: the last extraction of each.'),
      source_schemas: schemaNamesSchema.describe('Left out: all.'),
      target_schemas: schemaNamesSchema.describe('Left out: all.'),
      source_tables: z
        .array(z.string())
        .min(1)
        .max(1000)
        .optional()
        .describe('Only these tables of the source; left out: all.'),
    }),
    result: starterPipelinesSchema,
    rest: { verb: 'POST', path: '/batch/projects/{project}/catalogs/starter-pipelines' },
  },
} as const;
