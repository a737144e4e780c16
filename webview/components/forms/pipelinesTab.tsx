import type { WorkspacePipeline } from '../../../daemon/protocol/language.ts';
import type { PipelineOutcome } from '../../../daemon/protocol/answers.ts';
import { app, view } from '../../state/app.ts';
import { formatAgo, formatDuration } from '../../state/format.ts';
import { useNow, useStore } from '../hooks.ts';
import { EmptyState } from '../ui/emptyState.tsx';
import { StatusChip } from '../ui/statusChip.tsx';
import { ChoiceList, type ListChoice } from './choiceList.tsx';
import { FormFrame } from './formFrame.tsx';
import { NoProject, ProjectChoice, useProject } from './projectChoice.tsx';

export function PipelinesTab() {
  const project = useProject(useStore(view, (state) => state.forms.pipelines.project));
  const results = useStore(app, (state) => state.results);
  const nowMs = useNow(true, 60_000);
  if (project === undefined) return <NoProject />;
  const outcomes = new Map(results.get(project.dir)?.pipelines.map((each) => [each.pipeline_id, each]));
  const choices = project.pipelines.map((pipeline) =>
    choiceOf(pipeline, outcomes.get(pipeline.pipeline_id), nowMs),
  );
  return (
    <FormFrame name="pipelines" runTitle="Execute" projectDir={project.dir}>
      {({ form, onChange, problems }) => (
        <>
          <ProjectChoice project={project} onChange={(dir) => onChange({ project: dir, chosen: [] })} />
          {choices.length === 0 ? (
            <EmptyState title="This project has no pipelines.">
              <p>Write a *.pipeline.yaml under the folder that ombudsman.yaml names.</p>
            </EmptyState>
          ) : (
            <ChoiceList
              title="Pipelines"
              what="pipeline"
              choices={choices}
              chosen={form.chosen.filter((id) => choices.some((choice) => choice.id === id))}
              onChange={(chosen) => onChange({ chosen: [...chosen] })}
              problem={problems['chosen']}
            />
          )}
        </>
      )}
    </FormFrame>
  );
}

function choiceOf(
  { pipeline_id: id, source, target, has_errors: hasErrors }: WorkspacePipeline,
  last: PipelineOutcome | undefined,
  nowMs: number,
): ListChoice {
  const side = (end: WorkspacePipeline['source']) =>
    end === null ? '?' : `${end.connection}.${end.relation}`;
  return {
    id,
    name: id,
    detail: `${side(source)} → ${side(target)}`,
    obstacle: hasErrors ? 'Its file has errors: see Problems.' : undefined,
    status:
      last === undefined ? (
        <span class="caption">Never run</span>
      ) : (
        <>
          <StatusChip status={last.status} />
          <span class="caption">
            {formatDuration(last.duration_ms)}, {formatAgo(last.finished_at, nowMs)}
          </span>
        </>
      ),
  };
}
