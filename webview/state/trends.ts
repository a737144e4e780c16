import type { MethodResult } from '../../daemon/protocol/methods.ts';

export type Trend = MethodResult<'statistics/trends'>['pipelines'][number];

/** Columns for a chart: seconds of the clock, seconds of duration, and the same again where the run failed. */
export type TrendColumns = [number[], number[], (number | null)[]];

export function columnsOf({ runs }: Trend): TrendColumns {
  const ended = runs.filter(({ status }) => status === 'completed' || status === 'failed');
  return [
    ended.map(({ finished_at }) => Date.parse(finished_at) / 1000),
    ended.map(({ duration_ms }) => duration_ms / 1000),
    ended.map(({ duration_ms, status }) => (status === 'failed' ? duration_ms / 1000 : null)),
  ];
}

export function failuresOf({ runs }: Trend): number {
  return runs.filter(({ status }) => status === 'failed').length;
}

export const periods = ['', '1', '7', '30', '90'] as const;
export type Period = (typeof periods)[number];

/** The beginning of the period, to the minute: the same question within a minute is the same one. */
export function sinceOf(period: Period, now: Date): string | undefined {
  if (period === '') return undefined;
  const minuteMs = 60_000;
  const nowMs = Math.floor(now.getTime() / minuteMs) * minuteMs;
  return new Date(nowMs - Number(period) * 24 * 60 * minuteMs).toISOString();
}
