import { view } from '../../state/app.ts';
import { useStore } from '../hooks.ts';
import { Checkbox } from '../ui/checkbox.tsx';
import { EmptyState } from '../ui/emptyState.tsx';
import { RadioGroup } from '../ui/radioGroup.tsx';
import { TextField } from '../ui/textField.tsx';
import { ChoiceList } from './choiceList.tsx';
import { FormFrame } from './formFrame.tsx';
import { NoProject, ProjectChoice, useProject } from './projectChoice.tsx';

const countings = [
  { value: 'estimate', label: 'What the system believes' },
  { value: 'exact', label: 'Count every table' },
  { value: 'none', label: 'No row counts' },
] as const;

export function MetadataTab() {
  const project = useProject(useStore(view, (state) => state.forms.metadata.project));
  if (project === undefined) return <NoProject />;
  const choices = project.connections.map(({ name, type }) => ({ id: name, name, detail: type }));
  return (
    <FormFrame name="metadata" runTitle="Extract" projectDir={project.dir}>
      {({ form, onChange, problems }) => (
        <>
          <ProjectChoice project={project} onChange={(dir) => onChange({ project: dir, chosen: [] })} />
          {choices.length === 0 ? (
            <EmptyState title="This project has no connections.">
              <p>Name them under connections in ombudsman.yaml.</p>
            </EmptyState>
          ) : (
            <ChoiceList
              title="Connections"
              what="connection"
              choices={choices}
              chosen={form.chosen.filter((id) => choices.some((choice) => choice.id === id))}
              onChange={(chosen) => onChange({ chosen: [...chosen] })}
              problem={problems['chosen']}
            />
          )}
          <div class="row fields">
            <TextField
              label="Only these schemas"
              value={form.schemas}
              placeholder="all"
              hint="Separated by commas."
              onInput={(schemas) => onChange({ schemas })}
            />
            <RadioGroup
              label="Row counts"
              value={form.row_counts}
              choices={countings}
              onChange={(row_counts) => onChange({ row_counts })}
            />
          </div>
          <Checkbox isChecked={form.profile} onChange={(profile) => onChange({ profile })}>
            Profile columns: nulls, distinct values, bounds, quantiles, top values
          </Checkbox>
        </>
      )}
    </FormFrame>
  );
}
