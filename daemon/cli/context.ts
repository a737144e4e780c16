import type { Command } from 'commander';
import type { ExitCode } from './exitCodes.ts';
import { openSession, type Session } from './session.ts';
import type { Output, Terminal } from './terminal.ts';

/** What every command gets: where to write, where it was started, and how its reader starts this program again. */
export interface CliContext {
  readonly terminal: Terminal;
  readonly cwd: string;
  /** `ombudsman`, or `node dist/cli.mjs` when it is not installed under its name. */
  readonly program: string;
  /** Set by the command that ran; the process ends with it. */
  exitCode: ExitCode;
}

/** Options of every command (see program.ts). */
export interface GlobalOptions {
  readonly dataDir?: string;
}

export type Format = 'human' | 'json';

/** Opens the connection, runs the body, closes it whatever happens. */
export async function withSession<T>(
  command: Command,
  body: (session: Session) => Promise<T>,
  start = true,
): Promise<T> {
  const session = await openSession({ dataDir: globalOptions(command).dataDir, start });
  try {
    return await body(session);
  } finally {
    session.close();
  }
}

export function globalOptions(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>();
}

/** The commands to try next must reach the same daemon, so they repeat --data-dir when it was given. */
export function programFor(context: CliContext, command: Command): string {
  const { dataDir } = globalOptions(command);
  return dataDir === undefined ? context.program : `${context.program} --data-dir ${shellWord(dataDir)}`;
}

/** Quotes a word for a POSIX shell where it needs it; the same quoting is read by PowerShell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Exactly one JSON document on stdout. */
export function printJson(context: CliContext, value: unknown): void {
  context.terminal.out.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Where a person reads along: stdout, unless a program reads stdout. */
export function narration(context: CliContext, format: string): Output {
  return format === 'human' ? context.terminal.out : context.terminal.err;
}
