import { agreed, plural } from '../../../protocol/countText.ts';
import { choosePairs } from '../columns.ts';
import type { Check } from './check.ts';
import { combinationsOnlyIn, countCombinations, repeatedSamples } from './repeats.ts';
import { maxSamples } from './sides.ts';

/** The business key of a dimension: unique among current rows, the same keys on both sides. */
export const businessKey: Check<'business_key'> = {
  kind: 'business_key',
  async run(params, context) {
    const pairs = choosePairs(params.columns, context.columns);
    const where = { source: params.source_current ?? params.current, target: params.current };
    const source = await countCombinations(pairs, 'source', context, where.source);
    const target = await countCombinations(pairs, 'target', context, where.target);
    const reasons: string[] = [];
    const samples: Record<string, unknown>[] = [];
    let failing = 0;
    for (const [name, found] of Object.entries({ source, target })) {
      failing += found.surplus + found.nulls;
      if (found.surplus > 0) {
        reasons.push(
          `${plural(found.surplus, 'current row')} of the ${name} ${agreed(found.surplus, 'repeat a business key')}`,
        );
        samples.push(...(await repeatedSamples(found, name)));
      }
      if (found.nulls > 0)
        reasons.push(
          `${plural(found.nulls, 'row')} of the ${name} ${agreed(found.nulls, 'have no business key')}`,
        );
    }
    const missing = await combinationsOnlyIn(source, target, 'source');
    const extra = await combinationsOnlyIn(target, source, 'target');
    failing += missing.count + extra.count;
    if (missing.count > 0)
      reasons.push(
        `${plural(missing.count, 'business key')} ${agreed(missing.count, 'are missing in the target')}`,
      );
    if (extra.count > 0)
      reasons.push(`${plural(extra.count, 'business key')} ${agreed(extra.count, 'are only in the target')}`);
    return {
      status: reasons.length > 0 ? 'failed' : 'passed',
      expected: { business_keys: source.distinct },
      actual: { business_keys: target.distinct, missing: missing.count, extra: extra.count },
      failing_rows: failing,
      samples: [...samples, ...missing.samples, ...extra.samples].slice(0, maxSamples),
      ...(reasons.length > 0 && { reason: reasons.join('; ') }),
    };
  },
};
