import type { Check } from './check.ts';
import { chosenSides, countViolations, violationFinding } from './sides.ts';

/** Every row satisfies a boolean SQL expression; rows where it is false or NULL break the rule. */
export const rule: Check<'rule'> = {
  kind: 'rule',
  async run(params, context) {
    const { counts, samples } = await countViolations(
      chosenSides(context, params.side),
      (side) => {
        const sql = side.name === 'source' ? (params.source_sql ?? params.sql) : params.sql;
        // On lines of its own, so that a comment at its end hides nothing; NULL counts as broken, which `not (…)` would miss.
        return { condition: `case when (\n${sql}\n) then 0 else 1 end = 1`, columns: [] };
      },
      context,
    );
    return violationFinding(counts, params.max_violations, samples, `break the rule ${params.sql}`);
  },
};
