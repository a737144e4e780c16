/** Wakes operations when the time of their next attempt has come. */
export class RetryTimers {
  readonly #timers = new Map<number, NodeJS.Timeout>();

  /** `at` in milliseconds of the epoch; a time that is past means now. */
  wakeAt(index: number, at: number, wake: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(index);
        wake();
      },
      Math.max(0, at - Date.now()),
    );
    this.#timers.set(index, timer);
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
