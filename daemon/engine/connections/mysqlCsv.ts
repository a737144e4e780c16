import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';

const blockBytes = 1024 * 1024;
const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;
const nullMark = 0xfb;
const csvNullBytes = [0x5c, 0x4e] as const;

/** What the writer asks of where the rows come from while the disk is slower than the server. */
export interface RowSource {
  pause(): void;
  resume(): void;
}

/**
 * Rows of MySQL's text protocol into a CSV file of csvStage.ts, bytes as they come: a value is copied, quotes in it are doubled,
 * nothing is decoded. Memory is a block or two, whatever the number of rows.
 */
export class RowFile {
  readonly #file: WriteStream;
  readonly #source: RowSource;
  #block = Buffer.allocUnsafe(blockBytes);
  #used = 0;
  #error: Error | undefined;
  rows = 0;

  constructor(path: string, source: RowSource) {
    this.#source = source;
    this.#file = createWriteStream(path, { mode: 0o600, highWaterMark: 4 * blockBytes });
    this.#file.on('drain', () => source.resume());
    this.#file.on('error', (error) => {
      this.#error ??= error;
      // Nobody drains a broken file: what still arrives is read and dropped.
      source.resume();
    });
  }

  get error(): Error | undefined {
    return this.#error;
  }

  /** One row packet: values with their length before them, from `start` to `end` of `bytes`, which are the driver's to reuse. */
  write(bytes: Buffer, start: number, end: number): void {
    if (this.#error) return;
    this.rows += 1;
    // A value grows by its two quotes, a comma, and at most once its own bytes; NULL is one byte and becomes three.
    this.#reserve((end - start) * 3 + 4);
    const into = this.#block;
    let used = this.#used;
    let at = start;
    while (at < end) {
      const first = bytes[at] ?? 0;
      if (used > this.#used) into[used++] = comma;
      if (first === nullMark) {
        at += 1;
        into[used++] = csvNullBytes[0];
        into[used++] = csvNullBytes[1];
        continue;
      }
      at += lengthBytes(first);
      const stop = at + (first < nullMark ? first : readLength(bytes, at, first));
      into[used++] = quote;
      for (; at < stop; at += 1) {
        const byte = bytes[at] as number;
        into[used++] = byte;
        if (byte === quote) into[used++] = quote;
      }
      into[used++] = quote;
    }
    into[used++] = lineFeed;
    this.#used = used;
  }

  #reserve(bytes: number): void {
    if (this.#block.length - this.#used >= bytes) return;
    if (!this.#flush()) this.#source.pause();
    this.#block = Buffer.allocUnsafe(Math.max(blockBytes, bytes));
  }

  /** True: the file takes more at once. */
  #flush(): boolean {
    const block = this.#block.subarray(0, this.#used);
    this.#used = 0;
    return block.length === 0 || this.#file.write(block);
  }

  /** Writes what is left. Rejects if anything could not be written. */
  async end(): Promise<void> {
    // An ending file no longer says when it has drained, and the source must be free for what comes next.
    if (!this.#error) this.#flush();
    this.#file.end();
    this.#source.resume();
    if (!this.#file.closed) await once(this.#file, 'close').catch(() => undefined);
    if (this.#error) throw this.#error;
  }
}

/** Calls back for each value of a row packet, with -1 for the end of NULL. */
export function eachValue(
  bytes: Buffer,
  start: number,
  end: number,
  onValue: (bytes: Buffer, start: number, end: number) => void,
): void {
  let at = start;
  while (at < end) {
    const first = bytes[at] as number;
    at += first === nullMark ? 1 : lengthBytes(first);
    if (first === nullMark) {
      onValue(bytes, at, -1);
      continue;
    }
    const stop = at + (first < nullMark ? first : readLength(bytes, at, first));
    onValue(bytes, at, stop);
    at = stop;
  }
}

/** Where value `index` of a row packet begins. */
export function valuePlace(bytes: Buffer, start: number, index: number): number {
  let at = start;
  for (let passed = 0; passed < index; passed += 1) {
    const first = bytes[at] as number;
    at += first === nullMark ? 1 : lengthBytes(first);
    if (first !== nullMark) at += first < nullMark ? first : readLength(bytes, at, first);
  }
  return at;
}

/** Bytes of a length-encoded number: itself below 251, else a mark and 2, 3 or 8 bytes. */
function lengthBytes(first: number): number {
  return first < nullMark ? 1 : first === 0xfc ? 3 : first === 0xfd ? 4 : 9;
}

/** The length that ends at `at`. Servers send no value past 4 GiB, so six bytes are enough. */
function readLength(bytes: Buffer, at: number, first: number): number {
  if (first === 0xfc) return bytes.readUInt16LE(at - 2);
  return first === 0xfd ? bytes.readUIntLE(at - 3, 3) : bytes.readUIntLE(at - 8, 6);
}
