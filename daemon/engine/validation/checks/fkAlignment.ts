import { agreed, plural } from '../../../protocol/countText.ts';
import type { Check } from './check.ts';
import { assertPairs, countOrphans } from './foreignKey.ts';

/** As many rows refer to nothing on both sides. */
export const fkAlignment: Check<'fk_alignment'> = {
  kind: 'fk_alignment',
  async run(params, context) {
    const { columns, references } = params;
    assertPairs('fk_alignment', columns, references.columns);
    const tables = { source: references.table, target: references.target_table ?? references.table };
    const { counts, samples } = await countOrphans(
      [context.source, context.target],
      (side) => ({ columns, references: { table: tables[side.name], columns: references.columns } }),
      context,
    );
    const [expected = 0, actual = 0] = counts.map(({ violations }) => violations);
    const isEqual = expected === actual;
    return {
      status: isEqual ? 'passed' : 'failed',
      expected: { orphans: expected },
      actual: { orphans: actual },
      difference: actual - expected,
      failing_rows: Math.abs(actual - expected),
      samples,
      ...(!isEqual && {
        reason: `${columns.join(', ')}: ${plural(expected, 'row')} of the source ${agreed(expected, 'refer to nothing')}, ${actual} of the target`,
      }),
    };
  },
};
