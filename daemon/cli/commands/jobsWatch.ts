import type { Command } from 'commander';
import { withSession, type CliContext } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import { exitCodeOfJob, printJob, watchJob, type RunFormat } from '../jobFlow.ts';
import { flowOptions, formatOption, parseJobId } from '../options.ts';

/** `ombudsman jobs watch ID`: the display of `run` for a job that is there already. Ctrl-C leaves the job running. */
export function addJobsWatchCommand(jobs: Command, context: CliContext): void {
  const command = jobs
    .command('watch')
    .description('show a job until it ends; Ctrl-C stops watching, not the job')
    .argument('<job_id>', 'as "jobs list" shows it', parseJobId)
    .addOption(formatOption(['human', 'json', 'junit']));
  command.action(async (jobId: string, options: { format: RunFormat }) => {
    await withSession(command, async (session) => {
      const flow = { ...flowOptions(context, command, session, options), cancelOnInterrupt: false };
      const found = await watchJob(flow, jobId, `Watching job ${jobId}; Ctrl-C stops watching, not the job.`);
      if (found === null) {
        context.exitCode = exitCodes.cancelled;
        return;
      }
      await printJob(flow, found);
      context.exitCode = exitCodeOfJob(found.job.status);
    });
  });
}
