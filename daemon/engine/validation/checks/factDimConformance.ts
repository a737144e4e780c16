import type { Check } from './check.ts';
import { assertPairs, countOrphans } from './foreignKey.ts';
import { allowedRows, chosenSides, violationFinding } from './sides.ts';

/** Every row of a fact has a member of its dimension. */
export const factDimConformance: Check<'fact_dim_conformance'> = {
  kind: 'fact_dim_conformance',
  async run(params, context) {
    const { columns, dimension } = params;
    assertPairs('fact_dim_conformance', columns, dimension.columns);
    const sides = chosenSides(context, params.side);
    const { counts, samples } = await countOrphans(
      sides,
      () => ({ columns, references: dimension, nullsCount: true }),
      context,
    );
    const allowed = await allowedRows(sides, params.max_pct);
    const what = `have no member of ${dimension.table} in ${columns.join(', ')}`;
    return violationFinding(counts, allowed, samples, what);
  },
};
