import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { csvNull } from './csvStage.ts';

const blockCharacters = 512 * 1024;

/** Rows of text into a CSV file of csvStage.ts. Memory is a block or two, whatever the number of rows. */
export class RowCsv {
  readonly #file: WriteStream;
  #error: Error | undefined;
  #block: string[] = [];
  #characters = 0;
  rows = 0;

  constructor(path: string) {
    this.#file = createWriteStream(path, { mode: 0o600, highWaterMark: 4 * 1024 * 1024 });
    this.#file.on('error', (error) => {
      this.#error ??= error;
    });
  }

  get error(): Error | undefined {
    return this.#error;
  }

  /** False: the disk is behind; wait for drained() before the next row. */
  write(values: readonly (string | null)[]): boolean {
    this.rows += 1;
    const line = `${values.map((value) => (value === null ? csvNull : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`;
    this.#block.push(line);
    this.#characters += line.length;
    return this.#characters < blockCharacters || this.#flush();
  }

  #flush(): boolean {
    const block = this.#block.join('');
    this.#block = [];
    this.#characters = 0;
    // Nobody drains a broken file: what still comes is read and dropped.
    return block === '' || this.#error !== undefined || this.#file.write(block);
  }

  /** Settles when the file takes more, or takes nothing ever again. */
  async drained(): Promise<void> {
    if (this.#error === undefined && this.#file.writableNeedDrain)
      await Promise.race([once(this.#file, 'drain'), once(this.#file, 'close')]).catch(() => undefined);
  }

  /** Writes what is left. Rejects if anything could not be written. */
  async end(): Promise<void> {
    this.#flush();
    this.#file.end();
    if (!this.#file.closed) await once(this.#file, 'close').catch(() => undefined);
    if (this.#error) throw this.#error;
  }
}
