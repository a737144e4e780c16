import { streamConstants } from '../mixer.ts';
import type { Place, RowBuilder } from './rowBuilder.ts';

/**
 * A number from 0 to size - 1 for each row, no two rows of the first `size` the same, and row i's whatever the number of rows: the rows
 * in steps of a length that has no divisor in common with `size`, from a start; both drawn for the stream.
 */
export function shuffled(builder: RowBuilder, { table, row }: Place, stream: string, size: bigint): string {
  if (size <= 1n) return '0::bigint';
  const { column, table: tableConstant } = streamConstants(builder.context.seed, table, `${stream} order`);
  // About 0.38 to 0.62 of the size: rows next to each other get values far from each other.
  const draw = BigInt(column);
  let step = (size * 38n) / 100n + (((size * 24n * draw) / 100n) >> 32n) + 1n;
  while (greatestDivisor(step, size) !== 1n) step += 1n;
  const start = (size * BigInt(tableConstant)) >> 32n;
  const product = `(((${row} - 1)::hugeint % ${size}) * ${step} + ${start}) % ${size}`;
  return size < 2n ** 62n ? `(${product})::bigint` : `(${product})`;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
