import { quoteText } from '../../connections/ansiDialect.ts';
import type { Check } from './check.ts';
import { columnOn } from './sides.ts';
import { stagedRule } from './stagedRules.ts';

/** Check digits are right, by the rules of checkDigits.ts. */
export const checksum: Check<'checksum'> = {
  kind: 'checksum',
  async run(params, context) {
    const finding = await stagedRule(
      {
        side: params.side,
        allowed: params.max_violations,
        what: `have no valid ${params.algorithm} in ${params.column}`,
        columnsOn: (side) => [columnOn(side, params.column, context)],
        condition: (table, columns) =>
          columns
            .map((read) => `ob_check_digit(${table.text(read)}, ${quoteText(params.algorithm)}) = 'no'`)
            .join(' or '),
      },
      context,
    );
    return { ...finding, expected: { algorithm: params.algorithm, at_most: params.max_violations } };
  },
};
