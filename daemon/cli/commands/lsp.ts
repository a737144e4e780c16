import type { Command } from 'commander';
import { HeaderReader, withHeader } from '../../client/messageHeaders.ts';
import { isProcessAlive } from '../../platform/process.ts';
import { globalOptions, type CliContext } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';

interface LspOptions {
  readonly daemon: boolean;
}

/** `ombudsman lsp --stdio`: the language server for editors other than VS Code. Nothing but LSP goes to stdout. */
export function addLspCommand(program: Command, context: CliContext): void {
  const command = program
    .command('lsp')
    .description('language server for ombudsman.yaml, *.pipeline.yaml and batch files, for any editor')
    .requiredOption('--stdio', 'speak LSP over standard input and output')
    .option('--no-daemon', 'do not ask a running daemon for last results and catalogs');
  command.action(async ({ daemon }: LspOptions) => {
    const log = (line: string) => context.terminal.err.write(`${line}\n`);
    // A fault in one request must not take the editor's language server away.
    process.on('uncaughtException', (error) => log(`uncaught exception: ${error.stack ?? error.message}`));
    process.on('unhandledRejection', (error) => log(`unhandled rejection: ${String(error)}`));
    const [{ serveStdio }, { nodeReader }, { emptyHost }, { DaemonHost }] = await Promise.all([
      import('../../server/language/stdio.ts'),
      import('../../platform/nodeReader.ts'),
      import('../../server/language/host.ts'),
      import('../daemonHost.ts'),
    ]);
    const daemonHost = daemon ? new DaemonHost(globalOptions(command).dataDir) : undefined;
    const code = await serveStdio({
      input: process.stdin,
      output: process.stdout,
      host: daemonHost ?? emptyHost,
      disk: nodeReader,
      framing: {
        read: (onMessage, onGarbage) => {
          const reader = new HeaderReader(onMessage, onGarbage);
          return (bytes) => reader.read(bytes);
        },
        write: withHeader,
      },
      isProcessAlive,
      log,
    });
    daemonHost?.end();
    context.exitCode = code === 0 ? exitCodes.completed : exitCodes.failed;
  });
}
