import type { Operation, OperationStatus } from '../../daemon/protocol/entities.ts';

/** The order of `failed_first` of jobs/operations. */
const ranks: Readonly<Record<OperationStatus, number>> = {
  failed: 0,
  running: 1,
  pending: 2,
  skipped: 3,
  cancelled: 4,
  completed: 5,
};

export type ReadOperation = (operationId: string) => Operation | undefined;

/**
 * Which operations of a job are shown, and in what order: the first so many of the job, failed first. Holds ids and places; the
 * states are read from where they are kept.
 */
export class OperationsWindow {
  readonly #read: ReadOperation;
  readonly #known = new Set<string>();
  /** Somebody asked to see these, wherever they stand. */
  readonly #pinned = new Set<string>();
  #shown: string[] = [];
  #isShown = new Set<string>();
  #ranks = new Map<string, number>();
  #size: number;
  #total = 0;

  constructor(read: ReadOperation, size: number) {
    this.#read = read;
    this.#size = size;
  }

  get shown(): readonly string[] {
    return this.#shown;
  }

  /** How many fit into the window. */
  get size(): number {
    return this.#size;
  }

  get total(): number {
    return this.#total;
  }

  get hiddenCount(): number {
    return Math.max(0, this.#total - this.#shown.length);
  }

  /** True if the order can be told without asking the daemon. */
  get isAllKnown(): boolean {
    return this.#known.size >= this.#total;
  }

  has(operationId: string): boolean {
    return this.#isShown.has(operationId);
  }

  grow(count: number): void {
    this.#size += count;
  }

  /** Takes in what a page told. The order is the daemon's only after `arrange`. */
  learn(operations: readonly Operation[], total: number): void {
    this.#total = total;
    for (const { operation_id: id } of operations) this.#known.add(id);
  }

  pin(operationId: string): void {
    this.#known.add(operationId);
    this.#pinned.add(operationId);
  }

  /**
   * What of these changes shows in lines that stand there, and whether the order may be another one now. An operation that has
   * just failed counts, wherever it stood.
   */
  noteChanges(operationIds: Iterable<string>): { readonly lines: string[]; readonly isOrderStale: boolean } {
    const lines: string[] = [];
    let isOrderStale = false;
    for (const id of operationIds) {
      const operation = this.#read(id);
      if (operation === undefined) continue;
      if (this.#isShown.has(id)) {
        lines.push(id);
        if (this.#ranks.get(id) !== ranks[operation.status]) isOrderStale = true;
      } else if (operation.status === 'failed' || operation.status === 'running') {
        this.#known.add(id);
        isOrderStale = true;
      }
    }
    return { lines, isOrderStale };
  }

  /** Orders all that is known and shows the first of it. True if other lines stand there now, or in another order. */
  arrange(): boolean {
    const places = [...this.#known].flatMap((id) => {
      const operation = this.#read(id);
      return operation === undefined ? [] : [{ id, rank: ranks[operation.status], index: operation.index }];
    });
    places.sort((a, b) => a.rank - b.rank || a.index - b.index);
    const shown = places.filter(({ id }, position) => position < this.#size || this.#pinned.has(id));
    this.#ranks = new Map(shown.map(({ id, rank }) => [id, rank]));
    const isSame =
      shown.length === this.#shown.length && shown.every(({ id }, position) => id === this.#shown[position]);
    if (isSame) return false;
    this.#shown = shown.map(({ id }) => id);
    this.#isShown = new Set(this.#shown);
    return true;
  }
}
