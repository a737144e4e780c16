import { agreed, formatCount, plural } from '../../../protocol/countText.ts';
import { choosePairs } from '../columns.ts';
import type { Check, CheckContext, CheckFinding } from './check.ts';
import { combinationsOnlyIn, countCombinations, repeatedSamples, type Combinations } from './repeats.ts';
import { maxSamples } from './sides.ts';

/** Columns that identify a row together, the same combinations on both sides. */
export const compositeKey: Check<'composite_key'> = {
  kind: 'composite_key',
  run: (params, context) => sameUniqueCombinations(params.columns, context, true),
};

/** Unique on each side and the same on both; `setsMustMatch` false: only as many. */
export async function sameUniqueCombinations(
  names: readonly string[],
  context: CheckContext,
  setsMustMatch: boolean,
): Promise<CheckFinding> {
  const pairs = choosePairs(names, context.columns);
  const sides = {
    source: await countCombinations(pairs, 'source', context),
    target: await countCombinations(pairs, 'target', context),
  };
  const reasons: string[] = [];
  const samples: Record<string, unknown>[] = [];
  let failing = 0;
  for (const [name, found] of Object.entries(sides)) {
    failing += found.surplus + found.nulls;
    if (found.surplus > 0) {
      reasons.push(
        `${plural(found.surplus, 'row')} of the ${name} ${agreed(found.surplus, 'repeat others')}`,
      );
      samples.push(...(await repeatedSamples(found, name)));
    }
    if (found.nulls > 0) {
      const what = agreed(found.nulls, `have NULL in ${names.join(', ')}`);
      reasons.push(`${plural(found.nulls, 'row')} of the ${name} ${what}`);
    }
  }
  if (setsMustMatch) {
    for (const [name, mine, other] of [
      ['source', sides.source, sides.target],
      ['target', sides.target, sides.source],
    ] as const) {
      const only = await combinationsOnlyIn(mine, other, name);
      failing += only.count;
      if (only.count > 0) reasons.push(`${plural(only.count, 'combination')} only in the ${name}`);
      samples.push(...only.samples);
    }
  } else if (sides.source.distinct !== sides.target.distinct) {
    failing += Math.abs(sides.source.distinct - sides.target.distinct);
    reasons.push(
      `${plural(sides.source.distinct, 'combination')} in the source, ${formatCount(sides.target.distinct)} in the target`,
    );
  }
  const shown = ({ distinct, surplus, nulls }: Combinations) => ({
    distinct,
    surplus_rows: surplus,
    null_rows: nulls,
  });
  return {
    status: reasons.length > 0 ? 'failed' : 'passed',
    expected: { distinct: sides.source.distinct, surplus_rows: 0, null_rows: 0 },
    actual: { source: shown(sides.source), target: shown(sides.target) },
    failing_rows: failing,
    samples: samples.slice(0, maxSamples),
    ...(reasons.length > 0 && { reason: reasons.join('; ') }),
  };
}
