import { describe, expect, it } from 'vitest';
import { agrees, canonicalKey, compare, render, type Difference } from '../../../tools/compareAnswerKey.ts';

const fault = (more: Partial<Difference> = {}): Difference => ({
  table: 'dim_customer',
  key: canonicalKey('{"customer_key": 17}'),
  column: 'email',
  kind: 'case',
  ...more,
});
const pipeline = (found: Difference[], status = 'failed', table = 'dim_customer') => [
  { pipeline_id: `${table}_validation`, table, status, found },
];

describe('the comparison with the answer key', () => {
  it('agrees when the same was found as was planted, in any order', () => {
    const other = fault({ column: null, kind: 'missing', key: canonicalKey('{"customer_key": 3}') });
    const [result] = compare(pipeline([other, fault()]), [fault(), other]);
    expect(result).toMatchObject({ planted: 2, found: 2, notFound: [], notPlanted: [] });
    expect(agrees(result!)).toBe(true);
  });

  it.each([
    ['key', { key: canonicalKey('{"customer_key": 18}') }],
    ['column', { column: 'phone' }],
    ['kind', { kind: 'truncation' }],
  ])('does not agree when the %s differs: both directions say so', (_name, change) => {
    const [result] = compare(pipeline([fault(change)]), [fault()]);
    expect(agrees(result!)).toBe(false);
    expect(result!.notFound).toEqual([fault()]);
    expect(result!.notPlanted).toEqual([fault(change)]);
    expect(render([result!])).toContain('planted, not found: case at {"customer_key":"17"} in email');
  });

  it('does not agree when one of two equal findings is missing, or one too many', () => {
    expect(agrees(compare(pipeline([fault()]), [fault(), fault()])[0]!)).toBe(false);
    expect(agrees(compare(pipeline([fault(), fault()]), [fault()])[0]!)).toBe(false);
  });

  it('does not agree when a pipeline with faults is green, or one without is red', () => {
    expect(agrees(compare(pipeline([fault()], 'completed'), [fault()])[0]!)).toBe(false);
    expect(agrees(compare(pipeline([], 'failed'), [])[0]!)).toBe(false);
    expect(agrees(compare(pipeline([], 'completed'), [])[0]!)).toBe(true);
  });

  it('does not agree when faults lie in a table that no pipeline looks at', () => {
    const results = compare(pipeline([], 'completed'), [fault({ table: 'dim_store' })]);
    expect(results.map(agrees)).toEqual([true, false]);
  });

  it('reads keys as the same whatever the order of columns and the type of the value', () => {
    expect(canonicalKey('{"b": 2, "a": "1"}')).toBe(canonicalKey('{"a": 1, "b": "2"}'));
    expect(canonicalKey('{"a": null}')).not.toBe(canonicalKey('{"a": "null"}'));
  });
});
