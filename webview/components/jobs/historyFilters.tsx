import { app } from '../../state/app.ts';
import { visible } from '../../state/format.ts';
import { endedStatuses, isFiltered, jobTypes, type HistoryView } from '../../state/history.ts';
import { jobTypeWords, statusWords } from '../../state/words.ts';
import { useStore } from '../hooks.ts';
import { Button } from '../ui/button.tsx';
import { DateField } from '../ui/dateField.tsx';
import { Dropdown } from '../ui/dropdown.tsx';
import { TextField } from '../ui/textField.tsx';

export const noFilters = { status: '', type: '', project: '', tag: '', text: '', from: '', to: '' } as const;

export interface HistoryFiltersProps {
  readonly filter: HistoryView;
  readonly onChange: (part: Partial<HistoryView>) => void;
}

const statuses = [
  { value: '' as const, label: 'Any status' },
  ...endedStatuses.map((value) => ({ value, label: statusWords[value] })),
];
const types = [
  { value: '' as const, label: 'Any type' },
  ...jobTypes.map((value) => ({ value, label: jobTypeWords[value] })),
];

export function HistoryFilters({ filter, onChange }: HistoryFiltersProps) {
  const jobs = useStore(app, (state) => state.jobs);
  const ids = new Set([...jobs.values()].flatMap(({ project_id }) => project_id ?? []));
  if (filter.project !== '') ids.add(filter.project);
  const projects = [
    { value: '', label: 'Any project' },
    ...[...ids].sort().map((value) => ({ value, label: visible(value, 60) })),
  ];
  return (
    <div class="filters" role="search" aria-label="Filter the history">
      <TextField
        label="Search"
        value={filter.text}
        placeholder="Name, id or tag"
        onInput={(text) => onChange({ text })}
      />
      <Dropdown
        label="Status"
        value={filter.status}
        choices={statuses}
        onChange={(status) => onChange({ status })}
      />
      <Dropdown label="Type" value={filter.type} choices={types} onChange={(type) => onChange({ type })} />
      <Dropdown
        label="Project"
        value={filter.project}
        choices={projects}
        onChange={(project) => onChange({ project })}
      />
      <TextField label="Tag" value={filter.tag} onInput={(tag) => onChange({ tag })} />
      <DateField label="Created from" value={filter.from} onChange={(from) => onChange({ from })} />
      <DateField label="Created to" value={filter.to} onChange={(to) => onChange({ to })} />
      <Button isDisabled={!isFiltered(filter)} onPress={() => onChange(noFilters)}>
        Clear filters
      </Button>
    </div>
  );
}
