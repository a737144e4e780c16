import { InvalidArgumentError, Option, type Command } from 'commander';
import { jobIdSchema, momentSchema } from '../protocol/primitives.ts';
import { programFor, type CliContext } from './context.ts';
import type { FlowOptions, RunFormat } from './jobFlow.ts';
import type { Session } from './session.ts';

/** An option value that must be a whole number within bounds. */
export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** For options that may be given several times or as a comma separated list. */
export function collectList(text: string, before: readonly string[] | undefined): string[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return [...(before ?? []), ...parts];
}

/** `--param name=value`, may be given several times. */
export function collectParameter(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** An argument that must be the id of a job; a word of another shape is told here, without asking the daemon. */
export function parseJobId(text: string): string {
  if (!jobIdSchema.safeParse(text).success) {
    throw new InvalidArgumentError('A job id has 26 characters; "ombudsman jobs list" shows them.');
  }
  return text;
}

export function collectJobIds(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), parseJobId(text)];
}

/** A point in time as the API takes it: a date or a time of ISO 8601. */
export function parseMoment(text: string): string {
  if (!momentSchema.safeParse(text).success) {
    throw new InvalidArgumentError('Expected a date (2026-01-31) or a time (2026-01-31T08:00:00Z).');
  }
  return text;
}

export function formatOption(choices: readonly string[] = ['human', 'json']): Option {
  return new Option('--format <format>', 'what stdout gets').choices([...choices]).default('human');
}

/** Options of every command that makes a job and shows it to its end. */
export interface JobOptions {
  readonly detach?: boolean;
  readonly dryRun?: boolean;
  readonly format: RunFormat;
  readonly priority?: number;
  readonly maxParallel?: number;
}

export function addJobOptions(command: Command): Command {
  return command
    .option('-d, --detach', 'return once the job is accepted; it runs in the daemon')
    .option('--dry-run', 'say what would run, and run nothing')
    .option('--priority <n>', 'higher goes first (-100 to 100)', integer(-100, 100))
    .option('--max-parallel <n>', 'operations of the job at once (1 to 64)', integer(1, 64))
    .addOption(formatOption(['human', 'json', 'junit']));
}

/** The flow of a job that this call makes: Ctrl-C cancels it. */
export function flowOptions(
  context: CliContext,
  command: Command,
  session: Session,
  options: Pick<JobOptions, 'detach' | 'format'>,
): FlowOptions {
  return {
    context,
    session,
    format: options.format,
    program: programFor(context, command),
    detach: options.detach === true,
    cancelOnInterrupt: true,
  };
}
