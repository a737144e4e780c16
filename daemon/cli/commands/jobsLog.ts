import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { DaemonClient } from '../../client/connectDaemon.ts';
import { isJobEnded } from '../../protocol/entities.ts';
import type { LogEntry } from '../../protocol/answers.ts';
import { printJson, withSession, type CliContext, type Format } from '../context.ts';
import { UsageError } from '../failures.ts';
import { formatOption, parseJobId } from '../options.ts';
import { formatTime, visible } from '../../client/text.ts';

interface LogOptions {
  readonly operation?: string;
  readonly follow?: boolean;
  readonly format: Format;
}

const pollMs = 500;

/** `ombudsman jobs log ID [--operation op-0001] [--follow]`. */
export function addJobsLogCommand(jobs: Command, context: CliContext): void {
  const command = jobs
    .command('log')
    .description('print the log of a job or of one operation')
    .argument('<job_id>', 'as "jobs list" shows it', parseJobId)
    .option('-o, --operation <id>', 'only entries of this operation')
    .option('-f, --follow', 'go on until the job ends')
    .addOption(formatOption());
  command.action(async (jobId: string, options: LogOptions) => {
    if (options.follow === true && options.format === 'json') {
      throw new UsageError(
        '--follow prints lines as they come; --format json is one document. Give one of them.',
      );
    }
    await withSession(command, async ({ client }) => {
      if (options.format === 'json') {
        const entries: LogEntry[] = [];
        const lastSeq = await readLog(client, jobId, options.operation, 0, (entry) => entries.push(entry));
        printJson(context, { entries, last_seq: lastSeq });
      } else {
        await printLog(client, jobId, options, context);
      }
    });
  });
}

/** Reads everything after `after`, page by page; returns the last seq. */
async function readLog(
  client: DaemonClient,
  jobId: string,
  operation: string | undefined,
  after: number,
  onEntry: (entry: LogEntry) => void,
): Promise<number> {
  let last = after;
  for (;;) {
    const page = await client.call('jobs/log', { job_id: jobId, operation_id: operation, after: last });
    page.entries.forEach(onEntry);
    const next = page.entries.at(-1)?.seq;
    if (next === undefined) return Math.max(last, page.last_seq);
    last = next;
  }
}

async function printLog(
  client: DaemonClient,
  jobId: string,
  options: LogOptions,
  context: CliContext,
): Promise<void> {
  const { out } = context.terminal;
  const print = (entry: LogEntry) => {
    const paint = { info: (text: string) => text, warn: out.colors.yellow, error: out.colors.red }[
      entry.level
    ];
    const operation = entry.operation_id === undefined ? '' : ` ${entry.operation_id}`;
    const message = entry.message.split(/\r?\n/).map(visible).join('\n    ');
    out.write(`${formatTime(entry.at)} ${paint(entry.level)}${operation} ${message}\n`);
  };
  let last = 0;
  for (;;) {
    // Asked before reading: what is written between the last read and the end must still be read.
    const isEnded =
      options.follow !== true || isJobEnded((await client.call('jobs/get', { job_id: jobId })).status);
    last = await readLog(client, jobId, options.operation, last, print);
    if (isEnded || out.stream.destroyed) return;
    await delay(pollMs);
  }
}
