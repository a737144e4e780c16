/** What a request for generated data may say, whatever it is about: a domain, or a schema of the user's own. */
import * as z from 'zod';
import { nameSchema } from '../primitives.ts';
import { differenceKindSchema } from '../results.ts';

export const schemaTypes = ['Retail', 'Finance', 'Healthcare'] as const;
export const schemaTypeSchema = z.enum(schemaTypes);
export type SchemaType = z.infer<typeof schemaTypeSchema>;

/** Where names, streets and places come from. */
export const locales = ['en_US', 'en_GB', 'de_DE', 'fr_FR', 'es_ES', 'pl_PL'] as const;
export const localeSchema = z.enum(locales);
export type Locale = z.infer<typeof localeSchema>;

const rowKinds = ['missing', 'extra', 'duplicate'] as const;
/** Planted only where they are named: one needs two columns, one certain nights, and one is any value instead of another. */
export const faultKindsOnRequest = ['swapped_columns', 'dst_hour', 'other'] as const;
const isOnRequest = (kind: string): boolean => faultKindsOnRequest.some((each) => each === kind);

/** Kinds of fault that generation plants if nothing else is said: a lost row, an added one, or a changed value of the named kind. */
export const faultKinds = [
  ...rowKinds,
  ...differenceKindSchema.options.filter((kind) => !isOnRequest(kind)),
] as const;
export const faultKindSchema = z.enum([...rowKinds, ...differenceKindSchema.options]);
export type FaultKind = z.infer<typeof faultKindSchema>;

const shareSchema = z.number().gt(0).max(0.5);
const faultCountSchema = z.number().int().min(1).max(10_000_000);
const kindsSchema = z.array(faultKindSchema).min(1);

const isRateOrCount = (faults: { rate?: number; count?: number }): boolean =>
  (faults.rate === undefined) !== (faults.count === undefined);
const rateOrCount = 'give either rate or count';

/** Faults of one column, beside those of the tables. */
export const columnFaultsSchema = z
  .strictObject({
    rate: shareSchema.optional().describe('Share of the rows whose value is changed.'),
    count: faultCountSchema.optional().describe('So many values are changed.'),
    kinds: kindsSchema.optional().describe('Left out: every kind the column allows.'),
  })
  .refine(isRateOrCount, rateOrCount);

export const faultsSchema = z
  .strictObject({
    rate: shareSchema.optional().describe('Share of rows of each table that get a fault.'),
    count: faultCountSchema.optional().describe('Faults in all, spread over the tables.'),
    kinds: kindsSchema
      .optional()
      .describe('Left out: every kind the tables allow, but for swapped_columns, dst_hour and other.'),
    rates: z
      .partialRecord(faultKindSchema, shareSchema)
      .optional()
      .describe('For each kind the share of the rows of each table that get it.'),
    columns: z
      .record(z.string().regex(/^[^.]+\.[^.]+$/, 'write table.column'), columnFaultsSchema)
      .optional()
      .describe('Faults of single columns, by table.column.'),
    tables: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('rate, count and rates plant only in these tables.'),
    seed: z
      .number()
      .int()
      .nonnegative()
      .optional()
      .describe('The same seed plants the same faults; left out: the seed of the data.'),
  })
  .refine(
    (faults) =>
      (faults.rate === undefined || faults.count === undefined) &&
      [faults.rate, faults.count, faults.rates, faults.columns].some((each) => each !== undefined),
    rateOrCount,
  );
export type FaultsDefinition = z.infer<typeof faultsSchema>;

const dateSchema = z.iso.date('write a date: 2024-01-31');
export const dateRangeSchema = z.strictObject({
  from: dateSchema.describe('First day of business.'),
  to: dateSchema.describe('Last day of business; at least 89 days after from.'),
});
export type DateRange = z.infer<typeof dateRangeSchema>;

const rowsSchema = z.number().int().min(1).max(10_000_000_000);
const rateSchema = z.number().min(0).max(1);

export const writeModes = ['replace', 'create', 'append'] as const;
export const writeModeSchema = z.enum(writeModes);
export type WriteMode = z.infer<typeof writeModeSchema>;

/** Options that the planned work and the message to the engine carry as they are. */
export const generationOptionFields = {
  schema: z.string().min(1).optional().describe('Database schema to write to.'),
  tables: z
    .union([z.array(z.string().min(1)).min(1), z.record(z.string().min(1), rowsSchema)])
    .optional()
    .describe('A list: only these tables (and what they refer to). A mapping: so many rows of these tables.'),
  scale: z
    .number()
    .gt(0)
    .max(1_000_000)
    .optional()
    .describe('Every number of rows times this, row_count too; rounded, at least 1.'),
  locale: localeSchema.optional().describe('Of names, streets, cities and postal codes; default: en_US.'),
  null_rate: z
    .union([rateSchema, z.record(z.string().min(1), rateSchema)])
    .optional()
    .describe(
      'Share of missing values in the columns that may lack one; a mapping: for table.column or column.',
    ),
  skew: z
    .number()
    .min(0.2)
    .max(0.99)
    .optional()
    .describe('Share of the choices that fall on the first fifth: 0.2 is even, left out 0.8.'),
  date_range: dateRangeSchema
    .optional()
    .describe('When business happens; left out: 2022-01-01 to 2024-12-31.'),
  mode: writeModeSchema
    .optional()
    .describe(
      'What becomes of tables that are there: replace (default) puts the new ones in their place at the end, create refuses, append adds the rows that come next.',
    ),
  faults: faultsSchema.optional().describe('Mistakes planted into the data, to see that checks find them.'),
};

/** What an item of a batch says beside what is generated. */
export const generationItemFields = {
  seed: z
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(42)
    .describe('The same seed gives the same bytes.'),
  connection: nameSchema
    .optional()
    .describe('Where to write; left out: Parquet files among the artifacts of the job.'),
  pair: z
    .boolean()
    .optional()
    .describe(
      'true: connection gets the data clean, target_connection the same data with the faults and the table _faults.',
    ),
  target_connection: nameSchema.optional().describe('With pair: where the faulty data are written.'),
  target_schema: z.string().min(1).optional().describe('With pair: database schema of target_connection.'),
  ...generationOptionFields,
};
export const rowCountFieldSchema = rowsSchema;
