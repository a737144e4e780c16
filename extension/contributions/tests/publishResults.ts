import * as vscode from 'vscode';
import { formatDuration, formatTime, plural } from '../../../daemon/client/text.ts';
import type { PipelineOutcome } from '../../../daemon/protocol/answers.ts';
import type { ProjectResults } from '../../platform/services.ts';
import { inTurns } from '../inTurns.ts';
import { RunReport } from './runReport.ts';
import type { TestRunning } from './runTests.ts';

/** More results at a time freeze the window; the pipelines view shows the rest. */
const maxPipelines = 500;
const pipelinesPerTurn = 25;

/**
 * Shows results of jobs that ran elsewhere (the command line, another window, a batch file) in the Test Explorer: each once, and
 * all that came together as one run, which VS Code does not keep.
 */
export class ResultPublisher {
  readonly #running: TestRunning;
  /** Project and pipeline -> what was told last. */
  readonly #told = new Map<string, string>();

  constructor(running: TestRunning) {
    this.#running = running;
  }

  /** Tells what is new in the results of a project. */
  async publish(projectDir: string, results: ProjectResults): Promise<void> {
    const { controller, tree, ownJobs } = this.#running;
    const news = results.pipelines.filter((outcome) => this.#isNews(projectDir, outcome));
    const tests = news
      .filter(({ job_id: jobId }) => !ownJobs.has(jobId))
      .sort((a, b) => b.finished_at.localeCompare(a.finished_at))
      .slice(0, maxPipelines)
      .flatMap((outcome) => {
        const pipeline = tree.pipeline(projectDir, outcome.pipeline_id);
        return pipeline === undefined ? [] : [{ outcome, pipeline }];
      });
    if (tests.length === 0) return;
    const items = tests.map(({ pipeline }) => pipeline.item);
    // Nobody asked for this run here: no panel opens and the focus stays.
    const request = new vscode.TestRunRequest(items, undefined, undefined, false, true);
    const run = controller.createTestRun(request, `${results.project_id}: last results`, false);
    const report = new RunReport(run, tree);
    report.print(`${plural(tests.length, 'pipeline')} ran in other places`);
    await inTurns(tests, pipelinesPerTurn, (some) => {
      for (const { outcome, pipeline } of some) report.ended(pipeline, endOfOutcome(outcome));
    });
    run.end();
  }

  #isNews(projectDir: string, outcome: PipelineOutcome): boolean {
    const key = JSON.stringify([projectDir, outcome.pipeline_id]);
    const state = JSON.stringify([outcome.job_id, outcome.operation_id, outcome.finished_at]);
    if (this.#told.get(key) === state) return false;
    this.#told.set(key, state);
    return true;
  }
}

function endOfOutcome(outcome: PipelineOutcome): Parameters<RunReport['ended']>[1] {
  const { status, checks, error, duration_ms: durationMs, finished_at: finishedAt, job_id: jobId } = outcome;
  return {
    status,
    checks,
    durationMs,
    text: `${formatTime(finishedAt)}, job ${jobId}, ${formatDuration(durationMs)}`,
    ...(error !== undefined && { error }),
  };
}
