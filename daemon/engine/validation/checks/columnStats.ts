import { Big } from 'big.js';
import { agreed, plural } from '../../../protocol/countText.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { EngineError } from '../../errors.ts';
import { choosePairs, type ColumnPair } from '../columns.ts';
import { compareTypes, exactPolicy } from '../comparison.ts';
import { averageText, compareNumbers, type Tolerance } from '../numbers.ts';
import { failIncomparable, type StagedRows } from '../stagedRows.ts';
import { readStats, type Stat, type StatColumn, type StatValues } from '../statistics.ts';
import type { Check, CheckContext, CheckFinding } from './check.ts';

type Params = CheckParameters<'column_stats'>;

/** Sums of floats depend on the order of addition, so they are equal within this share of the expected value. */
const floatSumShare = 1e-9;

/** Aggregates per column, the same on both sides; exact but for sums and averages of floating point numbers. */
export const columnStats: Check<'column_stats'> = {
  kind: 'column_stats',
  async run(params, context) {
    const pairs = choosePairs(params.columns, context.columns);
    for (const pair of pairs) comparisonOf(pair);
    const staged = await context.rows();
    const columns = pairs.map((pair) => statColumn(pair, staged, params));
    const source = await readStats(staged.workspace, staged.source, 'source', columns);
    const target = await readStats(staged.workspace, staged.target, 'target', columns);
    recordSql(context, columns);
    return compareStats(columns, source, target, params.tolerance);
  },
};

function comparisonOf(pair: ColumnPair): NonNullable<ReturnType<typeof compareTypes>> {
  return compareTypes(pair.source.type, pair.target.type, exactPolicy) ?? failIncomparable(pair);
}

function statColumn(pair: ColumnPair, staged: StagedRows, params: Params): StatColumn {
  const { comparison, exact } = comparisonOf(pair);
  const isNumber = ['integer', 'decimal', 'float'].includes(comparison.family);
  const isText = comparison.family === 'text';
  const applies = (stat: Stat): boolean =>
    stat === 'sum' || stat === 'avg' ? isNumber : stat === 'length_sum' ? isText : true;
  const wanted: readonly Stat[] = params.stats ?? ['count', 'nulls', 'min', 'max', 'sum', 'length_sum'];
  const pointless = wanted.find((stat) => !applies(stat));
  if (params.stats !== undefined && params.columns !== undefined && pointless !== undefined) {
    const message = `column_stats: ${pointless} has no meaning for column '${pair.source.name}', which is ${comparison.family}`;
    throw new EngineError('definition', 'stat_without_meaning', message, {
      hint: 'sum and avg are for numbers, length_sum is for text; give such columns a check of their own.',
    });
  }
  return {
    name: pair.source.name,
    as: staged.column(pair),
    comparison,
    is_number_text: exact.text_of === 'decimal',
    stats: wanted.filter(applies),
  };
}

/** The statistics are computed on the rows that were read; the SQL of that reading is what a person can run again. */
function recordSql(context: CheckContext, columns: readonly StatColumn[]): void {
  const names = columns.map((column) => column.name).join(', ');
  for (const side of [context.source, context.target]) {
    const own = columns.map((column) => {
      const pair = choosePairs([column.name], context.columns)[0];
      return side.quote(pair === undefined ? column.name : pair[side.name].name);
    });
    if (names !== '') side.sql.push(`select ${own.join(', ')} from ${side.from('s')}`);
  }
}

type StatTable = Record<string, Record<string, string | null>>;

function compareStats(
  columns: readonly StatColumn[],
  source: ReadonlyMap<string, StatValues>,
  target: ReadonlyMap<string, StatValues>,
  tolerance: Tolerance | undefined,
): CheckFinding {
  const expected: StatTable = {};
  const actual: StatTable = {};
  const difference: StatTable = {};
  const reasons: string[] = [];
  const reductions = new Set<string>();
  for (const column of columns) {
    const left = source.get(column.name) ?? {};
    const right = target.get(column.name) ?? {};
    const shown: Record<'expected' | 'actual', Record<string, string | null>> = { expected: {}, actual: {} };
    expected[column.name] = shown.expected;
    actual[column.name] = shown.actual;
    for (const stat of column.stats) {
      const found = compareStat(column, stat, left, right, tolerance);
      shown.expected[stat] = found.expected;
      shown.actual[stat] = found.actual;
      if (found.note !== undefined) reductions.add(found.note);
      if (found.equal) continue;
      (difference[column.name] ??= {})[stat] = found.difference;
      const shows = (value: string | null): string => shownValue(column, stat, value);
      reasons.push(
        `${stat} of ${column.name} is ${shows(found.actual)} where ${shows(found.expected)} is expected`,
      );
    }
  }
  return {
    status: reasons.length > 0 ? 'failed' : 'passed',
    expected,
    actual,
    reductions: [...reductions],
    ...(reasons.length > 0 && { difference, reason: reasonText(reasons) }),
  };
}

