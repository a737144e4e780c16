import { Option, type Command } from 'commander';
import {
  jobStatusSchema,
  jobTypeSchema,
  type Job,
  type JobStatus,
  type JobType,
} from '../../protocol/entities.ts';
import type { MethodInput } from '../../protocol/methods.ts';
import { jobSortSchema } from '../../protocol/params.ts';
import { printJson, withSession, type CliContext, type Format } from '../context.ts';
import { UsageError } from '../failures.ts';
import { collectList, formatOption, integer, parseMoment } from '../options.ts';
import type { Output } from '../terminal.ts';
import { statusMark, statusText } from '../view/summary.ts';
import { renderTable } from '../view/table.ts';
import { formatDuration, formatTime, plural, visible } from '../../client/text.ts';

interface ListOptions {
  readonly status?: string[];
  readonly type?: string[];
  readonly project?: string;
  readonly tag?: string[];
  readonly search?: string;
  readonly since?: string;
  readonly until?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly offset?: number;
  readonly format: Format;
}

/** `ombudsman jobs list`: jobs, the newest first, with the filters of `jobs/list`. */
export function addJobsListCommand(jobs: Command, context: CliContext): void {
  const command = jobs
    .command('list')
    .description('list jobs, the newest first')
    .option('-s, --status <status>', 'only these statuses (comma separated)', collectList)
    .option('-t, --type <type>', 'only these job types (comma separated)', collectList)
    .option('--project <id>', 'only jobs of this project')
    .option('--tag <tag>', 'only jobs with these tags (comma separated)', collectList)
    .option('--search <text>', 'only jobs whose name, id, project or tag contains this')
    .option('--since <when>', 'created at or after (2026-01-31 or an ISO 8601 time)', parseMoment)
    .option('--until <when>', 'created before', parseMoment)
    .addOption(new Option('--sort <field>', 'with - in front: descending').choices(jobSortSchema.options))
    .option('-n, --limit <n>', 'at most so many (1 to 500)', integer(1, 500), 50)
    .option('--offset <n>', 'leave out the first n', integer(0, Number.MAX_SAFE_INTEGER), 0)
    .addOption(formatOption());
  command.action(async (options: ListOptions) => {
    const query = listQuery(options);
    await withSession(command, async ({ client }) => {
      const answer = await client.call('jobs/list', query);
      if (options.format === 'json') printJson(context, answer);
      else context.terminal.out.write(renderJobs(answer.jobs, answer.total, context.terminal.out));
    });
  });
}

function known<T extends string>(
  values: readonly string[] | undefined,
  all: readonly T[],
  what: string,
): T[] | undefined {
  return values?.map((value) => {
    const found = all.find((each) => each === value);
    if (found === undefined) throw new UsageError(`Unknown ${what} "${value}".`, `Known: ${all.join(', ')}.`);
    return found;
  });
}

function listQuery(options: ListOptions): MethodInput<'jobs/list'> {
  return {
    status: known<JobStatus>(options.status, jobStatusSchema.options, 'status'),
    job_type: known<JobType>(options.type, jobTypeSchema.options, 'job type'),
    project_id: options.project,
    tags: options.tag,
    search: options.search,
    created_after: options.since,
    created_before: options.until,
    sort: options.sort as MethodInput<'jobs/list'>['sort'],
    limit: options.limit,
    offset: options.offset,
  };
}

function jobRow(job: Job, output: Output): string[] {
  const { colors } = output;
  const { progress } = job;
  return [
    job.job_id,
    `${statusMark(job.status, colors)} ${statusText(job.status, colors)}`,
    `${progress.completed}/${progress.total}`,
    job.duration_ms === undefined ? '' : formatDuration(job.duration_ms),
    formatTime(job.created_at).slice(0, 16),
    visible(job.job_name),
    visible(job.project_id ?? ''),
  ];
}

function renderJobs(jobs: readonly Job[], total: number, output: Output): string {
  if (jobs.length === 0) return 'No jobs.\n';
  const columns = [
    { head: 'job', min: 26 },
    { head: 'status', min: Math.max(...jobs.map((job) => job.status.length + 2)) },
    { head: 'done', align: 'right' as const },
    { head: 'time', align: 'right' as const },
    { head: 'created', min: output.columns() >= 100 ? 16 : 10 },
    { head: 'name', min: 12 },
    { head: 'project' },
  ];
  const table = renderTable(
    columns,
    jobs.map((job) => jobRow(job, output)),
    { width: output.columns(), colors: output.colors },
  );
  return `${table}\n${jobs.length} of ${plural(total, 'job')}\n`;
}
