import type { Job } from '../../../daemon/protocol/entities.ts';
import { doWithJobs } from '../../state/actions.ts';
import { view } from '../../state/app.ts';
import { plural } from '../../state/format.ts';
import { actionsOf, type JobAction } from '../../state/jobs.ts';
import { compareRuns } from '../../state/viewState.ts';
import { Button } from '../ui/button.tsx';

export interface SelectionBarProps {
  readonly jobs: readonly Job[];
  readonly onClear: () => void;
}

const offered: readonly { readonly action: JobAction; readonly title: string }[] = [
  { action: 'retry', title: 'Retry failed' },
  { action: 'rerun', title: 'Run again' },
  { action: 'export', title: 'Export…' },
  { action: 'delete', title: 'Delete…' },
];

/** What can be done with the selected jobs, each with how many it would touch. */
export function SelectionBar({ jobs, onClear }: SelectionBarProps) {
  if (jobs.length === 0)
    return <p class="caption">Select jobs to act on several at once, or two to compare them.</p>;
  const [first, second] = [...jobs].sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
  return (
    <div class="row selection" role="toolbar" aria-label="Selected jobs">
      <strong role="status">{plural(jobs.length, 'job')} selected</strong>
      <Button
        kind="primary"
        isDisabled={jobs.length !== 2}
        onPress={() => {
          if (first === undefined || second === undefined) return;
          view.update((state) => compareRuns(state, [first.job_id, second.job_id]));
        }}
      >
        Compare
      </Button>
      {offered.map(({ action, title }) => {
        const fitting = jobs.filter((job) => actionsOf(job).has(action));
        return (
          <Button
            key={action}
            isDisabled={fitting.length === 0}
            onPress={() => void doWithJobs(action, fitting)}
          >
            {title} ({fitting.length})
          </Button>
        );
      })}
      <Button onPress={onClear}>Clear selection</Button>
    </div>
  );
}
