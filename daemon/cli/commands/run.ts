import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isJobEnded } from '../../protocol/entities.ts';
import type { Plan, Submitted } from '../../protocol/answers.ts';
import type { MethodInput } from '../../protocol/methods.ts';
import { printJson, withSession, type CliContext } from '../context.ts';
import { exitCodes, worstExitCode } from '../exitCodes.ts';
import { UsageError } from '../failures.ts';
import {
  followSubmitted,
  printDiagnostics,
  printJob,
  printPlan,
  type FlowOptions,
  type FlowResult,
} from '../jobFlow.ts';
import { addJobOptions, collectParameter, flowOptions, type JobOptions } from '../options.ts';
import { collectSecrets } from '../secrets.ts';

interface RunOptions extends JobOptions {
  readonly param?: Readonly<Record<string, string>>;
}

type SubmitInput = MethodInput<'jobs/submit'>;

/** `ombudsman run FILE…`: batch files, one after the other, each shown to its end. */
export function addRunCommand(program: Command, context: CliContext): void {
  const command = program
    .command('run')
    .description('run batch files, one after the other, and show what they find')
    .argument('<file...>', 'batch files (*.batch.yaml, *.batch.yml, *.batch.json)')
    .option('-p, --param <name=value>', 'value of a parameter; may be repeated', collectParameter);
  addJobOptions(command).action(async (files: string[], options: RunOptions) => {
    const paths = files.map((file) => existingFile(resolve(context.cwd, file), file));
    await withSession(command, async (session) => {
      const flow = flowOptions(context, command, session, options);
      if (flow.format === 'junit' && paths.length > 1) {
        throw new UsageError('--format junit takes one file: a JUnit document tells one job.');
      }
      if (flow.format === 'junit' && (options.dryRun === true || options.detach === true)) {
        throw new UsageError(
          '--format junit tells what ran, so it goes with neither --dry-run nor --detach.',
        );
      }
      const inputs = await Promise.all(paths.map((file) => submitInput(file, options)));
      if (options.dryRun === true) await planAll(flow, inputs);
      else await runAll(flow, inputs);
    });
  });
}

function existingFile(path: string, written: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  const hint = 'Give the path of a batch file, for example daily.batch.yaml.';
  if (found === undefined) throw new UsageError(`No such file: ${written}`, hint);
  if (found.isDirectory()) throw new UsageError(`${written} is a folder.`, hint);
  return path;
}

async function submitInput(file: string, options: RunOptions): Promise<SubmitInput> {
  const { priority, maxParallel } = options;
  const hasOverrides = priority !== undefined || maxParallel !== undefined;
  return {
    file,
    parameters: options.param,
    overrides: hasOverrides ? { priority, max_parallel: maxParallel } : undefined,
    secrets: await collectSecrets(file),
  };
}

/** Tells the answers of jobs/submit apart: a plan says `dry_run`. */
export function isPlan(answer: Plan | Submitted): answer is Plan {
  return 'dry_run' in answer;
}

async function plan(flow: FlowOptions, input: SubmitInput): Promise<Plan> {
  const answer = await flow.session.client.call('jobs/submit', { ...input, dry_run: true });
  if (!isPlan(answer)) throw new Error('The daemon answered a dry run with a job.');
  return answer;
}

async function planAll(flow: FlowOptions, inputs: readonly SubmitInput[]): Promise<void> {
  const plans: Plan[] = [];
  for (const input of inputs) plans.push(await plan(flow, input));
  if (flow.format === 'json') {
    plans.forEach((each) => printDiagnostics(flow.context, each.diagnostics));
    printJson(flow.context, plans.length === 1 ? plans[0] : plans);
    return;
  }
  for (const each of plans) {
    printDiagnostics(flow.context, each.diagnostics);
    printPlan(flow.context, each);
  }
}

async function runAll(flow: FlowOptions, inputs: readonly SubmitInput[]): Promise<void> {
  // A mistake in the last file must not come to light after the first has run for an hour.
  if (inputs.length > 1) for (const input of inputs) await plan(flow, input);
  const results: FlowResult[] = [];
  for (const input of inputs) {
    const submitted = await flow.session.client.call('jobs/submit', input);
    if (isPlan(submitted)) throw new Error('The daemon answered a job with a plan.');
    const result = await followSubmitted(flow, submitted);
    results.push(result);
    if (flow.format !== 'json' && isJobEnded(result.found.job.status)) await printJob(flow, result.found);
    // A person who stopped one of several files wants the rest stopped too.
    if (result.exitCode === exitCodes.cancelled) break;
  }
  if (flow.format === 'json') {
    const found = results.map((result) => result.found);
    printJson(flow.context, inputs.length === 1 ? found[0] : found);
  }
  flow.context.exitCode = worstExitCode(results.map((result) => result.exitCode));
}
