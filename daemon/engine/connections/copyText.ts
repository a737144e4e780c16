const tab = 0x09;
const lineFeed = 0x0a;
const backslash = 0x5c;
const nullLetter = 0x4e;

/** The letters behind a backslash that stand for another byte; all others stand for themselves. */
const escapes: Readonly<Record<number, number>> = {
  0x62: 0x08,
  0x66: 0x0c,
  0x6e: 0x0a,
  0x72: 0x0d,
  0x74: 0x09,
  0x76: 0x0b,
};

/** The fields of one row: bytes from starts[i] to ends[i], without escapes; NULL where the end is -1. Valid during the call only. */
export type OnCopyRow = (bytes: Buffer, starts: Int32Array, ends: Int32Array) => void;

/**
 * Rows out of PostgreSQL's COPY text as it arrives, in pieces cut anywhere. Nothing is decoded but escapes, which are undone in place:
 * the pieces are the reader's to change. Memory is the piece and the row cut by its end.
 */
export class CopyTextReader {
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #onRow: OnCopyRow;
  #left: Buffer | undefined;
  rows = 0;
  bytes = 0;

  constructor(columns: number, onRow: OnCopyRow) {
    this.#starts = new Int32Array(columns);
    this.#ends = new Int32Array(columns);
    this.#onRow = onRow;
  }

  write(piece: Buffer): void {
    this.bytes += piece.length;
    const bytes = this.#left === undefined ? piece : Buffer.concat([this.#left, piece]);
    this.#left = undefined;
    // A line feed inside a value is escaped, so the last one ends a row.
    const end = bytes.lastIndexOf(lineFeed) + 1;
    let at = 0;
    while (at < end) at = this.#row(bytes, at);
    if (end < bytes.length) this.#left = Buffer.from(bytes.subarray(end));
  }

  /** Throws if the last row is not whole. */
  end(): void {
    if (this.#left !== undefined) throw new Error('the server stopped in the middle of a row');
  }

  #row(bytes: Buffer, start: number): number {
    const columns = this.#starts.length;
    let at = start;
    for (let column = 0; column < columns; column += 1) {
      const from = at;
      let byte = bytes[at] as number;
      while (byte !== tab && byte !== lineFeed && byte !== backslash) byte = bytes[(at += 1)] as number;
      this.#starts[column] = from;
      this.#ends[column] = at;
      if (byte === backslash) at = this.#escaped(bytes, column, from, at);
      at += 1;
    }
    if (columns === 0) at += 1;
    if (bytes[at - 1] !== lineFeed) throw new Error('a row has other columns than were asked for');
    this.rows += 1;
    this.#onRow(bytes, this.#starts, this.#ends);
    return at;
  }

  /** A value with escapes, or NULL. Returns the place of the byte that ends it. */
  #escaped(bytes: Buffer, column: number, from: number, first: number): number {
    if (first === from && bytes[from + 1] === nullLetter) {
      this.#ends[column] = -1;
      return from + 2;
    }
    let at = first;
    let into = first;
    for (;;) {
      const byte = bytes[at] as number;
      if (byte === tab || byte === lineFeed) break;
      if (byte === backslash) {
        const letter = bytes[at + 1] as number;
        bytes[into] = escapes[letter] ?? letter;
        at += 2;
      } else {
        bytes[into] = byte;
        at += 1;
      }
      into += 1;
    }
    this.#ends[column] = into;
    return at;
  }
}

/** A row as a line of a CSV of csvStage.ts, bytes as they are. */
export function csvLine(bytes: Buffer, starts: Int32Array, ends: Int32Array, columns: number): Buffer {
  let line = '';
  for (let column = 0; column < columns; column += 1) {
    const end = ends[column] as number;
    if (column > 0) line += ',';
    line += end < 0 ? '\\N' : `"${bytes.toString('latin1', starts[column], end).replaceAll('"', '""')}"`;
  }
  return Buffer.from(`${line}\n`, 'latin1');
}
