import type { Command } from 'commander';
import { printJson, withSession, type CliContext, type Format } from '../context.ts';
import { formatOption } from '../options.ts';

/** `ombudsman daemon start`: starts the daemon of the data directory unless it runs. */
export function addDaemonStartCommand(daemon: Command, context: CliContext): void {
  const command = daemon
    .command('start')
    .description('start the daemon of the data directory, if it does not run yet')
    .addOption(formatOption());
  command.action(async (options: { format: Format }) => {
    await withSession(command, async ({ client }) => {
      const { hello } = client;
      if (options.format === 'json') printJson(context, hello);
      else {
        context.terminal.out.write(
          `The daemon runs: pid ${hello.pid}, version ${hello.version}, data in ${hello.data_dir}\n`,
        );
      }
    });
  });
}
