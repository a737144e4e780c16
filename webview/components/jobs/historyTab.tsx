import { useState } from 'preact/hooks';
import type { Job } from '../../../daemon/protocol/entities.ts';
import { call } from '../../host.ts';
import { app, learnJobs, view } from '../../state/app.ts';
import { historyQuery, isFiltered, nextSort, type HistoryView } from '../../state/history.ts';
import { showJob } from '../../state/viewState.ts';
import { Grid } from '../grid/grid.tsx';
import { useLoaded, useNarrow, useNow, useRested, useStore } from '../hooks.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/emptyState.tsx';
import { ProgressRing } from '../ui/progressRing.tsx';
import { HistoryFilters, noFilters } from './historyFilters.tsx';
import { historyLayout } from './jobColumns.tsx';
import { Pager } from './pager.tsx';
import { SelectionBar } from './selectionBar.tsx';

const open = (job: Job) => view.update((state) => showJob(state, job.job_id));
const change = (part: Partial<HistoryView>) =>
  view.update((state) => ({ ...state, history: { ...state.history, page: 0, ...part } }));

/** The daemon filters, pages and sorts. */
export function HistoryTab() {
  const filter = useStore(view, (state) => state.history);
  const listChanges = useStore(app, (state) => state.listChanges);
  const known = useStore(app, (state) => state.jobs);
  const query = useRested(JSON.stringify(historyQuery(filter)));
  const { value, error, isLoading } = useLoaded(`${listChanges} ${query}`, async () => {
    const answer = await call('jobs/list', JSON.parse(query) as ReturnType<typeof historyQuery>);
    learnJobs(answer.jobs);
    return answer;
  });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const nowMs = useNow(true, 30_000);
  const isNarrow = useNarrow();
  if (value === undefined) {
    if (error === undefined) return <ProgressRing label="Reading the history…" />;
    return <EmptyState title={error instanceof Error ? error.message : 'The history cannot be read.'} />;
  }
  // As events tell them: a job of the page may have been retried since.
  const rows = value.jobs.map((job) => known.get(job.job_id) ?? job);
  const chosen = rows.filter(({ job_id }) => selected.has(job_id));
  return (
    <section class="fill" aria-label="History" aria-busy={isLoading}>
      <HistoryFilters filter={filter} onChange={change} />
      <SelectionBar jobs={chosen} onClear={() => setSelected(new Set())} />
      {rows.length === 0 ? (
        <NothingFound isFilteredOut={isFiltered(filter)} />
      ) : (
        <Grid
          label="Ended jobs"
          {...historyLayout(nowMs, isNarrow, open)}
          rows={rows}
          idOf={(job) => job.job_id}
          nameOf={(job) => job.job_name}
          onOpen={open}
          selection={{ ids: new Set(chosen.map(({ job_id }) => job_id)), onChange: setSelected }}
          sort={{ column: filter.sort.replace('-', ''), isDescending: filter.sort.startsWith('-') }}
          onSort={(column) => change({ sort: nextSort(filter.sort, column) })}
        />
      )}
      <Pager page={filter.page} pageSize={filter.page_size} total={value.total} onChange={change} />
    </section>
  );
}

function NothingFound({ isFilteredOut }: { readonly isFilteredOut: boolean }) {
  if (!isFilteredOut) {
    return (
      <EmptyState title="No job has ended yet.">
        <p>Jobs come here when they end, with their results, logs and artifacts.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No ended job fits the filters.">
      <Button onPress={() => change(noFilters)}>Clear filters</Button>
    </EmptyState>
  );
}
