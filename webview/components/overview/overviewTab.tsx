import type { Statistics } from '../../../daemon/protocol/entities.ts';
import { call } from '../../host.ts';
import { app, view } from '../../state/app.ts';
import { formatCount, formatDuration } from '../../state/format.ts';
import { jobTypes } from '../../state/history.ts';
import { periods, sinceOf, type Period } from '../../state/trends.ts';
import { showTab } from '../../state/viewState.ts';
import { jobTypeWords } from '../../state/words.ts';
import { Table } from '../details/table.tsx';
import { useLoaded, useStore } from '../hooks.ts';
import { Button } from '../ui/button.tsx';
import { Dropdown } from '../ui/dropdown.tsx';
import { EmptyState } from '../ui/emptyState.tsx';
import { Name } from '../ui/name.tsx';
import { ProgressRing } from '../ui/progressRing.tsx';
import { StatusChip } from '../ui/statusChip.tsx';
import { TrendChart } from './trendChart.tsx';

const periodWords: Readonly<Record<Period, string>> = {
  '': 'All that is kept',
  '1': 'Last 24 hours',
  '7': 'Last 7 days',
  '30': 'Last 30 days',
  '90': 'Last 90 days',
};
const jobStatuses = [
  'running',
  'pending',
  'paused',
  'completed',
  'partial_success',
  'failed',
  'cancelled',
] as const;

export function OverviewTab() {
  const period = useStore(view, (state) => state.period);
  const listChanges = useStore(app, (state) => state.listChanges);
  const { value, error } = useLoaded(`${period} ${listChanges}`, async () => {
    const since = sinceOf(period, new Date());
    const from = since === undefined ? {} : { since };
    const [statistics, trends] = await Promise.all([
      call('statistics/get', from),
      call('statistics/trends', { ...from, pipelines: 12, runs: 100 }),
    ]);
    return { statistics, trends: trends.pipelines };
  });
  const head = (
    <div class="filters">
      <Dropdown
        label="Jobs created in"
        value={period}
        choices={periods.map((each) => ({ value: each, label: periodWords[each] }))}
        onChange={(chosen) => view.update((state) => ({ ...state, period: chosen }))}
      />
    </div>
  );
  if (value === undefined) {
    if (error === undefined) return <ProgressRing label="Reading the statistics…" />;
    return <EmptyState title={error instanceof Error ? error.message : 'The statistics cannot be read.'} />;
  }
  if (value.statistics.total_jobs === 0) {
    return (
      <>
        {head}
        <EmptyState title="No jobs in this time.">
          <Button kind="primary" onPress={() => view.update((state) => showTab(state, 'pipelines'))}>
            Run pipelines…
          </Button>
        </EmptyState>
      </>
    );
  }
  return (
    <section class="overview" aria-label="Overview">
      {head}
      <Numbers statistics={value.statistics} />
      <div class="columns">
        <Counts statistics={value.statistics} />
        <Pipelines title="Slowest pipelines" pipelines={value.statistics.slowest_pipelines} />
        <Pipelines title="What fails most" pipelines={value.statistics.failing_pipelines} />
      </div>
      {value.trends.length === 0 ? null : (
        <section aria-label="Trends">
          <h3>Duration and failures of each pipeline</h3>
          <div class="trends">
            {value.trends.map((trend) => (
              <TrendChart key={`${trend.project_id} ${trend.name}`} trend={trend} />
            ))}
          </div>
        </section>
      )}
    </section>
  );
}

function Numbers({ statistics }: { readonly statistics: Statistics }) {
  const { success_rate: rate, average_duration_ms: average, p95_duration_ms: p95 } = statistics;
  const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));
  const numbers = [
    ['Jobs', formatCount(statistics.total_jobs)],
    ['Operations', formatCount(statistics.total_operations)],
    ['Success rate of operations', rate === null ? '–' : `${(Math.floor(rate * 1000) / 10).toFixed(1)} %`],
    ['Average duration', duration(average)],
    ['p95 duration', duration(p95)],
    ['Operations in the last hour', formatCount(Math.round(statistics.operations_per_hour))],
  ] as const;
  return (
    <dl class="numbers tiles">
      {numbers.map(([term, value]) => (
        <div key={term} class="number tile">
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Counts({ statistics }: { readonly statistics: Statistics }) {
  const { by_status: byStatus, by_type: byType } = statistics;
  return (
    <section aria-label="Jobs by status and type">
      <h3>Jobs</h3>
      <Table
        head={['Status', 'Jobs']}
        numbers={[1]}
        rows={jobStatuses
          .filter((status) => (byStatus[status] ?? 0) > 0)
          .map((status) => [<StatusChip key="status" status={status} />, formatCount(byStatus[status] ?? 0)])}
      />
      <Table
        head={['Type', 'Jobs']}
        numbers={[1]}
        rows={jobTypes
          .filter((type) => (byType[type] ?? 0) > 0)
          .map((type) => [jobTypeWords[type], formatCount(byType[type] ?? 0)])}
      />
    </section>
  );
}

interface PipelinesProps {
  readonly title: string;
  readonly pipelines: Statistics['slowest_pipelines'];
}

function Pipelines({ title, pipelines }: PipelinesProps) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {pipelines.length === 0 ? (
        <p class="caption">None.</p>
      ) : (
        <Table
          head={['Pipeline', 'Runs', 'Failed', 'Average', 'p95']}
          numbers={[1, 2, 3, 4]}
          rows={pipelines
            .slice(0, 10)
            .map(({ name, runs, failures, average_duration_ms, p95_duration_ms }) => [
              <Name key="name" text={name} />,
              formatCount(runs),
              formatCount(failures),
              formatDuration(average_duration_ms),
              formatDuration(p95_duration_ms),
            ])}
        />
      )}
    </section>
  );
}
