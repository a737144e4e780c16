import type { Job } from '../../../daemon/protocol/entities.ts';
import { isJobEnded } from '../../../daemon/protocol/endings.ts';
import { formatAgo, formatTime, visible } from '../../state/format.ts';
import { durationText, etaText, shownStatus } from '../../state/jobs.ts';
import { jobTypeWords } from '../../state/words.ts';
import type { Column } from '../grid/grid.tsx';
import { Name } from '../ui/name.tsx';
import { countsText, ProgressBar } from '../ui/progressBar.tsx';
import { StatusChip } from '../ui/statusChip.tsx';
import { JobActions } from './jobActions.tsx';

const name: Column<Job> = {
  id: 'job_name',
  title: 'Job',
  width: 'minmax(180px, 2.2fr)',
  isSortable: true,
  cell: (job) => (
    <div class="two-lines">
      <Name text={job.job_name} />
      <span class="second">
        {jobTypeWords[job.job_type]}
        {job.project_id === null ? '' : ` · ${visible(job.project_id, 60)}`}
        {job.tags.length === 0 ? '' : ` · ${job.tags.map((tag) => visible(tag, 40)).join(', ')}`}
      </span>
    </div>
  ),
};
const status: Column<Job> = {
  id: 'status',
  title: 'Status',
  width: '136px',
  isSortable: true,
  cell: (job) => <StatusChip status={shownStatus(job)} />,
};
const progress: Column<Job> = {
  id: 'progress',
  title: 'Progress',
  width: 'minmax(170px, 1.6fr)',
  cell: (job) => (
    <div class="two-lines">
      <ProgressBar progress={job.progress} label={`Progress of ${visible(job.job_name, 100)}`} />
      <span class="second">{countsText(job.progress)}</span>
    </div>
  ),
};
const actions = (onOpen: (job: Job) => void): Column<Job> => ({
  id: 'actions',
  title: 'Actions',
  width: '150px',
  cell: (job, { isActive }) => <JobActions job={job} isTabStop={isActive} onView={() => onOpen(job)} />,
});

/** What a grid of jobs needs to know of the room it has. */
export interface JobLayout {
  readonly columns: Column<Job>[];
  readonly rowHeightPx: number;
  readonly minWidthPx: number;
}

/** In a narrow panel: all of a job in one cell, its actions within reach. */
function cardLayout(nowMs: number, onOpen: (job: Job) => void): JobLayout {
  const card: Column<Job> = {
    ...name,
    width: 'minmax(0, 1fr)',
    cell: (job, context) => (
      <div class="job-card">
        {name.cell(job, context)}
        <div class="row">
          <StatusChip status={shownStatus(job)} />
          <span class="second">{durationText(job, nowMs)}</span>
        </div>
        {progress.cell(job, context)}
        {actions(onOpen).cell(job, context)}
      </div>
    ),
  };
  return { columns: [card], rowHeightPx: 142, minWidthPx: 0 };
}

/** Of jobs that live, or did until a moment ago. */
export function activeLayout(nowMs: number, isNarrow: boolean, onOpen: (job: Job) => void): JobLayout {
  if (isNarrow) return cardLayout(nowMs, onOpen);
  return { columns: activeColumns(nowMs, onOpen), rowHeightPx: 46, minWidthPx: 840 };
}

/** Of jobs that ended. */
export function historyLayout(nowMs: number, isNarrow: boolean, onOpen: (job: Job) => void): JobLayout {
  if (isNarrow) return cardLayout(nowMs, onOpen);
  return { columns: historyColumns(nowMs, onOpen), rowHeightPx: 46, minWidthPx: 880 };
}

function activeColumns(nowMs: number, onOpen: (job: Job) => void): Column<Job>[] {
  return [
    { ...name, isSortable: false },
    { ...status, isSortable: false },
    progress,
    {
      id: 'duration',
      title: 'Duration',
      width: '92px',
      isNumber: true,
      cell: (job) => durationText(job, nowMs),
    },
    {
      id: 'eta',
      title: 'Time left',
      width: '84px',
      isNumber: true,
      cell: (job) => (isJobEnded(job.status) ? 'ended' : etaText(job)),
    },
    actions(onOpen),
  ];
}

function historyColumns(nowMs: number, onOpen: (job: Job) => void): Column<Job>[] {
  return [
    name,
    status,
    progress,
    {
      id: 'finished_at',
      title: 'Ended',
      width: '110px',
      isSortable: true,
      cell: ({ finished_at }) =>
        finished_at === undefined ? (
          ''
        ) : (
          <time dateTime={finished_at} title={formatTime(finished_at)}>
            {formatAgo(finished_at, nowMs)}
          </time>
        ),
    },
    {
      id: 'duration_ms',
      title: 'Duration',
      width: '92px',
      isSortable: true,
      isNumber: true,
      cell: (job) => durationText(job, nowMs),
    },
    actions(onOpen),
  ];
}
