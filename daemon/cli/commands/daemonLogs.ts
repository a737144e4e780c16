import { createReadStream, existsSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { clientDataDir } from '../../client/config.ts';
import { globalOptions, type CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { onInterrupts } from '../interrupts.ts';
import { integer } from '../options.ts';

interface LogsOptions {
  readonly lines: number;
  readonly follow?: boolean;
}

/** `ombudsman daemon logs [-n LINES] [--follow]`: the daemon's own log, JSON lines as they stand in the file. */
export function addDaemonLogsCommand(daemon: Command, context: CliContext): void {
  const command = daemon
    .command('logs')
    .description("print the end of the daemon's log (JSON lines)")
    .option('-n, --lines <n>', 'so many lines from the end', integer(1, 1_000_000), 100)
    .option('-f, --follow', 'go on as the log grows, until Ctrl-C');
  command.action(async (options: LogsOptions) => {
    const path = join(clientDataDir(globalOptions(command).dataDir), 'logs', 'daemon.log');
    if (!existsSync(path)) {
      throw new UsageError(
        `No log at ${path}.`,
        'The daemon writes it when it runs: "ombudsman daemon start".',
      );
    }
    const write = (line: string) => context.terminal.out.write(`${line}\n`);
    const end = await printTail(path, options.lines, write);
    if (options.follow === true) await followFile(path, end, context);
  });
}

/** Prints the last lines; returns the offset in bytes up to which was read. Only `count` lines are held in memory. */
async function printTail(path: string, count: number, write: (line: string) => void): Promise<number> {
  const end = statSync(path).size;
  if (end === 0) return 0;
  const kept: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path, { end: end - 1 }) })) {
    kept.push(line);
    if (kept.length > count) kept.shift();
  }
  kept.forEach(write);
  return end;
}

async function followFile(path: string, from: number, { terminal }: CliContext): Promise<void> {
  let offset = from;
  let reading = Promise.resolve();
  const readOn = async () => {
    const { size } = statSync(path);
    // A file that became shorter was rotated: the new one is read from its start.
    if (size < offset) offset = 0;
    if (size === offset) return;
    const start = offset;
    offset = size;
    for await (const chunk of createReadStream(path, { start, end: size - 1 }))
      terminal.out.write(String(chunk));
  };
  await new Promise<void>((resolve, reject) => {
    const watcher = watch(join(path, '..'), () => {
      reading = reading.then(readOn).catch((error: NodeJS.ErrnoException) => {
        // Between the two steps of a rotation there is no file; the next event finds the new one.
        if (error.code !== 'ENOENT') reject(error);
      });
      if (terminal.out.stream.destroyed) resolve();
    });
    const release = onInterrupts([
      () => {
        watcher.close();
        release();
        resolve();
      },
    ]);
  });
  await reading;
}
