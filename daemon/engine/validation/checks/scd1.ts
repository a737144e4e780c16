import { plural } from '../../../protocol/countText.ts';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import { EngineError } from '../../errors.ts';
import { choosePairs, type ColumnPair } from '../columns.ts';
import { compareTypes, exactPolicy } from '../comparison.ts';
import { compareRows, type DiffColumn } from '../rowDiff/compareRows.ts';
import { failIncomparable } from '../stagedRows.ts';
import type { Check, CheckContext } from './check.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { saveReport, summaryText, toDifferences } from './differenceFiles.ts';
import { columnOn } from './sides.ts';
import { groupText, ofColumn, ofPair, stageColumns, type StagedTable } from './staging.ts';

type Params = CheckParameters<'scd1'>;

/** One row a member in the target, with the latest values of the source; members of one side only are found on both. */
export const scd1: Check<'scd1'> = {
  kind: 'scd1',
  async run(params, context) {
    const keys = choosePairs(params.business_key, context.columns);
    const chosen = choosePairs(params.columns, context.columns);
    const isLatest = (pair: ColumnPair): boolean => pair.source.name === params.latest_by;
    const values = chosen.filter(
      (pair) => !keys.includes(pair) && (params.columns !== undefined || !isLatest(pair)),
    );
    const pairs = [...keys, ...values];
    const columns = pairs.map((pair, index): DiffColumn => {
      const found = compareTypes(pair.source.type, pair.target.type, exactPolicy) ?? failIncomparable(pair);
      return { name: pair.source.name, as: `c${index}`, comparison: found.comparison };
    });
    const source = await latestRows(pairs, keys.length, params, context);
    const target = await stageColumns(
      context.target,
      pairs.map((pair) => ofPair(pair, 'target')),
      context,
    );
    const request = {
      workspace: target.workspace,
      source,
      target: target.name,
      keys: columns.slice(0, keys.length),
      values: columns.slice(keys.length),
      prefix: context.prefix,
    };
    const diff = await compareRows(request);
    const report = await saveReport(request, diff, { maxDiffs: 100_000, maxSamples: 20 }, context);
    const failing = diff.missing + diff.extra + diff.value + diff.duplicate;
    const summary = summaryText(report ?? { by_column: [] });
    const counts = `${plural(diff.missing, 'member')} missing, ${diff.extra} only in the target, ${diff.value} not with the latest values, ${plural(diff.duplicate, 'row')} too many`;
    return {
      status: failing > 0 ? 'failed' : 'passed',
      expected: { differing_members: 0 },
      actual: { missing: diff.missing, extra: diff.extra, value: diff.value, duplicate: diff.duplicate },
      failing_rows: failing,
      samples: report?.samples ?? [],
      differences: toDifferences(diff, report),
      reductions: columns.flatMap((column) => column.comparison.notes),
      ...(failing > 0 && { reason: summary === '' ? counts : `${summary}; ${counts}` }),
    };
  },
};

/** Quoted name of a table with the latest row of each member. */
async function latestRows(
  pairs: readonly ColumnPair[],
  keyCount: number,
  params: Params,
  context: CheckContext,
): Promise<string> {
  const reads = pairs.map((pair) => ofPair(pair, 'source'));
  const latest =
    params.latest_by === undefined
      ? undefined
      : ofColumn(columnOn(context.source, params.latest_by, context));
  const table = await stageColumns(
    context.source,
    latest === undefined ? reads : [...reads, latest],
    context,
  );
  const member = groupText(table, reads.slice(0, keyCount));
  if (latest === undefined) {
    await assertSingle(table, member);
    return table.name;
  }
  const into = `"${context.prefix}_latest"`;
  await queryDuckdb(
    table.workspace,
    `create table ${into} as select * from ${table.name} as s
     qualify row_number() over (partition by ${member} order by ${table.sql(latest)} desc nulls last) = 1`,
  );
  return into;
}

async function assertSingle(table: StagedTable, member: string): Promise<void> {
  const [row] = await table.rows(`select count(*) - count(distinct ${member}) from ${table.name} as s`);
  if (Number(row?.[0]) === 0) return;
  throw new EngineError('definition', 'several_rows', 'the source has several rows of a member', {
    hint: 'Name the column that tells the latest: latest_by.',
  });
}
