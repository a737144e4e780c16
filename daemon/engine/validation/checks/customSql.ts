import { agreed, plural } from '../../../protocol/countText.ts';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import type { ColumnInfo } from '../../connections/connection.ts';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import { EngineError, toEngineError } from '../../errors.ts';
import { exactType } from '../canonical.ts';
import type { ColumnPair } from '../columns.ts';
import { compareTypes, exactPolicy } from '../comparison.ts';
import { matchName, nearestHint } from '../names.ts';
import { compareRows, type DiffColumn, type RowDiff } from '../rowDiff/compareRows.ts';
import { failIncomparable } from '../stagedRows.ts';
import type { Check, CheckContext, CheckFinding, CheckSide } from './check.ts';
import { saveReport, summaryText, toDifferences, type SavedReport } from './differenceFiles.ts';
import { tolerant } from './tolerance.ts';

type Params = CheckParameters<'custom_sql'>;

/** The result sets of a query on both sides are the same: as multisets, by keys, or row by row in their order. */
export const customSql: Check<'custom_sql'> = {
  kind: 'custom_sql',
  async run(params, context) {
    const queries = { source: params.source, target: params.target ?? params.source };
    const columns = {
      source: await describe(context.source, queries.source),
      target: await describe(context.target, queries.target),
    };
    const pairs = pairColumns(columns.source, columns.target);
    const rows = {
      source: await stageResult(context.source, queries.source, pairs, params, context),
      target: await stageResult(context.target, queries.target, pairs, params, context),
    };
    const request = await diffRequest(pairs, params, context, rows);
    const diff = await compareRows(request);
    const report = await saveReport(request, diff, { maxDiffs: 100_000, maxSamples: 20 }, context);
    return toFinding(diff, rows, report, params);
  },
};

async function describe(side: CheckSide, query: string): Promise<ColumnInfo[]> {
  const { connection, signal, name } = side.side;
  return connection.describe({ query }, { signal }).catch((error: unknown) => {
    throw toEngineError(error, `${name} ${connection.name}`);
  });
}

/** By name when both results have the same names, else by position. */
function pairColumns(source: readonly ColumnInfo[], target: readonly ColumnInfo[]): ColumnPair[] {
  if (source.length !== target.length) {
    const message = `the results have ${source.length} and ${target.length} columns`;
    throw new EngineError('definition', 'results_do_not_pair', message, {
      hint: 'Select the same columns on both sides.',
    });
  }
  const named = source.map((column) => matchName(column.name, target, (each) => each.name));
  const isByName = new Set(named).size === source.length && !named.includes(undefined);
  return source.map((column, index) => ({
    source: column,
    target: (isByName ? named[index] : target[index]) ?? column,
  }));
}

/** Copies a result into the workspace; one of more than max_rows rows is an error, never compared in part. */
async function stageResult(
  side: CheckSide,
  query: string,
  pairs: readonly ColumnPair[],
  params: Params,
  context: CheckContext,
): Promise<number> {
  const { connection } = side.side;
  const [counted] = await side.row(`select count(*) from ${connection.dialect.from({ query }, 's')}`);
  const rows = Number(counted);
  if (rows > params.max_rows) {
    const message = `the result of the ${side.name} has ${plural(rows, 'row')}, more than max_rows ${params.max_rows}`;
    throw new EngineError('definition', 'too_many_rows', message, {
      hint: 'Aggregate in the query, raise max_rows, or compare the tables with row_hash.',
    });
  }
  side.side.record(query, side.sql);
  const columns = pairs.map((pair, index) => ({
    column: pair[side.name],
    as: `c${index}`,
    ...(exactType(pair.source.type, pair.target.type) ?? failIncomparable(pair)),
  }));
  const request = {
    relation: { query },
    columns,
    workspace: await context.workspace(),
    into: `"${context.prefix}_${side.name}"`,
  };
  const staged = await connection.stage(request, { signal: context.signal }).catch((error: unknown) => {
    throw toEngineError(error, `${side.name} ${connection.name}`);
  });
  if (staged !== rows) {
    const message = `the result of the ${side.name} had ${plural(rows, 'row')} when counted and ${staged} when read`;
    throw new EngineError('resource', 'rows_changed_while_read', message);
  }
  return staged;
}

