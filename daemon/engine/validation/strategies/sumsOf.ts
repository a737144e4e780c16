import type { BucketSums } from './rowHasher.ts';

/** Rows of (bucket, rows, sum), as a system answers them, as sums modulo 2^64. */
export function sumsOf(
  rows: readonly (readonly (string | number | boolean | null)[])[],
  count: number,
): BucketSums {
  const sums: BucketSums = {
    rows: new Float64Array(count),
    low: new Uint32Array(count),
    high: new Uint32Array(count),
  };
  for (const [bucket, number, sum] of rows) {
    const at = Number(bucket);
    if (!(at >= 0 && at < count)) throw new Error(`there is no bucket ${String(bucket)}`);
    const total = BigInt.asUintN(64, BigInt(String(sum)));
    sums.rows[at] = Number(number);
    sums.low[at] = Number(total & 0xffffffffn);
    sums.high[at] = Number(total >> 32n);
  }
  return sums;
}

/** Rows of all buckets together. */
export function rowsOf(sums: BucketSums): number {
  return sums.rows.reduce((all, count) => all + count, 0);
}
