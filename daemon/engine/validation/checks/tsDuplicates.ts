import { choosePairs } from '../columns.ts';
import type { Check } from './check.ts';
import { countCombinations, repeatedSamples } from './repeats.ts';
import { compareOrLimit } from './sideCounts.ts';
import { maxSamples } from './sides.ts';

/** Rows that repeat the time of another row of the same entity. */
export const tsDuplicates: Check<'ts_duplicates'> = {
  kind: 'ts_duplicates',
  async run(params, context) {
    const pairs = choosePairs([...(params.by ?? []), params.column], context.columns);
    const source = await countCombinations(pairs, 'source', context);
    const target = await countCombinations(pairs, 'target', context);
    const counts = { source: new Map([['', source.surplus]]), target: new Map([['', target.surplus]]) };
    const finding = compareOrLimit(counts, params.max, `rows that repeat a time of ${params.column}`);
    if (finding.status === 'passed') return finding;
    const samples = [
      ...(await repeatedSamples(target, 'target')),
      ...(await repeatedSamples(source, 'source')),
    ];
    return { ...finding, samples: samples.slice(0, maxSamples) };
  },
};
