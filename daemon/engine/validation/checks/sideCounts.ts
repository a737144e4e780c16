import type { CheckFinding } from './check.ts';

/** Counts by column (or another name) of each side. */
export interface SideCounts {
  readonly source: ReadonlyMap<string, number>;
  readonly target: ReadonlyMap<string, number>;
}

/** With `max`: no count of either side is more; without: the counts of both sides are the same. `what`: `empty texts`. */
export function compareOrLimit(counts: SideCounts, max: number | undefined, what: string): CheckFinding {
  const names = [...new Set([...counts.source.keys(), ...counts.target.keys()])];
  const reasons: string[] = [];
  let failing = 0;
  for (const name of names) {
    const [from = 0, to = 0] = [counts.source.get(name), counts.target.get(name)];
    const label = name === '' ? '' : `${name}: `;
    if (max === undefined) {
      if (from === to) continue;
      failing += Math.abs(from - to);
      reasons.push(`${label}${from} ${what} in the source, ${to} in the target`);
      continue;
    }
    for (const [side, count] of [
      ['source', from],
      ['target', to],
    ] as const) {
      if (count <= max) continue;
      failing += count;
      reasons.push(`${label}${count} ${what} in the ${side}, ${max} allowed`);
    }
  }
  const shown = (map: ReadonlyMap<string, number>): unknown =>
    map.size === 1 && map.has('') ? map.get('') : Object.fromEntries(map);
  return {
    status: reasons.length > 0 ? 'failed' : 'passed',
    expected: max === undefined ? shown(counts.source) : { at_most: max },
    actual:
      max === undefined
        ? shown(counts.target)
        : { source: shown(counts.source), target: shown(counts.target) },
    failing_rows: failing,
    ...(reasons.length > 0 && { reason: reasons.join('; ') }),
  };
}
