import type { Check } from './check.ts';
import { columnOn } from './sides.ts';
import { stagedRule } from './stagedRules.ts';
import { assertText } from './staging.ts';

/** Text has so many characters (code points, not bytes). */
export const length: Check<'length'> = {
  kind: 'length',
  async run(params, context) {
    const { min, max } = params;
    const finding = await stagedRule(
      {
        side: params.side,
        allowed: params.max_violations,
        what: `are shorter or longer than allowed in ${params.column}`,
        columnsOn: (side) => {
          const column = columnOn(side, params.column, context);
          assertText(column);
          return [column];
        },
        condition: (table, columns) =>
          columns
            .flatMap((read) => [
              ...(min === undefined ? [] : [`length(${table.sql(read)}) < ${min}`]),
              ...(max === undefined ? [] : [`length(${table.sql(read)}) > ${max}`]),
            ])
            .join(' or '),
      },
      context,
    );
    return { ...finding, expected: { min, max, at_most: params.max_violations } };
  },
};
