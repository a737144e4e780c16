import type { Comparison } from '../../../daemon/protocol/comparison.ts';
import { call } from '../../host.ts';
import { view } from '../../state/app.ts';
import {
  comparePageSize,
  compareQuery,
  definitionText,
  operationsIn,
  placeOf,
  verdicts,
  verdictWords,
  withDelta,
  type CompareFilter,
} from '../../state/compare.ts';
import { formatCount, formatDuration, formatTime, plural, visible } from '../../state/format.ts';
import { compareRuns, showJob } from '../../state/viewState.ts';
import { Table } from '../details/table.tsx';
import { Grid } from '../grid/grid.tsx';
import { RowPager } from '../grid/rowPager.tsx';
import { useLoaded, useRested, useStore } from '../hooks.ts';
import { Dropdown } from '../ui/dropdown.tsx';
import { EmptyState } from '../ui/emptyState.tsx';
import { IconButton } from '../ui/iconButton.tsx';
import { Name } from '../ui/name.tsx';
import { ProgressRing } from '../ui/progressRing.tsx';
import { StatusChip } from '../ui/statusChip.tsx';
import { TextField } from '../ui/textField.tsx';
import { compareColumns } from './compareColumns.tsx';

const close = () => view.update((state) => compareRuns(state, null));

/** Two runs side by side, the earlier one first. The daemon compares, and filters and pages what it found. */
export function CompareView({ jobIds }: { readonly jobIds: readonly [string, string] }) {
  const filter = useStore(view, (state) => state.compare_filter);
  const query = useRested(JSON.stringify(compareQuery(jobIds, filter)));
  const { value, error, isLoading } = useLoaded(query, () =>
    call('jobs/compare', JSON.parse(query) as ReturnType<typeof compareQuery>),
  );
  const change = (part: Partial<CompareFilter>) =>
    view.update((state) => ({ ...state, compare_filter: { ...state.compare_filter, page: 0, ...part } }));
  return (
    <section class="fill" aria-label="Comparison of two runs" aria-busy={isLoading}>
      <div class="row">
        <IconButton icon="back" label="Back to the history" onPress={close} />
        <h2>Comparison of two runs</h2>
      </div>
      {error === undefined ? null : (
        <EmptyState title={error instanceof Error ? error.message : 'The runs cannot be compared.'} />
      )}
      {value === undefined ? (
        error === undefined && <ProgressRing label="Comparing both runs…" />
      ) : (
        <>
          <Runs comparison={value} />
          <Definition definition={value.definition} />
          <Operations comparison={value} filter={filter} onChange={change} />
        </>
      )}
    </section>
  );
}

function Runs({ comparison: { before, after } }: { readonly comparison: Comparison }) {
  const elapsed = (job: Comparison['before']) => job.duration_ms ?? job.progress.elapsed_ms;
  const rows = (job: Comparison['before']) => job.progress.rows_processed;
  return (
    <Table
      head={['', 'Job', 'Created', 'Status', 'Duration', 'Rows']}
      numbers={[4, 5]}
      rows={[before, after].map((job, at) => [
        at === 0 ? 'Earlier' : 'Later',
        <button
          key="job"
          type="button"
          class="link"
          onClick={() => view.update((state) => showJob(state, job.job_id))}
        >
          <Name text={job.job_name} />
        </button>,
        formatTime(job.created_at),
        <StatusChip key="status" status={job.status} />,
        at === 0 ? formatDuration(elapsed(job)) : withDelta(elapsed(before), elapsed(after), formatDuration),
        at === 0 ? formatCount(rows(job)) : withDelta(rows(before), rows(after), formatCount),
      ])}
    />
  );
}

function Definition({ definition: { changes, total } }: Pick<Comparison, 'definition'>) {
  if (total === 0) return <p class="caption">Both were to be run in the same way.</p>;
  return (
    <details class="definition-changes" open>
      <summary>What changed in the definition ({formatCount(total)})</summary>
      <div class="definition-table">
        <Table
          head={['Where', 'What', 'Earlier', 'Later']}
          rows={changes.map((each) => [
            <Name key="where" text={placeOf(each)} />,
            each.what === '' ? 'all of it' : <code key="what">{visible(each.what.replace(/_ms$/, ''))}</code>,
            <span key="before" class="value">
              {definitionText(each.what, 'before' in each, each.before)}
            </span>,
            <span key="after" class="value">
              {definitionText(each.what, 'after' in each, each.after)}
            </span>,
          ])}
        />
        {total > changes.length ? <p class="caption">The first {plural(changes.length, 'change')}.</p> : null}
      </div>
    </details>
  );
}

interface OperationsProps {
  readonly comparison: Comparison;
  readonly filter: CompareFilter;
  readonly onChange: (part: Partial<CompareFilter>) => void;
}

function Operations({ comparison, filter, onChange }: OperationsProps) {
  const { before, after, counts, operations, total } = comparison;
  return (
    <>
      <div class="filters">
        <Dropdown
          label="Operations"
          value={filter.verdict}
          choices={[
            { value: '' as const, label: `All (${formatCount(operationsIn(comparison))})` },
            ...verdicts.map((each) => ({
              value: each,
              label: `${verdictWords[each]} (${formatCount(counts[each])})`,
            })),
          ]}
          onChange={(verdict) => onChange({ verdict })}
        />
        <TextField label="Search" value={filter.text} onInput={(text) => onChange({ text })} />
      </div>
      {operations.length === 0 ? (
        <EmptyState title="No operation is of this kind." />
      ) : (
        <Grid
          label="Operations of both runs"
          columns={compareColumns}
          rows={operations}
          idOf={({ name }) => name}
          nameOf={({ name }) => name}
          rowHeightPx={30}
          minWidthPx={1040}
          onOpen={({ before: earlier, after: later }) => {
            const job = later === null ? before : after;
            const operationId = (later ?? earlier)?.operation_id ?? null;
            view.update((state) => ({ ...showJob(state, job.job_id), operation_id: operationId }));
          }}
        />
      )}
      <RowPager
        noun="operation"
        page={filter.page}
        pageSize={comparePageSize}
        total={total}
        onPage={(page) => onChange({ page })}
      />
    </>
  );
}
