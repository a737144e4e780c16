import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  base32,
  below,
  draw32,
  mixerMacros,
  streamConstants,
} from '../../../daemon/engine/generation/mixer.ts';

let instance: DuckDBInstance;
let duckdb: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  duckdb = await instance.connect();
  for (const macro of mixerMacros) await duckdb.run(macro);
});

afterAll(() => {
  duckdb.disconnectSync();
  instance.closeSync();
});

async function numbers(sql: string): Promise<number[]> {
  return (await duckdb.runAndReadAll(sql)).getRowsJson().map(([value]) => Number(value));
}

const rows = [
  0,
  1,
  2,
  3,
  1000,
  65_535,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 32 + 1,
  9_999_999_999,
];
const seeds = [0, 1, 42, 2 ** 32, Number.MAX_SAFE_INTEGER];

describe('the mixer', () => {
  test.each(seeds)('gives the same bits in SQL and in TypeScript, seed %i', async (seed) => {
    for (const column of ['a', 'price', 'ü']) {
      const { table, column: own } = streamConstants(seed, 'some_table', column);
      const list = rows.map((row) => `(${row}::bigint)`).join(', ');
      const drawn = await numbers(`select gen_draw(k, ${table}, ${own}) from (values ${list}) t(k)`);
      expect(drawn).toEqual(rows.map((row) => draw32(seed, 'some_table', column, row)));
      const bases = await numbers(`select gen_base(k, ${table}) from (values ${list}) t(k)`);
      expect(bases).toEqual(rows.map((row) => base32(seed, 'some_table', row)));
      const small = await numbers(
        `select gen_below(gen_draw(k, ${table}, ${own}), 1000) from (values ${list}) t(k)`,
      );
      expect(small).toEqual(rows.map((row) => below(draw32(seed, 'some_table', column, row), 1000)));
    }
  });

  test('is part of the format: these values never change', () => {
    expect([draw32(42, 'fact_sales', 'quantity', 1), draw32(42, 'fact_sales', 'quantity', 2)]).toEqual([
      2922567905, 4115961559,
    ]);
    expect(base32(7, 'order', 123_456_789)).toBe(2077385055);
  });

  test('depends on every one of seed, table, column and row', () => {
    const all = [
      draw32(1, 't', 'c', 1),
      draw32(2, 't', 'c', 1),
      draw32(1 + 2 ** 32, 't', 'c', 1),
      draw32(1, 'u', 'c', 1),
      draw32(1, 't', 'd', 1),
      draw32(1, 't', 'c', 2),
      draw32(1, 'tc', '', 1),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('fills 256 classes evenly, alone and in pairs of neighbouring columns and rows', async () => {
    const count = 256 * 400;
    const c1 = streamConstants(5, 't', 'a');
    const c2 = streamConstants(5, 't', 'b');
    const draws = `select gen_draw(range, ${c1.table}, ${c1.column}) as a, gen_draw(range, ${c2.table}, ${c2.column}) as b,
      gen_draw(range + 1, ${c1.table}, ${c1.column}) as next from range(${count})`;
    const classes = [
      'a >> 24',
      'a & 255',
      '((a >> 28) << 4) | (b >> 28)',
      '((a >> 28) << 4) | (next >> 28)',
      '((a & 15) << 4) | (b & 15)',
    ];
    for (const sql of classes) {
      const [chi] = await numbers(
        `select sum((n - 400.0) * (n - 400.0) / 400.0) from (select count(*) as n from (${draws}) group by ${sql})`,
      );
      // 255 degrees of freedom: mean 255, standard deviation 22.6; six of them.
      expect(chi).toBeGreaterThan(120);
      expect(chi).toBeLessThan(390);
    }
  });

  test('a skewed draw stays in range and puts most on the first fifth', async () => {
    const c = streamConstants(5, 't', 'a');
    await duckdb.run(
      `create table draws as select gen_draw(range, ${c.table}, ${c.column}) as d from range(20000)`,
    );
    for (const n of [1, 2, 4, 5, 2000, 500_000_000]) {
      const skew = `select gen_skew(d, ${n}) as s from draws`;
      const [low] = await numbers(`select min(s) from (${skew})`);
      const [high] = await numbers(`select max(s) from (${skew})`);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThan(n);
      const [share] = await numbers(
        `select count(*) / 20000 from (${skew}) where s < ${Math.max(1, Math.floor(n / 5))}`,
      );
      if (n >= 5) expect(share).toBeGreaterThan(0.7);
    }
  });
});
