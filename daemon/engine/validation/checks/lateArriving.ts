import type { Check } from './check.ts';
import { secondsOf } from './periods.ts';
import { allowedRows, chosenSides, columnOn } from './sides.ts';
import { stagedRule } from './stagedRules.ts';

/** Rows that were loaded long after what they tell of. */
export const lateArriving: Check<'late_arriving'> = {
  kind: 'late_arriving',
  async run(params, context) {
    const allowed = await allowedRows(chosenSides(context, params.side), params.max_pct);
    const seconds = secondsOf(params.max_delay);
    return stagedRule(
      {
        side: params.side,
        allowed,
        what: `were loaded more than ${params.max_delay} after ${params.event}`,
        columnsOn: (side) => [params.event, params.loaded].map((name) => columnOn(side, name, context)),
        condition: (table, [event, loaded]) => {
          if (event === undefined || loaded === undefined) throw new Error('two columns were read');
          return `epoch(${table.timestamp(loaded)}) - epoch(${table.timestamp(event)}) > ${seconds}`;
        },
      },
      context,
    );
  },
};
