import { isJobEnded } from '../../../daemon/protocol/endings.ts';
import type { Job } from '../../../daemon/protocol/entities.ts';
import { app, view } from '../../state/app.ts';
import { plural } from '../../state/format.ts';
import { activeJobs } from '../../state/jobs.ts';
import { showJob, showTab } from '../../state/viewState.ts';
import { Grid } from '../grid/grid.tsx';
import { useNarrow, useNow, useStore } from '../hooks.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/emptyState.tsx';
import { ProgressRing } from '../ui/progressRing.tsx';
import { activeLayout } from './jobColumns.tsx';

const open = (job: Job) => view.update((state) => showJob(state, job.job_id));

export function ActiveTab() {
  const jobs = useStore(app, (state) => state.jobs);
  const isLoaded = useStore(app, (state) => state.isLoaded);
  const nowMs = useNow(true);
  const isNarrow = useNarrow();
  const shown = activeJobs(jobs, nowMs);
  const live = shown.filter(({ status }) => !isJobEnded(status)).length;
  if (!isLoaded) return <ProgressRing label="Waiting for the jobs…" />;
  if (shown.length === 0) {
    return (
      <EmptyState title="No job is running.">
        <p>Tick the pipelines to validate and press Execute, or run a batch file from the explorer.</p>
        <div class="row">
          <Button kind="primary" onPress={() => view.update((state) => showTab(state, 'pipelines'))}>
            Run pipelines…
          </Button>
          <Button onPress={() => view.update((state) => showTab(state, 'history'))}>Show history</Button>
        </div>
      </EmptyState>
    );
  }
  const ended = shown.length - live;
  return (
    <section class="fill" aria-label="Active jobs">
      <p class="caption">
        {plural(live, 'live job')}
        {ended > 0 ? `, ${plural(ended, 'job')} that ended in the last 10 minutes` : ''}
      </p>
      <Grid
        label="Active jobs"
        {...activeLayout(nowMs, isNarrow, open)}
        rows={shown}
        idOf={(job) => job.job_id}
        nameOf={(job) => job.job_name}
        onOpen={open}
      />
    </section>
  );
}
