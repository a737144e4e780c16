import { quoteText } from '../../connections/ansiDialect.ts';
import type { Check } from './check.ts';
import { columnOn } from './sides.ts';
import { stagedRule } from './stagedRules.ts';

/** Values match a pattern as a whole. Matched in the workspace: every system has a regular expression of its own, SQLite none. */
export const regex: Check<'regex'> = {
  kind: 'regex',
  async run(params, context) {
    const finding = await stagedRule(
      {
        side: params.side,
        allowed: params.max_violations,
        what: `do not match ${params.pattern} in ${params.column}`,
        columnsOn: (side) => [columnOn(side, params.column, context)],
        condition: (table, columns) =>
          columns
            .map((read) => `not regexp_full_match(${table.text(read)}, ${quoteText(params.pattern)})`)
            .join(' or '),
      },
      context,
    );
    return { ...finding, expected: { pattern: params.pattern, at_most: params.max_violations } };
  },
};
