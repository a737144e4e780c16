import { quoteText } from '../../connections/ansiDialect.ts';
import { choosePairs } from '../columns.ts';
import type { Check } from './check.ts';
import { compareGroups, readGroups } from './groups.ts';
import { ofPair, stageColumns, type ReadColumn, type StagedTable } from './staging.ts';

/** The most frequent values of either side, with how often they occur on both. */
export const topValues: Check<'top_values'> = {
  kind: 'top_values',
  async run(params, context) {
    const tables: { table: StagedTable; text: string }[] = [];
    const wanted = new Set<string>();
    for (const name of ['source', 'target'] as const) {
      const reads: ReadColumn[] = choosePairs([params.column], context.columns).map((pair) =>
        ofPair(pair, name),
      );
      const table = await stageColumns(context[name], reads, context);
      // NULL is a value of its own here: a column that lost its values shows it.
      const text = `coalesce('=' || ${reads.map((read) => table.text(read)).join('')}, 'NULL')`;
      tables.push({ table, text });
      const rows = await table.rows(
        `select ${text} as v from ${table.name} as s group by v order by count(*) desc, v limit ${params.n}`,
      );
      for (const [value] of rows) wanted.add(String(value));
    }
    const list = [...wanted].map(quoteText).join(', ');
    const counts: Map<string, string | null>[] = [];
    for (const { table, text } of tables) {
      const found = await readGroups(
        table,
        text,
        ['count(*)'],
        list === '' ? 'false' : `${text} in (${list})`,
      );
      counts.push(new Map([...found].map(([key, [count]]) => [key.replace(/^=/, ''), count ?? '0'])));
    }
    const [source = new Map(), target = new Map()] = counts;
    const what = `rows with this ${params.column}`;
    return compareGroups(source, target, { what, tolerance: params.tolerance, absent: '0' });
  },
};
