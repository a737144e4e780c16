import type { DifferenceKind, DifferenceSample } from '../../../protocol/results.ts';

/** Of each class, column and kind so many come first, so that a million of one fault do not hide the one of another. */
const perGroup = 3;

/** Chooses the samples of a result from the differences as they pass by, in bounded memory. */
export class SampleKeeper {
  readonly #limit: number;
  readonly #groups = new Map<string, DifferenceSample[]>();
  readonly #rest: DifferenceSample[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(sample: DifferenceSample): void {
    if (this.#limit === 0) return;
    const name = [sample.class, sample.column, sample.kind].join('\n');
    const group = this.#groups.get(name) ?? [];
    this.#groups.set(name, group);
    if (group.length < perGroup) group.push({ ...sample });
    else if (this.#rest.length < this.#limit) this.#rest.push({ ...sample });
  }

  rename(column: string, from: DifferenceKind, to: DifferenceKind): void {
    for (const sample of [...this.#groups.values(), this.#rest].flat()) {
      if (sample.column === column && sample.kind === from) sample.kind = to;
    }
  }

  /** One of each group, then the second of each, and so on; then what came beyond. */
  samples(): DifferenceSample[] {
    const rounds = Array.from({ length: perGroup }, (_round, index) =>
      [...this.#groups.values()].flatMap((group) => group.slice(index, index + 1)),
    );
    return [...rounds.flat(), ...this.#rest].slice(0, this.#limit);
  }
}
