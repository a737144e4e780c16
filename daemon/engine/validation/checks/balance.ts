import type { Check, CheckFinding } from './check.ts';
import { compareGroups } from './groups.ts';
import { floatRule, readSums } from './metrics.ts';
import { chosenSides, maxSamples } from './sides.ts';

/** The sums of two columns are the same on each side, whole or by group. */
export const balance: Check<'balance'> = {
  kind: 'balance',
  async run(params, context) {
    const findings: [string, CheckFinding][] = [];
    for (const side of chosenSides(context, params.side)) {
      const sums = await readSums(side.name, [params.debit, params.credit], params.group_by, context);
      const { isEqual, note } = floatRule(sums.hasFloat, 'sums');
      const column = (index: number) =>
        new Map([...sums.groups].map(([key, row]) => [key, row[index]?.sum ?? '0']));
      const finding = compareGroups(column(0), column(1), {
        what: `sum of ${params.credit}`,
        tolerance: params.tolerance,
        isEqual,
      });
      const reductions = [...(finding.reductions ?? []), ...(note === undefined ? [] : [note])];
      findings.push([side.name, { ...finding, reductions }]);
    }
    const failed = findings.filter(([, finding]) => finding.status === 'failed');
    return {
      status: failed.length > 0 ? 'failed' : 'passed',
      expected: Object.fromEntries(findings.map(([side, { expected }]) => [side, expected])),
      actual: Object.fromEntries(findings.map(([side, { actual }]) => [side, actual])),
      samples: failed
        .flatMap(([side, { samples = [] }]) => samples.map((sample) => ({ side, ...sample })))
        .slice(0, maxSamples),
      reductions: [...new Set(findings.flatMap(([, { reductions = [] }]) => reductions))],
      ...(failed.length > 0 && {
        reason: failed.map(([side, { reason }]) => `${side}: ${reason ?? 'does not balance'}`).join('; '),
      }),
    };
  },
};
