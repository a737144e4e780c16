import { columnLine } from '../../../protocol/differenceText.ts';
import type { Differences } from '../../../protocol/results.ts';
import type { RowDiff, DiffRequest } from '../rowDiff/compareRows.ts';
import { reportRows, writeCsv, type RowReport } from '../rowDiff/reportRows.ts';
import type { CheckContext } from './check.ts';

export interface SavedReport extends RowReport {
  readonly artifact_id: string;
  readonly csv_artifact_id: string;
  readonly repair_artifact_id?: string;
}

/** Names what differs and saves it as Parquet and CSV; undefined when nothing does. */
export async function saveReport(
  request: DiffRequest,
  diff: RowDiff,
  limits: { readonly maxDiffs: number; readonly maxSamples: number },
  context: CheckContext,
): Promise<SavedReport | undefined> {
  if (diff.missing + diff.extra + diff.value + diff.duplicate === 0) return undefined;
  let report: RowReport | undefined;
  const artifactId = await context.save('differences', async (path) => {
    report = await reportRows(request, diff, { ...limits, path, signal: context.signal });
  });
  if (report === undefined) throw new Error('save did not write');
  const csvId = await context.save('csv', (path) => writeCsv(request, path));
  return { ...report, artifact_id: artifactId, csv_artifact_id: csvId };
}

/** The part of a result that tells of differing rows. */
export function toDifferences(diff: RowDiff, report: SavedReport | undefined): Differences {
  const { missing, extra, value, duplicate } = diff;
  const repairId = report?.repair_artifact_id;
  return {
    missing,
    extra,
    value,
    duplicate,
    by_column: report?.by_column ?? [],
    artifact_id: report?.artifact_id ?? null,
    ...(report !== undefined && { csv_artifact_id: report.csv_artifact_id }),
    ...(repairId !== undefined && { repair_artifact_id: repairId }),
    truncated: report?.truncated ?? false,
  };
}

const maxLines = 5;

/** `amount: 50 rows, rounding to 2 digits; created_at: 1,204 rows, +1 h`, most rows first; '' when no cell differs. */
export function summaryText({ by_column: byColumn }: Pick<Differences, 'by_column'>): string {
  const lines = byColumn.slice(0, maxLines).map(columnLine);
  const hidden = byColumn.length - lines.length;
  return [...lines, ...(hidden > 0 ? [`${hidden} more columns and kinds`] : [])].join('; ');
}
