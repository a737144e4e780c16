import type { Command } from 'commander';
import { shutdownDaemon } from '../../client/shutdownDaemon.ts';
import { productVersion } from '../../protocol/version.ts';
import { globalOptions, printJson, type CliContext, type Format } from '../context.ts';
import { formatOption } from '../options.ts';

interface StopOptions {
  readonly now?: boolean;
  readonly format: Format;
}

/** `ombudsman daemon stop [--now]`: returns once the process is gone; none that runs is fine too. */
export function addDaemonStopCommand(daemon: Command, context: CliContext): void {
  const command = daemon
    .command('stop')
    .description('stop the daemon once running operations have ended; live jobs go on at its next start')
    .option('--now', 'do not wait for running operations; they run again at the next start')
    .addOption(formatOption());
  command.action(async (options: StopOptions) => {
    const stopped = await shutdownDaemon({
      dataDir: globalOptions(command).dataDir,
      clientName: `ombudsman-cli ${productVersion}`,
      drain: options.now !== true,
    });
    if (options.format === 'json') printJson(context, { stopped });
    else context.terminal.out.write(stopped ? 'The daemon has stopped.\n' : 'No daemon runs.\n');
  });
}
