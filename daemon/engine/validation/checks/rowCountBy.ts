import { EngineError } from '../../errors.ts';
import { choosePairs } from '../columns.ts';
import type { Check, CheckContext } from './check.ts';
import type { CheckParameters } from '../../../protocol/files/checks.ts';
import { compareGroups, readGroups } from './groups.ts';
import { periodText } from './periods.ts';
import { ofPair, stageColumns } from './staging.ts';

/** Rows of each group or period, the same number on both sides. */
export const rowCountBy: Check<'row_count_by'> = {
  kind: 'row_count_by',
  async run(params, context) {
    if (params.column === undefined && params.group_by === undefined) {
      throw new EngineError('definition', 'no_groups', 'row_count_by has neither column nor group_by', {
        hint: 'Give a date column, columns to group by, or both; row_count counts the whole.',
      });
    }
    const source = await countGroups('source', params, context);
    const target = await countGroups('target', params, context);
    return compareGroups(source, target, { what: 'rows', tolerance: params.tolerance, absent: '0' });
  },
};

async function countGroups(
  name: 'source' | 'target',
  params: CheckParameters<'row_count_by'>,
  context: CheckContext,
): Promise<Map<string, string | null>> {
  const groups = choosePairs(params.group_by ?? [], context.columns).map((pair) => ofPair(pair, name));
  const [time] = choosePairs(params.column === undefined ? [] : [params.column], context.columns).map(
    (pair) => ofPair(pair, name),
  );
  const columns = [...groups, ...(time === undefined ? [] : [time])];
  const table = await stageColumns(context[name], columns, context);
  const texts = groups.map((read) => table.text(read));
  if (time !== undefined) texts.unshift(periodText(table.timestamp(time), params.bucket));
  const found = await readGroups(table, `to_json([${texts.join(', ')}])::varchar`, ['count(*)']);
  return new Map([...found].map(([key, [count]]) => [key, count ?? null]));
}
