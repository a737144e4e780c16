import { choosePairs, type ColumnPair } from '../columns.ts';
import type { Check, CheckContext, CheckFinding, CheckSide } from './check.ts';
import { sampleRows } from './sides.ts';

/** NULLs per column: the same number on both sides, or at most `max` on each. One scan a side. */
export const nullCount: Check<'null_count'> = {
  kind: 'null_count',
  async run(params, context) {
    const pairs = choosePairs(params.columns, context.columns);
    const source = await countNulls(context.source, pairs);
    const target = await countNulls(context.target, pairs);
    return params.max === undefined
      ? compareCounts(pairs, source, target)
      : limitCounts(pairs, source, target, params.max, context);
  },
};

async function countNulls(side: CheckSide, pairs: readonly ColumnPair[]): Promise<number[]> {
  if (pairs.length === 0) return [];
  const counts = pairs.map((pair) => `count(*) - count(s.${side.quote(pair[side.name].name)})`);
  return (await side.row(`select ${counts.join(', ')} from ${side.from('s')}`)).map(Number);
}

const byColumn = (pairs: readonly ColumnPair[], counts: readonly number[]): Record<string, number> =>
  Object.fromEntries(pairs.map(({ source }, index) => [source.name, counts[index] ?? 0]));

function compareCounts(
  pairs: readonly ColumnPair[],
  source: readonly number[],
  target: readonly number[],
): CheckFinding {
  const different = pairs
    .map((pair, index) => ({ pair, difference: (target[index] ?? 0) - (source[index] ?? 0), index }))
    .filter(({ difference }) => difference !== 0);
  const reasons = different.map(
    ({ pair, index }) =>
      `${pair.source.name}: ${source[index]} NULLs in the source, ${target[index]} in the target`,
  );
  return {
    status: different.length > 0 ? 'failed' : 'passed',
    expected: byColumn(pairs, source),
    actual: byColumn(pairs, target),
    ...(different.length > 0 && {
      difference: Object.fromEntries(different.map(({ pair, difference }) => [pair.source.name, difference])),
      failing_rows: different.reduce((sum, { difference }) => sum + Math.abs(difference), 0),
      reason: reasons.join('; '),
    }),
  };
}

async function limitCounts(
  pairs: readonly ColumnPair[],
  source: readonly number[],
  target: readonly number[],
  max: number,
  context: CheckContext,
): Promise<CheckFinding> {
  const reasons: string[] = [];
  const samples: Record<string, unknown>[] = [];
  let failing = 0;
  for (const [index, pair] of pairs.entries()) {
    for (const [side, counts] of [
      [context.source, source],
      [context.target, target],
    ] as const) {
      const count = counts[index] ?? 0;
      if (count <= max) continue;
      failing += count;
      reasons.push(`${pair.source.name}: ${count} NULLs in the ${side.name}, ${max} allowed`);
      const column = pair[side.name];
      samples.push(...(await sampleRows(side, `s.${side.quote(column.name)} is null`, [column], context)));
    }
  }
  return {
    status: reasons.length > 0 ? 'failed' : 'passed',
    expected: { at_most: max },
    actual: { source: byColumn(pairs, source), target: byColumn(pairs, target) },
    failing_rows: failing,
    samples: samples.slice(0, 20),
    ...(reasons.length > 0 && { reason: reasons.join('; ') }),
  };
}
