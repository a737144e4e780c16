import type { DifferenceSample } from '../../../daemon/protocol/results.ts';
import { beforePart, columnNames, differingPart, type Section } from '../../state/differences.ts';
import { visible } from '../../state/format.ts';
import type { Column } from '../grid/grid.tsx';
import { Name } from '../ui/name.tsx';

export interface DifferenceRow {
  readonly index: number;
  readonly sample: DifferenceSample;
}
type DifferenceColumn = Column<DifferenceRow>;

/** Columns of one section: the key by its columns, then both sides of a value, or the columns of the one side that has the row. */
export function differenceColumns(
  section: Section,
  rows: readonly DifferenceSample[],
): readonly DifferenceColumn[] {
  const { key, rest } = columnNames(rows);
  const keyColumns = key.map((name) =>
    textColumn(`key ${name}`, `${visible(name, 60)} (key)`, ({ sample }) => sample.key[name]),
  );
  switch (section) {
    case 'value':
      return [...keyColumns, columnColumn, sideColumn('source'), sideColumn('target'), kindColumn];
    case 'duplicate':
      return [
        ...keyColumns,
        textColumn('source', 'Rows in source', ({ sample }) => sample.source_value),
        textColumn('target', 'Rows in target', ({ sample }) => sample.target_value),
      ];
    case 'missing':
    case 'extra':
      return [
        ...keyColumns,
        ...rest.map((name) =>
          textColumn(`row ${name}`, visible(name, 60), ({ sample }) => sample.row?.[name]),
        ),
      ];
  }
}

/** So wide that each column can be read; more than fits is scrolled to. */
export function differenceWidthPx(columns: readonly DifferenceColumn[]): number {
  return columns.length * 120;
}

function textColumn(
  id: string,
  title: string,
  valueOf: (row: DifferenceRow) => string | null | undefined,
): DifferenceColumn {
  return { id, title, width: 'minmax(100px, 1fr)', cell: (row) => <Text value={valueOf(row)} /> };
}

function Text({ value }: { readonly value: string | null | undefined }) {
  if (value === undefined) return null;
  if (value === null) return <span class="null">NULL</span>;
  if (value === '') return <span class="null">empty</span>;
  return (
    <bdi class="mono name" title={visible(value, 500)}>
      {visible(value, 500)}
    </bdi>
  );
}

const columnColumn: DifferenceColumn = {
  id: 'column',
  title: 'Column',
  width: 'minmax(100px, 0.8fr)',
  cell: ({ sample }) => <Name text={sample.column ?? ''} />,
};

const kindColumn: DifferenceColumn = {
  id: 'kind',
  title: 'Kind',
  width: '110px',
  cell: ({ sample }) => sample.kind?.replaceAll('_', ' ') ?? '',
};

function sideColumn(side: 'source' | 'target'): DifferenceColumn {
  return {
    id: side,
    title: side === 'source' ? 'Source' : 'Target',
    width: 'minmax(120px, 1.2fr)',
    cell: ({ sample }) => <Side sample={sample} side={side} />,
  };
}

/** One side of a value, with the part marked that the other side has not. */
function Side({ sample, side }: { readonly sample: DifferenceSample; readonly side: 'source' | 'target' }) {
  const { source_value: source, target_value: target } = sample;
  const value = side === 'source' ? source : target;
  if (value === null || value === '' || source === null || target === null) return <Text value={value} />;
  const part = differingPart(source, target);
  const end = side === 'source' ? part.sourceEnd : part.targetEnd;
  return (
    <bdi class="mono name" title={visible(value, 500)}>
      {visible(beforePart(value.slice(0, part.start)))}
      <mark>{visible(value.slice(part.start, end), 500).replaceAll(' ', '␣')}</mark>
      {visible(value.slice(end), 500)}
    </bdi>
  );
}
