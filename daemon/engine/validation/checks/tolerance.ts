import type { Comparison } from '../comparison.ts';
import type { Tolerance } from '../numbers.ts';

/** The comparison with an allowed difference, where it is one of numbers; exact otherwise. */
export function tolerant(comparison: Comparison, tolerance: Tolerance | undefined): Comparison {
  if (tolerance === undefined || !['integer', 'decimal', 'float'].includes(comparison.family))
    return comparison;
  return {
    ...comparison,
    tolerates: (source, target) => withinSql(source, target, tolerance),
  };
}

/** The condition that two numbers of the workspace are equal within a tolerance; NULL when one of them is. */
export function withinSql(expected: string, actual: string, tolerance: Tolerance): string {
  const { abs = 0, pct = 0 } = tolerance;
  return `ob_within(cast(${expected} as varchar), cast(${actual} as varchar), '${abs}', '${pct}') = 'yes'`;
}
