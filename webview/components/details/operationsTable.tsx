import type { Job, Operation } from '../../../daemon/protocol/entities.ts';
import { formatCount, visible } from '../../state/format.ts';
import { shownStatus } from '../../state/jobs.ts';
import {
  countByStatus,
  operationDuration,
  operationFilters,
  operationNote,
  type OperationFilter,
} from '../../state/operations.ts';
import { operationTypeWords, statusWords } from '../../state/words.ts';
import { Grid, type Column } from '../grid/grid.tsx';
import { useNarrow } from '../hooks.ts';
import { Dropdown } from '../ui/dropdown.tsx';
import { EmptyState } from '../ui/emptyState.tsx';
import { Name } from '../ui/name.tsx';
import { StatusChip } from '../ui/statusChip.tsx';
import { TextField } from '../ui/textField.tsx';

export interface OperationsTableProps {
  readonly job: Job;
  readonly operations: ReadonlyMap<string, Operation>;
  readonly shown: readonly Operation[];
  readonly nowMs: number;
  readonly filter: {
    readonly status: OperationFilter;
    readonly text: string;
    readonly onStatus: (status: OperationFilter) => void;
    readonly onText: (text: string) => void;
  };
  readonly openId: string | null;
  readonly onOpen: (operationId: string | null) => void;
}

function columnsAt(nowMs: number): Column<Operation>[] {
  return [
    {
      id: 'index',
      title: '#',
      width: '56px',
      isNumber: true,
      cell: ({ index }) => formatCount(index + 1),
    },
    {
      id: 'name',
      title: 'Operation',
      width: 'minmax(180px, 1.6fr)',
      cell: ({ name }) => <Name text={name} />,
    },
    { id: 'type', title: 'Type', width: '130px', cell: ({ type }) => operationTypeWords[type] },
    {
      id: 'status',
      title: 'Status',
      width: '120px',
      cell: (operation) => <StatusChip status={shownStatus(operation)} />,
    },
    {
      id: 'duration',
      title: 'Duration',
      width: '86px',
      isNumber: true,
      cell: (operation) => operationDuration(operation, nowMs),
    },
    {
      id: 'attempts',
      title: 'Attempts',
      width: '72px',
      isNumber: true,
      cell: ({ attempts }) => attempts.length,
    },
    {
      id: 'note',
      title: 'Note',
      width: 'minmax(160px, 2fr)',
      cell: (operation) => <Name text={operationNote(operation)} />,
    },
  ];
}

/** In a narrow panel: the name, and below it how it stands. */
function narrowColumnsAt(nowMs: number): Column<Operation>[] {
  return [
    {
      id: 'name',
      title: 'Operation',
      width: 'minmax(0, 1fr)',
      cell: (operation) => (
        <div class="job-card">
          <Name text={operation.name} />
          <div class="row">
            <StatusChip status={shownStatus(operation)} />
            <span class="second">{operationDuration(operation, nowMs)}</span>
          </div>
        </div>
      ),
    },
  ];
}

export function OperationsTable(props: OperationsTableProps) {
  const { job, operations, shown, nowMs, filter, openId, onOpen } = props;
  const isNarrow = useNarrow();
  const counts = countByStatus(operations.values());
  const total = job.progress.total;
  const choices = operationFilters.map((value) => ({
    value,
    label:
      value === ''
        ? `All (${formatCount(operations.size)})`
        : `${statusWords[value]} (${formatCount(counts.get(value) ?? 0)})`,
  }));
  return (
    <div class="operations-list">
      <div class="filters">
        <h3>Operations</h3>
        <Dropdown label="Status" value={filter.status} choices={choices} onChange={filter.onStatus} />
        <TextField
          label="Search"
          value={filter.text}
          placeholder="Name, id or error"
          onInput={filter.onText}
        />
        <p class="caption" role="status">
          {operations.size < total
            ? `${formatCount(operations.size)} of ${formatCount(total)} read`
            : `${formatCount(shown.length)} shown`}
        </p>
      </div>
      {shown.length === 0 && operations.size > 0 ? (
        <EmptyState title="No operation fits the filters." />
      ) : (
        <Grid
          label={`Operations of ${visible(job.job_name, 100)}`}
          columns={isNarrow ? narrowColumnsAt(nowMs) : columnsAt(nowMs)}
          rows={shown}
          idOf={(operation) => operation.operation_id}
          nameOf={(operation) => operation.name}
          rowHeightPx={isNarrow ? 52 : 30}
          minWidthPx={isNarrow ? 0 : 820}
          openId={openId}
          onOpen={({ operation_id }) => onOpen(operation_id === openId ? null : operation_id)}
        />
      )}
    </div>
  );
}
