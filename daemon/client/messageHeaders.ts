/** The framing of LSP over a stream: `Content-Length: N`, an empty line, N bytes of JSON. */

const headerEnd = '\r\n\r\n';
const maxHeaderBytes = 4_096;
const shortestHeaderBytes = 64;

/** A message as it goes over a stream. */
export function withHeader(text: string): string {
  return `Content-Length: ${Buffer.byteLength(text)}${headerEnd}${text}`;
}

/** Takes a stream apart into messages. */
export class HeaderReader {
  readonly #onMessage: (text: string) => void;
  readonly #onGarbage: (what: string) => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  /** Bytes of the message whose header was read; null: a header comes next. */
  #wanted: number | null = null;

  /** Told of garbage between messages, which is skipped up to the next header. */
  constructor(onMessage: (text: string) => void, onGarbage: (what: string) => void) {
    this.#onMessage = onMessage;
    this.#onGarbage = onGarbage;
  }

  read(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    for (;;) {
      if (this.#wanted === null && !this.#readHeader()) return;
      const wanted = this.#wanted ?? 0;
      if (this.#bytes < wanted) return;
      const all = this.#joined();
      this.#keep(all.subarray(wanted));
      this.#wanted = null;
      this.#onMessage(all.toString('utf8', 0, wanted));
    }
  }

  #readHeader(): boolean {
    for (;;) {
      const all = this.#joined();
      const end = all.indexOf(headerEnd);
      if (end === -1) {
        if (all.length > maxHeaderBytes) {
          this.#onGarbage(`${all.length} bytes without a header`);
          // The beginning of a header may be at the end of it.
          this.#keep(all.subarray(all.length - shortestHeaderBytes));
        }
        return false;
      }
      const header = all.toString('latin1', Math.max(0, end - maxHeaderBytes), end);
      this.#keep(all.subarray(end + headerEnd.length));
      const length = [...header.matchAll(/Content-Length: *(\d{1,10})(?=\r|$)/gi)].at(-1)?.[1];
      if (length !== undefined) {
        this.#wanted = Number(length);
        return true;
      }
      this.#onGarbage(`a header without Content-Length: ${JSON.stringify(header.slice(0, 100))}`);
    }
  }

  /** Joined once for each message, not once for each piece of a large one: `#readHeader` is asked only between messages. */
  #joined(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #keep(rest: Buffer): void {
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
  }
}
