import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { compareCatalogs, type LabelledCatalog } from '../../definitions/catalog/compareCatalogs.ts';
import { differenceMarkdown } from '../../definitions/catalog/differenceMarkdown.ts';
import { onlyBreaking } from '../../definitions/catalog/onlyBreaking.ts';
import type { CatalogDifference } from '../../protocol/catalogDifference.ts';
import { loadSnapshots, needsDaemon, snapshotRefs, type SnapshotRequest } from '../catalogSnapshots.ts';
import { programFor, withSession, type CliContext } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import { UsageError } from '../failures.ts';
import { collectList } from '../options.ts';
import { renderDifference } from '../view/catalogDifference.ts';

/** Of every command that reads catalogs: what is extracted of a connection that is read now. */
export interface CatalogSourceOptions {
  readonly project?: string;
  readonly schemas?: string[];
  readonly tables?: string[];
  readonly exclude?: string[];
  readonly output?: string;
}

interface DiffOptions extends CatalogSourceOptions {
  readonly breakingOnly?: boolean;
  readonly mapSchema?: Record<string, string>;
  readonly mapTable?: Record<string, string>;
  readonly format: 'human' | 'json' | 'markdown';
}

export const snapshotHelp = `
A catalog is named by
  NAME             a connection of the project: extracted now
  NAME@last        the last extraction of a connection
  JOB_ID[:NAME]    what a job extracted; of several connections the named one
  FILE             a catalog.json (a path with a slash, or ending in .json)`;

export function addCatalogSourceOptions(command: Command): Command {
  return command
    .option(
      '-C, --project <dir>',
      'folder of the project; default: the nearest ombudsman.yaml at or above this folder',
    )
    .option(
      '--schemas <names>',
      'of connections extracted now: only these schemas (comma separated)',
      collectList,
    )
    .option('--tables <names>', 'only these tables and views (names or globs, comma separated)', collectList)
    .option('--exclude <names>', 'not these tables and views (names or globs, comma separated)', collectList)
    .option('-o, --output <file>', 'write here instead of stdout');
}

/** The catalogs of the names; the daemon is asked (and started) only if one of them is not a file. */
export async function snapshotsFor(
  context: CliContext,
  command: Command,
  request: Pick<SnapshotRequest, 'names' | 'project' | 'fields'>,
): Promise<LabelledCatalog[]> {
  const program = programFor(context, command);
  if (!needsDaemon(request.names)) return loadSnapshots({ ...request, context, program, session: undefined });
  return withSession(command, (session) => loadSnapshots({ ...request, context, program, session }));
}

/** `old=new`, may be given several times. */
function collectPair(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('Expected before=after.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** `ombudsman catalog diff A B`: what differs in the structure of two catalogs; exit code 1 if anything does. */
export function addCatalogDiffCommand(catalog: Command, context: CliContext): void {
  const command = catalog
    .command('diff')
    .description('compare the structure of two catalogs; exit code 1 when they differ')
    .argument('<before>', 'the catalog as it was, or as it should be')
    .argument('<after>', 'the catalog to hold against it')
    .option('--breaking-only', 'only changes that may break a reader or writer; others do not count')
    .option(
      '--map-schema <before=after>',
      'a schema that is called otherwise in the second catalog',
      collectPair,
    )
    .option(
      '--map-table <before=after>',
      'a table that is called otherwise ([schema.]table=table)',
      collectPair,
    )
    .addOption(
      new Option('--format <format>', 'what is written')
        .choices(['human', 'json', 'markdown'])
        .default('human'),
    )
    .addHelpText('after', snapshotHelp);
  addCatalogSourceOptions(command).action(async (before: string, after: string, options: DiffOptions) => {
    const names = [before, after];
    const told = needsDaemon(names)
      ? await comparedByDaemon(context, command, names, options)
      : await comparedHere(context, command, names, options);
    writeOutput(context, options.output, textOf(context, told, options));
    context.exitCode = told.summary.changes > 0 ? exitCodes.failed : exitCodes.completed;
  });
}

const changesAtOnce = 10_000;

/** The daemon compares: it has read catalogs of ten thousand tables in a thread of its own. */
async function comparedByDaemon(
  context: CliContext,
  command: Command,
  names: readonly string[],
  options: DiffOptions,
): Promise<CatalogDifference> {
  const { project, schemas, tables, exclude } = options;
  const fields = { schemas, tables, exclude, row_counts: 'none' } as const;
  const program = programFor(context, command);
  return withSession(command, async (session) => {
    const [before, after] = await snapshotRefs({ context, session, program, names, project, fields });
    if (before === undefined || after === undefined) throw new Error('two catalogs were asked for');
    const page = async (offset: number): Promise<CatalogDifference> =>
      session.client.call('catalogs/compare', {
        before,
        after,
        breaking_only: options.breakingOnly,
        map_schemas: options.mapSchema,
        map_tables: options.mapTable,
        limit: changesAtOnce,
        offset,
      });
    const difference = await page(0);
    const changes = [...difference.changes];
    while (changes.length < difference.summary.changes) {
      const next = await page(changes.length);
      if (next.changes.length === 0) throw new Error('the daemon told of more changes than it has');
      changes.push(...next.changes);
    }
    return { ...difference, changes };
  });
}

/** Two files need no daemon. */
async function comparedHere(
  context: CliContext,
  command: Command,
  names: readonly string[],
  options: DiffOptions,
): Promise<CatalogDifference> {
  const [old, now] = await snapshotsFor(context, command, { names, fields: {} });
  if (old === undefined || now === undefined) throw new Error('a catalog was not loaded');
  let difference: CatalogDifference;
  try {
    difference = compareCatalogs(old, now, { schemaMap: options.mapSchema, tableMap: options.mapTable });
  } catch (error) {
    throw new UsageError(`Cannot compare: ${(error as Error).message}.`, 'Correct --map-schema.');
  }
  return options.breakingOnly === true ? onlyBreaking(difference) : difference;
}

function textOf(context: CliContext, difference: CatalogDifference, { format, output }: DiffOptions): string {
  if (format === 'json') return `${JSON.stringify(difference, null, 2)}\n`;
  if (format === 'markdown') return differenceMarkdown(difference);
  const { out } = context.terminal;
  return renderDifference(difference, { colors: out.colors, isPlain: output !== undefined });
}

/** Writes the text where -o says, or to stdout. */
export function writeOutput(context: CliContext, output: string | undefined, text: string): void {
  if (output === undefined) {
    context.terminal.out.write(text);
    return;
  }
  const path = resolve(context.cwd, output);
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  context.terminal.err.write(`Written to ${path}\n`);
}
