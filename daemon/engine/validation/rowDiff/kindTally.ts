import type { Differences, DifferenceKind } from '../../../protocol/results.ts';

/** Details remembered of one kind in one column; the cells of further ones count, their detail does not show. */
const maxDetails = 50;
const shownDetails = 3;

interface Counted {
  rows: number;
  readonly details: Map<string, number>;
}

/** Counts differing cells by column, kind and detail, in bounded memory. */
export class KindTally {
  readonly #columns = new Map<string, Map<DifferenceKind, Counted>>();

  add(column: string, kind: DifferenceKind, detail: string | undefined): void {
    const counted = this.#counted(column, kind);
    counted.rows += 1;
    if (detail === undefined) return;
    const { details } = counted;
    if (details.has(detail) || details.size < maxDetails) details.set(detail, (details.get(detail) ?? 0) + 1);
  }

  rows(column: string, kind: DifferenceKind): number {
    return this.#columns.get(column)?.get(kind)?.rows ?? 0;
  }

  get columns(): string[] {
    return [...this.#columns.keys()];
  }

  /** All cells of a kind turn out to be of another. */
  merge(column: string, from: DifferenceKind, to: DifferenceKind): void {
    const moved = this.#columns.get(column)?.get(from);
    if (moved === undefined) return;
    this.#columns.get(column)?.delete(from);
    const counted = this.#counted(column, to);
    counted.rows += moved.rows;
    for (const [detail, rows] of moved.details)
      counted.details.set(detail, (counted.details.get(detail) ?? 0) + rows);
  }

  byColumn(): Differences['by_column'] {
    const all = [...this.#columns].flatMap(([column, kinds]) =>
      [...kinds].map(([kind, counted]) => {
        const detail = detailText(kind, counted);
        return { column, kind, rows: counted.rows, ...(detail !== undefined && { detail }) };
      }),
    );
    return all.sort((a, b) => b.rows - a.rows);
  }

  #counted(column: string, kind: DifferenceKind): Counted {
    const kinds = this.#columns.get(column) ?? new Map<DifferenceKind, Counted>();
    this.#columns.set(column, kinds);
    const counted = kinds.get(kind) ?? { rows: 0, details: new Map<string, number>() };
    kinds.set(kind, counted);
    return counted;
  }
}

/** `+1 h` when all cells say so, `+1 h (1,100), +2 h (104)` when they say several things. */
function detailText(kind: DifferenceKind, { rows, details }: Counted): string | undefined {
  if (details.size === 0) return undefined;
  // Of values rounded to two digits one in ten ends in a zero: the column was rounded to the most digits that are left.
  if (kind === 'rounding') return `to ${mostDigits([...details.keys()])}`;
  const sorted = [...details].sort((a, b) => b[1] - a[1]);
  const [first] = sorted;
  if (first !== undefined && first[1] === rows) return first[0];
  const shown = sorted
    .slice(0, shownDetails)
    .map(([detail, count]) => `${detail} (${count.toLocaleString('en-US')})`);
  return sorted.length > shownDetails ? `${shown.join(', ')}, …` : shown.join(', ');
}

function mostDigits(details: readonly string[]): string {
  const most = Math.max(...details.map((detail) => Number(/\d+/.exec(detail)?.[0] ?? 0)));
  return `${most} digit${most === 1 ? '' : 's'}`;
}
