/** Whatever became of a journal on its disk: what is read was written, in its order, and nothing in it is skipped in silence. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeLine } from '../../../daemon/server/storage/checksum.ts';
import { readJournal } from '../../../daemon/server/storage/journalReader.ts';

interface Written {
  readonly seq: number;
  readonly op: number;
  readonly note: string;
}
const record = (seq: number): Written => ({ seq, op: seq % 7, note: `é"\n${'x'.repeat(seq % 40)}` });
const bytesOf = (from: number, to: number): Buffer =>
  Buffer.from(Array.from({ length: to - from + 1 }, (_, at) => encodeLine(record(from + at))).join(''));

/** One thing that disks, editors and half-done copies do to a file. Places are shares of its length. */
const harm = fc.oneof(
  fc.record({
    kind: fc.constant('flip' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bit: fc.nat(7),
  }),
  fc.record({
    kind: fc.constant('cut' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 300 }),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }),
  }),
  fc.record({ kind: fc.constant('end' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    kind: fc.constant('repeat' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 300 }),
  }),
  fc.record({
    kind: fc.constant('zeros' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 4_096 }),
  }),
);
type Harm = typeof harm extends fc.Arbitrary<infer H> ? H : never;

function harmed(bytes: Buffer, done: Harm): Buffer {
  const at = Math.min(bytes.length, Math.floor(done.at * bytes.length));
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (done.kind) {
    case 'flip': {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << done.bit);
      return copy;
    }
    case 'cut':
      return Buffer.concat([before, after.subarray(done.length)]);
    case 'insert':
      return Buffer.concat([before, done.bytes, after]);
    case 'end':
      return Buffer.from(before);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, done.length), after]);
    case 'zeros':
      return Buffer.concat([before, Buffer.alloc(done.length), after.subarray(done.length)]);
  }
}

it('a journal that was harmed gives the records before the harm, and says that it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.nat(50),
      fc.nat(45),
      fc.array(harm, { minLength: 1, maxLength: 3 }),
      async (first, length, after, harms) => {
        const whole = bytesOf(first, first + length);
        const bytes = harms.reduce(harmed, whole);
        const afterSeq = Math.max(after, first - 1);
        const found = await readJournal<Written>(bytes, afterSeq);
        const seqs = found.records.map(({ seq }) => seq);
        // Nothing that was not written, nothing twice, nothing left out before the last.
        expect(found.records).toEqual(seqs.map(record));
        expect(seqs).toEqual(seqs.map((_, at) => (seqs[0] ?? 0) + at));
        if (seqs.length > 0 && (found.marks[0]?.seq ?? 0) <= afterSeq) expect(seqs[0]).toBe(afterSeq + 1);
        expect(found.goodBytes).toBeLessThanOrEqual(bytes.length);
        const isWhole = found.lastSeq === first + length && found.goodBytes === whole.length;
        // A file cut between two lines is a shorter journal, at its front what the document holds already; all else is told.
        if (!isWhole && !whole.includes(bytes)) expect(found.damage !== undefined || found.isTorn).toBe(true);
        // What counts as good reads the same by itself: going on behind it is safe.
        const again = await readJournal<Written>(bytes.subarray(0, found.goodBytes), afterSeq);
        expect([again.records, again.damage, again.isTorn]).toEqual([found.records, undefined, false]);
      },
    ),
    { numRuns: 5_000 },
  );
});

it('any bytes at all are a journal or a damaged one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), fc.nat(5), async (bytes, after) => {
      const found = await readJournal(Buffer.from(bytes), after);
      expect(found.records).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
