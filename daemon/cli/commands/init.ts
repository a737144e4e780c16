import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { shellWord, type CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { scaffoldFiles } from '../scaffold.ts';

/** `ombudsman init [DIR]`: a project that runs as it stands. Nothing that exists is overwritten. */
export function addInitCommand(program: Command, context: CliContext): void {
  program
    .command('init')
    .description('make a project that runs as it stands: ombudsman.yaml, pipelines, batch files, .gitignore')
    .argument('[dir]', 'folder of the project', '.')
    .action((dir: string) => {
      const root = resolve(context.cwd, dir);
      const { out } = context.terminal;
      for (const [path, text] of Object.entries(scaffoldFiles(basename(root)))) {
        const isNew = writeNew(join(root, path), text);
        const mark = isNew ? out.colors.green('created') : out.colors.dim('kept   ');
        out.write(`${mark} ${relative(context.cwd, join(root, path)) || path}\n`);
      }
      const batch = (name: string) => shellWord(relative(context.cwd, join(root, name)) || name);
      out.write(
        `\nNext:\n  ${context.program} run ${batch('generate.batch.yaml')}    makes sample data\n` +
          `  ${context.program} run ${batch('validate.batch.yaml')}    compares it\n` +
          'Then put your own connections into ombudsman.yaml.\n',
      );
    });
}

/** False if the file is there already. The flag makes the check and the writing one step. */
function writeNew(path: string, text: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new UsageError(`Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
