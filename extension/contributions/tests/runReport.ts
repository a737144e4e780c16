import * as vscode from 'vscode';
import { operationText } from '../../../daemon/client/summary.ts';
import { formatCount, formatDuration, visible } from '../../../daemon/client/text.ts';
import type { Operation } from '../../../daemon/protocol/entities.ts';
import type { CheckOutcome } from '../checkText.ts';
import { verdictOf, type CheckVerdict } from './checkVerdict.ts';
import type { PipelineTest, TestTree } from './testTree.ts';

/** Thousands of lines of output freeze the window (microsoft/vscode#266048); the job's log has everything. */
const maxOutputLines = 2000;

/** How a pipeline ended, as an operation or a remembered result tells. */
export interface PipelineEnd {
  readonly status: Operation['status'];
  readonly checks: readonly CheckOutcome[];
  readonly error?: { readonly kind: string; readonly message: string; readonly hint?: string };
  readonly durationMs?: number;
  /** What stands in the output beside the name. */
  readonly text: string;
}

/** Tells one test run what became of pipelines and their checks. */
export class RunReport {
  readonly #run: vscode.TestRun;
  readonly #tree: TestTree;
  #lines = 0;

  constructor(run: vscode.TestRun, tree: TestTree) {
    this.#run = run;
    this.#tree = tree;
  }

  enqueued(pipeline: PipelineTest): void {
    for (const item of this.#tree.leavesOf(pipeline)) this.#run.enqueued(item);
  }

  started(pipeline: PipelineTest): void {
    for (const item of this.#tree.leavesOf(pipeline)) this.#run.started(item);
  }

  /** The checks one by one; the pipeline itself only if it came to none of them. */
  ended(pipeline: PipelineTest, end: PipelineEnd): void {
    const time = end.durationMs === undefined ? '' : ` in ${formatDuration(end.durationMs)}`;
    const text = end.text === '' ? '' : `: ${end.text}`;
    // Not as output of the item: one without a state of its own would stand among the results as one that did not run.
    this.print(`${end.status} ${pipeline.pipelineId}${time}${text}`);
    const open = new Set(this.#tree.leavesOf(pipeline));
    for (const check of end.checks) {
      const item = this.#tree.check(pipeline, check.name);
      open.delete(item);
      this.#tell(item, verdictOf(check));
    }
    if (end.status === 'failed' && end.error !== undefined && end.error.kind !== 'checks_failed') {
      const { kind, message, hint } = end.error;
      this.errored(pipeline, `${kind}: ${message}${hint === undefined ? '' : `\n\n${hint}`}`);
      open.delete(pipeline.item);
    } else if (end.status === 'completed' && end.checks.length === 0) {
      this.#run.passed(pipeline.item, end.durationMs);
      open.clear();
    }
    for (const item of open) this.#run.skipped(item);
  }

  /** Nothing could be checked. */
  errored(pipeline: PipelineTest, text: string, location?: vscode.Location): void {
    const message = new vscode.TestMessage(text);
    message.location = location ?? locationOf(pipeline.item);
    this.#run.errored(pipeline.item, message);
  }

  skipped(pipeline: PipelineTest): void {
    for (const item of this.#tree.leavesOf(pipeline)) this.#run.skipped(item);
  }

  print(line: string, item?: vscode.TestItem): void {
    this.#lines += 1;
    if (this.#lines > maxOutputLines) return;
    const text =
      this.#lines < maxOutputLines
        ? visible(line)
        : `More than ${formatCount(maxOutputLines)} lines; the rest stands in the log of the job.`;
    this.#run.appendOutput(`${text}\r\n`, undefined, item);
  }

  #tell(item: vscode.TestItem, verdict: CheckVerdict): void {
    const { state, message, expected, actual, durationMs } = verdict;
    if (state === 'skipped') this.#run.skipped(item);
    else if (state === 'passed') this.#run.passed(item, durationMs);
    else {
      const told =
        expected === undefined
          ? new vscode.TestMessage(message)
          : vscode.TestMessage.diff(message, expected, actual ?? '');
      told.location = locationOf(item);
      if (state === 'failed') this.#run.failed(item, told, durationMs);
      else this.#run.errored(item, told, durationMs);
    }
    if (message !== '') this.print(`  ${message}`, item);
  }
}

/** An operation of a `pipelines/bulkExecute` as the end of its pipeline. */
export function endOfOperation(operation: Operation): PipelineEnd {
  const { status, result, error, duration_ms: durationMs } = operation;
  return {
    status,
    checks: result?.type === 'pipeline' ? result.checks : [],
    text: operationText(operation),
    ...(error !== undefined && { error }),
    ...(durationMs !== undefined && { durationMs }),
  };
}

function locationOf({ uri, range }: vscode.TestItem): vscode.Location | undefined {
  return uri === undefined || range === undefined ? undefined : new vscode.Location(uri, range);
}
