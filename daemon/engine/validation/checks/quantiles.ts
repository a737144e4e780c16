import { choosePairs } from '../columns.ts';
import type { Check } from './check.ts';
import { compareGroups } from './groups.ts';
import { ofPair, stageColumns } from './staging.ts';

/** Values at given shares of the sorted column, on both sides. */
export const quantiles: Check<'quantiles'> = {
  kind: 'quantiles',
  async run(params, context) {
    const [pair] = choosePairs([params.column], context.columns);
    if (pair === undefined) throw new Error('one column was chosen');
    const found: Map<string, string | null>[] = [];
    for (const name of ['source', 'target'] as const) {
      const read = ofPair(pair, name);
      const table = await stageColumns(context[name], [read], context);
      const isText = read.exact.duckdb_type === 'VARCHAR' && read.exact.text_of === 'decimal';
      const value = isText ? (await table.number(read)).sql : table.sql(read);
      const terms = params.at.map((at) => `cast(quantile_disc(${value}, ${at}) as varchar)`);
      const [row] = await table.rows(`select ${terms.join(', ')} from ${table.name} as s`);
      found.push(
        new Map(
          params.at.map((at, index) => {
            const text = row?.[index] ?? null;
            return [String(at), text === null ? null : String(text)];
          }),
        ),
      );
    }
    const [source = new Map(), target = new Map()] = found;
    return compareGroups(source, target, {
      what: `quantile of ${params.column}`,
      tolerance: params.tolerance,
    });
  },
};
