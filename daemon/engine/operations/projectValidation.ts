import type { PipelineWork, ProjectWork } from '../../protocol/engine.ts';
import type { OperationProgress } from '../../protocol/entities.ts';
import { transientKinds } from '../../protocol/errors.ts';
import type { ProjectResult } from '../../protocol/results.ts';
import { EngineError, throwIfAborted, toEngineError } from '../errors.ts';
import { failingChecks } from '../validation/verdict.ts';
import type { OperationContext, OperationRunner } from './operation.ts';
import { validatePipeline } from './pipeline.ts';

interface PipelineRun {
  readonly entry: ProjectResult['pipelines'][number];
  readonly error?: EngineError;
}

/**
 * The `project_validation` operation: all its pipelines one after another. One that fails or cannot begin does not stop the
 * others; it fails the operation, which names it.
 */
export const runProjectValidation: OperationRunner<ProjectWork> = async (work, context) => {
  const startedAt = new Date().toISOString();
  const runs: PipelineRun[] = [];
  let rowsBefore = 0;
  for (const pipeline of work.pipelines) {
    throwIfAborted(context.signal);
    const progress = stepProgress(work, runs.length, rowsBefore, pipeline.pipeline.pipeline_id);
    context.progress(progress({ rows_done: 0 }));
    const run = await runOne(pipeline, withProgress(context, progress));
    runs.push(run);
    rowsBefore += rowsScanned(run);
  }
  const total = runs.length;
  context.progress({ rows_done: rowsBefore, steps_done: total, steps_total: total });
  const failed = runs.filter((run) => run.entry.status === 'failed');
  const result: ProjectResult = {
    type: 'project_validation',
    project_id: work.project_id,
    pipelines: runs.map((run) => run.entry),
    summary: { total, completed: total - failed.length, failed: failed.length },
    evidence: { started_at: startedAt, finished_at: new Date().toISOString() },
  };
  const error = projectError(runs, failed);
  return { result, ...(error !== undefined && { error }) };
};

/** The progress of one pipeline as a step of the project: rows of those before it and its own. */
function stepProgress(work: ProjectWork, step: number, rowsBefore: number, pipelineId: string) {
  return (inner: OperationProgress): OperationProgress => ({
    phase: inner.phase === undefined ? pipelineId : `${pipelineId}: ${inner.phase}`,
    rows_done: rowsBefore + inner.rows_done,
    steps_done: step,
    steps_total: work.pipelines.length,
  });
}

/** The same attempt with its progress told otherwise. Field by field: the methods of a class would be lost in a spread. */
function withProgress(
  context: OperationContext,
  translate: (inner: OperationProgress) => OperationProgress,
): OperationContext {
  return {
    signal: context.signal,
    artifactDir: context.artifactDir,
    scratchDir: context.scratchDir,
    artifacts: context.artifacts,
    progress: (inner) => context.progress(translate(inner)),
    log: (level, message) => context.log(level, message),
    child: (pid, start) => context.child(pid, start),
  };
}

async function runOne(work: PipelineWork, context: OperationContext): Promise<PipelineRun> {
  const { pipeline_id } = work.pipeline;
  try {
    const { result, error } = await validatePipeline(work, context);
    const { checks, summary, evidence } = result;
    return {
      entry: {
        pipeline_id,
        status: error === undefined ? 'completed' : 'failed',
        failing_checks: failingChecks(checks),
        ...(error !== undefined && { error: { kind: error.kind, message: error.message } }),
        summary,
        evidence,
        checks,
      },
      ...(error !== undefined && { error }),
    };
  } catch (thrown) {
    throwIfAborted(context.signal);
    const error = toEngineError(thrown);
    const { kind, message } = error;
    context.log('error', `${pipeline_id}: ${message}`);
    return { entry: { pipeline_id, status: 'failed', failing_checks: [], error: { kind, message } }, error };
  }
}

function rowsScanned({ entry: { evidence } }: PipelineRun): number {
  return (evidence?.source?.rows_scanned ?? 0) + (evidence?.target?.rows_scanned ?? 0);
}

/** A project without pipelines checked nothing, so it is not completed either. */
function projectError(runs: readonly PipelineRun[], failed: readonly PipelineRun[]): EngineError | undefined {
  if (runs.length === 0) {
    return new EngineError('definition', 'no_pipelines', 'the project has no pipelines to validate', {
      hint: 'Check `pipelines` of ombudsman.yaml and the pipeline_ids of the batch.',
    });
  }
  if (failed.length === 0) return undefined;
  const errors = failed.flatMap((run) => (run.error === undefined ? [] : [run.error]));
  const cause =
    errors.find((error) => transientKinds.has(error.kind)) ??
    errors.find((error) => error.kind === 'checks_failed') ??
    errors[0];
  const named = failed.map(({ entry }) => `${entry.pipeline_id} (${entry.error?.message ?? 'failed'})`);
  const message = `${failed.length} of ${runs.length} pipelines failed: ${named.join('; ')}`;
  return new EngineError(cause?.kind ?? 'checks_failed', cause?.code ?? 'checks_failed', message, {
    hint: cause?.hint,
    details: { failing_pipelines: failed.map(({ entry }) => entry.pipeline_id) },
  });
}
