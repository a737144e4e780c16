import { basename, relative } from 'node:path';
import type { CliContext } from './context.ts';
import { exitCodes } from './exitCodes.ts';
import { runProgram } from './program.ts';
import { createOutput } from './terminal.ts';

/** How this program was started, as a person would type it again. */
function programName(scriptPath: string | undefined): string {
  if (scriptPath === undefined) return 'ombudsman';
  const name = basename(scriptPath).replace(/\.(cmd|ps1)$/i, '');
  if (name === 'ombudsman') return name;
  const shorter = relative(process.cwd(), scriptPath);
  return `node ${shorter.length < scriptPath.length ? shorter : scriptPath}`;
}

/** A reader that went away (`| head`) is no failure: what nobody reads is not written. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });
}

ignoreClosedPipe(process.stdout);
ignoreClosedPipe(process.stderr);
const context: CliContext = {
  terminal: { out: createOutput(process.stdout), err: createOutput(process.stderr) },
  cwd: process.cwd(),
  program: programName(process.argv[1]),
  exitCode: exitCodes.completed,
};
await runProgram(process.argv.slice(2), context);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(context.exitCode);
