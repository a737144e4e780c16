import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { batchFileName, pairFiles, pathInProject } from '../../client/pairing/pairFiles.ts';
import { pairTables, type Pairing } from '../../client/pairing/pairTables.ts';
import { tableName } from '../../client/pairing/starterPipeline.ts';
import { plural, visible } from '../../client/text.ts';
import { writeNewFiles } from '../../client/writeNewFiles.ts';
import { loadSnapshots } from '../catalogSnapshots.ts';
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
      const contents = await session.client.call('projects/pipelines', { project: dir });
      const [from, to] = await loadSnapshots({
        context,
        session,
        program,
        names: [source, target],
        project: dir,
        fields: { row_counts: 'none' },
      });
      if (from === undefined || to === undefined) throw new Error('two catalogs were asked for');
      const pairing = pairTables(from.catalog, to.catalog, {
        source_schemas: options.sourceSchemas,
        target_schemas: options.targetSchemas,
      });
      const existing = new Map(
        contents.pipelines.map(({ file, pipeline_id: id }) => [pathInProject(dir, file), id]),
      );
      const files = pairFiles(pairing.pairs, { source, target, existing });
      tellPairs(context, pairing);
      if (options.dryRun === true) return;
      writeFiles(context, dir, files);
      const batch = shellWord(relative(context.cwd, join(dir, batchFileName(options))));
      if (pairing.pairs.length > 0) context.terminal.out.write(`\nNext:\n  ${program} run ${batch}\n`);
    });
  });
}

function writeFiles(context: CliContext, dir: string, files: Readonly<Record<string, string>>): void {
  const { out } = context.terminal;
  for (const { path, isNew } of writeNewFiles(dir, files)) {
    const word = isNew ? out.colors.green('created') : out.colors.dim('kept   ');
    out.write(`${word} ${relative(context.cwd, path)}\n`);
  }
}

const shownLonely = 20;

/** What found no partner is said by name: nobody should believe that it is compared. */
function tellPairs(context: CliContext, pairing: Pairing): void {
  const { out } = context.terminal;
  out.write(`${plural(pairing.pairs.length, 'pair')} of tables\n`);
  for (const [side, tables] of [
    ['source', pairing.only_source],
    ['target', pairing.only_target],
  ] as const) {
    if (tables.length === 0) continue;
    const names = tables.slice(0, shownLonely).map((table) => visible(tableName(table)));
    const more = tables.length > shownLonely ? `, and ${tables.length - shownLonely} more` : '';
    out.write(`only in the ${side}: ${names.join(', ')}${more}\n`);
  }
}
