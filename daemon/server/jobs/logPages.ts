import type { LogEntry } from '../../protocol/answers.ts';

/** A file of JSON lines, one LogEntry each, their seq rising; a line may be torn by a crash. */
export interface LogBytes {
  /** As it was at opening: what is appended meanwhile is the next reader's. */
  readonly size: number;
  /** Exactly so many bytes from there, or fewer at the end. */
  read(offset: number, length: number): Promise<Buffer>;
}

export interface PageRequest {
  /** Only entries with a higher seq. */
  readonly after: number;
  readonly operationId: string | undefined;
  readonly limit: number;
}

const newline = 0x0a;
const probeBytes = 4 * 1024;
/** Below this the search for a place is over, and lines are read one after another. */
const windowBytes = 16 * 1024;
const chunkBytes = 64 * 1024;

/**
 * One page of a log, oldest first, and the seq of the last entry of all. The place is found by halving, as lines are sorted by seq: a page
 * costs about the same wherever it lies. Entries of one operation are looked for from there on, as far as it takes.
 */
export async function readLogPage(
  bytes: LogBytes,
  request: PageRequest,
): Promise<{ entries: LogEntry[]; last_seq: number }> {
  const lastSeq = (await readLastEntry(bytes))?.seq ?? 0;
  if (lastSeq <= request.after) return { entries: [], last_seq: lastSeq };
  const entries = await readOn(bytes, await placeAfter(bytes, request.after), request);
  return { entries, last_seq: lastSeq };
}

/** The last line that can be read; undefined if there is none. */
export async function readLastEntry(bytes: LogBytes): Promise<LogEntry | undefined> {
  let end = bytes.size;
  let tail = Buffer.alloc(0);
  while (end > 0) {
    const start = Math.max(0, end - Math.max(probeBytes, tail.length));
    tail = Buffer.concat([await bytes.read(start, end - start), tail]);
    end = start;
    // The first line of what was read may have begun before it.
    const whole = start === 0 ? tail : tail.subarray(tail.indexOf(newline) + 1);
    if (start > 0 && whole.length === tail.length) continue;
    const found = linesOf(whole).findLast(({ entry }) => entry !== undefined)?.entry;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a line begins before which no entry is later than `after`; close before the first that is. */
async function placeAfter(bytes: LogBytes, after: number): Promise<number> {
  let low = 0;
  let high = after === 0 ? 0 : bytes.size;
  while (high - low > windowBytes) {
    const middle = low + Math.floor((high - low) / 2);
    const found = await firstEntryFrom(bytes, middle, high);
    if (found === undefined) high = middle;
    else if (found.entry.seq <= after) low = found.end;
    else high = middle;
  }
  return low;
}

/** The first line that begins after `from` and before `before` and can be read. */
async function firstEntryFrom(
  bytes: LogBytes,
  from: number,
  before: number,
): Promise<{ entry: LogEntry; end: number } | undefined> {
  let isInLine = true; // `from` lies in the middle of a line, as far as is known.
  for await (const line of lines(bytes, from, probeBytes)) {
    if (!isInLine && line.start >= before) return undefined;
    if (!isInLine && line.entry !== undefined) return { entry: line.entry, end: line.end };
    isInLine = false;
  }
  return undefined;
}

async function readOn(
  bytes: LogBytes,
  from: number,
  { after, operationId, limit }: PageRequest,
): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  const needle = operationId === undefined ? undefined : Buffer.from(JSON.stringify(operationId));
  for await (const { entry } of lines(bytes, from, chunkBytes, needle)) {
    if (entry === undefined || entry.seq <= after) continue;
    if (operationId !== undefined && entry.operation_id !== operationId) continue;
    entries.push(entry);
    if (entries.length === limit) break;
  }
  return entries;
}

interface Line {
  readonly start: number;
  /** Where the next one begins. */
  readonly end: number;
  /** Undefined for a line that is torn, or has not what is looked for. */
  readonly entry: LogEntry | undefined;
}

/** The lines from an offset on, read in pieces. Only lines with `needle` in them are parsed. */
async function* lines(
  bytes: LogBytes,
  from: number,
  pieceBytes: number,
  needle?: Buffer,
): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let start = from;
  for (let offset = from; offset < bytes.size;) {
    const piece = await bytes.read(offset, Math.min(Math.max(pieceBytes, rest.length), bytes.size - offset));
    if (piece.length === 0) break;
    offset += piece.length;
    const text = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    const isEnd = offset >= bytes.size;
    const whole = isEnd ? text.length : text.lastIndexOf(newline) + 1;
    for (const { length, entry } of linesOf(text.subarray(0, whole), needle)) {
      yield { start, end: start + length, entry };
      start += length;
    }
    rest = text.subarray(whole);
  }
}

function* linesIn(text: Buffer): Generator<Buffer> {
  for (let start = 0; start < text.length;) {
    const at = text.indexOf(newline, start);
    const end = at === -1 ? text.length : at + 1;
    yield text.subarray(start, end);
    start = end;
  }
}

function linesOf(text: Buffer, needle?: Buffer): { length: number; entry: LogEntry | undefined }[] {
  return [...linesIn(text)].map((line) => ({
    length: line.length,
    entry: needle === undefined || line.includes(needle) ? entryOf(line) : undefined,
  }));
}

function entryOf(line: Buffer): LogEntry | undefined {
  try {
    return JSON.parse(line.toString('utf8')) as LogEntry;
  } catch {
    return undefined; // Torn by a crash.
  }
}
