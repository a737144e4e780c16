/** A value that many look at. Listeners are told at most once a frame, however often it changes. */
export class Store<S> {
  #state: S;
  #isScheduled = false;
  readonly #listeners = new Set<() => void>();
  readonly #schedule: (callback: () => void) => void;

  constructor(state: S, schedule: (callback: () => void) => void) {
    this.#state = state;
    this.#schedule = schedule;
  }

  get state(): S {
    return this.#state;
  }

  update(change: (state: S) => S): void {
    const next = change(this.#state);
    if (Object.is(next, this.#state)) return;
    this.#state = next;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule(() => {
      this.#isScheduled = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
