/**
 * The catalog of one source, as `metadata_extraction` writes it: one `catalog.json` for each connection, described by
 * `catalog.schema.json`. Made for reading by programs and for comparing: lists are in a fixed order (columns by position,
 * everything else by name), and what a system does not say is null, never a guess.
 */
import * as z from 'zod';
import { countSchema, isoTimeSchema } from './primitives.ts';

const nullableText = z.string().nullable();

export const columnProfileSchema = z.object({
  nulls: countSchema,
  distinct: countSchema
    .nullable()
    .describe('Distinct values, NULL not counted; null for types without equality.'),
  min: nullableText,
  max: nullableText.describe(
    'Smallest and largest value as text; null for types without an order, or no values.',
  ),
});
export type ColumnProfile = z.infer<typeof columnProfileSchema>;

export const catalogColumnSchema = z.object({
  name: z.string(),
  position: z.number().int().min(1).describe('1 for the first column.'),
  native_type: z.string().describe('As the system writes it.'),
  canonical_type: z.string().describe('In the one type system that all systems are read into.'),
  length: countSchema.nullable().describe('Characters, for text with a limit.'),
  precision: countSchema.nullable().describe('Digits of a number, or of the fraction of a second.'),
  scale: z.number().int().nullable(),
  nullable: z.boolean().nullable().describe('null: the system does not say (a file).'),
  default: nullableText,
  identity: z.enum(['always', 'by_default', 'auto_increment']).nullable(),
  generated: z.object({ expression: z.string(), stored: z.boolean() }).nullable(),
  collation: nullableText.describe('Only where it is not the default of the type.'),
  comment: nullableText,
  profile: columnProfileSchema.optional(),
});
export type CatalogColumn = z.infer<typeof catalogColumnSchema>;

export const catalogKeySchema = z.object({ name: nullableText, columns: z.array(z.string()).min(1) });
export type CatalogKey = z.infer<typeof catalogKeySchema>;

export const catalogForeignKeySchema = z.object({
  name: nullableText,
  columns: z.array(z.string()).min(1),
  references: z.object({
    schema: z.string(),
    table: z.string(),
    columns: z.array(z.string()).describe('Empty only in a broken schema: the table is not there to ask.'),
  }),
  on_update: z.string().describe('NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT.'),
  on_delete: z.string(),
});
export type CatalogForeignKey = z.infer<typeof catalogForeignKeySchema>;

export const catalogCheckSchema = z.object({ name: nullableText, expression: z.string() });
export type CatalogCheck = z.infer<typeof catalogCheckSchema>;

export const catalogIndexSchema = z.object({
  name: z.string(),
  columns: z
    .array(
      z.object({
        column: nullableText.describe('null for an expression.'),
        expression: nullableText,
        descending: z.boolean(),
      }),
    )
    .min(1),
  include: z.array(z.string()).describe('Columns the index carries without ordering by them.'),
  unique: z.boolean(),
  primary: z.boolean(),
  method: z.string(),
  predicate: nullableText.describe('Condition of a partial index.'),
});
export type CatalogIndex = z.infer<typeof catalogIndexSchema>;

export const catalogRowCountSchema = z.object({
  value: countSchema.nullable(),
  method: z
    .enum(['exact', 'estimate', 'none'])
    .describe('exact: every row was counted; estimate: what the system believes; none: value is null.'),
});
export type CatalogRowCount = z.infer<typeof catalogRowCountSchema>;

const relationFields = {
  name: z.string(),
  comment: nullableText,
  columns: z.array(catalogColumnSchema),
  indexes: z.array(catalogIndexSchema),
  row_count: catalogRowCountSchema,
  bytes: countSchema
    .nullable()
    .describe('Bytes on disk with indexes, as the system last noted them; null where it does not say.'),
};

export const catalogTableSchema = z.object({
  ...relationFields,
  kind: z.enum(['table', 'partitioned_table', 'partition', 'foreign_table', 'virtual_table', 'file']),
  primary_key: catalogKeySchema.nullable(),
  unique_keys: z.array(catalogKeySchema),
  foreign_keys: z.array(catalogForeignKeySchema),
  checks: z.array(catalogCheckSchema),
  /** What a kind of table says beside that: partitions name their parent, foreign tables their server. */
  partition_key: z.string().optional(),
  partition_of: z.object({ schema: z.string(), table: z.string(), bound: z.string() }).optional(),
  foreign_server: z.string().optional(),
  exclusions: z.array(z.object({ name: z.string(), definition: z.string() })).optional(),
});
export type CatalogTable = z.infer<typeof catalogTableSchema>;

export const catalogViewSchema = z.object({
  ...relationFields,
  kind: z.enum(['view', 'materialized_view']),
  definition: nullableText.describe('SQL of the view; null if this user may not see it.'),
});
export type CatalogView = z.infer<typeof catalogViewSchema>;

export const catalogSchemaSchema = z.object({
  name: z.string(),
  comment: nullableText,
  tables: z.array(catalogTableSchema),
  views: z.array(catalogViewSchema),
});
export type CatalogSchema = z.infer<typeof catalogSchemaSchema>;

export const unreadableSchema = z.object({ object: z.string(), reason: z.string() });
export type Unreadable = z.infer<typeof unreadableSchema>;

export const catalogVersion = 1;
export const catalogSchema = z
  .object({
    catalog_version: z.literal(catalogVersion),
    connection: z.string(),
    system: z.string(),
    version: z.string(),
    extracted_at: isoTimeSchema,
    row_counts: z.enum(['none', 'estimate', 'exact']),
    schemas: z.array(catalogSchemaSchema),
    unreadable: z.array(unreadableSchema).describe('What could not be read, with the reason.'),
    queries: z
      .array(z.object({ sql: z.string(), rows: countSchema }))
      .describe('Every statement that was run, with the rows it returned.'),
  })
  .describe('The catalog of one source, written by a metadata extraction of Ombudsman Batch Operations.');
export type Catalog = z.infer<typeof catalogSchema>;
