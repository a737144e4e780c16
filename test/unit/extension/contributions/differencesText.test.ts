import { describe, expect, it } from 'vitest';
import type { DifferenceSample } from '../../../../daemon/protocol/results.ts';
import {
  renderDifferences,
  type DifferencesInput,
} from '../../../../extension/contributions/documents/differencesText.ts';

const key = (id: string): DifferenceSample['key'] => ({ id });
const row = (more: Partial<DifferenceSample>): DifferenceSample => ({
  class: 'value',
  key: key('1'),
  column: null,
  source_value: null,
  target_value: null,
  kind: null,
  ...more,
});

const input: DifferencesInput = {
  operation: 'dim_customer_validation',
  check: 'row_hash',
  source: 'legacy (PostgreSQL 15.4), 5 rows read',
  target: 'warehouse (DuckDB 1.5), 5 rows read',
  differences: {
    missing: 1,
    extra: 1,
    value: 2,
    duplicate: 1,
    by_column: [
      { column: 'name', kind: 'trailing_blank', rows: 1 },
      { column: 'balance', kind: 'rounding', rows: 1234 },
    ],
    artifact_id: 'a',
    truncated: false,
  },
  rows: [
    row({ column: 'balance', source_value: '10.50', target_value: '10.5', kind: 'precision' }),
    row({ column: 'name', source_value: 'Ada', target_value: 'Ada ', kind: 'trailing_blank' }),
    row({ key: key('2'), column: 'name', source_value: null, target_value: 'x', kind: 'other' }),
    row({ key: key('3'), class: 'missing' }),
    row({ key: key('4'), class: 'extra' }),
    row({ key: key('4'), class: 'extra' }),
    row({ key: { id: '5', 'the\nregion': null }, class: 'duplicate', source_value: '2', target_value: '1' }),
  ],
  total: 7,
  artifact: 'file:///data/rows.parquet',
};

const head = `# dim_customer_validation: row_hash
# source (left):  legacy (PostgreSQL 15.4), 5 rows read
# target (right): warehouse (DuckDB 1.5), 5 rows read
#
# Rows that differ: 1 missing, 1 extra, 2 changed, 1 duplicate
# By column and kind:
#   balance  rounding        1,234 rows
#   name     trailing_blank  1 row
#
# Shown: all 7 differences.
# File with all of them (Parquet): <file:///data/rows.parquet>
`;

describe('differing rows side by side', () => {
  it('have the same head and a block for each row', () => {
    const { source, target } = renderDifferences(input);
    expect(source).toBe(`${head}
id=1
  balance (precision): 10.50
  name (trailing_blank): Ada

id=2
  name: NULL

id=3
  row id=3: there

id=4
  row id=4: absent

id=5, the\\nregion=NULL
  row id=5, the\\nregion=NULL: there 2 times
`);
    expect(target).toBe(`${head}
id=1
  balance (precision): 10.5
  name (trailing_blank): "Ada "

id=2
  name: x

id=3
  row id=3: absent

id=4
  row id=4: there 2 times

id=5, the\\nregion=NULL
  row id=5, the\\nregion=NULL: there once
`);
  });

  it('two rows with the same key stay two rows', () => {
    const cell = row({ column: 'name', source_value: 'a', target_value: 'b' });
    const { source } = renderDifferences({ ...input, rows: [cell, { ...cell, source_value: 'c' }] });
    expect(source.match(/^id=1$/gm)).toHaveLength(2);
  });

  it('say what is not shown', () => {
    const { source } = renderDifferences({
      ...input,
      total: 12_345,
      differences: { ...input.differences, truncated: true },
    });
    expect(source).toContain('# Shown are the first 7 of 12,345 differences: 12,338 more are in the file.');
    expect(source).toContain(
      '# The file ends at max_diffs of the check; the counts above are of everything.',
    );
    expect(source).not.toMatch(/\ball\b/);
  });
});
