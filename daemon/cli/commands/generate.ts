import { InvalidArgumentError, Option, type Command } from 'commander';
import { schemaTypes, type SchemaType } from '../../protocol/files/batch.ts';
import type { MethodInput } from '../../protocol/methods.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { addOneOffOptions, runOneOff, type OneOffOptions } from '../oneOff.ts';
import { collectList, integer } from '../options.ts';

interface GenerateOptions extends OneOffOptions {
  readonly schemaType: SchemaType;
  readonly rowCount: number;
  readonly seed?: number;
  readonly connection?: string;
  readonly schema?: string;
  readonly tables?: string[];
  readonly faultsRate?: number;
  readonly faultsCount?: number;
  readonly faultKinds?: string[];
  readonly faultTables?: string[];
}

type GenerationItem = MethodInput<'data/bulkGenerate'>['items'][number];

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 0.5)) throw new InvalidArgumentError('Expected a share above 0, up to 0.5.');
  return value;
}

/** `ombudsman generate`: one data generation, with the fields of its operation as options. */
export function addGenerateCommand(program: Command, context: CliContext): void {
  const command = program
    .command('generate')
    .description('generate related test data of one domain into a connection or into Parquet files')
    .addOption(new Option('--schema-type <type>', 'the domain').choices(schemaTypes).makeOptionMandatory())
    .requiredOption('--row-count <n>', 'rows of the largest fact table; exact', integer(1, 10_000_000_000))
    .option('--seed <n>', 'the same seed gives the same bytes', integer(0, Number.MAX_SAFE_INTEGER))
    .option('--connection <name>', 'where to write; left out: Parquet files among the artifacts of the job')
    .option('--schema <name>', 'database schema to write to')
    .option('--tables <names>', 'only these tables and what they refer to (comma separated)', collectList)
    .option('--faults-rate <share>', 'plant faults in this share of the rows', share)
    .option('--faults-count <n>', 'plant so many faults', integer(1, 10_000_000))
    .option('--fault-kinds <kinds>', 'only these kinds of fault (comma separated)', collectList)
    .option('--fault-tables <names>', 'plant faults only in these tables (comma separated)', collectList);
  addOneOffOptions(command).action(async (options: GenerateOptions) => {
    await runOneOff(
      { context, command, method: 'data/bulkGenerate', needsProject: options.connection !== undefined },
      options,
      {
        items: [generationItem(options)],
      },
    );
  });
}

function generationItem(options: GenerateOptions): GenerationItem {
  const { faultsRate, faultsCount, faultKinds, faultTables } = options;
  const hasFaults = faultsRate !== undefined || faultsCount !== undefined;
  if (!hasFaults && (faultKinds ?? faultTables) !== undefined) {
    throw new UsageError('--fault-kinds and --fault-tables need --faults-rate or --faults-count.');
  }
  return {
    schema_type: options.schemaType,
    row_count: options.rowCount,
    seed: options.seed,
    connection: options.connection,
    schema: options.schema,
    tables: options.tables,
    faults: hasFaults
      ? { rate: faultsRate, count: faultsCount, kinds: faultKinds, tables: faultTables }
      : undefined,
  };
}