async function diffRequest(
  pairs: readonly ColumnPair[],
  params: Params,
  context: CheckContext,
  rows: { readonly source: number; readonly target: number },
) {
  const columns = pairs.map((pair, index): DiffColumn => {
    const found = compareTypes(pair.source.type, pair.target.type, exactPolicy) ?? failIncomparable(pair);
    const comparison = tolerant(found.comparison, params.tolerance);
    return { name: pair.source.name, as: `c${index}`, comparison };
  });
  const keys = (params.keys ?? []).map((name) => {
    const key = matchName(name, columns, (column) => column.name);
    if (key !== undefined) return key;
    const known = columns.map((column) => column.name);
    throw new EngineError('definition', 'no_such_column', `keys: the result has no column '${name}'`, {
      hint: nearestHint(name, known),
    });
  });
  const isSingle = rows.source === 1 && rows.target === 1;
  const isOrdered = keys.length === 0 && (!params.ignore_row_order || isSingle);
  if (params.tolerance !== undefined && keys.length === 0 && !isOrdered) {
    throw new EngineError('definition', 'tolerance_needs_keys', 'a tolerance needs rows that pair', {
      hint: 'Give custom_sql keys, or ignore_row_order: false with an ORDER BY on both sides.',
    });
  }
  const workspace = await context.workspace();
  const tables = { source: `"${context.prefix}_source"`, target: `"${context.prefix}_target"` };
  return {
    workspace,
    source: isOrdered ? await numbered(workspace, tables.source) : tables.source,
    target: isOrdered ? await numbered(workspace, tables.target) : tables.target,
    keys: isOrdered ? [position] : keys,
    values: columns.filter((column) => !keys.includes(column)),
    prefix: context.prefix,
  };
}

/** The table with the place of each row in its result: the workspace keeps rows in the order in which they arrive. */
async function numbered(workspace: DuckDBConnection, table: string): Promise<string> {
  const name = `${table.slice(0, -1)}_numbered"`;
  await queryDuckdb(workspace, `create table ${name} as select rowid + 1 as position, * from ${table}`);
  return name;
}

const position: DiffColumn = {
  name: 'row',
  as: 'position',
  comparison: {
    family: 'integer',
    source: (column) => column,
    target: (column) => column,
    sourceText: (column) => `cast(${column} as varchar)`,
    targetText: (column) => `cast(${column} as varchar)`,
    notes: [],
  },
};

function toFinding(
  diff: RowDiff,
  rows: { readonly source: number; readonly target: number },
  report: SavedReport | undefined,
  params: Params,
): CheckFinding {
  const failing = diff.missing + diff.extra + diff.value + diff.duplicate;
  const isEmpty = rows.source === 0 && rows.target === 0;
  const summary = summaryText(report ?? { by_column: [] });
  const lines = summary === '' ? [] : [summary];
  return {
    status: failing > 0 ? 'failed' : 'passed',
    expected: { rows: rows.source },
    actual: { rows: rows.target },
    difference: { rows: failing, cells: diff.cells },
    failing_rows: failing,
    samples: report?.samples ?? [],
    differences: toDifferences(diff, report),
    reductions: params.tolerance === undefined ? [] : [`tolerance: ${JSON.stringify(params.tolerance)}`],
    ...(failing > 0 && {
      reason: [...lines, `${plural(failing, 'row')} of the results ${agreed(failing, 'differ')}`].join('; '),
    }),
    ...(isEmpty && { reason: 'both results are empty' }),
  };
}
