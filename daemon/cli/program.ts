import { Command } from 'commander';
import { productVersion } from '../protocol/version.ts';
import { addCatalogDiffCommand } from './commands/catalogDiff.ts';
import { addCatalogShowCommand } from './commands/catalogShow.ts';
import { addDaemonLogsCommand } from './commands/daemonLogs.ts';
import { addDaemonStartCommand } from './commands/daemonStart.ts';
import { addDaemonStatusCommand } from './commands/daemonStatus.ts';
import { addDaemonStopCommand } from './commands/daemonStop.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExtractCommand } from './commands/extract.ts';
import { addGenerateCommand } from './commands/generate.ts';
import { addInitCommand } from './commands/init.ts';
import { addJobsCompareCommand } from './commands/jobsCompare.ts';
import { addJobsControlCommands } from './commands/jobsControl.ts';
import { addJobsDeleteCommand } from './commands/jobsDelete.ts';
import { addJobsExportCommand } from './commands/jobsExport.ts';
import { addJobsListCommand } from './commands/jobsList.ts';
import { addJobsLogCommand } from './commands/jobsLog.ts';
import { addJobsShowCommand } from './commands/jobsShow.ts';
import { addJobsWatchCommand } from './commands/jobsWatch.ts';
import { addLspCommand } from './commands/lsp.ts';
import { addRunCommand } from './commands/run.ts';
import { addValidateCommand } from './commands/validate.ts';
import type { CliContext } from './context.ts';
import { exitCodes } from './exitCodes.ts';
import { reportFailure } from './failures.ts';
import { createOutput } from './terminal.ts';

type AddCommand = (parent: Command, context: CliContext) => void;

const commands: readonly AddCommand[] = [
  addRunCommand,
  addValidateCommand,
  addGenerateCommand,
  addExtractCommand,
  addInitCommand,
  addDoctorCommand,
  addLspCommand,
];
const jobsCommands: readonly AddCommand[] = [
  addJobsListCommand,
  addJobsShowCommand,
  addJobsWatchCommand,
  addJobsControlCommands,
  addJobsDeleteCommand,
  addJobsExportCommand,
  addJobsCompareCommand,
  addJobsLogCommand,
];
const catalogCommands: readonly AddCommand[] = [addCatalogDiffCommand, addCatalogShowCommand];
const daemonCommands: readonly AddCommand[] = [
  addDaemonStartCommand,
  addDaemonStopCommand,
  addDaemonStatusCommand,
  addDaemonLogsCommand,
];

const exitCodeHelp = `
Exit codes: 0 completed, 1 failed or partial success, 2 wrong usage or definition, 3 cancelled,
            4 daemon not reachable, 5 internal error`;

/** The whole command line. Parsing throws CommanderError instead of ending the process. */
export function createProgram(context: CliContext): Command {
  const { out, err } = context.terminal;
  const program = new Command('ombudsman')
    .description(
      'Validate, generate and catalog data for migrations: batches that run in parallel, on real data.',
    )
    .version(productVersion)
    .option('--data-dir <dir>', 'data directory of the daemon (also BATCH_JOBS_DIR)')
    .addHelpText('after', exitCodeHelp);
  inheritable(program, context);
  for (const add of commands) add(program, context);
  const jobs = program.command('jobs').description('list, show, watch and steer jobs');
  for (const add of jobsCommands) add(jobs, context);
  const catalog = program.command('catalog').description('compare and show catalogs');
  for (const add of catalogCommands) add(catalog, context);
  const daemon = program.command('daemon').description('start, stop and look at the daemon');
  for (const add of daemonCommands) add(daemon, context);
  for (const command of allCommands(program)) inheritable(command, context);
  program.configureOutput({ writeOut: (text) => out.write(text), writeErr: (text) => err.write(text) });
  return program;
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...allCommands(child)]);
}

function inheritable(command: Command, { terminal }: CliContext): void {
  command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, helpWidth: terminal.out.columns() })
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
    });
}

/** The context of this process: its terminal, and exit code 0 until a command says otherwise. */
export function createContext(cwd: string, program: string): CliContext {
  return {
    terminal: { out: createOutput(process.stdout), err: createOutput(process.stderr) },
    cwd,
    program,
    exitCode: exitCodes.completed,
  };
}

/** The value of --format as it stands in the arguments: failures come before the command line is understood, too. */
export function askedFormat(args: readonly string[]): string {
  const at = args.lastIndexOf('--format');
  const inline = args.findLast((each) => each.startsWith('--format='));
  return (at === -1 ? inline?.slice('--format='.length) : args[at + 1]) ?? 'human';
}

/** Runs one call of the program; never throws. The exit code is in the context afterwards. */
export async function runProgram(args: readonly string[], context: CliContext): Promise<void> {
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
  } catch (error) {
    reportFailure(error, context, askedFormat(args));
  }
}
