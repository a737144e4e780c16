/**
 * The catalog of one source, as `metadata_extraction` writes it: one `catalog.json` for each connection, described by
 * `catalog.schema.json`. Made for reading by programs and for comparing: lists are in a fixed order (columns by position,
 * everything else by name), and what a system does not say is null, never a guess.
 */
import * as z from 'zod';
import { countSchema, isoTimeSchema, rowCountsSchema } from './primitives.ts';

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
  distinct_method: z
    .enum(['exact', 'approximate'])
    .optional()
    .describe('Left out: exact. approximate: a sketch of the system (HyperLogLog).'),
  mean: nullableText.optional().describe('Of numbers.'),
  stddev: nullableText
    .optional()
    .describe('Sample standard deviation of numbers; null for fewer than two values.'),
  quantiles: z
    .array(z.object({ quantile: z.number(), value: nullableText }))
    .optional()
    .describe('Of numbers: the smallest value that so large a share of the values does not exceed.'),
  top_values: z
    .array(z.object({ value: z.string(), rows: countSchema }))
    .optional()
    .describe('The most frequent values; equally frequent ones by value.'),
  min_length: countSchema.nullable().optional().describe('Characters of the shortest text.'),
  max_length: countSchema.nullable().optional(),
  patterns: z
    .array(z.object({ pattern: z.string(), rows: countSchema }))
    .optional()
    .describe('Of text: letters as A and a, digits as 9, everything else as it is; the most frequent forms.'),
  histogram: z
    .array(z.object({ from: z.string(), to: z.string(), rows: countSchema }))
    .optional()
    .describe(
      'Of numbers: buckets of equal width from min to max; the upper end belongs to the last one only.',
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

const deferrableSchema = z
  .enum(['immediate', 'deferred'])
  .optional()
  .describe('When a constraint that can wait until commit is checked to begin with. Left out: it cannot.');

export const catalogKeySchema = z.object({
  name: nullableText,
  columns: z.array(z.string()).min(1),
  deferrable: deferrableSchema,
});
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
  deferrable: deferrableSchema,
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

export const catalogTriggerSchema = z.object({
  name: z.string(),
  timing: z.enum(['before', 'after', 'instead_of']),
  events: z.array(z.string()).min(1).describe('insert, update, delete, truncate.'),
  level: z.enum(['row', 'statement']),
  enabled: z.boolean(),
  definition: nullableText.describe('As the system writes it out; null if this user may not see it.'),
});
export type CatalogTrigger = z.infer<typeof catalogTriggerSchema>;

export const catalogSequenceSchema = z.object({
  name: z.string(),
  data_type: nullableText,
  start: nullableText.describe('Numbers as text: they reach past what a JSON number holds.'),
  increment: nullableText,
  min: nullableText,
  max: nullableText,
  cycle: z.boolean().nullable(),
  owned_by: z
    .object({ table: z.string(), column: z.string() })
    .nullable()
    .describe('The column that draws from it.'),
  comment: nullableText,
});
export type CatalogSequence = z.infer<typeof catalogSequenceSchema>;

export const catalogRoutineSchema = z.object({
  name: z.string(),
  kind: z.enum(['function', 'procedure', 'aggregate', 'window', 'macro']),
  arguments: z
    .string()
    .describe('Its signature as the system writes it; name and arguments together are unique.'),
  returns: nullableText,
  language: nullableText,
  comment: nullableText,
});
export type CatalogRoutine = z.infer<typeof catalogRoutineSchema>;

export const catalogGrantSchema = z.object({
  grantee: z.string().describe('Role or user; PUBLIC for everybody.'),
  privilege: z.string(),
  grantable: z.boolean().describe('The grantee may grant it further.'),
});
export type CatalogGrant = z.infer<typeof catalogGrantSchema>;

/** What a file says of itself beside its columns. */
export const catalogFileSchema = z.object({
  format: z.enum(['csv', 'parquet', 'json']),
  /** Read off the file, as its columns' types are. */
  csv: z
    .object({
      delimiter: z.string(),
      quote: nullableText,
      escape: nullableText,
      new_line: z.string().describe('\\n, \\r\\n … as written.'),
      has_header: z.boolean(),
      skipped_lines: countSchema.describe('Lines before the header or the first row.'),
      date_format: nullableText,
      timestamp_format: nullableText,
    })
    .optional(),
  parquet: z
    .object({
      created_by: nullableText,
      format_version: nullableText,
      row_groups: z.array(z.object({ rows: countSchema, bytes: countSchema })),
      columns: z.array(
        z.object({
          path: z.string().describe('Names from the root, with dots between.'),
          physical_type: z.string(),
          logical_type: nullableText,
          repetition: nullableText.describe('REQUIRED, OPTIONAL or REPEATED.'),
          compression: z.array(z.string()).describe('Of its chunks, each codec once.'),
        }),
      ),
    })
    .optional(),
});
export type CatalogFile = z.infer<typeof catalogFileSchema>;

export const tableProfileSchema = z.object({
  rows_scanned: countSchema,
  sample: z
    .object({ method: z.string(), rows_of_table: countSchema.nullable() })
    .nullable()
    .describe('null: every row was read. Else how the rows were chosen; every figure is of these rows only.'),
});
export type TableProfile = z.infer<typeof tableProfileSchema>;

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
  triggers: z
    .array(catalogTriggerSchema)
    .optional()
    .describe('Left out: none, or the system has no triggers.'),
  grants: z.array(catalogGrantSchema).optional().describe('Only where they were asked for.'),
  profile: tableProfileSchema.optional().describe('What the profiles of the columns are of.'),
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
  inherits: z
    .array(z.object({ schema: z.string(), table: z.string() }))
    .optional()
    .describe('Tables whose columns it has (PostgreSQL). Left out: none; partitions name their parent.'),
  file: catalogFileSchema.optional(),
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
  sequences: z.array(catalogSequenceSchema).optional().describe('Left out: the system has none to tell of.'),
  routines: z.array(catalogRoutineSchema).optional().describe('Left out: the system has none to tell of.'),
});
export type CatalogSchema = z.infer<typeof catalogSchemaSchema>;

export const unreadableSchema = z.object({ object: z.string(), reason: z.string() });
export type Unreadable = z.infer<typeof unreadableSchema>;

/** What an extraction was asked for; a list left out means everything. */
export const catalogScopeSchema = z.object({
  schemas: z.array(z.string()).optional(),
  tables: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
});
export type CatalogScope = z.infer<typeof catalogScopeSchema>;

export const catalogVersion = 1;
export const catalogSchema = z
  .object({
    catalog_version: z.literal(catalogVersion),
    connection: z.string(),
    system: z.string(),
    version: z.string(),
    extracted_at: isoTimeSchema,
    row_counts: rowCountsSchema,
    scope: catalogScopeSchema
      .optional()
      .describe('What was asked for: an object outside of it is not missing. Left out by version 0.1.'),
    schemas: z.array(catalogSchemaSchema),
    unreadable: z.array(unreadableSchema).describe('What could not be read, with the reason.'),
    queries: z
      .array(z.object({ sql: z.string(), rows: countSchema }))
      .describe('Every statement that was run, with the rows it returned.'),
  })
  .describe('The catalog of one source, written by a metadata extraction of Ombudsman Batch Operations.');
export type Catalog = z.infer<typeof catalogSchema>;
