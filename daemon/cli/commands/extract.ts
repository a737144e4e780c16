import { InvalidArgumentError, type Command } from 'commander';
import { rowCountsSchema, type RowCounts } from '../../protocol/primitives.ts';
import type { CliContext } from '../context.ts';
import { addOneOffOptions, runOneOff, type OneOffOptions } from '../oneOff.ts';
import { collectList } from '../options.ts';

interface ExtractOptions extends OneOffOptions {
  readonly connection: string[];
  readonly schemas?: string[];
  readonly tables?: string[];
  readonly exclude?: string[];
  readonly rowCounts?: RowCounts;
  readonly profile?: boolean;
  readonly grants?: boolean;
}

/** `ombudsman extract`: the catalog of one connection or several, with the fields of the operation as options. */
export function addExtractCommand(program: Command, context: CliContext): void {
  const command = program
    .command('extract')
    .description('extract the catalog of connections: tables, columns, keys, indexes, counts')
    .requiredOption('--connection <names>', 'connections of the project (comma separated)', collectList)
    .option('--schemas <names>', 'only these schemas (comma separated)', collectList)
    .option('--tables <names>', 'only these tables (comma separated)', collectList)
    .option('--exclude <names>', 'not these tables (names or globs, comma separated)', collectList)
    .option('--row-counts <how>', 'none, estimate, exact, or auto(<ms>): count for so long', parseRowCounts)
    .option('--profile', 'figures of every column: nulls, distinct, bounds, quantiles, top values …')
    .option('--grants', 'who may do what with each table');
  addOneOffOptions(command).action(async (options: ExtractOptions) => {
    await runOneOff({ context, command, method: 'metadata/bulkExtract', needsProject: true }, options, {
      sources: options.connection.map((connection) => ({
        connection,
        schemas: options.schemas,
        tables: options.tables,
        exclude: options.exclude,
        row_counts: options.rowCounts,
        profile: options.profile,
        grants: options.grants,
      })),
    });
  });
}

function parseRowCounts(text: string): RowCounts {
  const parsed = rowCountsSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('Expected none, estimate, exact, auto, or auto(<milliseconds>).');
}
