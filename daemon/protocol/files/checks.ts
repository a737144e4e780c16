import * as z from 'zod';

const columns = z.array(z.string().min(1)).min(1);
const side = z.enum(['source', 'target', 'both']);

/** Parameters every check takes. */
const common = {
  name: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('What reports call this check; default: its kind and columns.'),
  severity: z
    .enum(['fail', 'warn'])
    .default('fail')
    .describe('warn: a finding is reported and does not fail the pipeline.'),
  description: z.string().optional(),
};

const tolerance = z
  .strictObject({ abs: z.number().nonnegative().optional(), pct: z.number().nonnegative().optional() })
  .describe('Allowed difference; left out: none. A tolerance that was used is named in the result.');

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** One entry for each kind of check: its parameters. The engine's registry has the same keys (a test compares). */
export const checkParameterSchemas = {
  schema_columns: z
    .strictObject({
      ...common,
      ignore_order: z.boolean().default(true),
      case_sensitive: z.boolean().default(false),
    })
    .describe('Both sides have the same columns, after column_map and exclude.'),
  schema_types: z
    .strictObject({
      ...common,
      columns: columns.optional(),
      allow: z
        .array(z.strictObject({ source: z.string(), target: z.string() }))
        .optional()
        .describe(
          'Pairs of canonical types that are accepted, for example {source: decimal(10,2), target: decimal(12,2)}.',
        ),
    })
    .describe('Columns have the same canonical types on both sides.'),
  schema_nullability: z
    .strictObject({ ...common, columns: columns.optional() })
    .describe('Columns are nullable, or not, alike on both sides.'),
  row_count: z
    .strictObject({ ...common, tolerance: tolerance.optional() })
    .describe('Both sides have the same number of rows.'),
  null_count: z
    .strictObject({
      ...common,
      columns: columns.optional(),
      max: z
        .number()
        .int()
        .nonnegative()
        .optional()
        .describe('With max: at most so many NULLs on each side; left out: the same number on both.'),
    })
    .describe('NULLs per column.'),
  unique_key: z
    .strictObject({ ...common, columns: columns.optional(), side: side.default('both') })
    .describe('The key (or these columns) is unique and not NULL.'),
  column_stats: z
    .strictObject({
      ...common,
      columns: columns.optional(),
      stats: z
        .array(z.enum(['count', 'nulls', 'distinct', 'min', 'max', 'sum', 'avg', 'length_sum']))
        .min(1)
        .optional(),
      tolerance: tolerance.optional(),
    })
    .describe('Aggregates per column are the same on both sides; exact for integers and decimals.'),
  row_hash: z
    .strictObject({
      ...common,
      columns: columns.optional(),
      exclude: columns.optional(),
      max_diffs: z
        .number()
        .int()
        .min(1)
        .max(10_000_000)
        .default(100_000)
        .describe('Rows of the differences artifact; the counts are whole all the same.'),
      max_samples: z.number().int().min(0).max(1000).default(20),
      decimals: z.enum(['exact', 'target_scale_round', 'target_scale_truncate']).default('exact'),
      timestamps: z.enum(['exact', 'milliseconds', 'seconds']).default('exact'),
      empty_equals_null: z.enum(['never', 'source', 'target', 'both']).default('never'),
      char_padding: z
        .enum(['exact', 'ignore'])
        .default('exact')
        .describe(
          'exact strips pad blanks of CHAR(n) columns only, ignore strips trailing blanks of all text.',
        ),
    })
    .describe(
      'Every row and every column, exact: missing, extra, duplicate and differing rows with key, column and both values.',
    ),
  foreign_key: z
    .strictObject({
      ...common,
      columns,
      references: z.strictObject({ table: z.string().min(1), columns }),
      side: side.default('both'),
    })
    .describe('Every non-NULL value of the columns exists in the referenced table.'),
  accepted_values: z
    .strictObject({
      ...common,
      column: z.string().min(1),
      values: z.array(scalar).min(1),
      side: side.default('both'),
    })
    .describe('The column holds these values (or NULL) only.'),
  range: z
    .strictObject({
      ...common,
      column: z.string().min(1),
      min: scalar.optional(),
      max: scalar.optional(),
      exclusive: z.boolean().default(false),
      side: side.default('both'),
    })
    .describe('Values lie between min and max; NULLs are not looked at.'),
  rule: z
    .strictObject({
      ...common,
      sql: z
        .string()
        .min(1)
        .describe('A boolean SQL expression over one row; rows where it is false or NULL break the rule.'),
      source_sql: z
        .string()
        .min(1)
        .optional()
        .describe('The same rule in the words of the source, where its SQL or column names differ.'),
      max_violations: z.number().int().nonnegative().default(0),
      side: side.default('both'),
    })
    .describe('Every row satisfies the expression.'),
  custom_sql: z
    .strictObject({
      ...common,
      source: z.string().min(1),
      target: z.string().min(1).optional().describe('Left out: the same query on both sides.'),
      keys: columns.optional(),
      ignore_row_order: z.boolean().default(true),
      tolerance: tolerance.optional(),
      max_rows: z.number().int().min(1).max(1_000_000).default(100_000),
    })
    .describe('The result sets of a query on both sides are the same.'),
} as const;

export type CheckKind = keyof typeof checkParameterSchemas;
export const checkKinds = Object.keys(checkParameterSchemas) as CheckKind[];
export type CheckParameters<K extends CheckKind> = z.infer<(typeof checkParameterSchemas)[K]>;

/** Left out `checks`: the starter set. */
export const starterChecks: readonly CheckKind[] = [
  'schema_columns',
  'schema_types',
  'row_count',
  'column_stats',
  'unique_key',
  'row_hash',
];

/** Short words accepted in files for groups and older names. `schema` is the pair of structural checks. */
export const checkAliases: Readonly<Record<string, readonly CheckKind[]>> = {
  schema: ['schema_columns', 'schema_types'],
};

/** A check as the engine gets it: kind, unique name, severity and parsed parameters. */
export const checkSpecSchema = z.object({
  check: z.enum(checkKinds as [CheckKind, ...CheckKind[]]),
  name: z.string(),
  severity: z.enum(['fail', 'warn']),
  params: z.record(z.string(), z.unknown()),
});
export type CheckSpec = z.infer<typeof checkSpecSchema>;
