import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isJobEnded } from '../protocol/entities.ts';
import type { Plan, Submitted } from '../protocol/answers.ts';
import type { JobMakingMethod, MethodInput } from '../protocol/methods.ts';
import type { GivenSecrets } from '../protocol/params.ts';
import { findProjectDir, projectFileName } from '../definitions/project.ts';
import { nodeReader } from '../platform/nodeReader.ts';
import { isPlan } from './commands/run.ts';
import { printJson, withSession, type CliContext } from './context.ts';
import { UsageError } from './failures.ts';
import { followSubmitted, printDiagnostics, printJob, printPlan } from './jobFlow.ts';
import { addJobOptions, flowOptions, type JobOptions } from './options.ts';
import { collectProjectSecrets } from './secrets.ts';
import type { Session } from './session.ts';

/** Options of validate, generate and extract beside the fields of their operation. */
export interface OneOffOptions extends JobOptions {
  readonly project?: string;
  readonly jobName?: string;
  readonly timeout?: string;
}

/** The part of a job-making call that all one-off commands share. */
export interface OneOffJob {
  readonly project?: string;
  readonly job_name?: string;
  readonly timeout?: string;
  readonly priority?: number;
  readonly max_parallel?: number;
  readonly dry_run?: boolean;
  readonly secrets?: GivenSecrets;
}

export function addOneOffOptions(command: Command): Command {
  command
    .option(
      '-C, --project <dir>',
      'folder of the project; default: the nearest ombudsman.yaml at or above this folder',
    )
    .option('--job-name <name>', 'how lists call the job')
    .option('--timeout <duration>', 'for each operation: 500ms, 30s, 10m, 1h');
  return addJobOptions(command);
}

/** The folder of the project that -C names or that this folder lies in; null if there is none. */
export async function projectFolder(context: CliContext, option: string | undefined): Promise<string | null> {
  if (option === undefined) return findProjectDir(context.cwd, nodeReader);
  const dir = resolve(context.cwd, option);
  const found = await findProjectDir(dir, nodeReader);
  if (found !== dir) {
    throw new UsageError(`No ${projectFileName} in ${dir}.`, '"ombudsman init" makes one.');
  }
  return dir;
}

/** Makes a job of one call, and shows it to its end as `run` does. `fields` are the operations of the call. */
export async function runOneOff<M extends Exclude<JobMakingMethod, 'jobs/submit'>>(
  call: {
    readonly context: CliContext;
    readonly command: Command;
    readonly method: M;
    readonly needsProject: boolean;
  },
  options: OneOffOptions,
  fields: Omit<MethodInput<M>, keyof OneOffJob>,
): Promise<void> {
  const { context, command } = call;
  const dir = await projectFolder(context, options.project);
  if (dir === null && call.needsProject) {
    throw new UsageError(
      `No ${projectFileName} at or above ${context.cwd}.`,
      'Name the folder of a project with -C, or make one with "ombudsman init".',
    );
  }
  const job: OneOffJob = {
    project: dir ?? undefined,
    job_name: options.jobName,
    timeout: options.timeout,
    priority: options.priority,
    max_parallel: options.maxParallel,
    dry_run: options.dryRun,
    secrets: dir === null ? undefined : await collectProjectSecrets(dir),
  };
  await withSession(command, async (session: Session) => {
    const input = { ...fields, ...job } as unknown as MethodInput<M>;
    const answer = (await session.client.call(call.method, input)) as Plan | Submitted;
    const flow = flowOptions(context, command, session, options);
    if (isPlan(answer)) {
      printDiagnostics(context, answer.diagnostics);
      if (flow.format === 'json') printJson(context, answer);
      else printPlan(context, answer);
      return;
    }
    const result = await followSubmitted(flow, answer);
    context.exitCode = result.exitCode;
    if (flow.format === 'json' || isJobEnded(result.found.job.status)) await printJob(flow, result.found);
  });
}
