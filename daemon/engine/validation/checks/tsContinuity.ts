import type { Check, CheckFinding } from './check.ts';
import { periodStep, periodText } from './periods.ts';
import { chosenSides, columnOn, maxSamples } from './sides.ts';
import { ofColumn, stageColumns } from './staging.ts';

/** No period between the first and the last has no rows. Periods are counted by distinct values, whatever the rows of each. */
export const tsContinuity: Check<'ts_continuity'> = {
  kind: 'ts_continuity',
  async run(params, context) {
    const actual: Record<string, unknown> = {};
    const samples: Record<string, unknown>[] = [];
    const reasons: string[] = [];
    let empty = 0;
    const sides = chosenSides(context, params.side);
    for (const side of sides) {
      const read = ofColumn(columnOn(side, params.column, context));
      const table = await stageColumns(side, [read], context);
      const time = table.timestamp(read);
      const skipsWeekend = params.calendar === 'weekdays' && ['day', 'hour'].includes(params.grain);
      const rows = await table.rows(
        `with present as (select distinct date_trunc('${params.grain}', ${time}) as p from ${table.name} as s where isfinite(${time})),
         calendar as (select unnest(generate_series(min(p), max(p), ${periodStep(params.grain)})) as p from present)
         select (select count(*) from present), count(*) over (), ${periodText('calendar.p', params.grain)}
         from calendar anti join present on (calendar.p = present.p)
         where ${skipsWeekend ? 'isodow(calendar.p) < 6' : 'true'} order by calendar.p limit ${maxSamples}`,
      );
      const [present] = await table.rows(
        `select count(distinct date_trunc('${params.grain}', ${time})) from ${table.name} as s where isfinite(${time})`,
      );
      const missing = Number(rows[0]?.[1] ?? 0);
      if (Number(present?.[0]) === 0) empty += 1;
      actual[side.name] = { periods: Number(present?.[0]), missing };
      samples.push(...rows.map((row) => ({ side: side.name, missing: row[2] })));
      if (missing > params.max_missing)
        reasons.push(
          `${missing} ${params.grain}s without rows in the ${side.name}, first ${String(rows[0]?.[2])}`,
        );
    }
    return finding(reasons, empty === sides.length, { actual, samples, allowed: params.max_missing });
  },
};

function finding(
  reasons: readonly string[],
  isEmpty: boolean,
  shown: { actual: unknown; samples: Record<string, unknown>[]; allowed: number },
): CheckFinding {
  const text = isEmpty ? 'there are no times: nothing was looked at' : reasons.join('; ');
  return {
    status: reasons.length > 0 ? 'failed' : isEmpty ? 'warning' : 'passed',
    expected: { missing: shown.allowed },
    actual: shown.actual,
    samples: shown.samples.slice(0, maxSamples),
    ...(text !== '' && { reason: text }),
  };
}
