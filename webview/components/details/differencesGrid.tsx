import { useId, useState } from 'preact/hooks';
import type { DifferenceKind, Differences } from '../../../daemon/protocol/results.ts';
import { call, exportRows, runCommand } from '../../host.ts';
import { failed, notify, view } from '../../state/app.ts';
import {
  noDifferenceFilter,
  rowsFilter,
  rowsQuery,
  sectionsOf,
  sectionWords,
  sqlFilter,
  type DifferenceFilter,
  type OpenRows,
  type Section,
} from '../../state/differences.ts';
import { formatCount, plural, visible } from '../../state/format.ts';
import { showRows } from '../../state/viewState.ts';
import { Grid } from '../grid/grid.tsx';
import { RowPager } from '../grid/rowPager.tsx';
import { useLoaded, useRested, useScrollIntoView } from '../hooks.ts';
import { Button } from '../ui/button.tsx';
import { Dropdown } from '../ui/dropdown.tsx';
import { EmptyState } from '../ui/emptyState.tsx';
import { TabList } from '../ui/tabList.tsx';
import { TextField } from '../ui/textField.tsx';
import { differenceColumns, differenceWidthPx, type DifferenceRow } from './differenceColumns.tsx';

export interface DifferencesGridProps {
  readonly jobId: string;
  readonly operationId: string;
  /** What an exported file is called. */
  readonly name: string;
  readonly differences: Differences;
  /** What is chosen in it. */
  readonly open: OpenRows;
}

const pageSize = 500;

/** A page of the artifact at a time, filtered by the daemon: a million rows cost as much as five hundred. */
export function DifferencesGrid(props: DifferencesGridProps) {
  const { jobId, operationId, name, differences, open } = props;
  const { artifact_id: artifactId, filter, page } = open;
  const sections = sectionsOf(differences);
  const place = useScrollIntoView<HTMLDivElement>();
  const id = useId();
  const where = { job_id: jobId, operation_id: operationId, artifact_id: artifactId };
  const query = useRested(JSON.stringify(rowsQuery(where, filter, page * pageSize, pageSize)));
  const { value, error, isLoading } = useLoaded(query, async () => {
    const asked = JSON.parse(query) as ReturnType<typeof rowsQuery>;
    return { ...(await call('artifacts/rows', asked)), section: asked.class as Section };
  });
  const choose = (part: Partial<OpenRows>) => view.update((state) => showRows(state, { ...open, ...part }));
  const change = (next: DifferenceFilter) => choose({ filter: next, page: 0 });
  // Rows of the section before are not shown under the columns of this one.
  const found = value?.section === filter.section ? value : undefined;
  const samples = found?.rows ?? [];
  const rows = samples.map((sample, at) => ({ index: page * pageSize + at, sample }));
  const columns = differenceColumns(filter.section, samples);
  const total = found?.total ?? 0;
  return (
    <div ref={place} class="differences-grid" aria-busy={isLoading}>
      <TabList
        label="Kinds of differences"
        idPrefix={`${id}-`}
        panelId={id}
        shown={filter.section}
        tabs={sections.map((section) => ({
          value: section,
          title: `${sectionWords[section]} (${formatCount(differences[section])})`,
        }))}
        onChoose={(section) => change({ ...noDifferenceFilter(section), text: filter.text })}
      />
      <div id={id} role="tabpanel" aria-labelledby={`${id}-${filter.section}`} class="differences-panel">
        <Filters filter={filter} onChange={change} byColumn={differences.by_column} />
        {error === undefined ? null : (
          <p class="problem">{error instanceof Error ? error.message : 'The rows cannot be read.'}</p>
        )}
        {found !== undefined && rows.length === 0 ? (
          <EmptyState title="No differing row fits the filters." />
        ) : (
          <Grid
            label="Differing rows"
            columns={columns}
            rows={rows}
            idOf={({ index }) => String(index)}
            nameOf={({ index }) => `row ${index + 1}`}
            rowHeightPx={28}
            minWidthPx={differenceWidthPx(columns)}
          />
        )}
        <RowPager
          noun="row"
          page={page}
          pageSize={pageSize}
          total={total}
          onPage={(next) => choose({ page: next })}
        />
        <div class="row">
          <ExportButton name={`${name} ${filter.section}`} total={total} params={rowsFilter(where, filter)} />
          <Button isDisabled={rows.length === 0} onPress={() => void copySql(rows)}>
            Copy as SQL filter
          </Button>
          <Button
            onPress={() => void runCommand('ombudsman.showDifferences', jobId, operationId).catch(failed)}
          >
            Open in diff editor
          </Button>
        </div>
      </div>
    </div>
  );
}

interface FiltersProps {
  readonly filter: DifferenceFilter;
  readonly onChange: (filter: DifferenceFilter) => void;
  readonly byColumn: Differences['by_column'];
}

function Filters({ filter, onChange, byColumn }: FiltersProps) {
  const columns = [...new Set(byColumn.map(({ column }) => column))];
  const kinds = [...new Set(byColumn.map(({ kind }) => kind))];
  return (
    <div class="filters">
      {filter.section === 'value' ? (
        <>
          <Dropdown
            label="Column"
            value={filter.column}
            choices={['', ...columns].map((each) => ({
              value: each,
              label: each === '' ? 'All' : visible(each, 60),
            }))}
            onChange={(column) => onChange({ ...filter, column })}
          />
          <Dropdown
            label="Kind"
            value={filter.kind}
            choices={(['', ...kinds] as readonly ('' | DifferenceKind)[]).map((each) => ({
              value: each,
              label: each === '' ? 'All' : each.replaceAll('_', ' '),
            }))}
            onChange={(kind) => onChange({ ...filter, kind })}
          />
        </>
      ) : null}
      <TextField label="Key or value" value={filter.text} onInput={(text) => onChange({ ...filter, text })} />
    </div>
  );
}

interface ExportButtonProps {
  readonly name: string;
  readonly total: number;
  readonly params: ReturnType<typeof rowsFilter>;
}

/** All rows under the filter, not only those of the page. */
function ExportButton({ name, total, params }: ExportButtonProps) {
  const [isBusy, setBusy] = useState(false);
  const write = async () => {
    setBusy(true);
    try {
      notify({ severity: 'info', text: await exportRows(name, params) });
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button isDisabled={total === 0} isBusy={isBusy} onPress={() => void write()}>
      {isBusy ? 'Exporting…' : `Export ${plural(total, 'row')} as CSV…`}
    </Button>
  );
}

async function copySql(rows: readonly DifferenceRow[]): Promise<void> {
  try {
    await navigator.clipboard.writeText(sqlFilter(rows.map(({ sample }) => sample)));
    notify({ severity: 'info', text: `Copied a filter for the keys of ${plural(rows.length, 'shown row')}` });
  } catch {
    notify({
      severity: 'error',
      text: 'The clipboard cannot be written: click into the dashboard and try again.',
    });
  }
}
