import type { Job } from '../../../daemon/protocol/entities.ts';
import { doWithJob } from '../../state/actions.ts';
import { visible } from '../../state/format.ts';
import { actionsOf, jobActions, type JobAction } from '../../state/jobs.ts';
import type { IconName } from '../ui/icon.tsx';
import { IconButton } from '../ui/iconButton.tsx';

const words: Readonly<Record<JobAction, { readonly icon: IconName; readonly title: string }>> = {
  pause: { icon: 'pause', title: 'Pause' },
  resume: { icon: 'play', title: 'Resume' },
  cancel: { icon: 'stop', title: 'Cancel' },
  retry: { icon: 'retry', title: 'Retry failed operations of' },
  rerun: { icon: 'rerun', title: 'Run again' },
  export: { icon: 'export', title: 'Export' },
  delete: { icon: 'trash', title: 'Delete' },
};

export interface JobActionsProps {
  readonly job: Job;
  readonly isTabStop?: boolean;
  readonly onView?: () => void;
}

/** What can be done with the job as it stands; what cannot is not offered. */
export function JobActions({ job, isTabStop = true, onView }: JobActionsProps) {
  const possible = actionsOf(job);
  const name = visible(job.job_name, 100);
  return (
    <div class="actions">
      {onView === undefined ? null : (
        <IconButton icon="eye" label={`View ${name}`} onPress={onView} isTabStop={isTabStop} />
      )}
      {jobActions
        .filter((action) => possible.has(action))
        .map((action) => (
          <IconButton
            key={action}
            icon={words[action].icon}
            label={`${words[action].title} ${name}`}
            isTabStop={isTabStop}
            onPress={() => void doWithJob(action, job)}
          />
        ))}
    </div>
  );
}
