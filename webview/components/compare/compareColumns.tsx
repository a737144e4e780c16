import type { ComparedOperation, ComparedRun } from '../../../daemon/protocol/comparison.ts';
import { reasonOf, verdictWords, withDelta } from '../../state/compare.ts';
import { formatCount, formatDuration } from '../../state/format.ts';
import type { Column } from '../grid/grid.tsx';
import { Name } from '../ui/name.tsx';
import { StatusChip } from '../ui/statusChip.tsx';

/** An operation of both runs: its verdict, both ends, and what it took and read now and by how much that differs. */
export const compareColumns: readonly Column<ComparedOperation>[] = [
  {
    id: 'name',
    title: 'Operation',
    width: 'minmax(160px, 2fr)',
    cell: ({ name }) => <Name text={name} />,
  },
  {
    id: 'verdict',
    title: 'Verdict',
    width: '120px',
    cell: ({ verdict }) => <strong>{verdictWords[verdict]}</strong>,
  },
  { id: 'before', title: 'Earlier', width: '120px', cell: ({ before }) => <End run={before} /> },
  { id: 'after', title: 'Later', width: '120px', cell: ({ after }) => <End run={after} /> },
  {
    id: 'duration',
    title: 'Duration',
    width: '130px',
    isNumber: true,
    cell: ({ before, after }) => withDelta(before?.duration_ms, after?.duration_ms, formatDuration),
  },
  {
    id: 'source',
    title: 'Source rows',
    width: '130px',
    isNumber: true,
    cell: ({ before, after }) => withDelta(before?.source_rows, after?.source_rows, formatCount),
  },
  {
    id: 'target',
    title: 'Target rows',
    width: '130px',
    isNumber: true,
    cell: ({ before, after }) => withDelta(targetRows(before), targetRows(after), formatCount),
  },
  {
    id: 'why',
    title: 'Why it fails',
    width: 'minmax(130px, 1.4fr)',
    cell: ({ after }) => <Name text={reasonOf(after)} />,
  },
];

/** Read from the target, or written to it. */
function targetRows(run: ComparedRun | null): number | undefined {
  return run?.target_rows ?? run?.rows_written;
}

function End({ run }: { readonly run: ComparedRun | null }) {
  return run === null ? <span class="caption">not there</span> : <StatusChip status={run.status} />;
}
