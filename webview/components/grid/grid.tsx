import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { visible } from '../../state/format.ts';
import { useVirtualRows } from '../hooks.ts';
import { Checkbox } from '../ui/checkbox.tsx';
import { GridHeader } from './gridHeader.tsx';

export interface RowContext {
  /** Buttons of the row where the keyboard is are reached by Tab, those of other rows are not. */
  readonly isActive: boolean;
}
export interface Column<T> {
  readonly id: string;
  readonly title: string;
  /** A track of CSS grid, such as `minmax(160px, 2fr)`. */
  readonly width: string;
  readonly cell: (row: T, context: RowContext) => ComponentChildren;
  readonly isSortable?: boolean;
  readonly isNumber?: boolean;
}
export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
}
export interface GridProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly idOf: (row: T) => string;
  readonly nameOf: (row: T) => string;
  readonly rowHeightPx: number;
  readonly minWidthPx: number;
  readonly onOpen?: (row: T) => void;
  readonly openId?: string | null;
  readonly selection?: Selection;
  readonly sort?: { readonly column: string; readonly isDescending: boolean };
  readonly onSort?: (column: string) => void;
}

/** A grid of any number of rows: arrows, Page Up and Down, Home and End move, Enter opens, Space selects. */
export function Grid<T>(props: GridProps<T>) {
  const { label, columns, rows, idOf, nameOf, rowHeightPx, minWidthPx, onOpen, openId, selection } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const wantsFocus = useRef<number | undefined>(undefined);
  const virtual = useVirtualRows(rows.length, rowHeightPx, scroller);
  const activeRow = Math.min(active, Math.max(0, rows.length - 1));

  useEffect(() => {
    // An effect of the drawing before may run after a key was pressed: the row it knows is not the one that is wanted.
    if (wantsFocus.current === undefined || Math.min(wantsFocus.current, rows.length - 1) !== activeRow)
      return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${activeRow}"]`);
    if (row == null) return;
    wantsFocus.current = undefined;
    row.focus({ preventScroll: true });
  });

  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    wantsFocus.current = next;
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const toggle = (id: string) => {
    if (selection === undefined) return;
    const ids = new Set(selection.ids);
    if (!ids.delete(id)) ids.add(id);
    selection.onChange(ids);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[activeRow];
    const isOnRow = event.target instanceof HTMLElement && event.target.dataset['row'] !== undefined;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeightPx) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: activeRow + 1,
      ArrowUp: activeRow - 1,
      PageDown: activeRow + page,
      PageUp: activeRow - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) move(to);
    else if (event.key === 'Enter' && isOnRow && row !== undefined) onOpen?.(row);
    else if (event.key === ' ' && isOnRow && row !== undefined) toggle(idOf(row));
    else return;
    event.preventDefault();
  };

  const tracks = [...(selection === undefined ? [] : ['32px']), ...columns.map(({ width }) => width)].join(
    ' ',
  );
  return (
    <div class="grid-scroller" ref={scroller}>
      <div
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        aria-multiselectable={selection === undefined ? undefined : true}
        class="grid"
        style={{ '--tracks': tracks, minWidth: `${minWidthPx}px` }}
        onKeyDown={onKeyDown}
      >
        <GridHeader {...props} />
        <div role="rowgroup" class="grid-body" style={{ height: `${virtual.getTotalSize()}px` }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const id = idOf(row);
            const isActive = index === activeRow;
            return (
              <div
                key={id}
                role="row"
                class={id === openId ? 'grid-row is-open' : 'grid-row'}
                data-row={index}
                data-id={id}
                aria-rowindex={index + 2}
                aria-selected={selection === undefined ? undefined : selection.ids.has(id)}
                tabIndex={isActive ? 0 : -1}
                style={{ height: `${rowHeightPx}px`, transform: `translateY(${start}px)` }}
                onFocus={() => setActive(index)}
                onClick={() => onOpen?.(row)}
              >
                {selection === undefined ? null : (
                  <div role="gridcell" class="cell cell-select" onClick={(event) => event.stopPropagation()}>
                    <Checkbox
                      label={`Select ${visible(nameOf(row), 100)}`}
                      isChecked={selection.ids.has(id)}
                      onChange={() => toggle(id)}
                    />
                  </div>
                )}
                {columns.map((column) => (
                  <div
                    key={column.id}
                    role="gridcell"
                    class={column.isNumber === true ? 'cell cell-number' : 'cell'}
                  >
                    {column.cell(row, { isActive })}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
