import type { WorkspaceContents } from '../../protocol/language.ts';

const leastApartMs = 200;

/** Tells a client that has asked for the contents of the workspace when they are others, not more often than it can use. */
export class WorkspaceNotice {
  readonly #tell: () => void;
  #known: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(tell: () => void) {
    this.#tell = tell;
  }

  /** True once a client has asked. */
  get isWanted(): boolean {
    return this.#known !== undefined;
  }

  /** The client has these now. */
  answered(contents: WorkspaceContents): void {
    this.#known = JSON.stringify(contents);
  }

  /** The workspace has these now. */
  seen(contents: WorkspaceContents): void {
    if (this.#known === undefined || this.#timer !== undefined) return;
    if (JSON.stringify(contents) === this.#known) return;
    const waitMs = Math.max(0, this.#toldAtMs + leastApartMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#toldAtMs = performance.now();
      this.#tell();
    }, waitMs);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#known = undefined;
  }
}
