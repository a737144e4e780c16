/** Pipelines as lines of a quick pick, by project. Free of vscode at run time. */
import { formatAgo } from '../../views/format.ts';
import type { WorkspacePipeline, WorkspaceProject } from '../../../daemon/protocol/language.ts';
import type { PipelineOutcome } from '../../../daemon/protocol/answers.ts';
import { plain } from '../jobs/jobItems.ts';
import type { PickItem } from '../ui/steps.ts';
import type { PipelineRef } from './pipelines.ts';

/** As VS Code has it: `QuickPickItemKind.Separator`. */
const separatorKind = -1;

type OutcomeOf = (projectDir: string, pipelineId: string) => PipelineOutcome | undefined;

export function pipelineItems(
  projects: readonly WorkspaceProject[],
  outcomeOf: OutcomeOf,
  nowMs: number,
): PickItem<PipelineRef>[] {
  const filled = projects.filter(({ pipelines }) => pipelines.length > 0);
  return filled.flatMap((project) => {
    const header = { label: plain(project.project_id), kind: separatorKind };
    const items = project.pipelines.map((pipeline) =>
      pipelineItem(project.dir, pipeline, outcomeOf(project.dir, pipeline.pipeline_id), nowMs),
    );
    return filled.length > 1 ? [header, ...items] : items;
  });
}

function pipelineItem(
  projectDir: string,
  pipeline: WorkspacePipeline,
  outcome: PipelineOutcome | undefined,
  nowMs: number,
): PickItem<PipelineRef> {
  const { pipeline_id, source, target, has_errors } = pipeline;
  const side = (each: typeof source) => (each === null ? '?' : `${each.connection}.${each.relation}`);
  const last =
    outcome === undefined
      ? 'not run yet'
      : `${describeOutcome(outcome)} ${formatAgo(outcome.finished_at, nowMs)}`;
  return {
    label: `${iconOf(has_errors, outcome)} ${plain(pipeline_id)}`,
    description: has_errors ? 'has mistakes' : last,
    detail: `${side(source)} → ${side(target)}`,
    value: { projectDir, pipelineId: pipeline_id },
  };
}

function iconOf(hasErrors: boolean, outcome: PipelineOutcome | undefined): string {
  if (hasErrors) return '$(warning)';
  if (outcome === undefined) return '$(circle-large-outline)';
  return outcome.status === 'completed' ? '$(pass)' : '$(error)';
}

/** `passed`, `2 checks failed`, or the status where it did not get so far. */
export function describeOutcome({ status, checks, error }: PipelineOutcome): string {
  if (status === 'completed') return 'passed';
  const failed = checks.filter((check) => check.status === 'failed' || check.status === 'error').length;
  if (failed > 0) return `${failed} ${failed === 1 ? 'check' : 'checks'} failed`;
  return error === undefined ? status : `${status} (${error.kind.replaceAll('_', ' ')})`;
}
