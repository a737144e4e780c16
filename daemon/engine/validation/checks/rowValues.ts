import { plural } from '../../../protocol/countText.ts';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import { EngineError } from '../../errors.ts';
import { choosePairs, type ColumnPair } from '../columns.ts';
import { compareTypes, exactPolicy } from '../comparison.ts';
import { compareRows, type DiffColumn } from '../rowDiff/compareRows.ts';
import { failIncomparable } from '../stagedRows.ts';
import type { Check } from './check.ts';
import { saveReport, summaryText, toDifferences } from './differenceFiles.ts';
import { tolerant } from './tolerance.ts';

/** Cells of rows with the same key; numbers within a tolerance. Rows without counterpart are row_hash's to find. */
export const rowValues: Check<'row_values'> = {
  kind: 'row_values',
  async run(params, context) {
    const { keys } = context.columns;
    if (keys.length === 0) {
      throw new EngineError('definition', 'no_keys', 'row_values needs rows that pair', {
        hint: 'Give the pipeline keys; row_multiset compares rows without.',
      });
    }
    const pairs = choosePairs(params.columns, context.columns).filter((pair) => !keys.includes(pair));
    const staged = await context.rows();
    const toColumn = (pair: ColumnPair): DiffColumn => {
      const found = compareTypes(pair.source.type, pair.target.type, exactPolicy) ?? failIncomparable(pair);
      const isKey = keys.includes(pair);
      const comparison = isKey ? found.comparison : tolerant(found.comparison, params.tolerance);
      return { name: pair.source.name, as: staged.column(pair), comparison };
    };
    const { workspace, source, target } = staged;
    const { prefix } = context;
    const values = pairs.map(toColumn);
    const request = { workspace, source, target, keys: keys.map(toColumn), values, prefix };
    const found = await compareRows(request);
    await queryDuckdb(workspace, `delete from ${prefix}_diff where class <> 'value'`);
    const diff = { ...found, missing: 0, extra: 0, duplicate: 0 };
    const report = await saveReport(request, diff, { maxDiffs: params.max_diffs, maxSamples: 20 }, context);
    const matched = staged.source_rows - found.missing;
    const notes = values.flatMap((column) => column.comparison.notes);
    if (params.tolerance !== undefined) notes.push(`tolerance: ${JSON.stringify(params.tolerance)}`);
    const reason =
      diff.value > 0
        ? `${summaryText(report ?? { by_column: [] })}; ${plural(diff.value, 'row')} with other values`
        : matched === 0
          ? 'no row has a counterpart: nothing was compared'
          : undefined;
    return {
      status: diff.value > 0 ? 'failed' : matched === 0 ? 'warning' : 'passed',
      expected: { rows_with_counterpart: matched },
      actual: { rows_equal: matched - diff.value },
      failing_rows: diff.value,
      samples: report?.samples ?? [],
      differences: toDifferences(diff, report),
      reductions: [...new Set(notes)],
      ...(reason !== undefined && { reason }),
    };
  },
};
