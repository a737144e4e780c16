import { Option, type Command } from 'commander';
import type { MethodInput } from '../../protocol/methods.ts';
import type { CliContext } from '../context.ts';
import { addOneOffOptions, runOneOff, type OneOffOptions } from '../oneOff.ts';
import { collectList } from '../options.ts';

interface ExtractOptions extends OneOffOptions {
  readonly connection: string[];
  readonly schemas?: string[];
  readonly tables?: string[];
  readonly rowCounts?: MethodInput<'metadata/bulkExtract'>['sources'][number]['row_counts'];
  readonly profile?: boolean;
}

/** `ombudsman extract`: the catalog of one connection or several, with the fields of the operation as options. */
export function addExtractCommand(program: Command, context: CliContext): void {
  const command = program
    .command('extract')
    .description('extract the catalog of connections: tables, columns, keys, indexes, counts')
    .requiredOption('--connection <names>', 'connections of the project (comma separated)', collectList)
    .option('--schemas <names>', 'only these schemas (comma separated)', collectList)
    .option('--tables <names>', 'only these tables (comma separated)', collectList)
    .addOption(
      new Option('--row-counts <how>', 'how rows are counted').choices(['none', 'estimate', 'exact']),
    )
    .option('--profile', 'nulls, distinct values, minimum and maximum of every column');
  addOneOffOptions(command).action(async (options: ExtractOptions) => {
    await runOneOff({ context, command, method: 'metadata/bulkExtract', needsProject: true }, options, {
      sources: options.connection.map((connection) => ({
        connection,
        schemas: options.schemas,
        tables: options.tables,
        row_counts: options.rowCounts,
        profile: options.profile,
      })),
    });
  });
}
