import { agreed, plural } from '../../../protocol/countText.ts';
import { EngineError } from '../../errors.ts';
import { choosePairs, type ColumnPair } from '../columns.ts';
import { hoursText } from '../kindDetail.ts';
import type { Check, CheckContext } from './check.ts';
import { maxSamples } from './sides.ts';
import { groupText, ofColumn, ofPair, stageColumns } from './staging.ts';

/** Timestamps of rows with the same key that lie whole quarters of an hour apart, up to 14 hours. */
export const timezoneShift: Check<'timezone_shift'> = {
  kind: 'timezone_shift',
  async run(params, context) {
    const { keys, pairs } = context.columns;
    if (keys.length === 0) {
      throw new EngineError('definition', 'no_keys', 'timezone_shift needs rows that pair', {
        hint: 'Give the pipeline keys.',
      });
    }
    const isTime = ({ source, target }: ColumnPair): boolean =>
      source.type.kind === 'timestamp' && target.type.kind === 'timestamp';
    const chosen =
      params.columns === undefined ? pairs.filter(isTime) : choosePairs(params.columns, context.columns);
    if (chosen.length === 0) {
      throw new EngineError('definition', 'no_timestamps', 'there are no timestamps to compare', {
        hint: 'Take the check out, or name columns.',
      });
    }
    const found = await findShifts(chosen, context);
    const shifted = found.filter(({ rows, of }) => rows > 0 && rows * 100 >= params.min_pct * of);
    return {
      status: shifted.length > 0 ? 'failed' : 'passed',
      expected: { min_pct: params.min_pct },
      actual: Object.fromEntries(found.map(({ column, shift, rows }) => [`${column} ${shift}`, rows])),
      failing_rows: shifted.reduce((sum, { rows }) => sum + rows, 0),
      samples: shifted.slice(0, maxSamples).map((each) => ({ ...each })),
      ...(shifted.length > 0 && {
        reason: shifted
          .map(
            ({ column, shift, rows, of }) =>
              `${column}: ${rows} of ${plural(of, 'row')} ${agreed(rows, 'are shifted')} by ${shift}`,
          )
          .join('; '),
      }),
    };
  },
};

interface Shift {
  readonly column: string;
  /** `+1 h`, `-5 h 30 min`. */
  readonly shift: string;
  readonly rows: number;
  readonly of: number;
}

async function findShifts(chosen: readonly ColumnPair[], context: CheckContext): Promise<Shift[]> {
  const read = async (name: 'source' | 'target') => {
    const keys = context.columns.keys.map((pair) => ofPair(pair, name));
    const times = chosen.map((pair) => ofColumn(pair[name]));
    const table = await stageColumns(context[name], [...keys, ...times], context);
    const columns = times.map((time, index) => `${table.timestamp(time)} as t${index}`);
    // A key that occurs twice pairs with nothing in particular.
    const select = `(select ${groupText(table, keys)} as k, ${columns.join(', ')} from ${table.name} as s
      qualify count(*) over (partition by k) = 1)`;
    return { table, select };
  };
  const source = await read('source');
  const target = await read('target');
  const shifts: Shift[] = [];
  for (const [index, pair] of chosen.entries()) {
    const [a, b] = [`a.t${index}`, `b.t${index}`];
    const rows = await source.table.rows(
      `select minutes, count(*), any_value(n) from (
         select (epoch_us(${b}) - epoch_us(${a})) / 60000000 as minutes, count(*) over () as n
         from ${source.select} as a join ${target.select} as b on (a.k = b.k)
         where isfinite(${a}) and isfinite(${b}))
       where minutes <> 0 and abs(minutes) <= 840 and minutes % 15 = 0 group by minutes order by 2 desc`,
    );
    shifts.push(
      ...rows.map(([minutes, count, of]) => ({
        column: pair.source.name,
        shift: hoursText(Number(minutes)),
        rows: Number(count),
        of: Number(of),
      })),
    );
  }
  return shifts;
}
