import { resolve } from 'node:path';
import type { BatchPlan } from '../../protocol/plan.ts';
import type { ProjectResult } from '../../protocol/results.ts';
import type { NamedRun, RunSubject } from './runLedger.ts';
import type { Run } from './runList.ts';
import type { OperationState } from './schemas.ts';

/** The pipelines that the operation ran to an end, or the catalog it has read; nothing while it has not completed or failed. */
export function runsOf(jobId: string, plan: BatchPlan, index: number, state: OperationState): NamedRun[] {
  const planned = plan.operations[index];
  const startedAt = state.attempts.at(-1)?.started_at;
  const { finished_at: at, status, result } = state;
  if (planned === undefined || startedAt === undefined || at === undefined) return [];
  if (status !== 'completed' && status !== 'failed') return [];
  const { work, operation_id } = planned;
  const ok = status === 'completed';
  const named = (
    kind: RunSubject['kind'],
    dir: string,
    name: string,
    parts: Partial<Run> = {},
  ): NamedRun => ({
    kind,
    project_dir: resolve(dir),
    project_id: plan.projects[dir]?.project_id ?? plan.project_id,
    name,
    run: { at, job_id: jobId, operation_id, duration_ms: between(startedAt, at), ok, ...parts },
  });
  switch (work.type) {
    case 'pipeline':
      return [named('pipeline', work.project_dir, work.pipeline.pipeline_id)];
    case 'metadata_extraction':
      return ok ? [named('catalog', work.project_dir, work.connection)] : [];
    case 'project_validation':
      if (result?.type !== 'project_validation') return [];
      return result.pipelines.map((pipeline) =>
        named('pipeline', work.project_dir, pipeline.pipeline_id, partsOf(pipeline, at)),
      );
    default:
      return [];
  }
}

/** Of a pipeline in the result of its project: its own times, where it came so far that it has any. */
export function partsOf(
  { status, evidence }: ProjectResult['pipelines'][number],
  operationEndedAt: string,
): Pick<Run, 'at' | 'duration_ms' | 'ok'> {
  return {
    at: evidence?.finished_at ?? operationEndedAt,
    duration_ms: evidence === undefined ? 0 : between(evidence.started_at, evidence.finished_at),
    ok: status === 'completed',
  };
}

function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}
