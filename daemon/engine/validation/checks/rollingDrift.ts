import { Big } from 'big.js';
import type { Check } from './check.ts';
import { floatSumPct } from './metrics.ts';
import { readSeries } from './series.ts';
import { maxSamples } from './sides.ts';

/** The rolling mean over time, compared window by window; as sums, which no division rounds. */
export const rollingDrift: Check<'rolling_drift'> = {
  kind: 'rolling_drift',
  async run(params, context) {
    const series = await readSeries(params, context);
    const pct = Math.max(params.max_pct, series.isFloat ? floatSumPct : 0);
    const drifted = series.periods.flatMap((period, index) => {
      const from = Math.max(0, index + 1 - params.window);
      const windowSum = (values: readonly Big[]): Big =>
        values.slice(from, index + 1).reduce((sum, value) => sum.plus(value), new Big(0));
      const [expected, actual] = [windowSum(series.source), windowSum(series.target)];
      const away = actual.minus(expected).abs();
      if (away.lte(expected.abs().times(pct).div(100))) return [];
      const drift = expected.eq(0) ? null : Number(away.div(expected.abs()).times(100).toPrecision(6));
      const periods = index + 1 - from;
      const mean = (sum: Big): string => sum.div(periods).round(6).toFixed();
      return [{ period, expected: mean(expected), actual: mean(actual), drift_pct: drift }];
    });
    const [first] = drifted;
    const isEmpty = series.periods.length === 0;
    return {
      status: drifted.length > 0 ? 'failed' : isEmpty ? 'warning' : 'passed',
      expected: { max_pct: params.max_pct, window: params.window },
      actual: { periods: series.periods.length, drifted: drifted.length },
      samples: drifted.slice(0, maxSamples),
      ...(isEmpty && { reason: 'there are no times: nothing was compared' }),
      ...(first !== undefined && {
        reason: `the rolling mean drifts in ${drifted.length} of ${series.periods.length} periods; ${first.period}: ${first.actual} where ${first.expected} is expected`,
      }),
    };
  },
};
