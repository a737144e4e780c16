import { agreed, plural } from '../../../protocol/countText.ts';
import { matchName } from '../names.ts';
import { findPair, unknownColumn } from '../columns.ts';
import type { ColumnInfo } from '../../connections/connection.ts';
import type { CheckContext, CheckFinding, CheckSide } from './check.ts';

export const maxSamples = 20;

/** The sides a check is asked to look at. */
export function chosenSides(context: CheckContext, side: 'source' | 'target' | 'both'): CheckSide[] {
  const all = [context.source, context.target];
  return side === 'both' ? all : all.filter((each) => each.name === side);
}

/** The column of one side that a check names by its source or target name. An unknown name is a definition error. */
export function columnOn(side: CheckSide, name: string, context: CheckContext): ColumnInfo {
  const pair = findPair(name, context.columns.pairs);
  if (pair !== undefined) return pair[side.name];
  const own = side.name === 'source' ? context.source_columns : context.target_columns;
  const column = matchName(name, own, (each) => each.name);
  if (column === undefined) throw unknownColumn('columns', name, own, side.name);
  return column;
}

/** Rows of one side that satisfy a condition: their key and the named columns, at most `maxSamples`. */
export async function sampleRows(
  side: CheckSide,
  condition: string,
  columns: readonly ColumnInfo[],
  context: CheckContext,
): Promise<Record<string, unknown>[]> {
  const keys = context.columns.keys.map((key) => ({ label: key.source.name, name: key[side.name].name }));
  const extra = columns
    .filter((column) => !keys.some((key) => key.name === column.name))
    .map((column) => ({ label: column.name, name: column.name }));
  const shown = [...keys, ...extra];
  // A rule names no column and a pipeline may have no keys: then the whole row says which it is.
  const select = shown.length === 0 ? 's.*' : shown.map(({ name }) => `s.${side.quote(name)}`).join(', ');
  const { columns: names, rows } = await side.query(
    side.limited(`select ${select} from ${side.from('s')} where ${condition}`, maxSamples),
  );
  const labels = shown.length === 0 ? names : shown.map(({ label }) => label);
  return rows.map((row) => ({
    side: side.name,
    ...Object.fromEntries(row.map((value, index) => [labels[index] ?? `column ${index + 1}`, value])),
  }));
}

export interface SideViolations {
  readonly side: CheckSide;
  readonly violations: number;
}

/** So many rows each side may have, or each its own number. */
export type Allowed = number | ReadonlyMap<CheckSide, number>;

/**
 * The finding of a check that counts violating rows on each side it looks at. `actual` has one count for each side, `allowed` is
 * how many each may have.
 */
export function violationFinding(
  counts: readonly SideViolations[],
  allowed: Allowed,
  samples: Record<string, unknown>[],
  what: string,
): CheckFinding {
  const most = (side: CheckSide): number =>
    typeof allowed === 'number' ? allowed : (allowed.get(side) ?? 0);
  const failing = counts.filter(({ side, violations }) => violations > most(side));
  const total = counts.reduce((sum, { violations }) => sum + violations, 0);
  const sideCounts = (value: (count: SideViolations) => number): Record<string, number> =>
    Object.fromEntries(counts.map((count) => [count.side.name, value(count)]));
  return {
    status: failing.length > 0 ? 'failed' : 'passed',
    expected:
      allowed === 0
        ? 0
        : { at_most: typeof allowed === 'number' ? allowed : sideCounts(({ side }) => most(side)) },
    actual: sideCounts(({ violations }) => violations),
    failing_rows: total,
    samples: samples.slice(0, maxSamples),
    ...(failing.length > 0 && {
      reason: failing
        .map(
          ({ side, violations }) =>
            `${plural(violations, 'row')} of the ${side.name} ${agreed(violations, what)}`,
        )
        .join('; '),
    }),
  };
}

/** Of every side so many percent of its rows, rounded down. */
export async function allowedRows(sides: readonly CheckSide[], pct: number): Promise<Allowed> {
  if (pct === 0) return 0;
  const rows = new Map<CheckSide, number>();
  for (const side of sides) rows.set(side, Math.floor(((await side.count()) * pct) / 100));
  return rows;
}

/** Counts rows that satisfy a condition on each side, and takes samples where there are any. */
export async function countViolations(
  sides: readonly CheckSide[],
  conditionOn: (side: CheckSide) => { readonly condition: string; readonly columns: readonly ColumnInfo[] },
  context: CheckContext,
): Promise<{ counts: SideViolations[]; samples: Record<string, unknown>[] }> {
  const counts: SideViolations[] = [];
  const samples: Record<string, unknown>[] = [];
  for (const side of sides) {
    const { condition, columns } = conditionOn(side);
    const [count] = await side.row(`select count(*) from ${side.from('s')} where ${condition}`);
    const violations = Number(count);
    counts.push({ side, violations });
    if (violations > 0) samples.push(...(await sampleRows(side, condition, columns, context)));
  }
  return { counts, samples };
}
