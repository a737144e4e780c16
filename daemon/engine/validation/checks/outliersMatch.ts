import { plural } from '../../../protocol/countText.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { choosePairs } from '../columns.ts';
import type { Check } from './check.ts';
import { maxSamples } from './sides.ts';
import { ofPair, stageColumns, type ReadColumn, type StagedTable } from './staging.ts';

/** The rows outside limits measured on the source are the same on both sides. */
export const outliersMatch: Check<'outliers_match'> = {
  kind: 'outliers_match',
  async run(params, context) {
    const pairs = [
      ...choosePairs([params.column], context.columns),
      ...context.columns.keys.filter((key) => key.source.name !== params.column),
    ];
    const read = async (name: 'source' | 'target'): Promise<Side> => {
      const columns = pairs.map((pair) => ofPair(pair, name));
      const table = await stageColumns(context[name], columns, context);
      const [value] = columns;
      if (value === undefined) throw new Error('one column was chosen');
      return { table, columns, value: `cast(${(await table.number(value)).sql} as double)` };
    };
    const source = await read('source');
    const target = await read('target');
    const limits = await limitsOf(source, params);
    const names = pairs.map((pair) => pair.source.name);
    const missing = await onlyIn(source, target, limits);
    const extra = await onlyIn(target, source, limits);
    const failing = missing.count + extra.count;
    const toSample = (side: string) => (row: readonly unknown[]) => ({
      only_in: side,
      ...Object.fromEntries(names.map((name, index) => [name, row[index]])),
    });
    return {
      status: failing > 0 ? 'failed' : 'passed',
      expected: { ...limits, outliers: await countOutside(source, limits) },
      actual: { outliers: await countOutside(target, limits) },
      failing_rows: failing,
      samples: [...missing.rows.map(toSample('source')), ...extra.rows.map(toSample('target'))].slice(
        0,
        maxSamples,
      ),
      ...(failing > 0 && {
        reason: `${plural(missing.count, 'outlier')} of ${params.column} only in the source, ${extra.count} only in the target`,
      }),
    };
  },
};

interface Side {
  readonly table: StagedTable;
  readonly columns: readonly ReadColumn[];
  readonly value: string;
}

interface Limits {
  readonly low: number | null;
  readonly high: number | null;
}

/** Outside of these values a row is an outlier; null when the source has too few values to say. */
async function limitsOf(
  { table, value }: Side,
  { method, threshold }: CheckParameters<'outliers_match'>,
): Promise<Limits> {
  const finite = `filter (isfinite(${value}))`;
  const [a, b] =
    method === 'z'
      ? [`avg(${value}) ${finite}`, `stddev_pop(${value}) ${finite}`]
      : [`quantile_cont(${value}, 0.25) ${finite}`, `quantile_cont(${value}, 0.75) ${finite}`];
  const [row] = await table.rows(`select ${a}, ${b} from ${table.name} as s`);
  if (row?.[0] == null || row[1] == null) return { low: null, high: null };
  const [first, second] = [Number(row[0]), Number(row[1])];
  if (method === 'z') {
    const width = (threshold ?? 3) * second;
    return { low: first - width, high: first + width };
  }
  const width = (threshold ?? 1.5) * (second - first);
  return { low: first - width, high: second + width };
}

function outside({ value }: Side, { low, high }: Limits): string {
  if (low === null || high === null) return 'false';
  return `(${value} < cast('${low}' as double) or ${value} > cast('${high}' as double))`;
}

async function countOutside(side: Side, limits: Limits): Promise<number> {
  const [row] = await side.table.rows(
    `select count(*) from ${side.table.name} as s where ${outside(side, limits)}`,
  );
  return Number(row?.[0]);
}

async function onlyIn(mine: Side, other: Side, limits: Limits) {
  const select = (side: Side): string => {
    const texts = side.columns.map((read, index) => `${side.table.text(read)} as v${index}`);
    return `select ${texts.join(', ')} from ${side.table.name} as s where ${outside(side, limits)}`;
  };
  const rows = await mine.table.rows(
    `select *, count(*) over () from (${select(mine)} except all ${select(other)}) order by all limit ${maxSamples}`,
  );
  return { count: Number(rows[0]?.at(-1) ?? 0), rows };
}