/** A smallest or largest text in quotes: an empty one, or one that ends in a blank, is seen. */
function shownValue(column: StatColumn, stat: Stat, value: string | null): string {
  if (value === null) return 'NULL';
  const isText = column.comparison.family === 'text' && (stat === 'min' || stat === 'max');
  return isText ? `'${value}'` : value;
}

/** A missing row changes statistics of every column: the first few are told, `difference` has them all. */
const toldReasons = 5;

function reasonText(reasons: readonly string[]): string {
  const others = reasons.length - toldReasons;
  const told = reasons.slice(0, toldReasons);
  if (others > 0) told.push(`and ${plural(others, 'other statistic')} ${agreed(others, 'differ')}`);
  return told.join('; ');
}

interface StatComparison {
  readonly equal: boolean;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly difference: string | null;
  readonly note?: string;
}

function compareStat(
  column: StatColumn,
  stat: Stat,
  source: StatValues,
  target: StatValues,
  tolerance: Tolerance | undefined,
): StatComparison {
  if (stat === 'avg') return compareAverages(column, source, target, tolerance);
  const expected = source[stat] ?? null;
  const actual = target[stat] ?? null;
  if (expected === null || actual === null) {
    return { equal: expected === actual, expected, actual, difference: null };
  }
  const isNumeric =
    !['min', 'max'].includes(stat) || ['integer', 'decimal', 'float'].includes(column.comparison.family);
  if (!isNumeric) return { equal: expected === actual, expected, actual, difference: null };
  return { expected, actual, ...withTolerance(column, stat, expected, actual, tolerance) };
}

function withTolerance(
  column: StatColumn,
  stat: Stat,
  expected: string,
  actual: string,
  tolerance: Tolerance | undefined,
): Pick<StatComparison, 'equal' | 'difference' | 'note'> {
  const given = compareNumbers(expected, actual, tolerance);
  const note = given.tolerated
    ? `tolerance used for ${stat} of ${column.name}: ${JSON.stringify(tolerance)}`
    : undefined;
  const isFloatSum = column.comparison.family === 'float' && (stat === 'sum' || stat === 'avg');
  if (!isFloatSum) return { ...given, note };
  const share = compareNumbers(expected, actual, { pct: floatSumShare * 100 });
  return {
    equal: given.equal || share.equal,
    difference: given.difference,
    note:
      note ?? `${stat} of floating point numbers compared within a share of ${floatSumShare}: ${column.name}`,
  };
}

/** Averages are compared as sum_a * count_b = sum_b * count_a, which no division rounds; what is shown is the quotient. */
function compareAverages(
  column: StatColumn,
  source: StatValues,
  target: StatValues,
  tolerance: Tolerance | undefined,
): StatComparison {
  const expected = averageText(source.sum ?? '0', source.count ?? '0');
  const actual = averageText(target.sum ?? '0', target.count ?? '0');
  if (expected === null || actual === null)
    return { equal: expected === actual, expected, actual, difference: null };
  const left = crossProduct(source.sum, target.count);
  const right = crossProduct(target.sum, source.count);
  if (left !== undefined && right !== undefined && left.eq(right))
    return { equal: true, expected, actual, difference: '0' };
  const shown = withTolerance(column, 'avg', expected, actual, tolerance);
  // The quotients may agree to 15 digits while the averages differ: without a tolerance that is a difference.
  const isRoundedAlike = shown.equal && shown.note === undefined && left !== undefined;
  return { expected, actual, ...shown, equal: shown.equal && !isRoundedAlike };
}

function crossProduct(sum: string | null | undefined, count: string | null | undefined): Big | undefined {
  try {
    return new Big(sum ?? '0').times(count ?? '0');
  } catch {
    return undefined;
  }
}
