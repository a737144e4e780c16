import { Big } from 'big.js';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { EngineError } from '../../errors.ts';
import { compareNumbers, toExact } from '../numbers.ts';
import type { Check, CheckContext } from './check.ts';

type Query = CheckParameters<'reconcile'>['total'];

/** A number is the sum of others, each asked of the side where it stands. */
export const reconcile: Check<'reconcile'> = {
  kind: 'reconcile',
  async run(params, context) {
    const total = await oneNumber(params.total, 'total', context);
    const parts: Big[] = [];
    for (const [index, part] of params.parts.entries())
      parts.push(await oneNumber(part, `parts[${index}]`, context));
    const sum = parts.reduce((all, part) => all.plus(part), new Big(0));
    const found = compareNumbers(total.toFixed(), sum.toFixed(), params.tolerance);
    return {
      status: found.equal ? 'passed' : 'failed',
      expected: { total: total.toFixed() },
      actual: { sum: sum.toFixed(), parts: parts.map((part) => part.toFixed()) },
      difference: found.difference,
      ...(found.tolerated && { reductions: [`tolerance used: ${JSON.stringify(params.tolerance)}`] }),
      ...(!found.equal && { reason: `the parts are ${sum.toFixed()} where the total is ${total.toFixed()}` }),
    };
  },
};

/** What a query answers; anything but one number is an EngineError, NULL too: it is not 0. */
async function oneNumber({ side, query }: Query, where: string, context: CheckContext): Promise<Big> {
  const { rows } = await context[side].query(query.trim().replace(/[;\s]+$/, ''));
  const value = rows.length === 1 && rows[0]?.length === 1 ? rows[0][0] : undefined;
  const number = value === undefined || value === null ? undefined : toExact(String(value));
  if (number !== undefined) return number;
  const shown =
    value === undefined ? `${rows.length} rows of ${rows[0]?.length ?? 0} columns` : String(value);
  throw new EngineError('definition', 'no_number', `${where} gave ${shown}, not one number`, {
    hint: 'Select one number; coalesce(sum(…), 0) where no rows may be.',
  });
}
