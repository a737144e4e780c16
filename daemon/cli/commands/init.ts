import { basename, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { sampleProjectFiles } from '../../client/scaffold.ts';
import { writeNewFiles, type WrittenFile } from '../../client/writeNewFiles.ts';
import { shellWord, type CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { addInitPipelinesCommand } from './initPipelines.ts';
import { addInitSchemaCommand } from './initSchema.ts';

/** `ombudsman init [DIR]`: a project that runs as it stands. Nothing that exists is overwritten. */
export function addInitCommand(program: Command, context: CliContext): void {
  const command = program
    .command('init')
    .description('make a project that runs as it stands: ombudsman.yaml, pipelines, batch files, .gitignore')
    .argument('[dir]', 'folder of the project', '.')
    .action((dir: string) => {
      const root = resolve(context.cwd, dir);
      const { out } = context.terminal;
      const shown = (path: string) => relative(context.cwd, path);
      for (const { path, isNew } of write(root)) {
        out.write(`${isNew ? out.colors.green('created') : out.colors.dim('kept   ')} ${shown(path)}\n`);
      }
      const batch = (name: string) => shellWord(shown(join(root, name)));
      out.write(
        `\nNext:\n  ${context.program} run ${batch('generate.batch.yaml')}    makes sample data\n` +
          `  ${context.program} run ${batch('validate.batch.yaml')}    compares it\n` +
          'Then put your own connections into ombudsman.yaml.\n',
      );
    });
  addInitPipelinesCommand(command, context);
  addInitSchemaCommand(command, context);
}

function write(root: string): WrittenFile[] {
  try {
    return writeNewFiles(root, sampleProjectFiles(basename(root)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The project cannot be made in ${root}: ${reason}`);
  }
}
