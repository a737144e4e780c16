import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  faultKindSchema,
  locales,
  schemaTypes,
  writeModes,
  type FaultKind,
  type Locale,
  type SchemaType,
  type WriteMode,
} from '../../protocol/files/generation.ts';
import type { MethodInput } from '../../protocol/methods.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { addOneOffOptions, runOneOff, type OneOffOptions } from '../oneOff.ts';
import { collectList, integer } from '../options.ts';

interface GenerateOptions extends OneOffOptions {
  readonly schemaType?: SchemaType;
  readonly schemaFile?: string;
  readonly rowCount?: number;
  readonly seed?: number;
  readonly connection?: string;
  readonly targetConnection?: string;
  readonly schema?: string;
  readonly targetSchema?: string;
  readonly tables?: string[];
  readonly rows?: Record<string, number>;
  readonly scale?: number;
  readonly locale?: Locale;
  readonly nullRate?: number;
  readonly skew?: number;
  readonly dateRange?: { from: string; to: string };
  readonly mode?: WriteMode;
  readonly faultsRate?: number;
  readonly faultsCount?: number;
  readonly faultKinds?: FaultKind[];
  readonly faultTables?: string[];
}

type GenerationItem = MethodInput<'data/bulkGenerate'>['items'][number];

function numberBetween(low: number, high: number, what: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected ${what}.`);
  };
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 0.5)) throw new InvalidArgumentError('Expected a share above 0, up to 0.5.');
  return value;
}

function collectRows(text: string, before: Record<string, number> = {}): Record<string, number> {
  const match = /^(.+)=(\d+)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Expected table=rows.');
  return { ...before, [match[1] ?? '']: Number(match[2]) };
}

function dateRange(text: string): { from: string; to: string } {
  const match = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('Expected two days: 2023-01-01..2024-06-30.');
  return { from: match[1] ?? '', to: match[2] ?? '' };
}

function faultKindList(text: string, before: FaultKind[] = []): FaultKind[] {
  const kinds = text.split(',').map((each) => {
    const found = faultKindSchema.options.find((kind) => kind === each.trim());
    if (found === undefined)
      throw new InvalidArgumentError(`Expected kinds of fault: ${faultKindSchema.options.join(', ')}.`);
    return found;
  });
  return [...before, ...kinds];
}

/** `ombudsman generate`: one data generation, with the fields of its operation as options. */
export function addGenerateCommand(program: Command, context: CliContext): void {
  const command = program
    .command('generate')
    .description(
      'generate related test data of a domain or of a schema file, into a connection or Parquet files',
    )
    .addOption(new Option('--schema-type <type>', 'the domain').choices(schemaTypes))
    .option('--schema-file <file>', 'instead of a domain: a *.schema.yaml with tables of your own')
    .option('--row-count <n>', 'rows of the largest fact table; exact', integer(1, 10_000_000_000))
    .option('--seed <n>', 'the same seed gives the same bytes', integer(0, Number.MAX_SAFE_INTEGER))
    .option('--connection <name>', 'where to write; left out: Parquet files among the artifacts of the job')
    .option('--schema <name>', 'database schema to write to')
    .option(
      '--target-connection <name>',
      'writes a pair: clean data to --connection, the same with faults to this one',
    )
    .option('--target-schema <name>', 'database schema of --target-connection')
    .option('--tables <names>', 'only these tables and what they refer to (comma separated)', collectList)
    .option('--rows <table=n>', 'so many rows of a table (again for more)', collectRows)
    .option(
      '--scale <factor>',
      'every number of rows times this',
      numberBetween(1e-9, 1_000_000, 'a number above 0'),
    )
    .addOption(new Option('--locale <name>', 'of names, streets and places').choices(locales))
    .option(
      '--null-rate <share>',
      'share of missing values where one may be missing',
      numberBetween(0, 1, 'a share from 0 to 1'),
    )
    .option(
      '--skew <share>',
      'share of the choices on the first fifth',
      numberBetween(0.2, 0.99, 'a share from 0.2 to 0.99'),
    )
    .option('--date-range <from..to>', 'days of business: 2023-01-01..2024-06-30', dateRange)
    .addOption(new Option('--mode <mode>', 'what becomes of tables that are there').choices(writeModes))
    .option('--faults-rate <share>', 'plant faults in this share of the rows', share)
    .option('--faults-count <n>', 'plant so many faults', integer(1, 10_000_000))
    .option('--fault-kinds <kinds>', 'only these kinds of fault (comma separated)', faultKindList)
    .option('--fault-tables <names>', 'plant faults only in these tables (comma separated)', collectList);
  addOneOffOptions(command).action(async (options: GenerateOptions) => {
    const needsProject = options.connection !== undefined || options.schemaFile !== undefined;
    await runOneOff({ context, command, method: 'data/bulkGenerate', needsProject }, options, {
      items: [generationItem(options)],
    });
  });
}

function generationItem(options: GenerateOptions): GenerationItem {
  const { faultsRate, faultsCount, faultKinds, faultTables, schemaType, schemaFile } = options;
  if ((schemaType === undefined) === (schemaFile === undefined))
    throw new UsageError('Give either --schema-type or --schema-file.');
  if (schemaType !== undefined && options.rowCount === undefined)
    throw new UsageError('--schema-type needs --row-count.');
  if (options.rows !== undefined && options.tables !== undefined)
    throw new UsageError('--tables and --rows cannot stand together.');
  const hasFaults = faultsRate !== undefined || faultsCount !== undefined;
  if (!hasFaults && (faultKinds ?? faultTables) !== undefined) {
    throw new UsageError('--fault-kinds and --fault-tables need --faults-rate or --faults-count.');
  }
  return {
    schema_type: schemaType,
    schema_file: schemaFile,
    row_count: options.rowCount,
    seed: options.seed,
    connection: options.connection,
    schema: options.schema,
    pair: options.targetConnection === undefined ? undefined : true,
    target_connection: options.targetConnection,
    target_schema: options.targetSchema,
    tables: options.rows ?? options.tables,
    scale: options.scale,
    locale: options.locale,
    null_rate: options.nullRate,
    skew: options.skew,
    date_range: options.dateRange,
    mode: options.mode,
    faults: hasFaults
      ? { rate: faultsRate, count: faultsCount, kinds: faultKinds, tables: faultTables }
      : undefined,
  };
}
