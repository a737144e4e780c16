import { findPair, type ColumnPair } from '../columns.ts';
import { compareTypes, exactPolicy } from '../comparison.ts';
import type { DiffRequest } from '../rowDiff/compareRows.ts';
import { writeRepairSql, type RepairColumn } from '../rowDiff/repairSql.ts';
import type { StagedRows } from '../stagedRows.ts';
import type { CheckContext } from './check.ts';

/**
 * Saves SQL that would mend the target, as an artifact. Nothing where SQL can mend nothing: without keys, for a query, for files.
 */
export async function saveRepair(
  diff: DiffRequest,
  limit: number,
  staged: StagedRows,
  context: CheckContext,
): Promise<{ readonly repair_artifact_id?: string }> {
  const { connection, relation } = context.target.side;
  if (diff.keys.length === 0 || relation.table === undefined || connection.type === 'files') return {};
  const { keys } = context.columns;
  const written = context.columns.pairs.filter(
    (pair) =>
      !keys.includes(pair) && compareTypes(pair.source.type, pair.target.type, exactPolicy) !== undefined,
  );
  const artifactId = await context.save('repair', (path) =>
    writeRepairSql(
      {
        system: connection.type,
        dialect: connection.dialect,
        diff,
        table: connection.dialect.quoteTable(relation.table ?? ''),
        keys: keys.map((pair) => repairColumn(pair, diff, staged)),
        values: written.map((pair) => repairColumn(pair, diff, staged)),
        limit,
        head: headLines(written, limit, context),
        signal: context.signal,
      },
      path,
    ),
  );
  return { repair_artifact_id: artifactId };
}

function repairColumn(pair: ColumnPair, diff: DiffRequest, staged: StagedRows): RepairColumn {
  const as = staged.column(pair);
  const exact = compareTypes(pair.source.type, pair.target.type, exactPolicy);
  if (exact === undefined) throw new Error(`${pair.source.name} was not read`);
  const { sourceText, targetText } = exact.comparison;
  const compared = diff.values.find((column) => column.as === as);
  return { as, target_name: pair.target.name, type: pair.target.type, sourceText, targetText, compared };
}

function headLines(written: readonly ColumnPair[], limit: number, context: CheckContext): string[] {
  const { connection, relation } = context.target.side;
  const known = new Set([...written, ...context.columns.keys].map((pair) => pair.target.name));
  const left = context.target_columns.filter(
    (column) => !known.has(column.name) || findPair(column.name, context.columns.pairs) === undefined,
  );
  return [
    `Makes ${relation.table ?? ''} of connection ${connection.name} hold what the source holds.`,
    `Covers the first ${limit} differing rows. Times are in UTC: run it in a session whose time zone is UTC.`,
    ...(left.length > 0
      ? [`New rows get the default of: ${left.map((column) => column.name).join(', ')}.`]
      : []),
  ];
}
