import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { EngineError } from '../../errors.ts';
import { choosePairs, type ColumnPair } from '../columns.ts';
import type { Check, CheckContext, CheckSide } from './check.ts';

type Params = CheckParameters<'distribution_shift'>;

const limits = { psi: 0.1, ks: 0.05, cramers_v: 0.1 } as const;
const maxValues = 1000;

/** Values are distributed alike: an effect size over bins that each system counts itself. */
export const distributionShift: Check<'distribution_shift'> = {
  kind: 'distribution_shift',
  async run(params, context) {
    const [pair] = choosePairs([params.column], context.columns);
    if (pair === undefined) throw new Error('one column was chosen');
    const isNumber = [pair.source, pair.target].every(({ type }) =>
      ['integer', 'decimal', 'float'].includes(type.kind),
    );
    const bins = isNumber ? await numberBins(pair, params.bins, context) : await valueBins(pair, context);
    const totals = { source: sum(bins, 'source'), target: sum(bins, 'target') };
    const shown = {
      expected: Object.fromEntries(bins.map((bin) => [bin.name, bin.source])),
      actual: Object.fromEntries(bins.map((bin) => [bin.name, bin.target])),
    };
    if (totals.source === 0 || totals.target === 0) {
      const isFailed = totals.source !== totals.target;
      const reason = isFailed ? 'one side is empty' : 'both sides are empty';
      return { ...shown, status: isFailed ? 'failed' : 'warning', reason };
    }
    const shares = bins.map((bin) => [bin.source / totals.source, bin.target / totals.target] as const);
    const value = measures[params.measure](shares, totals.source, totals.target);
    const most = params.max ?? limits[params.measure];
    const difference = { measure: params.measure, value: Number(value.toPrecision(6)), at_most: most };
    if (value <= most) return { ...shown, status: 'passed', difference };
    const worst = bins
      .map((bin, index) => ({ bin, by: Math.abs((shares[index]?.[0] ?? 0) - (shares[index]?.[1] ?? 0)) }))
      .sort((a, b) => b.by - a.by)[0];
    return {
      ...shown,
      status: 'failed',
      difference,
      reason: `${params.measure} of ${params.column} is ${difference.value}, at most ${most} allowed; most of it in ${worst?.bin.name ?? ''}`,
    };
  },
};

interface Bin {
  readonly name: string;
  source: number;
  target: number;
}

const sum = (bins: readonly Bin[], side: 'source' | 'target'): number =>
  bins.reduce((total, bin) => total + bin[side], 0);

type Shares = readonly (readonly [source: number, target: number])[];

/** A bin nobody fell into counts as one row in ten thousand: a logarithm of 0 would say infinity for a single new value. */
const emptyShare = 1e-4;

const measures: Readonly<Record<Params['measure'], (shares: Shares, m: number, n: number) => number>> = {
  psi: (shares) =>
    shares.reduce((total, [p, q]) => {
      if (p === q) return total;
      const [a, b] = [Math.max(p, emptyShare), Math.max(q, emptyShare)];
      return total + (b - a) * Math.log(b / a);
    }, 0),
  ks: (shares) => {
    let [above, most] = [0, 0];
    for (const [p, q] of shares) {
      above += q - p;
      most = Math.max(most, Math.abs(above));
    }
    return most;
  },
  // Of a table of two rows (the sides) the effect size is the root of chi-square over all rows.
  cramers_v: (shares, m, n) => {
    const chiSquare = shares.reduce((total, [p, q]) => {
      const joint = (p * m + q * n) / (m + n);
      return joint === 0 ? total : total + (m * (p - joint) ** 2 + n * (q - joint) ** 2) / joint;
    }, 0);
    return Math.sqrt(chiSquare / (m + n));
  },
};

const nullBin = 'NULL';

async function numberBins(pair: ColumnPair, count: number, context: CheckContext): Promise<Bin[]> {
  const ends: number[] = [];
  for (const side of [context.source, context.target]) {
    const name = `s.${side.quote(pair[side.name].name)}`;
    const row = await side.row(`select min(${name}), max(${name}) from ${side.from('s')}`);
    ends.push(...row.filter((value) => value !== null).map(Number));
  }
  if (!ends.every(Number.isFinite)) {
    throw new EngineError('definition', 'not_finite', `${pair.source.name} has NaN or infinities`, {
      hint: 'They belong in no bin: leave them out with a query of the pipeline.',
    });
  }
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const edges =
    ends.length === 0 || low === high
      ? []
      : Array.from({ length: count - 1 }, (_, index) => low + ((high - low) * (index + 1)) / count);
  const source = await countBins(context.source, pair.source.name, edges);
  const target = await countBins(context.target, pair.target.name, edges);
  const bounds = [low, ...edges, high].map((edge) => String(Number(edge.toPrecision(6))));
  const names = [nullBin, ...source.slice(1).map((_, index) => `${bounds[index]} to ${bounds[index + 1]}`)];
  return names.map((name, index) => ({ name, source: source[index] ?? 0, target: target[index] ?? 0 }));
}

/** Rows with NULL, then of each bin; the first and the last are open, so that no row falls beside them. */
async function countBins(side: CheckSide, column: string, edges: readonly number[]): Promise<number[]> {
  const name = `s.${side.quote(column)}`;
  const conditions = Array.from({ length: edges.length + 1 }, (_, index) => {
    const [from, to] = [edges[index - 1], edges[index]];
    const parts = [
      ...(from === undefined ? [] : [`${name} >= ${from}`]),
      ...(to === undefined ? [] : [`${name} < ${to}`]),
    ];
    return parts.length === 0 ? `${name} is not null` : parts.join(' and ');
  });
  const terms = [`${name} is null`, ...conditions].map((each) => `sum(case when ${each} then 1 else 0 end)`);
  const row = await side.row(`select ${terms.join(', ')} from ${side.from('s')}`);
  return row.map((value) => Number(value ?? 0));
}

async function valueBins(pair: ColumnPair, context: CheckContext): Promise<Bin[]> {
  const bins = new Map<string, Bin>();
  const isBoolean = pair.source.type.kind === 'boolean' || pair.target.type.kind === 'boolean';
  for (const side of [context.source, context.target]) {
    const name = `s.${side.quote(pair[side.name].name)}`;
    const { rows } = await side.query(
      side.limited(
        `select ${name}, count(*) from ${side.from('s')} group by ${name} order by count(*) desc`,
        maxValues + 1,
      ),
    );
    if (rows.length > maxValues) {
      throw new EngineError(
        'definition',
        'too_many_values',
        `${pair.source.name} has more than ${maxValues} values`,
        {
          hint: 'A distribution needs numbers or few values; top_values looks at the most frequent ones.',
        },
      );
    }
    for (const [value, count] of rows) {
      const text = value === null || value === undefined ? nullBin : String(value);
      const label = isBoolean && text !== nullBin ? String(!/^(f|false|0)$/i.test(text)) : text;
      const bin = bins.get(label) ?? { name: label, source: 0, target: 0 };
      bin[side.name] += Number(count);
      bins.set(label, bin);
    }
  }
  return [...bins.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
