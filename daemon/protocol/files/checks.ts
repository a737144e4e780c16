import * as z from 'zod';
import { columns, common, ofColumns, scalar, side, tolerance } from './checks/common.ts';
import { dimensionChecks } from './checks/dimensions.ts';
import { distributionChecks } from './checks/distribution.ts';
import { domainChecks, textChecks } from './checks/domain.ts';
import { structureChecks } from './checks/structure.ts';
import { businessChecks, fileChecks, timeChecks } from './checks/time.ts';
import { durationSchema } from '../primitives.ts';
import { keyedFacts, referenceChecks, rowChecks, volumeChecks } from './checks/volume.ts';

/** One entry for each kind of check: its parameters. The engine's registry has the same keys (a test compares). */
export const checkParameterSchemas = {
  schema_columns: z
    .strictObject({
      ...common,
      ignore_order: z.boolean().default(true).describe('false: the columns must come in the same order too.'),
      case_sensitive: z.boolean().default(false).describe('true: ID and id are two columns.'),
    })
    .describe('Both sides have the same columns, after column_map and exclude.'),
  schema_types: z
    .strictObject({
      ...common,
      columns: ofColumns('all of them'),
      allow: z
        .array(
          z.strictObject({
            source: z
              .string()
              .describe(
                'Type in the source: integer(64), decimal(12,2), decimal, or the word of its system.',
              ),
            target: z.string().describe('Type in the target that is accepted for it.'),
          }),
        )
        .optional()
        .describe(
          'Pairs of canonical types that are accepted, for example {source: decimal(10,2), target: decimal(12,2)}.',
        ),
    })
    .describe('Columns have the same canonical types on both sides.'),
  schema_nullability: z
    .strictObject({ ...common, columns: ofColumns('all of them') })
    .describe('Columns are nullable, or not, alike on both sides.'),
  row_count: z
    .strictObject({ ...common, tolerance: tolerance.optional() })
    .describe('Both sides have the same number of rows.'),
  null_count: z
    .strictObject({
      ...common,
      columns: ofColumns('all of them'),
      max: z
        .number()
        .int()
        .nonnegative()
        .optional()
        .describe('With max: at most so many NULLs on each side; left out: the same number on both.'),
    })
    .describe('NULLs per column.'),
  unique_key: z
    .strictObject({ ...common, columns: ofColumns('the keys of the pipeline'), side })
    .describe('The key (or these columns) is unique and not NULL.'),
  column_stats: z
    .strictObject({
      ...common,
      columns: ofColumns('all of them'),
      stats: z
        .array(z.enum(['count', 'nulls', 'distinct', 'min', 'max', 'sum', 'avg', 'length_sum']))
        .min(1)
        .optional()
        .describe('Left out: all but distinct and avg. length_sum counts characters of text.'),
      tolerance: tolerance.optional(),
    })
    .describe('Aggregates per column are the same on both sides; exact for integers and decimals.'),
  row_hash: z
    .strictObject({
      ...common,
      columns: ofColumns('all of them'),
      exclude: columns.optional().describe('Columns left out of this check.'),
      max_diffs: z
        .number()
        .int()
        .min(1)
        .max(10_000_000)
        .default(100_000)
        .describe('Rows of the differences artifact; the counts are whole all the same.'),
      max_samples: z
        .number()
        .int()
        .min(0)
        .max(1000)
        .default(20)
        .describe('Differing rows shown in the result itself.'),
      decimals: z
        .enum(['exact', 'target_scale_round', 'target_scale_truncate'])
        .default('exact')
        .describe(
          'Where the scale of the target is smaller: the source is rounded (half away from zero) or cut to it.',
        ),
      timestamps: z
        .enum(['exact', 'milliseconds', 'seconds'])
        .default('exact')
        .describe('Both sides are cut to it.'),
      empty_equals_null: z
        .enum(['never', 'source', 'target', 'both'])
        .default('never')
        .describe("'' of that side is read as NULL."),
      char_padding: z
        .enum(['exact', 'ignore'])
        .default('exact')
        .describe(
          'exact strips pad blanks of CHAR(n) columns only, ignore strips trailing blanks of all text.',
        ),
      strategy: z
        .enum(['auto', 'export', 'join', 'stream', 'checksum'])
        .default('auto')
        .describe(
          'How rows are compared, with the same result: export reads both sides whole, stream hashes them on the way, checksum lets the one server of both hash them, join is for DuckDB and files.',
        ),
      level: z
        .enum(['exact', 'quick'])
        .default('exact')
        .describe(
          'quick compares counts, NULLs, least and greatest values, exact sums and lengths of columns only, and says that this is not exact.',
        ),
      sample: z
        .strictObject({
          one_in: z
            .number()
            .int()
            .min(2)
            .max(1_000_000)
            .describe('About one of so many keys, the same on both sides.'),
          seed: z
            .number()
            .int()
            .nonnegative()
            .max(2_147_483_647)
            .default(1)
            .describe('Another seed draws other keys; the same one always the same.'),
        })
        .optional()
        .describe(
          'Compares a part of the rows, drawn by a hash of the key. Not exact: the result says what it is good for.',
        ),
      recheck: z
        .strictObject({
          times: z.number().int().min(1).max(10).default(1).describe('So often at most.'),
          delay: durationSchema.default('5s').describe('Before each time.'),
        })
        .optional()
        .describe(
          'For data that move: keys that differ are read again later, and what is equal then is no difference.',
        ),
    })
    .describe(
      'Every row and every column, exact: missing, extra, duplicate and differing rows with key, column and both values.',
    ),
  foreign_key: z
    .strictObject({
      ...common,
      columns: columns.describe('Columns that refer to another table.'),
      references: z
        .strictObject({
          table: z.string().min(1).describe('Table on the same side that they refer to.'),
          columns: columns.describe('Its columns, in the same order.'),
        })
        .describe('What they refer to.'),
      side,
    })
    .describe('Every non-NULL value of the columns exists in the referenced table.'),
  accepted_values: z
    .strictObject({
      ...common,
      column: z.string().min(1).describe('Column, by its name in the source.'),
      values: z.array(scalar).min(1).describe('The values it may hold.'),
      side,
    })
    .describe('The column holds these values (or NULL) only.'),
  range: z
    .strictObject({
      ...common,
      column: z.string().min(1).describe('Column, by its name in the source.'),
      min: scalar.optional().describe('The smallest value allowed.'),
      max: scalar.optional().describe('The largest value allowed. Text is ordered by bytes.'),
      exclusive: z.boolean().default(false).describe('true: min and max themselves are not allowed.'),
      side,
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
      max_violations: z.number().int().nonnegative().default(0).describe('So many rows may break it.'),
      side,
    })
    .describe('Every row satisfies the expression.'),
  custom_sql: z
    .strictObject({
      ...common,
      source: z.string().min(1).describe('A SELECT on the source.'),
      target: z.string().min(1).optional().describe('Left out: the same query on both sides.'),
      keys: columns.optional().describe('Columns of the results by which rows pair.'),
      ignore_row_order: z
        .boolean()
        .default(true)
        .describe('false: without keys, rows pair by their position.'),
      tolerance: tolerance.optional(),
      max_rows: z
        .number()
        .int()
        .min(1)
        .max(1_000_000)
        .default(100_000)
        .describe('A larger result is an error, never compared in part.'),
    })
    .describe('The result sets of a query on both sides are the same.'),
  ...structureChecks,
  ...volumeChecks,
  ...rowChecks,
  ...referenceChecks,
  ...dimensionChecks,
  ...keyedFacts,
  ...domainChecks,
  ...distributionChecks,
  ...timeChecks,
  ...businessChecks,
  ...textChecks,
  ...fileChecks,
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

/** Short words accepted in files for groups of checks. */
export const checkGroups: Readonly<Record<string, readonly CheckKind[]>> = {
  schema: ['schema_columns', 'schema_types'],
};

/** Names of the earlier system and of other tools, and the check each means. In results it goes by its own name. */
const olderNames: Readonly<Record<string, CheckKind>> = {
  schema_datatypes: 'schema_types',
  schema_constraints: 'schema_keys',
  schema_evolution: 'schema_drift',
  nulls: 'null_count',
  uniqueness: 'unique_key',
  domain_values: 'accepted_values',
  distribution: 'distribution_shift',
  statistics: 'column_stats',
  outliers: 'outliers_match',
  record_counts: 'row_count',
  regex_patterns: 'regex',
  foreign_keys: 'foreign_key',
  cross_system_fk_alignment: 'fk_alignment',
  metric_sums: 'metric_sum',
  metric_averages: 'metric_avg',
  ratios: 'metric_ratio',
  ts_rolling_drift: 'rolling_drift',
  late_arriving_facts: 'late_arriving',
  dim_business_keys: 'business_key',
  dim_surrogate_keys: 'surrogate_key_map',
  composite_keys: 'composite_key',
  relationships: 'foreign_key',
};

const sameNames = [
  'schema_columns',
  'schema_nullability',
  'fact_dim_conformance',
  'ts_continuity',
  'ts_duplicates',
  'period_over_period',
  'scd1',
  'scd2',
] as const satisfies readonly CheckKind[];

/** Every word that stands for a check or several in files. Only a word for one check takes parameters: those of that check. */
export const checkAliases: Readonly<Record<string, readonly CheckKind[]>> = {
  ...checkGroups,
  schema_structure: ['schema_columns', 'schema_types'],
  ...Object.fromEntries(
    Object.entries(olderNames).flatMap(([name, kind]) => [
      [name, [kind]],
      [`validate_${name}`, [kind]],
    ]),
  ),
  ...Object.fromEntries(sameNames.map((kind) => [`validate_${kind}`, [kind]])),
};

/** A check as the engine gets it: kind, unique name, severity and parsed parameters. */
export const checkSpecSchema = z.object({
  check: z.enum(checkKinds as [CheckKind, ...CheckKind[]]),
  name: z.string(),
  severity: z.enum(['fail', 'warn']),
  params: z.record(z.string(), z.unknown()),
});
export type CheckSpec = z.infer<typeof checkSpecSchema>;
