import pLimit, { type LimitFunction } from 'p-limit';

/** Who holds a slot: one running operation. */
export interface Holder {
  readonly job_id: string;
  readonly operation_id: string;
  readonly name: string;
}

export type GateKind = 'daemon' | 'job' | 'connection';

/**
 * One limit. The bound itself is p-limit's; the scheduler takes a slot only while there is room, so p-limit's own queue stays
 * empty and which operation goes next is decided by priority and fairness instead of first come, first served.
 */
export class Gate {
  readonly kind: GateKind;
  readonly name: string;
  readonly #limit: LimitFunction;
  readonly #holders = new Set<Holder>();

  constructor(kind: GateKind, name: string, limit: number) {
    this.kind = kind;
    this.name = name;
    this.#limit = pLimit(limit);
  }

  get limit(): number {
    return this.#limit.concurrency;
  }

  set limit(value: number) {
    if (value !== this.#limit.concurrency) this.#limit.concurrency = value;
  }

  get hasRoom(): boolean {
    return this.#limit.activeCount < this.#limit.concurrency;
  }

  get inUse(): number {
    return this.#limit.activeCount;
  }

  get holders(): Holder[] {
    return [...this.#holders];
  }

  /** Takes a slot until `until` resolves; the returned promise resolves after the slot is free again. */
  hold(holder: Holder, until: Promise<void>): Promise<void> {
    this.#holders.add(holder);
    return this.#limit(() => until);
  }

  forget(holder: Holder): void {
    this.#holders.delete(holder);
  }
}

/**
 * Takes a slot of every gate at once. The caller has seen room in all of them in this same turn of the event loop.
 * `release()` frees them and resolves when they are free: p-limit counts down a few microtasks later.
 */
export function holdAll(gates: readonly Gate[], holder: Holder): () => Promise<void> {
  let free!: () => void;
  const until = new Promise<void>((resolve) => {
    free = resolve;
  });
  const freed = gates.map((gate) => gate.hold(holder, until));
  return async () => {
    for (const gate of gates) gate.forget(holder);
    free();
    for (const slot of freed) await slot;
  };
}
