import type { Command } from 'commander';
import type { Job } from '../../protocol/entities.ts';
import { printJson, programFor, withSession, type CliContext } from '../context.ts';
import { exitCodes } from '../exitCodes.ts';
import { exitCodeOfJob, printJob, watchJob, type RunFormat } from '../jobFlow.ts';
import { collectList, flowOptions, formatOption, parseJobId } from '../options.ts';
import { collectSecretsOfJob } from '../secrets.ts';
import type { Session } from '../session.ts';
import { progressText } from '../../client/summary.ts';
import { statusText } from '../view/summary.ts';
import { visible } from '../../client/text.ts';

interface ControlOptions {
  readonly wait?: boolean;
  readonly operation?: string[];
  readonly format: RunFormat;
}

/** A command that changes one job and answers at once; with --wait it then shows the job to its end. */
interface Control {
  readonly name: string;
  readonly description: string;
  readonly takesOperations?: boolean;
  act(
    session: Session,
    jobId: string,
    options: ControlOptions,
  ): Promise<{ answer: unknown; jobId: string; job?: Job }>;
}

const ofJob = (job: Job) => ({ answer: job, jobId: job.job_id, job });

const controls: readonly Control[] = [
  {
    name: 'cancel',
    description: 'stop a job; it is cancelled once what runs is really dead',
    act: async ({ client }, jobId) => ofJob(await client.call('jobs/cancel', { job_id: jobId })),
  },
  {
    name: 'pause',
    description: 'start no further operation of a job; what runs goes on',
    act: async ({ client }, jobId) => ofJob(await client.call('jobs/pause', { job_id: jobId })),
  },
  {
    name: 'resume',
    description: 'carry a paused or interrupted job on; nothing finished is repeated',
    act: async ({ client }, jobId) =>
      ofJob(
        await client.call('jobs/resume', {
          job_id: jobId,
          secrets: await collectSecretsOfJob(client, jobId),
        }),
      ),
  },
  {
    name: 'retry',
    description: 'run the failed operations of an ended job again, in the same job',
    takesOperations: true,
    act: async ({ client }, jobId, options) =>
      ofJob(
        await client.call('jobs/retry', {
          job_id: jobId,
          operation_ids: options.operation,
          secrets: await collectSecretsOfJob(client, jobId),
        }),
      ),
  },
  {
    name: 'rerun',
    description: 'run the same definition again as a new job',
    act: async ({ client }, jobId) => {
      const secrets = await collectSecretsOfJob(client, jobId);
      const answer = await client.call('jobs/rerun', { job_id: jobId, secrets });
      return { answer, jobId: answer.job_id };
    },
  },
];

/** `ombudsman jobs cancel|pause|resume|retry|rerun ID`. */
export function addJobsControlCommands(jobs: Command, context: CliContext): void {
  for (const control of controls) {
    const command = jobs
      .command(control.name)
      .description(control.description)
      .argument('<job_id>', 'as "jobs list" shows it', parseJobId)
      .option('-w, --wait', 'show the job until it ends and exit as run does')
      .addOption(formatOption(['human', 'json', 'junit']));
    if (control.takesOperations === true) {
      command.option('-o, --operation <id>', 'only these operations (comma separated)', collectList);
    }
    command.action((jobId: string, options: ControlOptions) =>
      withSession(command, (session) => runControl({ control, command, context, session }, jobId, options)),
    );
  }
}

interface ControlCall {
  readonly control: Control;
  readonly command: Command;
  readonly context: CliContext;
  readonly session: Session;
}

async function runControl(call: ControlCall, jobId: string, options: ControlOptions): Promise<void> {
  const { context, session, command } = call;
  const done = await call.control.act(session, jobId, options);
  if (options.wait === true) {
    const flow = { ...flowOptions(context, command, session, options), cancelOnInterrupt: false };
    const found = await watchJob(flow, done.jobId, `Watching job ${done.jobId}`);
    if (found === null) {
      context.exitCode = exitCodes.cancelled;
      return;
    }
    await printJob(flow, found);
    context.exitCode = exitCodeOfJob(found.job.status);
  } else if (options.format === 'json') {
    printJson(context, done.answer);
  } else {
    printDone(call, done);
  }
}

function printDone(call: ControlCall, done: { jobId: string; job?: Job }): void {
  const { out } = call.context.terminal;
  const { job } = done;
  const program = programFor(call.context, call.command);
  const state =
    job === undefined
      ? `New job ${done.jobId}`
      : `${visible(job.job_name)}: ${job.cancel_requested === true && job.status !== 'cancelled' ? 'cancelling' : statusText(job.status, out.colors)}, ${progressText(job)}`;
  out.write(`${state}\n  ${program} jobs watch ${done.jobId}\n`);
}
