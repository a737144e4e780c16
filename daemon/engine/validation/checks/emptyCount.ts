import type { Check } from './check.ts';
import { compareOrLimit } from './sideCounts.ts';
import { ofColumn, stageColumns } from './staging.ts';
import { textColumns } from './textRule.ts';

/** Empty texts per column, and those of blanks only. */
export const emptyCount: Check<'empty_count'> = {
  kind: 'empty_count',
  async run(params, context) {
    const counts = { source: new Map<string, number>(), target: new Map<string, number>() };
    for (const side of [context.source, context.target]) {
      const columns = textColumns(side, params.columns, context);
      const reads = columns.map(ofColumn);
      const table = await stageColumns(side, reads, context);
      const terms = reads.map((read) => {
        const text = params.blanks ? `rtrim(${table.sql(read)})` : table.sql(read);
        return `count(*) filter (${text} = '')`;
      });
      const [row] = await table.rows(`select ${terms.join(', ')} from ${table.name} as s`);
      for (const [index, column] of columns.entries()) {
        const pair = context.columns.pairs.find((each) => each[side.name] === column);
        counts[side.name].set(pair?.source.name ?? column.name, Number(row?.[index]));
      }
    }
    return compareOrLimit(counts, params.max, 'empty texts');
  },
};
