import { describe, expect, it } from 'vitest';
import type { Differences } from '../../../../daemon/protocol/results.ts';
import { verdictOf } from '../../../../extension/contributions/tests/checkVerdict.ts';
import { check, rowHash } from './samples.ts';

describe('verdict of a check', () => {
  it('passed says nothing', () => {
    expect(verdictOf(check({ duration_ms: 5 }))).toEqual({ state: 'passed', message: '', durationMs: 5 });
  });

  it('failed has both sides for the diff: rows where they are known, else the values', () => {
    expect(verdictOf(rowHash)).toEqual({
      state: 'failed',
      message: 'row_hash failed: 1 missing, 1 changed',
      expected: 'id=3\n  row id=3: there\nid="1|`x`"\n  name (trailing_blank): Ada'.replace(
        'id="1|`x`"',
        'id=1|`x`',
      ),
      actual: 'id=3\n  row id=3: absent\nid=1|`x`\n  name (trailing_blank): "Ada "',
      durationMs: 1200,
    });
    const { samples: _samples, differences: _differences, ...remembered } = rowHash;
    expect(verdictOf(remembered)).toMatchObject({
      expected: '{\n  "rows": 4000\n}',
      actual: '{\n  "rows": 3999\n}',
    });
  });

  it('failed for another reason than rows says that reason', () => {
    const { message } = verdictOf({
      ...rowHash,
      failing_rows: 0,
      samples: [],
      differences: { ...(rowHash.differences as Differences), missing: 0, value: 0 },
      reason: 'not compared: source.x',
    });
    expect(message).toBe('row_hash failed: expected rows 4000, got rows 3999; not compared: source.x');
  });

  it('failed without anything to compare has no sides', () => {
    const verdict = verdictOf(
      check({ name: 'positive', status: 'failed', expected: null, actual: 3, failing_rows: 3 }),
    );
    expect(verdict).toEqual({ state: 'failed', message: 'positive failed: 3 failing rows' });
  });

  it('a warning has passed, and says what it found', () => {
    const warned = check({ status: 'warning', severity: 'warn', actual: 3999 });
    expect(verdictOf(warned)).toEqual({
      state: 'passed',
      message: 'row_count warning: expected 4000, got 3999',
    });
  });

  it('skipped and errored are never green', () => {
    const reason = 'no key';
    expect(verdictOf(check({ status: 'skipped', reason }))).toMatchObject({ state: 'skipped' });
    expect(verdictOf(check({ status: 'error', expected: null, actual: null, reason }))).toEqual({
      state: 'errored',
      message: 'row_count error: no key',
    });
  });

  it('cuts what no diff editor should open', () => {
    const { expected } = verdictOf(check({ status: 'failed', expected: 'x'.repeat(100_000) }));
    expect(expected?.length).toBeLessThan(21_000);
  });
});
