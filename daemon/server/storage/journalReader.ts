import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeLine } from './checksum.ts';

/** A place between two records: all up to `seq` stand before byte `end`. */
export interface JournalMark {
  readonly seq: number;
  readonly end: number;
}

/** Marks are kept about this far apart, so that shortening a journal never has to look for its place in a long text. */
export const markEveryBytes = 65_536;

export interface JournalContent<R> {
  /** Records after the asked seq, in order, up to the first damage. */
  readonly records: R[];
  /** seq of the last good line; undefined if there is none. */
  readonly lastSeq: number | undefined;
  readonly goodBytes: number;
  /** The last write was cut off in its middle: it was never acknowledged. */
  readonly isTorn: boolean;
  /** What is wrong with the file, if a line that had been written whole is not what was written. */
  readonly damage: string | undefined;
  readonly marks: JournalMark[];
}

const linesPerTurn = 2_000;
const newline = 10;

/**
 * Reads a journal's bytes. The checksum of each line vouches for its shape, because only `encodeLine` over typed records makes
 * lines: they are not checked by a schema again. Gives the event loop a turn every 2,000 lines.
 */
export async function readJournal<R extends { readonly seq: number }>(
  bytes: Buffer,
  afterSeq: number,
): Promise<JournalContent<R>> {
  const records: R[] = [];
  const marks: JournalMark[] = [];
  let lastSeq: number | undefined;
  let position = 0;
  const end = (damage?: string, isTorn = false): JournalContent<R> => ({
    records,
    lastSeq,
    goodBytes: position,
    isTorn,
    damage,
    marks: marks.length > 0 ? marks : [{ seq: afterSeq, end: 0 }],
  });

  for (let line = 1; position < bytes.length; line += 1) {
    const stop = bytes.indexOf(newline, position);
    if (stop < 0) return endOfTail(bytes.subarray(position), line, end);
    const record = decodeLine(bytes.toString('utf8', position, stop)) as R | undefined;
    if (record === undefined) return end(`line ${line} is not what was written there`);
    if (!Number.isSafeInteger(record.seq)) return end(`line ${line} has no seq`);
    const expected = lastSeq === undefined ? undefined : lastSeq + 1;
    if (expected === undefined && record.seq > afterSeq + 1)
      return end(`it starts at record ${record.seq}, but the document ends at ${afterSeq}`);
    if (expected !== undefined && record.seq !== expected)
      return end(`line ${line} is record ${record.seq} where ${expected} should be`);
    if (marks.length === 0) marks.push({ seq: record.seq - 1, end: 0 });
    lastSeq = record.seq;
    if (record.seq > afterSeq) records.push(record);
    position = stop + 1;
    if (position - (marks.at(-1)?.end ?? 0) >= markEveryBytes) marks.push({ seq: lastSeq, end: position });
    if (line % linesPerTurn === 0) await nextTurn();
  }
  return end();
}

/** A tail without its newline is a torn write, unless it is a whole line whose newline has become another byte. */
function endOfTail<R>(
  tail: Buffer,
  line: number,
  end: (damage?: string, isTorn?: boolean) => JournalContent<R>,
): JournalContent<R> {
  const isWholeLine = tail.length > 1 && decodeLine(tail.toString('utf8', 0, tail.length - 1)) !== undefined;
  return isWholeLine ? end(`line ${line} has lost its end`) : end(undefined, true);
}
