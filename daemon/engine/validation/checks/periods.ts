import type { CheckParameters } from '../../../protocol/files/checks.ts';

export type Grain = CheckParameters<'ts_continuity'>['grain'];

const formats: Readonly<Record<Grain, string>> = {
  hour: '%Y-%m-%d %H:00',
  day: '%Y-%m-%d',
  week: '%Y-%m-%d',
  month: '%Y-%m',
  quarter: '%Y-%m',
  year: '%Y',
};

/** The period a TIMESTAMP expression falls in, as text that sorts by time; of a week its Monday, of a quarter its first month. */
export function periodText(timestamp: string, grain: Grain): string {
  const text = `strftime(date_trunc('${grain}', ${timestamp}), '${formats[grain]}')`;
  return `case when isfinite(${timestamp}) then ${text} else cast(${timestamp} as varchar) end`;
}

/** The step from one period to the next, as a DuckDB interval. */
export function periodStep(grain: Grain): string {
  return grain === 'quarter' ? `interval '3 months'` : `interval '1 ${grain}'`;
}

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of `30m`, `12h`, `2d`. */
export function secondsOf(duration: string): number {
  const unit = duration.slice(-1) as keyof typeof units;
  return Number(duration.slice(0, -1)) * units[unit];
}
