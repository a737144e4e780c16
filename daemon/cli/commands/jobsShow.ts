import type { Command } from 'commander';
import { printJson, programFor, withSession, type CliContext, type Format } from '../context.ts';
import { UsageError } from '../failures.ts';
import { fetchJob } from '../follow/follow.ts';
import { formatOption, parseJobId } from '../options.ts';
import { renderOperation, renderReport, type ReportOptions } from '../view/report.ts';

interface ShowOptions {
  readonly operation?: string;
  readonly format: Format;
}

/** `ombudsman jobs show ID [--operation op-0001]`: a job, or one of its operations in full. */
export function addJobsShowCommand(jobs: Command, context: CliContext): void {
  const command = jobs
    .command('show')
    .description('show a job: its operations, what differs, where the evidence lies')
    .argument('<job_id>', 'as "jobs list" shows it', parseJobId)
    .option('-o, --operation <id>', 'one operation in full: every check, its SQL and its evidence')
    .addOption(formatOption());
  command.action(async (jobId: string, options: ShowOptions) => {
    const { out } = context.terminal;
    const found = await withSession(command, ({ client }) => fetchJob(client, jobId));
    const report: ReportOptions = {
      width: out.columns(),
      colors: out.colors,
      program: programFor(context, command),
    };
    if (options.operation === undefined) {
      if (options.format === 'json') printJson(context, found);
      else out.write(renderReport(found.job, found.operations, report));
      return;
    }
    const operation = found.operations.find(
      (each) => each.operation_id === options.operation || each.name === options.operation,
    );
    if (operation === undefined) {
      throw new UsageError(
        `Job ${jobId} has no operation "${options.operation}".`,
        `It has ${found.operations
          .slice(0, 10)
          .map((each) => each.operation_id)
          .join(', ')}${found.operations.length > 10 ? ' …' : ''}.`,
      );
    }
    if (options.format === 'json') printJson(context, operation);
    else out.write(`${renderOperation(operation, { ...report, isWhole: true, maxSamples: 20 })}\n`);
  });
}
