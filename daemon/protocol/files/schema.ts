/** A schema file (*.schema.yaml): tables of a user's own, from which data are generated. */
import * as z from 'zod';
import { faultsSchema, localeSchema } from './generation.ts';

/** Names of tables and columns: what every system takes in quotes, and every file system as a name of a file. */
const namePattern = /^[\p{L}_][\p{L}\p{N}_$ -]{0,62}$/u;
const schemaNameSchema = z
  .string()
  .regex(namePattern, 'expected a letter or _, then letters, digits, _, $, - or blanks; 63 at most');

export const columnTypePattern =
  /^(boolean|smallint|integer|bigint|text|date|timestamp|decimal\((?:[1-9]|[12]\d|3[0-8]),(?:\d|[12]\d|3[0-8])\))$/;
const columnTypeSchema = z
  .string()
  .regex(
    columnTypePattern,
    'expected boolean, smallint, integer, bigint, decimal(12,2), text, date or timestamp',
  );

const scalarSchema = z.union([z.string(), z.number(), z.boolean()]);
const daySchema = z.iso.date('write a date: 2024-01-31');
const momentSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?$/, 'write a date, or a moment: 2024-01-31 08:00:00');

export const dictionaryNames = [
  'first_name',
  'female_name',
  'male_name',
  'last_name',
  'full_name',
  'street',
  'city',
  'state',
  'postal_code',
  'country_code',
  'company',
  'product',
  'email',
] as const;
export type DictionaryName = (typeof dictionaryNames)[number];

export const numberDistributions = ['uniform', 'normal', 'skewed'] as const;

const referenceSchema = z.union([
  z.string().min(1),
  z.strictObject({
    column: z.string().min(1).describe('table.column that the value is taken from.'),
    distribution: z
      .enum(['uniform', 'skewed', 'in_turn'])
      .default('uniform')
      .describe(
        'uniform: any row; skewed: some rows far more often (see skew); in_turn: row after row, each per_row times.',
      ),
    per_row: z.number().int().min(1).max(1_000_000).default(1).describe('With in_turn: so many in a row.'),
    same_row_as: z
      .string()
      .min(1)
      .optional()
      .describe('Another reference of this table: the value comes from the row that one has chosen.'),
  }),
]);

/** The keys of a column of which exactly one says where its values come from. */
export const generatorFields = {
  sequence: z
    .union([
      z.number().int(),
      z.strictObject({
        start: z.number().int().default(1),
        step: z.number().int().default(1),
      }),
    ])
    .optional()
    .describe('1, 2, 3 …; or from another start, in other steps.'),
  reference: referenceSchema.optional().describe('A value of another table: table.column.'),
  number: z
    .strictObject({
      min: z.number().optional().describe('Smallest value; left out: 0, or what the distribution gives.'),
      max: z.number().optional().describe('Largest value.'),
      decimals: z.number().int().min(0).max(9).default(0).describe('Digits after the point.'),
      distribution: z
        .enum(numberDistributions)
        .default('uniform')
        .describe('uniform between min and max; normal about mean; skewed: most near min.'),
      mean: z.number().optional().describe('With normal; left out: the middle of min and max.'),
      stddev: z.number().gt(0).optional().describe('With normal; left out: a sixth of max - min.'),
    })
    .optional()
    .describe('A number.'),
  date: z
    .strictObject({ from: daySchema.describe('First day.'), to: daySchema.describe('Last day.') })
    .optional()
    .describe('A day of a range.'),
  timestamp: z
    .strictObject({
      from: momentSchema.describe('Not before.'),
      to: momentSchema.describe('Before this.'),
      precision: z
        .enum(['seconds', 'milliseconds', 'microseconds'])
        .default('seconds')
        .describe('The smallest unit that is not zero.'),
    })
    .optional()
    .describe('A moment of a range.'),
  boolean: z.number().min(0).max(1).optional().describe('true or false; the number is the share of true.'),
  values: z
    .union([z.array(scalarSchema).min(1).max(10_000), z.record(z.string(), z.number().gt(0))])
    .optional()
    .describe('One of a list; a mapping gives each its weight.'),
  dictionary: z
    .string()
    .min(1)
    .optional()
    .describe(`A word: ${dictionaryNames.join(', ')}, or a list of dictionaries: of this file.`),
  pattern: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Text of a form: letters, classes as in [A-Z0-9], \\d, and {n} for repetitions.'),
  expression: z
    .string()
    .min(1)
    .max(4000)
    .optional()
    .describe("Computed of other columns of the row: quantity * price, lower(name) || '@example.com'."),
  constant: scalarSchema.optional().describe('The same value in every row.'),
};
export type GeneratorName = keyof typeof generatorFields;
export const generatorNames = Object.keys(generatorFields) as GeneratorName[];

export const columnDefinitionSchema = z.strictObject({
  type: columnTypeSchema
    .optional()
    .describe(
      'boolean, smallint, integer, bigint, decimal(12,2), text, date, timestamp; left out: that of the values.',
    ),
  description: z.string().optional().describe('What it is, for readers.'),
  ...generatorFields,
  null_rate: z.number().min(0).max(1).optional().describe('Share of rows without a value.'),
  unique: z
    .boolean()
    .optional()
    .describe('true: no value comes twice; for number, date, values and pattern.'),
});
export type ColumnDefinition = z.infer<typeof columnDefinitionSchema>;

export const tableDefinitionSchema = z.strictObject({
  description: z.string().optional().describe('What a row is, for readers.'),
  rows: z
    .number()
    .int()
    .min(1)
    .max(10_000_000_000)
    .describe('How many rows; tables and scale of a request change it.'),
  key: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe('Columns of the primary key; left out: the first column.'),
  columns: z
    .record(schemaNameSchema, columnDefinitionSchema)
    .describe('Each column by its name, in the order of the table.'),
});
export type TableDefinition = z.infer<typeof tableDefinitionSchema>;

export const schemaFileSchema = z.strictObject({
  schema_name: z.string().min(1).max(100).describe('What it is called.'),
  description: z.string().optional().describe('What it is about, for readers.'),
  locale: localeSchema.optional().describe('Of names, streets and places; a request may say otherwise.'),
  fact_table: z
    .string()
    .min(1)
    .optional()
    .describe('The table whose rows are the row_count of a request; left out: the last one.'),
  dictionaries: z
    .record(
      z.string().regex(/^[A-Za-z_]\w*$/, 'expected letters, digits and _'),
      z.array(z.string()).min(1).max(10_000),
    )
    .optional()
    .describe('Lists of words of your own, by name.'),
  tables: z.record(schemaNameSchema, tableDefinitionSchema).describe('Each table by its name.'),
  faults: faultsSchema.optional().describe('Planted if a request says nothing about faults.'),
});
export type SchemaFile = z.infer<typeof schemaFileSchema>;
