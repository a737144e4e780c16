import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isWorthFetching,
  planBuckets,
  planStrategy,
  rangesOf,
  smallTable,
  type PlanFacts,
  type SideFacts,
} from '../../../daemon/engine/validation/strategies/plan.ts';

const side = (type: SideFacts['type'], rows = 1_000_000): SideFacts => ({ type, rows, has_digest: true });
const facts = (changes: Partial<PlanFacts> = {}): PlanFacts => ({
  wanted: 'auto',
  source: side('postgres'),
  target: side('mysql'),
  keys: 1,
  unruled: [],
  altered: [],
  no_checksum: 'the sides are on two servers',
  is_staged: false,
  ...changes,
});
const chosen = (changes: Partial<PlanFacts>): string => {
  const plan = planStrategy(facts(changes));
  return typeof plan === 'string' ? plan : plan.strategy;
};

describe('planStrategy', () => {
  it('reads two systems as streams, one PostgreSQL by its own hashes, DuckDB and files in DuckDB', () => {
    expect(chosen({})).toBe('stream');
    const postgres = { source: side('postgres'), target: side('postgres') };
    expect(chosen({ ...postgres, no_checksum: undefined })).toBe('checksum');
    expect(chosen(postgres)).toBe('stream');
    expect(chosen({ source: side('files'), target: side('duckdb') })).toBe('join');
    expect(chosen({ source: side('files'), target: side('sqlite') })).toBe('stream');
  });

  it('reads small tables, tables without a key, and tables that are read already whole', () => {
    const few = smallTable - 1;
    expect(chosen({ source: side('postgres', few), target: side('mysql', few) })).toBe('export');
    expect(chosen({ source: side('postgres', few) })).toBe('stream');
    expect(chosen({ keys: 0 })).toBe('export');
    expect(chosen({ is_staged: true })).toBe('export');
  });

  it('says why what would have come first did not serve', () => {
    const unruled = ['born is date beside timestamp(6)'];
    expect(planStrategy(facts({ unruled }))).toMatchObject({
      strategy: 'export',
      fallbacks: [{ strategy: 'stream', reason: unruled[0] }],
    });
    const mute = { ...side('mysql'), has_digest: false };
    expect(planStrategy(facts({ target: mute }))).toMatchObject({
      strategy: 'export',
      fallbacks: [{ strategy: 'stream', reason: 'mysql can not be read as a stream' }],
    });
    const postgres = { source: side('postgres'), target: side('postgres'), no_checksum: undefined };
    expect(planStrategy(facts({ ...postgres, altered: ['name'] }))).toMatchObject({
      strategy: 'stream',
      fallbacks: [{ strategy: 'checksum', reason: 'name not compared as they stand' }],
    });
  });

  it('takes what is asked for, or says why it can not be', () => {
    expect(chosen({ wanted: 'export' })).toBe('export');
    expect(chosen({ wanted: 'stream', source: side('duckdb', 3), target: side('files', 3) })).toBe('stream');
    expect(chosen({ wanted: 'join' })).toMatch(/^strategy join can not be used: not both sides/);
    expect(chosen({ wanted: 'checksum' })).toMatch(/two servers/);
    expect(chosen({ wanted: 'stream', keys: 0 })).toMatch(/without a key/);
  });
});

describe('planBuckets', () => {
  it('takes ranges where keys lie close, and hashes where they do not', () => {
    expect(planBuckets(1_000_000, { min: 1, max: 1_000_000 })).toEqual({
      kind: 'range',
      min: 1,
      width: 64,
      count: 15_625,
    });
    expect(planBuckets(1000, { min: 1, max: 9_000_000 })).toMatchObject({ kind: 'hash' });
    expect(planBuckets(1000, undefined)).toMatchObject({ kind: 'hash' });
    expect(planBuckets(1000, { min: Number.NaN, max: 3 })).toMatchObject({ kind: 'hash' });
    expect(planBuckets(1e6, { min: -(2 ** 53), max: 2 ** 53 })).toMatchObject({ kind: 'hash' });
    expect(planBuckets(0, { min: Infinity, max: -Infinity })).toMatchObject({ kind: 'hash' });
  });

  it('never takes more than fit into a few megabytes, and covers every key', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer(), fc.nat(), (rows, min, extra) => {
        const max = min + rows - 1 + (extra % rows);
        const bucketing = planBuckets(rows, { min, max });
        expect(bucketing.count).toBeLessThanOrEqual(262_144);
        if (bucketing.kind !== 'range') throw new Error('keys lie close');
        expect(Math.floor((max - min) / bucketing.width)).toBeLessThan(bucketing.count);
      }),
    );
  });
});

describe('rangesOf', () => {
  it('joins neighbours, and no more ranges than a statement takes', () => {
    expect(rangesOf(Uint8Array.from([1, 1, 0, 1, 0]), 5)).toEqual([
      { from: 0, to: 1 },
      { from: 3, to: 3 },
    ]);
    // The last bucket is that of NULL.
    expect(rangesOf(Uint8Array.from([0, 0, 1]), 2)).toEqual([]);
  });

  it('leaves no unequal bucket out, whatever their pattern', () => {
    const pattern = fc.array(fc.boolean(), { minLength: 1, maxLength: 3000 });
    fc.assert(
      fc.property(pattern, (bits) => {
        const unequal = Uint8Array.from(bits, Number);
        const ranges = rangesOf(unequal, bits.length);
        expect(ranges.length).toBeLessThanOrEqual(200);
        for (const [bucket, isUnequal] of bits.entries())
          if (isUnequal) expect(ranges.some(({ from, to }) => from <= bucket && bucket <= to)).toBe(true);
        for (const [index, { from }] of ranges.slice(1).entries())
          expect(from).toBeGreaterThan(ranges[index]?.to ?? 0);
      }),
    );
    const every = Uint8Array.from({ length: 2000 }, (_, index) => (index + 1) % 2);
    expect(rangesOf(every, 2000)).toHaveLength(200);
  });
});

describe('isWorthFetching', () => {
  it('until reading all is the shorter way', () => {
    expect(isWorthFetching(smallTable, smallTable)).toBe(true);
    expect(isWorthFetching(299_999, 1_000_000)).toBe(true);
    expect(isWorthFetching(300_001, 1_000_000)).toBe(false);
  });
});
