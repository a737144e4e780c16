import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { plural, visible } from '../../client/text.ts';
import { writeNewFiles } from '../../client/writeNewFiles.ts';
import type { StarterPipelines } from '../../protocol/catalogMethods.ts';
import { extractNow } from '../catalogSnapshots.ts';
import { programFor, shellWord, withSession, type CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { projectFolder } from '../oneOff.ts';
import { collectList } from '../options.ts';

interface InitPipelinesOptions {
  readonly source: string;
  readonly target: string;
  readonly project?: string;
  readonly sourceSchemas?: string[];
  readonly targetSchemas?: string[];
  readonly dryRun?: boolean;
}

/** `ombudsman init pipelines --source A --target B`: a starter pipeline for each pair of tables, and a batch file that runs them all. */
export function addInitPipelinesCommand(init: Command, context: CliContext): void {
  const command = init
    .command('pipelines')
    .description('pair the tables of two connections and write a starter pipeline for each pair')
    .requiredOption('--source <name>', 'connection the data come from')
    .requiredOption('--target <name>', 'connection they were moved to')
    .option(
      '-C, --project <dir>',
      'folder of the project; default: the nearest ombudsman.yaml at or above this folder',
    )
    .option('--source-schemas <names>', 'only these schemas of the source (comma separated)', collectList)
    .option('--target-schemas <names>', 'only these schemas of the target (comma separated)', collectList)
    .option('--dry-run', 'say what would be written, and write nothing');
  command.action(async (options: InitPipelinesOptions) => {
    const dir = await projectFolder(context, options.project);
    if (dir === null) {
      throw new UsageError(
        `No ombudsman.yaml at or above ${context.cwd}.`,
        'Name the folder of a project with -C, or make one with "ombudsman init".',
      );
    }
    const { source, target } = options;
    const program = programFor(context, command);
    await withSession(command, async (session) => {
      const fields = { row_counts: 'none' } as const;
      const request = { context, session, program, project: dir, fields };
      const { jobId } = await extractNow(request, [...new Set([source, target])]);
      const found = await session.client.call('catalogs/starterPipelines', {
        project: dir,
        source,
        target,
        job_id: jobId,
        source_schemas: options.sourceSchemas,
        target_schemas: options.targetSchemas,
      });
      tellPairs(context, found);
      if (options.dryRun === true) return;
      writeFiles(context, dir, found);
      if (found.batch_file === null) return;
      const batch = shellWord(relative(context.cwd, join(dir, found.batch_file)));
      context.terminal.out.write(`\nNext:\n  ${program} run ${batch}\n`);
    });
  });
}

function writeFiles(context: CliContext, dir: string, { files }: StarterPipelines): void {
  const { out } = context.terminal;
  const texts = Object.fromEntries(files.map(({ path, text }) => [path, text]));
  for (const { path, isNew } of writeNewFiles(dir, texts)) {
    const word = isNew ? out.colors.green('created') : out.colors.dim('kept   ');
    out.write(`${word} ${relative(context.cwd, path)}\n`);
  }
}

const shownLonely = 20;

/** What found no partner is said by name, with the reason: nobody should believe that it is compared. */
function tellPairs(context: CliContext, found: StarterPipelines): void {
  const { out } = context.terminal;
  out.write(`${plural(found.pairs.length, 'pair')} of tables\n`);
  for (const [side, tables] of [
    ['source', found.only_source],
    ['target', found.only_target],
  ] as const) {
    for (const { schema, table, reason } of tables.slice(0, shownLonely))
      out.write(`only in the ${side}: ${visible(`${schema}.${table}`)} (${visible(reason)})\n`);
    const more = tables.length - shownLonely;
    if (more > 0) out.write(`only in the ${side}: ${more} more\n`);
  }
}
