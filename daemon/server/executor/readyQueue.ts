import type { Gate } from './gates.ts';

/**
 * Ready operations of one job, grouped by the connections they use, so that finding the first one whose connections have room
 * looks at a handful of groups instead of at 100,000 operations.
 */
export class ReadyQueue {
  readonly #groups = new Map<string, { gates: readonly Gate[]; heap: number[] }>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(index: number, signature: string, gates: readonly Gate[]): void {
    let group = this.#groups.get(signature);
    if (group === undefined) {
      group = { gates, heap: [] };
      this.#groups.set(signature, group);
    }
    push(group.heap, index);
    this.#size++;
  }

  /** Lowest index whose gates have room, with its gates; null if none. */
  peek(): { index: number; gates: readonly Gate[]; signature: string } | null {
    let best: { index: number; gates: readonly Gate[]; signature: string } | null = null;
    for (const [signature, { gates, heap }] of this.#groups) {
      const index = heap[0];
      if (index === undefined || (best !== null && index > best.index)) continue;
      if (gates.every((gate) => gate.hasRoom)) best = { index, gates, signature };
    }
    return best;
  }

  /** Lowest ready index whatever its gates; undefined when empty. */
  first(): number | undefined {
    let first: number | undefined;
    for (const { heap } of this.#groups.values()) {
      const index = heap[0];
      if (index !== undefined && (first === undefined || index < first)) first = index;
    }
    return first;
  }

  take(signature: string): void {
    const group = this.#groups.get(signature);
    if (group === undefined || group.heap.length === 0) return;
    pop(group.heap);
    this.#size--;
  }

  clear(): void {
    this.#groups.clear();
    this.#size = 0;
  }
}

function push(heap: number[], value: number): void {
  let child = heap.push(value) - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if ((heap[parent] as number) <= value) break;
    heap[child] = heap[parent] as number;
    child = parent;
  }
  heap[child] = value;
}

function pop(heap: number[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let parent = 0;
  for (;;) {
    let child = parent * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= last) break;
    heap[parent] = heap[child] as number;
    parent = child;
  }
  heap[parent] = last;
}
