import type { WorkspaceProject } from '../../../daemon/protocol/language.ts';
import { runCommand } from '../../host.ts';
import { app, failed } from '../../state/app.ts';
import { visible } from '../../state/format.ts';
import { useStore } from '../hooks.ts';
import { Button } from '../ui/button.tsx';
import { Dropdown } from '../ui/dropdown.tsx';
import { EmptyState } from '../ui/emptyState.tsx';
import { ProgressRing } from '../ui/progressRing.tsx';

/** The chosen project of the workspace, or the first; undefined if there is none. */
export function useProject(dir: string): WorkspaceProject | undefined {
  const projects = useStore(app, (state) => state.workspace)?.projects ?? [];
  return projects.find((project) => project.dir === dir) ?? projects[0];
}

export interface ProjectChoiceProps {
  readonly project: WorkspaceProject;
  readonly onChange: (dir: string) => void;
}

/** Nothing to choose while there is one. */
export function ProjectChoice({ project, onChange }: ProjectChoiceProps) {
  const projects = useStore(app, (state) => state.workspace)?.projects ?? [];
  if (projects.length < 2) return null;
  const choices = projects.map(({ dir, project_id }) => ({ value: dir, label: visible(project_id, 100) }));
  return <Dropdown label="Project" value={project.dir} choices={choices} onChange={onChange} />;
}

/** While the workspace is read, or if it holds no project. */
export function NoProject() {
  const isRead = useStore(app, (state) => state.workspace !== null);
  if (!isRead) return <ProgressRing label="Reading the workspace…" />;
  return (
    <EmptyState title="This workspace has no project.">
      <p>A project is a folder with an ombudsman.yaml that names connections and pipelines.</p>
      <Button kind="primary" onPress={() => void runCommand('ombudsman.init').catch(failed)}>
        Create a project…
      </Button>
    </EmptyState>
  );
}
