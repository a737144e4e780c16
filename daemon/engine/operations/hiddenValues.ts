const mask = '[secret]';
/** Shorter values stand in every other word; hiding them would destroy the text and hide nothing. */
const shortestValue = 4;

/**
 * Replaces values in a stream of bytes, also where one is torn between two pieces: an end that could still become a value is
 * held back until the next piece decides. Values are compared as UTF-8 bytes; where two begin at one place the longer is taken.
 */
export class HiddenValues {
  readonly #values: readonly string[];
  readonly #pattern: RegExp | null;
  readonly #longest: number;
  #held = '';

  constructor(values: readonly string[]) {
    // One character a byte, so that any bytes come out as they went in.
    this.#values = [...new Set(values)]
      .filter((value) => value.length >= shortestValue)
      .map((value) => Buffer.from(value, 'utf8').toString('latin1'))
      .sort((a, b) => b.length - a.length);
    this.#longest = this.#values[0]?.length ?? 0;
    const source = this.#values.map((value) => value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
    this.#pattern = source === '' ? null : new RegExp(source, 'g');
  }

  /** What can be said of the bytes so far. */
  push(bytes: Buffer): Buffer {
    return this.#pattern === null ? bytes : this.#clean(this.#pattern, bytes.toString('latin1'), false);
  }

  /** The rest, once no more bytes come. */
  end(): Buffer {
    return this.#pattern === null ? Buffer.alloc(0) : this.#clean(this.#pattern, '', true);
  }

  #clean(pattern: RegExp, piece: string, isLast: boolean): Buffer {
    const text = this.#held + piece;
    let clean = '';
    let at = 0;
    for (;;) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      const open = isLast ? -1 : this.#firstOpen(text, at);
      if (open !== -1 && (match === null || open <= match.index)) {
        this.#held = text.slice(open);
        return Buffer.from(clean + text.slice(at, open), 'latin1');
      }
      if (match === null) break;
      clean += text.slice(at, match.index) + mask;
      at = match.index + match[0].length;
    }
    this.#held = '';
    return Buffer.from(clean + text.slice(at), 'latin1');
  }

  /** The first place from which the text to its end is the beginning of a longer value; -1 if there is none. */
  #firstOpen(text: string, from: number): number {
    for (let at = Math.max(from, text.length - this.#longest + 1); at < text.length; at += 1) {
      const rest = text.slice(at);
      if (this.#values.some((value) => value.length > rest.length && value.startsWith(rest))) return at;
    }
    return -1;
  }
}
