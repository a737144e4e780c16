import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { withSession, type CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { parseJobId } from '../options.ts';

interface ExportOptions {
  readonly format: 'json' | 'csv' | 'junit' | 'html';
  readonly output?: string;
}

/** `ombudsman jobs export ID --format json|csv|junit|html [--output FILE]`: the content itself, on stdout or in a file. */
export function addJobsExportCommand(jobs: Command, context: CliContext): void {
  const command = jobs
    .command('export')
    .description('write a job with all its results as JSON, CSV, JUnit or HTML')
    .argument('<job_id>', 'as "jobs list" shows it', parseJobId)
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(['json', 'csv', 'junit', 'html'])
        .default('json'),
    )
    .option('-o, --output <file>', 'write here instead of stdout');
  command.action(async (jobId: string, options: ExportOptions) => {
    const { content } = await withSession(command, ({ client }) =>
      client.call('jobs/export', { job_id: jobId, format: options.format }),
    );
    if (options.output === undefined) {
      context.terminal.out.write(content.endsWith('\n') ? content : `${content}\n`);
      return;
    }
    const path = resolve(context.cwd, options.output);
    try {
      writeFileSync(path, content);
    } catch (error) {
      throw new UsageError(`Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    context.terminal.err.write(`Written to ${path}\n`);
  });
}
