import { closeSync, openSync, writeSync } from 'node:fs';

const defaultCapBytes = 10 * 1024 * 1024;

/** A log file with a size cap: the first and the last half of the cap are kept, and the gap is named. */
export class BoundedLog {
  readonly #file: number;
  readonly #halfBytes: number;
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #droppedBytes = 0;
  #isOpen = true;

  constructor(path: string, capBytes = defaultCapBytes) {
    this.#file = openSync(path, 'w', 0o600);
    this.#halfBytes = Math.floor(capBytes / 2);
  }

  get isTruncated(): boolean {
    return this.#droppedBytes > 0;
  }

  write(bytes: Buffer): void {
    if (!this.#isOpen) return;
    const head = bytes.subarray(0, this.#halfBytes - this.#headBytes);
    // Written at once, not through a stream: at most half the cap in all, and a killed engine leaves what was printed.
    if (head.length > 0) writeSync(this.#file, head);
    this.#headBytes += head.length;
    this.#keepTail(bytes.subarray(head.length));
  }

  #keepTail(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#tail.push(bytes);
    this.#tailBytes += bytes.length;
    while (this.#tailBytes > this.#halfBytes) {
      const first = this.#tail[0] as Buffer;
      const excess = Math.min(first.length, this.#tailBytes - this.#halfBytes);
      if (excess === first.length) this.#tail.shift();
      else this.#tail[0] = first.subarray(excess);
      this.#tailBytes -= excess;
      this.#droppedBytes += excess;
    }
  }

  /** Writes the tail and closes the file. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.isTruncated) writeSync(this.#file, `\n… ${this.#droppedBytes} bytes left out …\n`);
    for (const bytes of this.#tail) writeSync(this.#file, bytes);
    closeSync(this.#file);
  }
}
