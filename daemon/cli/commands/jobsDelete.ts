import type { Command } from 'commander';
import { printJson, withSession, type CliContext, type Format } from '../context.ts';
import { collectJobIds, formatOption } from '../options.ts';

/** `ombudsman jobs delete ID…`: ended jobs with their logs and artifacts. */
export function addJobsDeleteCommand(jobs: Command, context: CliContext): void {
  const command = jobs
    .command('delete')
    .description('delete ended jobs with their logs and artifacts')
    .argument('<job_id...>', 'as "jobs list" shows them', collectJobIds)
    .addOption(formatOption());
  command.action(async (jobIds: string[], options: { format: Format }) => {
    await withSession(command, async ({ client }) => {
      const answers = [];
      for (const jobId of jobIds) {
        answers.push(await client.call('jobs/delete', { job_id: jobId }));
        if (options.format === 'human') context.terminal.out.write(`Deleted ${jobId}\n`);
      }
      if (options.format === 'json') printJson(context, answers.length === 1 ? answers[0] : answers);
    });
  });
}
