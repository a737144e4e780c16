import type { Check } from './check.ts';
import { sameUniqueCombinations } from './compositeKey.ts';

/** One row for each combination of the grain; as many combinations on both sides. */
export const grain: Check<'grain'> = {
  kind: 'grain',
  run: (params, context) => sameUniqueCombinations(params.columns, context, false),
};
