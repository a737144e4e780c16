import type { Check } from './check.ts';
import { countCombinations, namedOrKeys, repeatedSamples } from './repeats.ts';
import { compareOrLimit } from './sideCounts.ts';
import { maxSamples } from './sides.ts';

/** Rows that repeat the values of others: at most so many, or as many on both sides. */
export const duplicateCount: Check<'duplicate_count'> = {
  kind: 'duplicate_count',
  async run(params, context) {
    const pairs = namedOrKeys(params.columns, context);
    const source = await countCombinations(pairs, 'source', context);
    const target = await countCombinations(pairs, 'target', context);
    const counts = { source: new Map([['', source.surplus]]), target: new Map([['', target.surplus]]) };
    const finding = compareOrLimit(counts, params.max, 'repeated rows');
    if (finding.status === 'passed') return finding;
    const samples = [
      ...(await repeatedSamples(target, 'target')),
      ...(await repeatedSamples(source, 'source')),
    ];
    return { ...finding, samples: samples.slice(0, maxSamples) };
  },
};
