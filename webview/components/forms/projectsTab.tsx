import { app } from '../../state/app.ts';
import { plural } from '../../state/format.ts';
import { useStore } from '../hooks.ts';
import { ChoiceList } from './choiceList.tsx';
import { FormFrame } from './formFrame.tsx';
import { NoProject } from './projectChoice.tsx';

export function ProjectsTab() {
  const projects = useStore(app, (state) => state.workspace)?.projects ?? [];
  if (projects.length === 0) return <NoProject />;
  const choices = projects.map(({ dir, project_id, pipelines, has_errors }) => ({
    id: dir,
    name: project_id,
    detail: `${plural(pipelines.length, 'pipeline')} in ${dir}`,
    obstacle: has_errors ? 'Its ombudsman.yaml has errors: see Problems.' : undefined,
  }));
  return (
    <FormFrame name="projects" runTitle="Validate" projectDir="">
      {({ form, onChange, problems }) => (
        <ChoiceList
          title="Projects"
          what="project"
          choices={choices}
          chosen={form.chosen.filter((id) => choices.some((choice) => choice.id === id))}
          onChange={(chosen) => onChange({ chosen: [...chosen] })}
          problem={problems['chosen']}
        />
      )}
    </FormFrame>
  );
}
