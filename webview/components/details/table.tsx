import type { ComponentChildren } from 'preact';

export interface TableProps {
  readonly head: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  /** Columns set to the right. */
  readonly numbers?: readonly number[];
}

/** A short table that is not virtual: what one result says. */
export function Table({ head, rows, numbers = [] }: TableProps) {
  const cellClass = (at: number) => (numbers.includes(at) ? 'number-cell' : undefined);
  return (
    <div class="table-scroller">
      <table>
        <thead>
          <tr>
            {head.map((title, at) => (
              <th key={title} scope="col" class={cellClass(at)}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => (
                <td key={at} class={cellClass(at)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
