import { useEffect, useRef, useState } from 'preact/hooks';
import { isJobEnded } from '../../../daemon/protocol/endings.ts';
import type { Job, Operation } from '../../../daemon/protocol/entities.ts';
import { app, view } from '../../state/app.ts';
import { formatCount } from '../../state/format.ts';
import { durationText, etaText, shownStatus } from '../../state/jobs.ts';
import { filterOperations } from '../../state/operations.ts';
import { closeJob, type ViewState } from '../../state/viewState.ts';
import { useNow, useStore } from '../hooks.ts';
import { JobActions } from '../jobs/jobActions.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/emptyState.tsx';
import { IconButton } from '../ui/iconButton.tsx';
import { Name } from '../ui/name.tsx';
import { ProgressBar } from '../ui/progressBar.tsx';
import { ProgressRing } from '../ui/progressRing.tsx';
import { StatusChip } from '../ui/statusChip.tsx';
import { Gantt } from './gantt.tsx';
import { JobFacts } from './jobFacts.tsx';
import { JobLog } from './jobLog.tsx';
import { OperationCard } from './operationCard.tsx';
import { OperationsTable } from './operationsTable.tsx';

const back = () => view.update(closeJob);
const open = (operationId: string | null) =>
  view.update((state) => ({ ...state, operation_id: operationId }));
const filterBy = (part: Partial<ViewState['operation_filter']>) =>
  view.update((state) => ({ ...state, operation_filter: { ...state.operation_filter, ...part } }));
const nothing: ReadonlyMap<string, Operation> = new Map();

export function JobDetails({ jobId }: { readonly jobId: string }) {
  const job = useStore(app, (state) => state.jobs.get(jobId));
  const isAbsent = useStore(app, (state) => state.absentJobId === jobId);
  const wasSeen = useRef(false);
  if (job !== undefined) wasSeen.current = true;
  if (job !== undefined) return <Details job={job} />;
  if (!isAbsent && !wasSeen.current) {
    return (
      <div class="fill">
        <BackRow />
        <ProgressRing label="Reading the job…" />
      </div>
    );
  }
  return (
    <div class="fill">
      <BackRow />
      <EmptyState title="This job is no longer there: it was deleted.">
        <Button onPress={back}>Back to the jobs</Button>
      </EmptyState>
    </div>
  );
}

function BackRow() {
  return (
    <div class="row">
      <IconButton icon="back" label="Back to the jobs" onPress={back} />
    </div>
  );
}

function Details({ job }: { readonly job: Job }) {
  const operations = useStore(app, (state) =>
    state.watched?.jobId === job.job_id ? state.watched.byId : nothing,
  );
  const openId = useStore(view, (state) => state.operation_id);
  const { status, text } = useStore(view, (state) => state.operation_filter);
  const [showsLog, setShowsLog] = useState(false);
  const nowMs = useNow(!isJobEnded(job.status));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const shown = filterOperations(operations.values(), status, text);
  const opened = openId === null ? undefined : operations.get(openId);
  return (
    <article class="details" aria-label="Job details">
      <header class="details-head">
        <IconButton icon="back" label="Back to the jobs" onPress={back} />
        <h2 ref={heading} tabIndex={-1} class="details-title">
          <Name text={job.job_name} />
        </h2>
        <StatusChip status={shownStatus(job)} />
        <JobActions job={job} />
      </header>
      <div class="details-progress">
        <ProgressBar progress={job.progress} label="Progress of the job" />
        <Breakdown job={job} nowMs={nowMs} />
      </div>
      <JobFacts job={job} />
      <section aria-label="Timeline" class="block">
        <h3>Timeline</h3>
        <Gantt operations={operations} nowMs={nowMs} onOpen={open} />
      </section>
      <section aria-label="Operations" class="block operations">
        <OperationsTable
          job={job}
          operations={operations}
          shown={shown}
          nowMs={nowMs}
          filter={{
            status,
            text,
            onStatus: (chosen) => filterBy({ status: chosen }),
            onText: (typed) => filterBy({ text: typed }),
          }}
          openId={openId}
          onOpen={open}
        />
        {opened === undefined ? null : (
          <OperationCard
            key={opened.operation_id}
            jobId={job.job_id}
            operation={opened}
            nowMs={nowMs}
            onClose={() => open(null)}
          />
        )}
      </section>
      <section aria-label="Log" class="block">
        <div class="row">
          <h3>Log</h3>
          <Button onPress={() => setShowsLog(!showsLog)}>{showsLog ? 'Hide log' : 'Show log'}</Button>
        </div>
        {showsLog ? (
          <JobLog
            jobId={job.job_id}
            version={`${job.status} ${Math.floor(job.progress.elapsed_ms / 1000)}`}
          />
        ) : null}
      </section>
    </article>
  );
}

function Breakdown({ job, nowMs }: { readonly job: Job; readonly nowMs: number }) {
  const { total, completed, failed, skipped, cancelled, running, rows_processed } = job.progress;
  const numbers: readonly (readonly [string, string | number])[] = [
    ['Total', total],
    ['Completed', completed],
    ['Failed', failed],
    ['Skipped', skipped],
    ['Cancelled', cancelled],
    ['Running', running],
    ['Rows', rows_processed],
    ['Duration', durationText(job, nowMs)],
    ['Time left', isJobEnded(job.status) ? 'ended' : etaText(job)],
  ];
  return (
    <dl class="numbers">
      {numbers.map(([term, value]) => (
        <div key={term} class={term === 'Failed' && failed > 0 ? 'number number-bad' : 'number'}>
          <dt>{term}</dt>
          <dd>{typeof value === 'number' ? formatCount(value) : value}</dd>
        </div>
      ))}
    </dl>
  );
}
