import { EngineError } from '../../errors.ts';
import type { CheckContext, CheckFinding, CheckSide } from '../checks/check.ts';
import type { ColumnPair } from '../columns.ts';
import { plainNumber } from '../numbers.ts';
import type { CanonicalType } from '../types.ts';

/** One figure of one column, as SQL of a side, and whether it is a number. */
interface Figure {
  readonly name: string;
  readonly pair: ColumnPair;
  readonly sql: (side: CheckSide) => string;
  readonly is_number: boolean;
}

/**
 * Compares figures that each side works out by itself in one scan: rows, values that are not NULL, and by type least and greatest value,
 * exact sums, lengths of text. Rows that differ alike go unseen, so this is never called exact.
 */
export async function quickFinding(
  pairs: readonly ColumnPair[],
  context: CheckContext,
): Promise<CheckFinding> {
  const figures = pairs.flatMap(figuresOf);
  const [source, target] = [
    await readFigures(context.source, figures),
    await readFigures(context.target, figures),
  ];
  const differing = figures.filter((_figure, index) => source.values[index] !== target.values[index]);
  const table = (values: readonly (string | null)[]): Record<string, string | null> =>
    Object.fromEntries(
      figures.flatMap((figure, index) =>
        differing.includes(figure) ? [[labelOf(figure), values[index] ?? null] as const] : [],
      ),
    );
  const isFailed = differing.length > 0 || source.rows !== target.rows;
  const isEmpty = source.rows === 0 && target.rows === 0;
  const what = [
    ...(source.rows === target.rows
      ? []
      : [`${source.rows} rows in the source, ${target.rows} in the target`]),
    ...differing.map((figure) => `${labelOf(figure)} differs`),
  ];
  return {
    status: isFailed ? 'failed' : isEmpty ? 'warning' : 'passed',
    expected: { rows: source.rows, ...table(source.values) },
    actual: { rows: target.rows, ...table(target.values) },
    reductions: [`level quick: ${figures.length} figures of ${pairs.length} columns compared, not the rows`],
    reason: isFailed
      ? what.slice(0, 10).join('; ')
      : isEmpty
        ? 'both sides are empty: nothing was compared'
        : 'fingerprint only: not exact, single rows were not compared',
  };
}

const labelOf = ({ name, pair }: Figure): string => `${name}(${pair.source.name})`;

/** Types whose least and greatest values, and sums, mean the same in both systems; of others only NULLs are counted. */
function figuresOf(pair: ColumnPair): Figure[] {
  const figure = (
    name: string,
    isNumber: boolean,
    sql: (expr: string, type: CanonicalType) => string,
  ): Figure => ({
    name,
    pair,
    is_number: isNumber,
    sql: (side) => sql(`s.${side.quote(pair[side.name].name)}`, pair[side.name].type),
  });
  const kinds = new Set([pair.source.type.kind, pair.target.type.kind]);
  const count = figure('count', true, (expr) => `count(${expr})`);
  const isLoose = [pair.source.type, pair.target.type].some(({ loose }) => loose !== undefined);
  if (kinds.size === 1 && kinds.has('text')) {
    const isPadded = [pair.source.type, pair.target.type].some((type) => type.kind === 'text' && type.padded);
    return isPadded ? [count] : [count, lengths(pair)];
  }
  if (isLoose) return [count];
  if ([...kinds].every((kind) => kind === 'integer' || kind === 'decimal'))
    return [
      count,
      figure('min', true, (expr) => `min(${expr})`),
      figure('max', true, (expr) => `max(${expr})`),
      figure('sum', true, (expr) => `sum(${expr})`),
    ];
  if ([...kinds].every((kind) => kind === 'boolean'))
    return [count, figure('true', true, (expr) => `sum(case when ${expr} then 1 else 0 end)`)];
  if (kinds.size === 1 && kinds.has('date'))
    return [
      count,
      figure('min', false, (expr) => `min(${expr})`),
      figure('max', false, (expr) => `max(${expr})`),
    ];
  return [count];
}

/** Characters of all texts of a column together. */
function lengths(pair: ColumnPair): Figure {
  return {
    name: 'length_sum',
    pair,
    is_number: true,
    sql: (side) => {
      const expr = `s.${side.quote(pair[side.name].name)}`;
      const { type } = side.side.connection;
      return `sum(${type === 'mysql' || type === 'postgres' ? 'char_length' : 'length'}(${expr}))`;
    },
  };
}

async function readFigures(
  side: CheckSide,
  figures: readonly Figure[],
): Promise<{ readonly rows: number; readonly values: (string | null)[] }> {
  const columns = ['count(*)', ...figures.map((figure) => figure.sql(side))];
  const [rows, ...values] = await side.row(`select ${columns.join(', ')} from ${side.from('s')}`);
  const counted = await side.count();
  if (Number(rows) !== counted)
    throw new EngineError(
      'resource',
      'rows_changed_while_read',
      `${side.name}: ${String(rows)} rows, then ${counted}`,
      {
        hint: 'Run it again while nothing writes.',
      },
    );
  return { rows: counted, values: values.map((value, index) => shown(value, figures[index]?.is_number)) };
}

function shown(value: string | number | boolean | null, isNumber: boolean | undefined): string | null {
  if (value === null) return null;
  return isNumber === true ? plainNumber(String(value)) : String(value);
}
