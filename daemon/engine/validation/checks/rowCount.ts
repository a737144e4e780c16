import { compareNumbers } from '../numbers.ts';
import type { Check } from './check.ts';

/** Both sides have the same number of rows, as each system counts them itself. */
export const rowCount: Check<'row_count'> = {
  kind: 'row_count',
  async run(params, { source, target }) {
    const expected = await source.count();
    const actual = await target.count();
    const { equal, tolerated } = compareNumbers(String(expected), String(actual), params.tolerance);
    const difference = actual - expected;
    const finding = { expected, actual, difference, failing_rows: Math.abs(difference) };
    if (!equal) {
      const direction = difference < 0 ? 'fewer' : 'more';
      return {
        ...finding,
        status: 'failed',
        reason: `the target has ${Math.abs(difference)} ${direction} rows: ${actual} where ${expected} are expected`,
      };
    }
    return {
      ...finding,
      status: 'passed',
      ...(tolerated && { reductions: [`tolerance used: ${JSON.stringify(params.tolerance)}`] }),
      ...(expected === 0 && actual === 0 && { reason: 'both sides are empty' }),
    };
  },
};
