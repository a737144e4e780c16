import { Big } from 'big.js';
import { EngineError } from '../../errors.ts';
import { choosePairs } from '../columns.ts';
import { toExact } from '../numbers.ts';
import type { CheckContext } from './check.ts';
import { readGroups } from './groups.ts';
import { periodText, type Grain } from './periods.ts';
import { ofPair, stageColumns } from './staging.ts';

/** What is followed over time: rows, or the sum of a number, for each period. */
export interface SeriesOptions {
  readonly column: string;
  readonly value?: string | undefined;
  readonly grain: Grain;
}

export interface Series {
  /** Periods of either side, in order. */
  readonly periods: readonly string[];
  readonly source: readonly Big[];
  readonly target: readonly Big[];
  readonly isFloat: boolean;
}

/** Both sides by period; a period that one side has not is 0 there. Rows without a time are left out. */
export async function readSeries(options: SeriesOptions, context: CheckContext): Promise<Series> {
  const sides: Map<string, Big>[] = [];
  let isFloat = false;
  for (const name of ['source', 'target'] as const) {
    const wanted = [options.column, ...(options.value === undefined ? [] : [options.value])];
    const [time, value] = choosePairs(wanted, context.columns).map((pair) => ofPair(pair, name));
    if (time === undefined) throw new Error('one column was chosen');
    const table = await stageColumns(context[name], value === undefined ? [time] : [time, value], context);
    const number = value === undefined ? undefined : await table.number(value);
    isFloat ||= number?.isFloat ?? false;
    const total =
      number === undefined ? 'count(*)' : number.isFloat ? `fsum(${number.sql})` : `sum(${number.sql})`;
    const timestamp = table.timestamp(time);
    const found = await readGroups(
      table,
      periodText(timestamp, options.grain),
      [total],
      `isfinite(${timestamp})`,
    );
    sides.push(new Map([...found].map(([period, [sum]]) => [period, exact(sum ?? '0', period)])));
  }
  const [source, target] = sides;
  const periods = [...new Set([...(source?.keys() ?? []), ...(target?.keys() ?? [])])].sort();
  const values = (side: Map<string, Big> | undefined) =>
    periods.map((period) => side?.get(period) ?? new Big(0));
  return { periods, source: values(source), target: values(target), isFloat };
}

function exact(sum: string, period: string): Big {
  const number = toExact(sum);
  if (number !== undefined) return number;
  throw new EngineError('definition', 'not_finite', `the sum of ${period} is ${sum}`, {
    hint: 'Leave NaN and infinities out with a query of the pipeline.',
  });
}
