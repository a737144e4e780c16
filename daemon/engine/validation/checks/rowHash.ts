import { agreed, plural } from '../../../protocol/countText.ts';
import { durationMs } from '../../../definitions/duration.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { choosePairs, type ColumnPair } from '../columns.ts';
import { compareTypes } from '../comparison.ts';
import { compareRows, type DiffColumn, type DiffRequest, type RowDiff } from '../rowDiff/compareRows.ts';
import { failIncomparable, type StagedRows } from '../stagedRows.ts';
import { quickFinding } from '../strategies/quick.ts';
import { readRows } from '../strategies/readRows.ts';
import { recheck, type Compared } from '../strategies/recheck.ts';
import type { Check, CheckContext, CheckFinding } from './check.ts';
import { saveReport, summaryText, toDifferences, type SavedReport } from './differenceFiles.ts';
import { confidence } from './keyedRows.ts';
import { saveRepair } from './repairFile.ts';

type Params = CheckParameters<'row_hash'>;

/** Every row and every column of both sides, exact. */
export const rowHash: Check<'row_hash'> = {
  kind: 'row_hash',
  async run(params, context) {
    const chosen = chooseColumns(params, context);
    // Before any row is read: columns that cannot be compared make the check an error at once.
    const notes = comparisonNotes([...chosen.keys, ...chosen.values], params);
    if (params.level === 'quick') return quickFinding([...chosen.keys, ...chosen.values], context);
    const { keys, values } = chosen;
    const wanted = params.strategy;
    const { staged: read, plan } = await readRows({
      policy: params,
      wanted,
      keys,
      values,
      sample: params.sample,
      context,
    });
    const first = await compare(read, chosen, params, context.prefix);
    const again = await readDifferingAgain(first, chosen, params, context);
    const { staged, request, diff } = again.last;
    const limits = { maxDiffs: params.max_diffs, maxSamples: params.max_samples };
    const saved = await saveReport(request, diff, limits, context);
    const report = saved && { ...saved, ...(await saveRepair(request, params.max_diffs, staged, context)) };
    const all = { source: await context.source.count(), target: await context.target.count() };
    const whole = Math.max(all.source, all.target);
    const drawn = Math.max(read.source_rows, read.target_rows);
    const finding = toFinding({
      diff,
      report,
      staged,
      notes: [
        ...notes,
        ...(params.sample === undefined ? [] : [confidence(drawn, whole)]),
        ...(again.note === undefined ? [] : [again.note]),
      ],
      unpaired: unpairedNames(params, context),
      request,
      params,
    });
    return { ...finding, plan: { ...plan, ...(params.recheck !== undefined && { recheck: again.rounds }) } };
  },
};

type Chosen = ReturnType<typeof chooseColumns>;

async function compare(
  staged: StagedRows,
  chosen: Chosen,
  params: Params,
  prefix: string,
): Promise<Compared> {
  const columns = (pairs: readonly ColumnPair[]): DiffColumn[] =>
    pairs.map((pair) => diffColumn(pair, params, staged));
  const request: DiffRequest = {
    workspace: staged.workspace,
    source: staged.source,
    target: staged.target,
    keys: columns(chosen.keys),
    values: columns(chosen.values),
    prefix,
  };
  return { staged, request, diff: await compareRows(request) };
}

function readDifferingAgain(
  first: Compared,
  { keys, values }: Chosen,
  params: Params,
  context: CheckContext,
): ReturnType<typeof recheck> {
  const { times, delay } = params.recheck ?? { times: 0, delay: 0 };
  // Rows without a key can not be asked for.
  const options = { times: keys.length === 0 ? 0 : times, delayMs: durationMs(delay) };
  return recheck(first, { ...options, policy: params, keys, values, context });
}

function chooseColumns(
  params: Params,
  context: CheckContext,
): { keys: readonly ColumnPair[]; values: ColumnPair[] } {
  const { keys } = context.columns;
  const left = new Set(params.exclude === undefined ? [] : choosePairs(params.exclude, context.columns));
  const named = choosePairs(params.columns, context.columns);
  return { keys, values: named.filter((pair) => !keys.includes(pair) && !left.has(pair)) };
}

