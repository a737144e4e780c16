import { choosePairs, type ColumnPair } from '../columns.ts';
import type { Check, CheckSide } from './check.ts';

/** Share of NULLs per column in percent; one scan a side. */
export const nullPct: Check<'null_pct'> = {
  kind: 'null_pct',
  async run(params, context) {
    const pairs = choosePairs(params.columns, context.columns);
    const source = await shares(context.source, pairs);
    const target = await shares(context.target, pairs);
    const reasons: string[] = [];
    for (const [index, { source: column }] of pairs.entries()) {
      const [from = 0, to = 0] = [source[index], target[index]];
      if (params.max === undefined) {
        if (Math.abs(from - to) <= params.tolerance) continue;
        reasons.push(
          `${column.name}: ${percentText(from)} NULLs in the source, ${percentText(to)} in the target`,
        );
        continue;
      }
      for (const [side, share] of [
        ['source', from],
        ['target', to],
      ] as const) {
        if (share > params.max)
          reasons.push(`${column.name}: ${percentText(share)} NULLs in the ${side}, ${params.max} % allowed`);
      }
    }
    const byColumn = (all: readonly number[]): Record<string, number> =>
      Object.fromEntries(pairs.map((pair, index) => [pair.source.name, all[index] ?? 0]));
    return {
      status: reasons.length > 0 ? 'failed' : 'passed',
      expected: params.max === undefined ? byColumn(source) : { at_most_pct: params.max },
      actual:
        params.max === undefined ? byColumn(target) : { source: byColumn(source), target: byColumn(target) },
      ...(params.max === undefined &&
        params.tolerance > 0 && {
          reductions: [`shares compared within ${params.tolerance} percentage points`],
        }),
      ...(reasons.length > 0 && { reason: reasons.join('; ') }),
    };
  },
};

/** In percent; of an empty table 0. */
async function shares(side: CheckSide, pairs: readonly ColumnPair[]): Promise<number[]> {
  const counts = pairs.map((pair) => `count(s.${side.quote(pair[side.name].name)})`);
  const [all, ...filled] = (
    await side.row(`select ${['count(*)', ...counts].join(', ')} from ${side.from('s')}`)
  ).map(Number);
  return filled.map((count) => (all === undefined || all === 0 ? 0 : ((all - count) / all) * 100));
}

function percentText(share: number): string {
  return `${Number(share.toPrecision(6))} %`;
}
