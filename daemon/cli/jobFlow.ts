import { isJobEnded, type JobStatus } from '../protocol/entities.ts';
import type { Diagnostic } from '../protocol/errors.ts';
import type { Plan, Submitted } from '../protocol/answers.ts';
import { narration, printJson, type CliContext } from './context.ts';
import { exitCodes, type ExitCode } from './exitCodes.ts';
import { fetchJob, followJob, type FollowView, type JobWithOperations } from './follow/follow.ts';
import { onInterrupts } from './interrupts.ts';
import type { Session } from './session.ts';
import { fileLines, renderDiagnostic } from './view/diagnostics.ts';
import { createLiveView } from './view/live.ts';
import { createPlainView } from './view/plain.ts';
import { renderPlan } from './view/plan.ts';
import { renderReport } from './view/report.ts';
import { plural, visible } from '../client/text.ts';

export type RunFormat = 'human' | 'json' | 'junit';

/** How a job that was just made is shown to its end. */
export interface FlowOptions {
  readonly context: CliContext;
  readonly session: Session;
  readonly format: RunFormat;
  /** For the commands to try next. */
  readonly program: string;
  readonly detach: boolean;
  /** What Ctrl-C does first: `run` cancels the job it made, `jobs watch` only stops watching. */
  readonly cancelOnInterrupt: boolean;
}

/** The exit code that tells how a job ended. */
export function exitCodeOfJob(status: JobStatus): ExitCode {
  if (status === 'completed') return exitCodes.completed;
  if (status === 'cancelled') return exitCodes.cancelled;
  return exitCodes.failed;
}

/** Warnings and errors of files, on stderr. */
export function printDiagnostics(context: CliContext, diagnostics: readonly Diagnostic[]): void {
  const { err } = context.terminal;
  const lines = fileLines();
  for (const diagnostic of diagnostics) {
    err.write(`${renderDiagnostic(diagnostic, { cwd: context.cwd, lines, colors: err.colors })}\n`);
  }
}

/** A plan (what a dry run answers) as text. */
export function printPlan(context: CliContext, plan: Plan): void {
  const { out } = context.terminal;
  out.write(renderPlan(plan, { width: out.columns(), colors: out.colors }));
}

function interruptSteps(
  options: FlowOptions,
  jobId: string,
  view: FollowView,
  stop: () => void,
): (() => void)[] {
  const detach = () => {
    view.notice(`Job ${jobId} goes on without this display: ${options.program} jobs watch ${jobId}`);
    stop();
  };
  if (!options.cancelOnInterrupt) return [detach];
  const cancel = () => {
    view.notice('Cancelling: what runs is being ended. Press Ctrl-C again to leave at once.');
    options.session.client.call('jobs/cancel', { job_id: jobId }).catch((error: unknown) => {
      view.notice(`Cancelling failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
  return [cancel, stop];
}

/**
 * Shows a job until it ends and returns it; null when the person stopped watching. The display goes to stdout, or to stderr
 * when stdout is for a program. `title` is its first line.
 */
export async function watchJob(
  options: FlowOptions,
  jobId: string,
  title: string,
): Promise<JobWithOperations | null> {
  const output = narration(options.context, options.format);
  const view = output.isLive ? createLiveView(output) : createPlainView(output);
  const stopping = new AbortController();
  const release = onInterrupts(interruptSteps(options, jobId, view, () => stopping.abort()));
  // Only now: who sees this line may press Ctrl-C.
  output.write(`${title}\n`);
  try {
    return await followJob({ session: options.session, jobId, view, signal: stopping.signal });
  } finally {
    release();
    view.stop();
  }
}

/** The report of an ended (or left) job in the asked format. Human: tables on stdout. JUnit: the daemon's export. */
export async function printJob(options: FlowOptions, found: JobWithOperations): Promise<void> {
  const { context, format, program } = options;
  const { out } = context.terminal;
  if (format === 'json') {
    printJson(context, found);
  } else if (format === 'junit') {
    const exported = await options.session.client.call('jobs/export', {
      job_id: found.job.job_id,
      format: 'junit',
    });
    out.write(exported.content.endsWith('\n') ? exported.content : `${exported.content}\n`);
  } else {
    out.write(
      `\n${renderReport(found.job, found.operations, { width: out.columns(), colors: out.colors, program })}`,
    );
  }
}

/** What one job of this call came to. `found` is the job as it was last seen. */
export interface FlowResult {
  readonly found: JobWithOperations;
  readonly exitCode: ExitCode;
}

/** Takes a job that was just made to its end: says that it started, follows it unless detached. Prints no result. */
export async function followSubmitted(options: FlowOptions, submitted: Submitted): Promise<FlowResult> {
  const { context, session, program } = options;
  const jobId = submitted.job_id;
  printDiagnostics(context, submitted.diagnostics);
  const output = narration(context, options.format);
  if (!options.detach) {
    const title = `Job ${jobId}: ${plural(submitted.total_operations, 'operation')}`;
    const found = await watchJob(options, jobId, title);
    if (found !== null) return { found, exitCode: exitCodeOfJob(found.job.status) };
    return { found: await fetchJob(session.client, jobId), exitCode: exitCodes.cancelled };
  }
  const found = await fetchJob(session.client, jobId);
  const state = isJobEnded(found.job.status) ? 'ended' : 'runs in the daemon';
  output.write(
    `Job ${jobId} ${state}: ${visible(found.job.job_name)}, ${plural(submitted.total_operations, 'operation')}\n` +
      `  ${program} jobs watch ${jobId}\n`,
  );
  return { found, exitCode: exitCodes.completed };
}