/** Columns that only one side has are not compared, so all columns cannot be equal, unless the check names its own. */
function unpairedNames(params: Params, { columns }: CheckContext): string[] {
  if (params.columns !== undefined) return [];
  return [
    ...columns.only_source.map((column) => `source.${column.name}`),
    ...columns.only_target.map((column) => `target.${column.name}`),
  ];
}

function comparisonNotes(pairs: readonly ColumnPair[], params: Params): string[] {
  const byNote = new Map<string, string[]>();
  for (const pair of pairs) {
    const found = compareTypes(pair.source.type, pair.target.type, params) ?? failIncomparable(pair);
    for (const note of found.comparison.notes) {
      byNote.set(note, [...(byNote.get(note) ?? []), pair.source.name]);
    }
  }
  return [...byNote].map(([note, names]) => `${note}: ${names.join(', ')}`);
}

function diffColumn(pair: ColumnPair, params: Params, staged: StagedRows): DiffColumn {
  const found = compareTypes(pair.source.type, pair.target.type, params) ?? failIncomparable(pair);
  return { name: pair.source.name, as: staged.column(pair), comparison: found.comparison };
}

interface Outcome {
  readonly diff: RowDiff;
  readonly report: SavedReport | undefined;
  readonly staged: StagedRows;
  readonly notes: readonly string[];
  readonly unpaired: readonly string[];
  readonly request: DiffRequest;
  readonly params: Params;
}

function toFinding(outcome: Outcome): CheckFinding {
  const { diff, report, staged, notes, unpaired, request } = outcome;
  const rows = diff.missing + diff.extra + diff.value + diff.duplicate;
  const isFailed = rows > 0 || unpaired.length > 0;
  const isEmpty = staged.source_rows === 0 && staged.target_rows === 0;
  const isDoubtful = isEmpty || diff.repeated_alike > 0;
  return {
    status: isFailed ? 'failed' : isDoubtful ? 'warning' : 'passed',
    expected: { rows: staged.source_rows },
    actual: { rows: staged.target_rows },
    difference: { rows, cells: diff.cells, cells_by_column: cellsByColumn(diff, request) },
    failing_rows: rows,
    samples: report?.samples ?? [],
    differences: toDifferences(diff, report),
    reductions: [...notes],
    ...reasonOf(outcome, isEmpty),
  };
}

function cellsByColumn(diff: RowDiff, request: DiffRequest): Record<string, number> {
  const counted = request.values.map(
    (column, index) => [column.name, diff.cells_by_column[index] ?? 0] as const,
  );
  return Object.fromEntries(counted.filter(([, cells]) => cells > 0));
}

function reasonOf(outcome: Outcome, isEmpty: boolean): { reason?: string } {
  const { diff, report, unpaired, params } = outcome;
  const summary = summaryText(report ?? { by_column: [] });
  const parts: string[] = summary === '' ? [] : [summary];
  const counts = [
    [diff.missing, 'missing in the target'],
    [diff.extra, 'only in the target'],
    [diff.value, 'with other values'],
    [diff.duplicate, 'more often on one side than on the other'],
  ] as const;
  const named = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  if (named.length > 0) parts.push(`rows ${named.join(', ')}`);
  if (unpaired.length > 0) {
    parts.push(
      `not compared, because only one side has them: ${unpaired.join(', ')} (name them in column_map or exclude)`,
    );
  }
  if (diff.repeated_keys > 0) {
    parts.push(
      `${plural(diff.repeated_keys, 'key')} ${agreed(diff.repeated_keys, 'occur')} more than once (${diff.repeated_alike} of them equally often on both sides); their rows were compared as multisets`,
    );
  }
  if (report?.truncated === true) {
    parts.push(
      `by_column and the artifact cover the first ${plural(report.written, 'difference')} (max_diffs ${params.max_diffs})`,
    );
  }
  if (isEmpty && params.sample !== undefined) parts.push('no row was drawn: nothing was compared');
  else if (isEmpty) parts.push('both sides are empty: nothing was compared');
  return parts.length > 0 ? { reason: parts.join('; ') } : {};
}
