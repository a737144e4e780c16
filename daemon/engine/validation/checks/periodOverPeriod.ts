import { Big } from 'big.js';
import type { Check } from './check.ts';
import { floatSumPct } from './metrics.ts';
import { readSeries } from './series.ts';
import { maxSamples } from './sides.ts';

// A private copy: DP is a setting of the constructor.
const Precise = Big();
Precise.DP = 30;

/** Change from one value to the next in percent; null from 0. */
function change(before: Big, after: Big): Big | null {
  if (before.eq(0)) return null;
  return new Precise(after.minus(before).toFixed()).div(before.abs().toFixed()).times(100);
}

/** The change from each period to the next, on both sides. */
export const periodOverPeriod: Check<'period_over_period'> = {
  kind: 'period_over_period',
  async run(params, context) {
    const series = await readSeries(params, context);
    const allowed = Math.max(params.max_points, series.isFloat ? floatSumPct : 0);
    const different = series.periods.slice(1).flatMap((period, index) => {
      const of = (values: readonly Big[]): Big | null =>
        change(values[index] ?? new Big(0), values[index + 1] ?? new Big(0));
      const [expected, actual] = [of(series.source), of(series.target)];
      const shown = {
        period,
        expected_pct: expected?.round(6).toFixed() ?? null,
        actual_pct: actual?.round(6).toFixed() ?? null,
      };
      if (expected === null || actual === null) return expected === actual ? [] : [shown];
      return actual.minus(expected).abs().lte(allowed) ? [] : [shown];
    });
    const [first] = different;
    const isShort = series.periods.length < 2;
    return {
      status: different.length > 0 ? 'failed' : isShort ? 'warning' : 'passed',
      expected: { max_points: params.max_points },
      actual: { changes: Math.max(0, series.periods.length - 1), different: different.length },
      samples: different.slice(0, maxSamples),
      ...(isShort && { reason: 'fewer than two periods: there is no change to compare' }),
      ...(first !== undefined && {
        reason: `${different.length} changes differ; ${first.period}: ${first.actual_pct ?? 'from nothing'} % where ${first.expected_pct ?? 'from nothing'} % is expected`,
      }),
    };
  },
};
