import { plural } from '../../../protocol/countText.ts';
import { Big } from 'big.js';
import { averageText, compareNumbers } from '../numbers.ts';
import type { Check } from './check.ts';
import { compareGroups } from './groups.ts';
import { floatRule, readSums, type Sums } from './metrics.ts';

/** The average of a column, whole or by group: compared as sum × count, which no division rounds. */
export const metricAvg: Check<'metric_avg'> = {
  kind: 'metric_avg',
  async run(params, context) {
    const source = await readSums('source', [params.column], params.group_by, context);
    const target = await readSums('target', [params.column], params.group_by, context);
    const { isEqual, note } = floatRule(source.hasFloat || target.hasFloat, 'averages');
    const finding = compareGroups(averages(source), averages(target), {
      what: `average of ${params.column}`,
      tolerance: params.tolerance,
      isEqual,
    });
    const reductions = [...(finding.reductions ?? []), ...(note === undefined ? [] : [note])];
    const hidden =
      params.tolerance === undefined && isEqual === undefined ? roundedAlike(source, target) : [];
    if (finding.status === 'failed' || hidden.length === 0) return { ...finding, reductions };
    return {
      ...finding,
      status: 'failed',
      reductions,
      reason: `the averages of ${plural(hidden.length, 'group')} differ beyond the digits that are shown`,
    };
  },
};

function averages({ groups }: Sums): Map<string, string | null> {
  return new Map(
    [...groups].map(([key, [found]]) => [key, averageText(found?.sum ?? '0', found?.count ?? '0')]),
  );
}

/** Groups whose quotients agree to 15 digits while the averages differ. */
function roundedAlike(source: Sums, target: Sums): string[] {
  return [...source.groups.keys()].filter((key) => {
    const [a] = source.groups.get(key) ?? [];
    const [b] = target.groups.get(key) ?? [];
    if (a?.sum == null || b?.sum == null) return false;
    const left = new Big(a.sum).times(b.count).toFixed();
    return !compareNumbers(left, new Big(b.sum).times(a.count).toFixed()).equal;
  });
}
