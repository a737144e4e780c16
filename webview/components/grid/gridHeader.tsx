import { Checkbox } from '../ui/checkbox.tsx';
import type { Column, GridProps } from './grid.tsx';

/** Titles, the order where it can be chosen, and one box for all rows that are shown. */
export function GridHeader<T>({ columns, rows, idOf, selection, sort, onSort }: GridProps<T>) {
  const ids = selection === undefined ? [] : rows.map(idOf);
  const chosen = ids.filter((id) => selection?.ids.has(id) === true).length;
  const isAll = ids.length > 0 && chosen === ids.length;
  const ariaSort = ({ id }: Column<T>) => {
    if (sort?.column !== id) return undefined;
    return sort.isDescending ? 'descending' : 'ascending';
  };
  return (
    <div role="rowgroup" class="grid-head">
      <div role="row" class="grid-row grid-titles" aria-rowindex={1}>
        {selection === undefined ? null : (
          <div role="columnheader" class="cell cell-select">
            <Checkbox
              label="Select all rows that are shown"
              isChecked={isAll}
              isMixed={chosen > 0 && !isAll}
              onChange={(isChecked) => selection.onChange(new Set(isChecked ? ids : []))}
            />
          </div>
        )}
        {columns.map((column) => (
          <div
            key={column.id}
            role="columnheader"
            aria-sort={ariaSort(column)}
            class={column.isNumber === true ? 'cell cell-number' : 'cell'}
          >
            {column.isSortable === true && onSort !== undefined ? (
              <button type="button" class="sort" onClick={() => onSort(column.id)}>
                {column.title}
                <span class="sort-mark" aria-hidden="true">
                  {sort?.column === column.id ? (sort.isDescending ? '↓' : '↑') : ''}
                </span>
              </button>
            ) : (
              column.title
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
