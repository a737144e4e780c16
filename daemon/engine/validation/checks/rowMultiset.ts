import { plural } from '../../../protocol/countText.ts';
import { choosePairs } from '../columns.ts';
import { compareTypes, exactPolicy } from '../comparison.ts';
import { compareRows, type DiffColumn } from '../rowDiff/compareRows.ts';
import { failIncomparable } from '../stagedRows.ts';
import type { Check } from './check.ts';
import { saveReport, toDifferences } from './differenceFiles.ts';

/** Both sides have the same rows, each equally often: no key needed, none trusted. */
export const rowMultiset: Check<'row_multiset'> = {
  kind: 'row_multiset',
  async run(params, context) {
    const pairs = choosePairs(params.columns, context.columns);
    const comparisons = pairs.map(
      (pair) => compareTypes(pair.source.type, pair.target.type, exactPolicy) ?? failIncomparable(pair),
    );
    const staged = await context.rows();
    const values = pairs.map((pair, index): DiffColumn => ({
      name: pair.source.name,
      as: staged.column(pair),
      comparison: comparisons[index]?.comparison ?? failIncomparable(pair),
    }));
    const { workspace, source, target } = staged;
    const request = { workspace, source, target, keys: [], values, prefix: context.prefix };
    const diff = await compareRows(request);
    const report = await saveReport(request, diff, { maxDiffs: 100_000, maxSamples: 20 }, context);
    const failing = diff.missing + diff.extra + diff.duplicate;
    const unpaired = params.columns === undefined ? unpairedNames(context.columns) : [];
    const reasons = [
      ...(failing > 0
        ? [
            `${plural(diff.missing, 'row')} only in the source, ${diff.extra} only in the target, ${diff.duplicate} not equally often`,
          ]
        : []),
      ...(unpaired.length > 0
        ? [`not compared, because only one side has them: ${unpaired.join(', ')}`]
        : []),
    ];
    const isEmpty = staged.source_rows === 0 && staged.target_rows === 0;
    return {
      status: reasons.length > 0 ? 'failed' : isEmpty ? 'warning' : 'passed',
      expected: { rows: staged.source_rows },
      actual: { rows: staged.target_rows },
      failing_rows: failing,
      samples: report?.samples ?? [],
      differences: toDifferences(diff, report),
      reductions: comparisons.flatMap((each) => each.comparison.notes),
      ...(reasons.length > 0 && { reason: reasons.join('; ') }),
      ...(reasons.length === 0 && isEmpty && { reason: 'both sides are empty: nothing was compared' }),
    };
  },
};

function unpairedNames(columns: {
  readonly only_source: readonly { readonly name: string }[];
  readonly only_target: readonly { readonly name: string }[];
}): string[] {
  return [...columns.only_source, ...columns.only_target].map(({ name }) => name);
}
