import { view } from '../../state/app.ts';
import { domains, estimate, schemaNames, type SchemaName } from '../../state/domains.ts';
import { wholeNumber, type Forms } from '../../state/forms.ts';
import { formatBytes, formatCount, visible } from '../../state/format.ts';
import { useStore } from '../hooks.ts';
import { Checkbox } from '../ui/checkbox.tsx';
import { Dropdown } from '../ui/dropdown.tsx';
import { TextField } from '../ui/textField.tsx';
import { FormFrame, type FormPartProps } from './formFrame.tsx';
import { NoProject, ProjectChoice, useProject } from './projectChoice.tsx';

const most = 10_000_000_000;

export function GenerationTab() {
  const project = useProject(useStore(view, (state) => state.forms.generation.project));
  if (project === undefined) return <NoProject />;
  const connections = project.connections.map(({ name, type }) => ({
    value: name,
    label: `${visible(name, 100)} (${type})`,
  }));
  return (
    <FormFrame name="generation" runTitle="Generate" projectDir={project.dir}>
      {(props) => (
        <>
          <ProjectChoice
            project={project}
            onChange={(dir) => props.onChange({ project: dir, connection: '' })}
          />
          <fieldset class="choices">
            <legend>Schemas</legend>
            {schemaNames.map((name) => (
              <Schema key={name} name={name} {...props} />
            ))}
            <p role="status" class="estimate">
              {estimateText(props.form)}
            </p>
          </fieldset>
          <div class="row fields">
            <Dropdown
              label="Write to"
              value={
                connections.some(({ value }) => value === props.form.connection) ? props.form.connection : ''
              }
              choices={[{ value: '', label: 'Parquet files of the job' }, ...connections]}
              onChange={(connection) => props.onChange({ connection })}
            />
            <TextField
              label="Faults to plant"
              value={props.form.faults}
              placeholder="none"
              hint="In each schema, to see that checks find them."
              problem={props.problems['faults']}
              onInput={(faults) => props.onChange({ faults })}
            />
          </div>
        </>
      )}
    </FormFrame>
  );
}

function Schema(props: FormPartProps<'generation'> & { readonly name: SchemaName }) {
  const { name, form, onChange, problems } = props;
  const item = form.items[name];
  const domain = domains[name];
  const change = (part: Partial<typeof item>) =>
    onChange({ items: { ...form.items, [name]: { ...item, ...part } } });
  return (
    <div class="schema">
      <Checkbox isChecked={item.is_chosen} onChange={(is_chosen) => change({ is_chosen })}>
        <strong>{name}</strong>
      </Checkbox>
      <p>{domain.description}</p>
      <p class="caption">
        {domain.tables.length} tables: {domain.tables.join(', ')}
      </p>
      {item.is_chosen ? (
        <div class="row fields">
          <TextField
            label={`Rows of ${domain.mainTable}`}
            value={item.row_count}
            problem={problems[`${name} rows`]}
            onInput={(row_count) => change({ row_count })}
          />
          <TextField
            label="Seed"
            value={item.seed}
            hint="The same seed gives the same data."
            problem={problems[`${name} seed`]}
            onInput={(seed) => change({ seed })}
          />
        </div>
      ) : null}
    </div>
  );
}

function estimateText({ items }: Forms['generation']): string {
  let rows = 0;
  let bytes = 0;
  for (const name of schemaNames) {
    const count = items[name].is_chosen ? wholeNumber(items[name].row_count, 1, most) : undefined;
    if (count === undefined) continue;
    const part = estimate(name, count);
    rows += part.rows;
    bytes += part.bytes;
  }
  if (rows === 0) return 'Tick a schema to see how much it comes to.';
  return `About ${formatCount(rows)} rows in all tables, ${formatBytes(bytes)} as Parquet`;
}
