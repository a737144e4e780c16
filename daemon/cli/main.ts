#!/usr/bin/env node
import * as module from 'node:module';
import { basename, join, relative } from 'node:path';

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
// Node 22.8 and later: what is loaded after this line is compiled once, not at every start. Beside the bundle, where only who
// may change the program itself may write; if that is not this user, there is no cache.
module.enableCompileCache?.(join(import.meta.dirname, 'compile-cache'));
const { createContext, runProgram } = await import('./program.ts');
const context = createContext(process.cwd(), programName(process.argv[1]));
await runProgram(process.argv.slice(2), context);
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit(context.exitCode);
