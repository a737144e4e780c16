import { Big } from 'big.js';
import { toExact } from '../numbers.ts';
import type { Check } from './check.ts';
import { compareGroups } from './groups.ts';
import { floatRule, readSums, type Sums } from './metrics.ts';

/** The ratio of two sums, whole or by group; a denominator of 0 gives no ratio, which equals only another such. */
export const metricRatio: Check<'metric_ratio'> = {
  kind: 'metric_ratio',
  async run(params, context) {
    const columns = [params.numerator, params.denominator];
    const source = await readSums('source', columns, params.group_by, context);
    const target = await readSums('target', columns, params.group_by, context);
    const { isEqual, note } = floatRule(source.hasFloat || target.hasFloat, 'ratios');
    const finding = compareGroups(ratios(source), ratios(target), {
      what: `${params.numerator} / ${params.denominator}`,
      tolerance: params.tolerance,
      isEqual,
    });
    const rounded = 'ratios compared to 20 digits after the point';
    return {
      ...finding,
      reductions: [...(finding.reductions ?? []), rounded, ...(note === undefined ? [] : [note])],
    };
  },
};

// A private copy: DP is a setting of the constructor.
const Precise = Big();
Precise.DP = 20;

function ratios({ groups }: Sums): Map<string, string | null> {
  return new Map(
    [...groups].map(([key, [above, below]]) => {
      const denominator = toExact(below?.sum ?? '');
      const numerator = toExact(above?.sum ?? '');
      if (numerator === undefined || denominator === undefined || denominator.eq(0)) return [key, null];
      return [key, new Precise(numerator.toFixed()).div(denominator.toFixed()).toFixed()];
    }),
  );
}
