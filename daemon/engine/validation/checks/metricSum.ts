import type { Check } from './check.ts';
import { compareGroups } from './groups.ts';
import { floatRule, readSums, type Sums } from './metrics.ts';

/** The sum of a column, whole or by group. */
export const metricSum: Check<'metric_sum'> = {
  kind: 'metric_sum',
  async run(params, context) {
    const source = await readSums('source', [params.column], params.group_by, context);
    const target = await readSums('target', [params.column], params.group_by, context);
    const { isEqual, note } = floatRule(source.hasFloat || target.hasFloat, 'sums');
    const sums = ({ groups }: Sums) =>
      new Map([...groups].map(([key, [found]]) => [key, found?.sum ?? null]));
    const what = `sum of ${params.column}`;
    const finding = compareGroups(sums(source), sums(target), { what, tolerance: params.tolerance, isEqual });
    return { ...finding, reductions: [...(finding.reductions ?? []), ...(note === undefined ? [] : [note])] };
  },
};
