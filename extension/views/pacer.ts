/** Runs something at most once in `intervalMs`: at once if the last time is long enough ago, else when it is. */
export class Pacer {
  readonly #run: () => void;
  #intervalMs: number;
  #lastRunMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(intervalMs: number, run: () => void) {
    this.#intervalMs = intervalMs;
    this.#run = run;
  }

  /** From the next run on. */
  set intervalMs(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  request(): void {
    if (this.#timer !== undefined) return;
    const waitMs = this.#lastRunMs + this.#intervalMs - performance.now();
    this.#timer = setTimeout(() => this.now(), Math.max(0, waitMs));
  }

  /** Without waiting. */
  now(): void {
    this.dispose();
    this.#lastRunMs = performance.now();
    this.#run();
  }

  /** Forgets what was requested. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
