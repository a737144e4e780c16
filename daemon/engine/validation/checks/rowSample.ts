import { agreed, plural } from '../../../protocol/countText.ts';
import type { Value } from '../../connections/connection.ts';
import { queryDuckdb } from '../../connections/duckdbValues.ts';
import { EngineError } from '../../errors.ts';
import { choosePairs } from '../columns.ts';
import { compareTypes, exactPolicy } from '../comparison.ts';
import { compareRows, type DiffColumn } from '../rowDiff/compareRows.ts';
import { failIncomparable } from '../stagedRows.ts';
import type { Check, CheckContext } from './check.ts';
import { saveReport, summaryText, toDifferences } from './differenceFiles.ts';
import { confidence, readKeys, type KeyTexts } from './keyedRows.ts';
import { ofPair, stageColumns } from './staging.ts';

/** A sample drawn by a hash of the key: the same keys on both sides, whatever the systems. Only keys, and then the sample, are read. */
export const rowSample: Check<'row_sample'> = {
  kind: 'row_sample',
  async run(params, context) {
    const { keys } = context.columns;
    if (keys.length === 0) {
      throw new EngineError('definition', 'no_keys', 'row_sample draws rows by their key', {
        hint: 'Give the pipeline keys.',
      });
    }
    const named = choosePairs(params.columns, context.columns);
    const pairs = [...keys, ...named.filter((pair) => !keys.includes(pair))];
    const drawn = await drawKeys(params.rows, params.seed, context);
    const source = await readKeys('source', pairs, drawn.keys, context);
    const target = await readKeys('target', pairs, drawn.keys, context);
    const columns = pairs.map((pair, index): DiffColumn => {
      const found = compareTypes(pair.source.type, pair.target.type, exactPolicy) ?? failIncomparable(pair);
      return { name: pair.source.name, as: `c${index}`, comparison: found.comparison };
    });
    const request = {
      workspace: await context.workspace(),
      source,
      target,
      keys: columns.slice(0, keys.length),
      values: columns.slice(keys.length),
      prefix: context.prefix,
    };
    const diff = await compareRows(request);
    const report = await saveReport(request, diff, { maxDiffs: 100_000, maxSamples: 20 }, context);
    const failing = diff.missing + diff.extra + diff.value + diff.duplicate;
    const size = drawn.keys.length;
    const summary = summaryText(report ?? { by_column: [] });
    const counts = `${failing} of ${plural(size, 'sampled row')} ${agreed(failing, 'differ')}: ${diff.missing} missing, ${diff.extra} extra, ${diff.value} with other values, ${diff.duplicate} not equally often`;
    return {
      status: failing > 0 ? 'failed' : size === 0 ? 'warning' : 'passed',
      expected: { sampled: size, of_keys: drawn.all },
      actual: { differing: failing },
      failing_rows: failing,
      samples: report?.samples ?? [],
      differences: toDifferences(diff, report),
      reductions: [confidence(size, drawn.all)],
      ...(failing > 0 && { reason: summary === '' ? counts : `${summary}; ${counts}` }),
      ...(size === 0 && { reason: 'both sides are empty: nothing was compared' }),
    };
  },
};

/** Keys of either side, in the order of a hash of their text. */
async function drawKeys(
  size: number,
  seed: number,
  context: CheckContext,
): Promise<{ readonly keys: readonly KeyTexts[]; readonly all: number }> {
  const selects: string[] = [];
  for (const name of ['source', 'target'] as const) {
    const reads = context.columns.keys.map((pair) => ofPair(pair, name));
    const table = await stageColumns(context[name], reads, context, { label: '_keys' });
    const texts = reads.map((read, index) => `${table.text(read)} as k${index}`);
    selects.push(`select ${texts.join(', ')} from ${table.name} as s`);
  }
  const names = context.columns.keys.map((_key, index) => `k${index}`);
  const hash = `md5('${seed}:' || to_json([${names.join(', ')}])::varchar)`;
  const { rows } = await queryDuckdb(
    await context.workspace(),
    `select ${names.join(', ')}, count(*) over () from (${selects.join(' union ')}) order by ${hash}, ${names.join(', ')} limit ${size}`,
  );
  const text = (value: Value): string | null => (value === null ? null : String(value));
  return { keys: rows.map((row) => row.slice(0, -1).map(text)), all: Number(rows[0]?.at(-1) ?? 0) };
}
