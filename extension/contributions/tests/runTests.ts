import * as vscode from 'vscode';
import { plural } from '../../../daemon/client/text.ts';
import { isJobEnded } from '../../../daemon/protocol/entities.ts';
import { ApiError, type Diagnostic } from '../../../daemon/protocol/errors.ts';
import { Dismissed } from '../../commands/failures/refusal.ts';
import { saveDefinitions } from '../../commands/run/saveDefinitions.ts';
import { start } from '../../commands/run/start.ts';
import type { Services } from '../../platform/services.ts';
import { followJob } from '../followJob.ts';
import { inTurns } from '../inTurns.ts';
import { endOfOperation, RunReport } from './runReport.ts';
import type { PipelineTest, TestTree } from './testTree.ts';

const pipelinesPerTurn = 25;

export interface TestRunning {
  readonly services: Services;
  readonly controller: vscode.TestController;
  readonly tree: TestTree;
  /** Jobs whose results are told here, so that nobody tells them a second time. */
  readonly ownJobs: Set<string>;
}

/** Runs what was chosen: the pipelines of each project as one job. Resolves when all of them have ended. */
export async function runTests(
  running: TestRunning,
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
): Promise<void> {
  const { services, controller, tree } = running;
  tree.update(await services.workspace.load());
  const run = controller.createTestRun(request);
  try {
    const report = new RunReport(run, tree);
    const byProject = chosenPipelines(tree, request);
    await inTurns([...byProject.values()].flat(), pipelinesPerTurn, (some) => {
      for (const pipeline of some) report.enqueued(pipeline);
    });
    await Promise.all(
      [...byProject].map(([dir, pipelines]) => runProject(running, report, dir, pipelines, token)),
    );
  } finally {
    run.end();
  }
}

function chosenPipelines(tree: TestTree, request: vscode.TestRunRequest): Map<string, PipelineTest[]> {
  const excluded = new Set((request.exclude ?? []).flatMap((item) => excludedPipelines(tree, item)));
  const chosen = new Set((request.include ?? tree.roots()).flatMap((item) => tree.pipelinesOf(item)));
  const byProject = new Map<string, PipelineTest[]>();
  for (const pipeline of chosen) {
    if (excluded.has(pipeline)) continue;
    byProject.set(pipeline.projectDir, [...(byProject.get(pipeline.projectDir) ?? []), pipeline]);
  }
  return byProject;
}

/** A pipeline runs as a whole: one check of it that is left out changes nothing. */
function excludedPipelines(tree: TestTree, item: vscode.TestItem): PipelineTest[] {
  return tree.pipelinesOf(item).filter((pipeline) => pipeline.item === item || pipeline.item.parent === item);
}

async function runProject(
  running: TestRunning,
  report: RunReport,
  projectDir: string,
  pipelines: readonly PipelineTest[],
  token: vscode.CancellationToken,
): Promise<void> {
  try {
    const jobId = await startJob(running, projectDir, pipelines);
    report.print(`Job ${jobId}: ${plural(pipelines.length, 'pipeline')}`);
    await follow(running, report, jobId, pipelines, token);
  } catch (error) {
    if (error instanceof Dismissed) for (const pipeline of pipelines) report.skipped(pipeline);
    else tellFailure(report, pipelines, error);
  }
}

async function startJob(
  { services, ownJobs }: TestRunning,
  projectDir: string,
  pipelines: readonly PipelineTest[],
): Promise<string> {
  await saveDefinitions(services, [projectDir]);
  const [first] = pipelines;
  const name =
    pipelines.length === 1 && first !== undefined ? first.pipelineId : plural(pipelines.length, 'pipeline');
  const jobId = await start(services, {
    title: `Run ${name}`,
    method: 'pipelines/bulkExecute',
    input: {
      project: projectDir,
      job_name: name,
      pipelines: pipelines.map(({ pipelineId }) => ({ pipeline_id: pipelineId })),
    },
    projectDirs: [projectDir],
  });
  ownJobs.add(jobId);
  return jobId;
}

async function follow(
  { services }: TestRunning,
  report: RunReport,
  jobId: string,
  pipelines: readonly PipelineTest[],
  token: vscode.CancellationToken,
): Promise<void> {
  const cancel = (): void => {
    const job = services.jobs.jobs.get(jobId);
    if (job !== undefined && isJobEnded(job.status)) return;
    services.session.call('jobs/cancel', { job_id: jobId }).catch((error: unknown) => {
      if (!ApiError.is(error, 'conflict')) report.print(`Cancelling failed: ${messageOf(error)}`);
    });
  };
  const cancellation = token.onCancellationRequested(cancel);
  if (token.isCancellationRequested) cancel();
  try {
    const job = await followJob(services, jobId, {
      changed: () => undefined,
      // Operations stand in the order of the pipelines that were named.
      running: (operations) => {
        for (const { index } of operations) tell(pipelines[index], (pipeline) => report.started(pipeline));
      },
      ended: (operations) => {
        for (const operation of operations) {
          tell(pipelines[operation.index], (pipeline) => report.ended(pipeline, endOfOperation(operation)));
        }
      },
    });
    report.print(`Job ${jobId} ${job.status}`);
  } finally {
    cancellation.dispose();
  }
}

function tell(pipeline: PipelineTest | undefined, how: (pipeline: PipelineTest) => void): void {
  if (pipeline !== undefined) how(pipeline);
}

/** Nothing ran, or nobody knows how it ended. Mistakes stand where they were made. */
function tellFailure(report: RunReport, pipelines: readonly PipelineTest[], error: unknown): void {
  const diagnostics = ApiError.is(error) ? (error.data.diagnostics ?? []) : [];
  const hint = ApiError.is(error) && error.data.hint !== undefined ? `\n\n${error.data.hint}` : '';
  report.print(messageOf(error));
  for (const pipeline of pipelines) {
    const own = diagnostics.find(({ file }) => file === pipeline.item.uri?.fsPath);
    if (own !== undefined) report.errored(pipeline, own.message, placeOf(own));
    else if (diagnostics.length > 0 && isOfPipelines(diagnostics, pipelines)) report.skipped(pipeline);
    else report.errored(pipeline, `${messageOf(error)}${hint}`);
  }
}

function isOfPipelines(diagnostics: readonly Diagnostic[], pipelines: readonly PipelineTest[]): boolean {
  const files = new Set(pipelines.map(({ item }) => item.uri?.fsPath));
  return diagnostics.some(({ severity, file }) => severity === 'error' && files.has(file));
}

function placeOf({ file, line, column, end_line, end_column }: Diagnostic): vscode.Location {
  const range = new vscode.Range(line - 1, column - 1, end_line - 1, end_column - 1);
  return new vscode.Location(vscode.Uri.file(file), range);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
