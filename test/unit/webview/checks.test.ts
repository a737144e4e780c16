import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../daemon/protocol/results.ts';
import { sampleTable } from '../../../webview/state/checks.ts';

const check = (part: Partial<CheckResult>): CheckResult => ({
  check: 'rule',
  name: 'positive balance',
  status: 'failed',
  severity: 'fail',
  expected: 0,
  actual: 1,
  samples: [],
  ...part,
});
const differences = { missing: 0, extra: 0, value: 1, duplicate: 0, by_column: [], truncated: false };

describe('samples of a check', () => {
  it('are a table of all their columns', () => {
    const samples = [
      { id: 1, balance: -5 },
      { id: 2, note: null },
    ];
    expect(sampleTable(check({ samples }))).toEqual({
      columns: ['id', 'balance', 'note'],
      rows: [
        [1, -5, undefined],
        [2, undefined, null],
      ],
      hidden: 0,
    });
  });

  it('are not shown where there are none, or where the rows themselves can be looked at', () => {
    const samples = [{ id: 1 }];
    expect(sampleTable(check({}))).toBeUndefined();
    expect(
      sampleTable(check({ samples, differences: { ...differences, artifact_id: 'x' } })),
    ).toBeUndefined();
    expect(sampleTable(check({ samples, differences: { ...differences, artifact_id: null } }))).toBeDefined();
  });

  it('say how many more there are', () => {
    const samples = Array.from({ length: 25 }, (_each, id) => ({ id }));
    const table = sampleTable(check({ samples }));
    expect([table?.rows.length, table?.hidden]).toEqual([20, 5]);
  });

  it('take their values from the row alone', () => {
    expect(sampleTable(check({ samples: [{ toString: 'x' }, { id: 1 }] }))?.rows[1]).toEqual([undefined, 1]);
  });
});
