import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { plural, visible } from '../../client/text.ts';
import { writeNewFiles } from '../../client/writeNewFiles.ts';
import { schemaFromCatalog } from '../../definitions/catalog/schemaFromCatalog.ts';
import { loadSnapshots, needsDaemon } from '../catalogSnapshots.ts';
import { programFor, shellWord, withSession, type CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { projectFolder } from '../oneOff.ts';
import { collectList } from '../options.ts';

interface InitSchemaOptions {
  readonly from: string;
  readonly project?: string;
  readonly schemas?: string[];
  readonly tables?: string[];
  readonly profile?: boolean;
  readonly output?: string;
  readonly dryRun?: boolean;
}

/** `ombudsman init schema --from CONNECTION`: a schema file that generates data like those of a database, without copying a value. */
export function addInitSchemaCommand(init: Command, context: CliContext): void {
  const command = init
    .command('schema')
    .description('write a schema file that generates data like those of a connection, from its catalog')
    .requiredOption(
      '--from <name>',
      'a connection, connection@last, a job of an extraction, or a catalog.json',
    )
    .option(
      '-C, --project <dir>',
      'folder of the project; default: the nearest ombudsman.yaml at or above this folder',
    )
    .option('--schemas <names>', 'only these schemas (comma separated)', collectList)
    .option('--tables <names>', 'only these tables (comma separated)', collectList)
    .option('--profile', 'look at the rows, for ranges, forms of text and shares of missing values')
    .option(
      '-o, --output <file>',
      'the file to write, relative to the project; default: schemas/NAME.schema.yaml',
    )
    .option('--dry-run', 'print the file, and write nothing');
  command.action(async (options: InitSchemaOptions) => {
    const names = [options.from];
    const request = {
      context,
      program: programFor(context, command),
      names,
      project: options.project,
      fields: {
        row_counts: 'estimate',
        profile: options.profile ?? false,
        schemas: options.schemas,
        tables: options.tables,
      },
    } as const;
    const [found] = needsDaemon(names)
      ? await withLoaded(command, (session) => loadSnapshots({ ...request, session }))
      : await loadSnapshots({ ...request, session: undefined });
    if (found === undefined) throw new Error('no catalog');
    const { text, notes } = schemaFromCatalog(found.catalog);
    const { out, err } = context.terminal;
    for (const note of notes) err.write(`${visible(note)}\n`);
    if (options.dryRun === true) {
      out.write(text);
      return;
    }
    const dir = (await projectFolder(context, options.project)) ?? context.cwd;
    const file =
      options.output ?? `schemas/${found.catalog.connection.replace(/[^\w.-]+/g, '_')}.schema.yaml`;
    const [written] = writeNewFiles(dir, { [file]: text });
    if (written?.isNew !== true)
      throw new UsageError(
        `${relative(context.cwd, join(dir, file))} is there already.`,
        'Name another file with -o.',
      );
    const tables = found.catalog.schemas.reduce((sum, schema) => sum + schema.tables.length, 0);
    out.write(
      `${out.colors.green('created')} ${relative(context.cwd, join(dir, file))} (${plural(tables, 'table')})\n`,
    );
    out.write(`\nNext:\n  ${request.program} generate --schema-file ${shellWord(file)}\n`);
  });
}

async function withLoaded<T>(
  command: Command,
  work: (session: Parameters<Parameters<typeof withSession>[1]>[0]) => Promise<T>,
): Promise<T> {
  let answer: { readonly value: T } | undefined;
  await withSession(command, async (session) => {
    answer = { value: await work(session) };
  });
  if (answer === undefined) throw new Error('the session gave no answer');
  return answer.value;
}
