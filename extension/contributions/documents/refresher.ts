/** At least this long between two refreshes, and so much longer than one takes that refreshing never keeps anybody busy. */
const restFactor = 10;

/**
 * Carries out refreshes one after the other, however often something says that it is time for one: two at once would read the
 * same twice. The last one asked for never gets lost.
 */
export class Refresher {
  /** The first refresh, which begins at once. */
  readonly first: Promise<void>;
  readonly #refresh: () => Promise<void>;
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isWanted = false;
  #isDisposed = false;
  #restUntilMs = 0;

  /** `refresh` must not reject. */
  constructor(refresh: () => Promise<void>, intervalMs: number) {
    this.#refresh = refresh;
    this.#intervalMs = intervalMs;
    this.first = this.#run();
  }

  poke(): void {
    this.#isWanted = true;
    if (this.#isRunning || this.#isDisposed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.#run(), Math.max(0, this.#restUntilMs - Date.now()));
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#isWanted = false;
    this.#isRunning = true;
    const startedMs = Date.now();
    await this.#refresh();
    const tookMs = Date.now() - startedMs;
    this.#restUntilMs = Date.now() + Math.max(this.#intervalMs, tookMs * restFactor);
    this.#isRunning = false;
    if (this.#isWanted) this.poke();
  }
}
